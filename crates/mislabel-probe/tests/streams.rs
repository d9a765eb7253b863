//! Rows that do not fit into memory, and fits that begin on a part of them.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::collections::HashMap;
use std::sync::Mutex;

use mislabel_core::{
    Checkpoint, ClassEvidence, Embeddings, Error, Labels, MemoryBudget, ProbabilityArray, Result, Run,
    WeightedEvidence, split_seed,
};
use mislabel_probe::{FeatureScaling, Probe, Sampling, SoftmaxRegression, TrainingSet};
use ndarray::{Array2, Axis, concatenate};

/// Both fits end where no entry of the gradient exceeds 1e-6, and the objective is off by about the square of that;
/// the rest is rounding of sums over 9,000 rows and 135,000.
const OBJECTIVE: f64 = 1e-6;

/// The default tolerance of the gradient, at weights of order 1: both fits end anywhere within it.
const STOPPED: f64 = 1e-4;

const CLASSES: usize = 3;

/// Rows that lean towards their class.
fn rows(n: usize, d: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, d), |(i, j)| {
        let noise = (split_seed(3, &[i as u64, j as u64]) % 4000) as f32 / 1000.0 - 2.0;
        noise + if j % CLASSES == i % CLASSES { 1.0 } else { 0.0 }
    })
}

fn labels(n: usize) -> Labels {
    Labels::new((0..n).map(|i| (i % CLASSES) as u32).collect(), CLASSES).unwrap()
}

fn probe(scaling: FeatureScaling) -> Probe {
    Probe { sampling: Sampling::OutOfSample { folds: 2 }, scaling, ..Probe::default() }
}

/// A run within so many bytes.
fn within(bytes: u64) -> Run<'static> {
    Run::quiet().with_memory(MemoryBudget::new(bytes).unwrap())
}

/// The least budget of the probe.
fn least(embeddings: &Embeddings<'_>, given: &Labels) -> u64 {
    match probe(FeatureScaling::UnitNorm).evidence(embeddings, given, &within(1)).unwrap_err() {
        Error::Memory { needed, .. } => needed,
        other => unreachable!("{other}"),
    }
}

#[test]
fn no_bit_depends_on_how_many_rows_fit_into_memory() {
    let (n, d) = (5000, 12);
    let (rows, given) = (rows(n, d), labels(n));
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let weights: Vec<f64> = (0..n).map(|i| (i % 5) as f64 / 2.0).collect();
    let least = least(&embeddings, &given);
    for scaling in [FeatureScaling::UnitNorm, FeatureScaling::StandardizedUnitNorm] {
        let probe = probe(scaling);
        let all = probe.weighted_evidence(&embeddings, &given, &weights, &Run::quiet()).unwrap();
        for more in [0, 60_000, 120_000, 500_000, 2_000_000] {
            let run = within(least + more);
            let streamed = probe.weighted_evidence(&embeddings, &given, &weights, &run).unwrap();
            assert!(streamed == all, "{more} bytes above the least budget, {scaling:?}");
            let sink = ProbabilityArray::new(n, CLASSES);
            probe.predict_into(&embeddings, &given, Some(&weights), &sink, &run).unwrap();
            assert!(sink.into_matrix().unwrap() == all, "{more} bytes above the least budget, {scaling:?}, to a sink");
        }
    }
}

#[test]
fn a_budget_below_the_least_is_refused_before_the_work() {
    let (rows, given) = (rows(50, 4), labels(50));
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let least = least(&embeddings, &given);
    let probe = probe(FeatureScaling::UnitNorm);
    assert!(probe.evidence(&embeddings, &given, &within(least)).is_ok());
    let error = probe.evidence(&embeddings, &given, &within(least - 1)).unwrap_err();
    assert!(error.to_string().starts_with("a probe of one fold needs "), "{error}");
}

/// Both fits end where no entry of the gradient exceeds 1e-6; the weights are of order 1.
const SAME_MINIMUM: f64 = 2e-3;

#[test]
fn a_fit_by_way_of_parts_ends_at_the_same_minimum() {
    let (rows, given) = (rows(9000, 4), labels(9000));
    let copies = 15; // 135,000 rows: a part of 65,536 comes first
    let many = concatenate(Axis(0), &vec![rows.view(); copies]).unwrap();
    let many_given = labels(9000 * copies);
    let fit = |rows: &Array2<f32>, given: &Labels, l2: f64| {
        let regression = SoftmaxRegression { l2: Some(l2), tolerance: 1e-6, ..SoftmaxRegression::default() };
        regression.model(&TrainingSet::new(rows.view(), given, None).unwrap(), &Run::quiet()).unwrap()
    };
    let (few, many) = (fit(&rows, &given, 3.0), fit(&many, &many_given, 3.0 * copies as f64));
    assert!(few.converged() && many.converged());
    assert!((few.objective() - many.objective()).abs() < OBJECTIVE, "{} and {}", few.objective(), many.objective());
    let apart = (few.coefficients() - many.coefficients()).mapv(f64::abs);
    assert!(apart.iter().all(|apart| *apart < SAME_MINIMUM), "{apart}");
}

#[test]
fn the_strength_of_many_rows_is_that_of_a_part_of_them() {
    let (rows, given) = (rows(135_000, 4), labels(135_000));
    let training = TrainingSet::new(rows.view(), &given, None).unwrap();
    let model = SoftmaxRegression::default().model(&training, &Run::quiet()).unwrap();
    let fixed = SoftmaxRegression { l2: Some(model.l2()), ..SoftmaxRegression::default() };
    let fixed = fixed.model(&training, &Run::quiet()).unwrap();
    assert!(model.converged() && (model.objective() - fixed.objective()).abs() < STOPPED);
}

/// Parts in memory.
#[derive(Default)]
struct Kept(Mutex<HashMap<String, Vec<u8>>>);

impl Checkpoint for Kept {
    fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(part).cloned())
    }

    fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
        self.0.lock().unwrap().insert(part.into(), bytes.into());
        Ok(())
    }
}

#[test]
fn a_checkpoint_keeps_models_and_gives_every_bit_back() {
    let (rows, given) = (rows(300, 6), labels(300));
    let embeddings = Embeddings::new(rows.view()).unwrap();
    for sampling in [Sampling::OutOfSample { folds: 3 }, Sampling::InSample] {
        let probe = Probe { sampling, ..Probe::default() };
        let kept = Kept::default();
        let run = Run::quiet().with_checkpoint(&kept);
        let first = probe.evidence(&embeddings, &given, &run).unwrap();
        let parts: Vec<(String, Vec<u8>)> = kept.0.lock().unwrap().clone().into_iter().collect();
        assert!(parts.iter().all(|(name, _)| name.ends_with("/model")));
        // One model is gone, one is damaged, the rest is taken up.
        kept.0.lock().unwrap().remove(&parts[0].0);
        if let Some((name, bytes)) = parts.get(1) {
            kept.store(name, &bytes[..bytes.len() - 8]).unwrap();
        }
        assert!(probe.evidence(&embeddings, &given, &run).unwrap() == first);
        assert!(probe.evidence(&embeddings, &given, &Run::quiet()).unwrap() == first);
    }
}
