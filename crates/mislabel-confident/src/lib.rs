//! Confident learning: label errors from predicted probabilities.
