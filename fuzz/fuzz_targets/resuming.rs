//! Parts of a checkpoint that say anything: methods take them up, or compute them anew, or refuse them.

#![no_main]

use libfuzzer_sys::arbitrary::Unstructured;
use mislabel_core::{Checkpoint, Result, Run};
use mislabel_fuzz::datasets::SmallDataset;
use mislabel_methods::from_toml;

/// Methods that keep parts, with parameters that leave them little to do.
const KEEPERS: [(&str, &str); 5] = [
    ("rer", ""),
    ("knn", "judge.neighbors = 3"),
    ("confident", ""),
    ("posterior", "refits = 0"),
    ("autoencoder", "evidence.length.steps = 4"),
];

/// One content for every part.
struct Hostile<'a>(&'a [u8]);

impl Checkpoint for Hostile<'_> {
    fn load(&self, _: &str) -> Result<Option<Vec<u8>>> {
        Ok(Some(self.0.to_vec()))
    }

    fn store(&self, _: &str, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&[method, length], rest)) = bytes.split_first_chunk() else { return };
    let (part, rest) = rest.split_at(usize::from(length).min(rest.len()));
    let Ok(data) = SmallDataset::arbitrary(&mut Unstructured::new(rest)) else { return };
    let (name, parameters) = KEEPERS[usize::from(method) % KEEPERS.len()];
    let method = from_toml(name, parameters).expect("parameters of the method");
    if let Ok(report) = method.report(&data.dataset(), &Run::quiet().with_checkpoint(&Hostile(part))) {
        assert_eq!(report.issues.len(), data.dataset().len());
    }
});
