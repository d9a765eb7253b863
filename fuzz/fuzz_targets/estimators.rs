//! Every method of the table on small datasets: an error or a whole report, the same on any number of threads.

#![no_main]

use libfuzzer_sys::arbitrary::Unstructured;
use mislabel_fuzz::datasets::{SmallDataset, check_promises};
use mislabel_methods::{METHODS, Method, from_toml};

/// Parameters that suit a dozen samples: fewer neighbors than by default, short training. None is a check more lenient.
const VARIANTS: [(&str, &str); 9] = [
    ("autoencoder", "evidence.length.steps = 12"),
    ("autoencoder", "evidence.length.steps = 12\nevidence.folds = 3\nevidence.tied = true"),
    ("knn", "judge.neighbors = 3"),
    ("wann", "judge.fewest = 1\njudge.most = 4"),
    ("relation", "judge.neighbors = 3"),
    ("shapley", "judge.neighbors = 2"),
    ("simifeat", "judge.neighbors = 2\njudge.rule.rank.steps = 20"),
    ("simifeat-vote", "judge.neighbors = 2"),
    ("posterior", "interval = true\nrefits = 1"),
];

/// A method of the table, seeded, or one of [`VARIANTS`]; autoencoders only as such, for time's sake.
fn method(number: usize) -> Box<dyn Method> {
    match METHODS.get(number) {
        Some(entry) if entry.name != "autoencoder" => entry.seeded(number as u64),
        _ => {
            let (name, parameters) = VARIANTS[number % VARIANTS.len()];
            from_toml(name, parameters).expect("parameters of the method")
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else { return };
    let Ok(data) = SmallDataset::arbitrary(&mut Unstructured::new(rest)) else { return };
    check_promises(&*method(usize::from(first) % (METHODS.len() + VARIANTS.len())), &data.dataset());
});
