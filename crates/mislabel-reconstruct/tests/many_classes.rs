//! Datasets of many classes: where the embeddings lie, how much memory there is and how classes are searched change nothing.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use half::f16;
use mislabel_core::{
    Checkpoint, ClassEvidence, EmbeddingSource, Embeddings, Error, ErrorSummary, Labels, MemoryBudget, Run, progress_fn,
};
use mislabel_io::{EmbeddingFile, FloatFormat, ReadOptions, write_embeddings};
use mislabel_reconstruct::{ClassSearch, SoftLinear};
use ndarray::Array2;

const CLASSES: usize = 40;

/// 16,800 overlapping samples of 40 classes in 36 dimensions, every eleventh label wrong; every value fits 16 bits.
fn clusters() -> (Array2<f32>, Labels) {
    let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
    let value =
        |(i, j): (usize, usize)| f16::from_f32(0.6 * wave(i % CLASSES, j) + wave(i, j + 50) * wave(i % CLASSES, j + 9));
    let rows = Array2::from_shape_fn((16_800, 36), value).mapv(f16::to_f32);
    let label = |i: usize| ((i % CLASSES + usize::from(i.is_multiple_of(11))) % CLASSES) as u32;
    (rows, Labels::new((0..16_800).map(label).collect(), CLASSES).expect("labels"))
}

fn run(method: &SoftLinear, rows: &dyn EmbeddingSource, given: &Labels) -> ErrorSummary {
    method.evidence(rows, given, &Run::quiet()).expect("evidence")
}

fn assert_same(a: &ErrorSummary, b: &ErrorSummary, what: &str) {
    assert!(a.own() == b.own(), "own errors: {what}");
    assert!(a.least_other() == b.least_other(), "least errors: {what}");
    assert!(a.least_other_class() == b.least_other_class(), "classes: {what}");
    assert!(a.second_least_other() == b.second_least_other(), "second least errors: {what}");
    let sums: Vec<(usize, f64)> = b.sums().collect();
    assert!(a.sums().filter(|sum| sums.binary_search_by_key(&sum.0, |(row, _)| *row).is_ok()).eq(sums.iter().copied()));
}

#[test]
fn every_format_every_budget_and_every_exact_search_give_the_same_bits() {
    let (rows, given) = clusters();
    let memory = Embeddings::new(rows.view()).expect("rows");
    let default = SoftLinear::default();
    let pruned = run(&default, &memory, &given);
    assert_eq!(pruned.sampled().map(|sample| (sample.rows.len(), sample.disagreements)), Some((16_384, 0)));
    assert_same(
        &run(&SoftLinear { search: ClassSearch::All, ..default.clone() }, &memory, &given),
        &pruned,
        "all classes",
    );
    for budget in ["6MiB", "20MiB"] {
        let within = Run::quiet().with_memory(budget.parse::<MemoryBudget>().expect("a budget"));
        let found = default.evidence(&memory, &given, &within).expect("evidence");
        assert_same(&found, &pruned, "a budget");
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (name, stored) in
        [("e.npy", FloatFormat::Half), ("e.safetensors", FloatFormat::Single), ("single.npy", FloatFormat::Single)]
    {
        let path = folder.path().join(name);
        write_embeddings(&path, &memory, stored, &Run::quiet()).expect("written");
        let file = EmbeddingFile::open(&path, &ReadOptions::default()).expect("opened");
        assert_same(&run(&default, &file, &given), &pruned, name);
    }
}

/// Parts in memory.
#[derive(Default)]
struct Parts(Mutex<HashMap<String, Vec<u8>>>);

impl Checkpoint for Parts {
    fn load(&self, part: &str) -> mislabel_core::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().expect("no thread panics").get(part).cloned())
    }

    fn store(&self, part: &str, bytes: &[u8]) -> mislabel_core::Result<()> {
        self.0.lock().expect("no thread panics").insert(part.into(), bytes.into());
        Ok(())
    }
}

#[test]
fn a_run_that_is_stopped_again_and_again_ends_with_the_same_bits() {
    let (rows, given) = clusters();
    let rows = Embeddings::new(rows.view()).expect("rows");
    for classes in [ClassSearch::Pruned, ClassSearch::All] {
        let method = SoftLinear { search: classes, ..SoftLinear::default() };
        let expected = run(&method, &rows, &given);
        let (parts, mut stops) = (Parts::default(), 0);
        let resumed = loop {
            // Later every time, in another stage or another block.
            let updates = AtomicUsize::new(0);
            let stop = progress_fn(|_, _, _| match updates.fetch_add(1, Ordering::Relaxed) {
                update if update >= 17 + 23 * stops => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            });
            let run = Run::quiet().with_progress(&stop).with_checkpoint(&parts);
            match method.evidence(&rows, &given, &run) {
                Ok(summary) => break summary,
                Err(error) => assert!(matches!(error, Error::Cancelled { .. }), "{error}"),
            }
            stops += 1;
        };
        assert!(stops > 2, "it was stopped {stops} times");
        assert_same(&expected, &resumed, "resumed");
        let again = method.evidence(&rows, &given, &Run::quiet().with_checkpoint(&parts));
        assert_same(&expected, &again.expect("evidence"), "from parts alone");
    }
}

#[test]
fn a_budget_too_small_for_one_class_says_what_is_needed() {
    let (rows, given) = clusters();
    let run = Run::quiet().with_memory(MemoryBudget::new(1 << 20).expect("a budget"));
    let rows = Embeddings::new(rows.view()).expect("rows");
    let error = SoftLinear::default().evidence(&rows, &given, &run).expect_err("too little");
    assert!(matches!(error, Error::Memory { .. }), "{error}");
}

#[test]
fn one_nearest_mean_is_refused() {
    let (rows, given) = clusters();
    for count in [0, 1] {
        let method = SoftLinear { search: ClassSearch::Nearest(count), ..SoftLinear::default() };
        let error =
            method.evidence(&Embeddings::new(rows.view()).expect("rows"), &given, &Run::quiet()).expect_err("too few");
        assert!(matches!(error, Error::Parameter { name: "nearest classes", .. }), "{error}");
    }
}
