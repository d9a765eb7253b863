//! Find label errors in classification datasets and measure how hard they are.
