//! The reconstruction error ratio: label errors, noise rate and difficulty from class-wise reconstruction errors.
