//! Models of label noise.
