//! Any linfa classifier as a source of out-of-sample predicted probabilities.
