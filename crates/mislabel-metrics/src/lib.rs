//! How well a ranking or a set of flags finds known label errors.
