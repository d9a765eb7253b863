//! How every method grows with samples, features, classes and threads.
//!
//! `scale sweep` runs each method on generated data, one axis varied at a time, every run in a process of its own, and
//! appends a line of JSON per run to a file. `scale report` fits the growth to those lines, writes the tables as Markdown
//! and draws the curves as SVG. `docs/notebook/` has the commands and what they gave.

mod anonymous_memory;
mod curves;
mod growth;
mod machine;
mod measurement;
mod method;
mod report;
mod sweep;

use std::error::Error;

use clap::{Parser, Subcommand};

/// Sweeps over sizes.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure all points of a sweep
    Sweep(sweep::Sweep),
    /// Measure one point in this process and print it
    One(measurement::One),
    /// Tables and curves of what was measured
    Report(report::Report),
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Sweep(sweep) => sweep.run(),
        Command::One(one) => one.run(),
        Command::Report(report) => report.run(),
    }
}
