//! The measurements behind the tables of the documentation.
//!
//! Each program in `examples/` prints one table. Its first comment says which, and how to run it. Most of them need the
//! datasets in `../shared/data`.
