//! Small real datasets, embedded.
