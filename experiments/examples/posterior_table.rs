//! Ranking, flags, noise rate and CPU time of methods, over kinds and rates of noise and shapes of datasets.
//!
//! `cargo run --release -p mislabel-experiments --example posterior_table -- ../shared/data [SEEDS] [METHODS] [DATASETS]`
//! prints, for every dataset and its labels, and for every method (by default `rer,posterior`), means over SEEDS seeds (3)
//! and their standard errors: average precision; F1 of the method's own flags and of the best cut, on clean data the share
//! flagged; the distance of the estimated noise rate from the true one; CPU seconds. Then means of all cells of a kind.
//!
//! A method followed by `@shared` sees the rows in the metric that all classes share, by `@full` with every component, too.
//!
//! DATASETS, names with commas between, are among: the four of the folder; `banking7`, its 77 classes in 7 groups at random;
//! `banking10`, every seventh class; `banking20`, 20 classes that overlap most; `banking_blend`, those with every sample moved
//! up to 65% of the way to one of a class nearby; `banking_few`, 20 samples a class; `banking_uneven`, from 100 samples of the
//! first class to 2 of the last; and of the others `_2`, two classes that look alike, and `_rare`, 5 samples of one class
//! and 20 of another.

#[path = "posterior_table/cells.rs"]
mod cells;
#[path = "posterior_table/datasets.rs"]
mod datasets;

use std::path::Path;

use cells::{Cell, Outcome, Summary};

/// Every dataset, the slowest last.
const NAMES: [&str; 15] = [
    "digits",
    "digits_rare",
    "fashion_2",
    "cifar_2",
    "banking10",
    "banking20",
    "banking_blend",
    "banking_few",
    "banking_uneven",
    "fashion",
    "fashion_rare",
    "cifar_rare",
    "banking7",
    "banking77",
    "cifar",
];

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |place: usize, default: &str| arguments.get(place).cloned().unwrap_or_else(|| default.into());
    let root = argument(0, "../shared/data");
    let seeds: u64 = argument(1, "3").parse()?;
    let methods: Vec<String> = argument(2, "rer,posterior").split(',').map(String::from).collect();
    let wanted: Vec<String> = argument(3, &NAMES.join(",")).split(',').map(String::from).collect();
    let mut summary = Summary::default();
    println!("data labels method | AP ± | F1 / best F1 ± | flagged | rate error | CPU s");
    for name in &wanted {
        let Some(data) = datasets::read(Path::new(&root), name)? else {
            println!("{name} SKIPPED: not in {root}");
            continue;
        };
        for (labels, draws) in data.cells(seeds)? {
            for method in &methods {
                let cell = Cell::measured(method, &data, &draws)?;
                println!("{name} {labels} {method} {cell}");
                summary.add(method, &labels, cell);
            }
        }
    }
    println!("\n{summary}");
    Ok(())
}
