//! The `mislabel` command.
fn main() {}
