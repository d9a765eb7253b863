//! Flags and scores equal cleanlab 2.9.0's on the public benchmark sets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "functions that only tests call")]

#[path = "../../crates/mislabel-confident/tests/reference_values/mod.rs"]
mod reference_values;

use mislabel_confident::{
    ConfidentJoint, ConfidentLearning, ConfidentThresholds, Ensemble, Filter, IssueCount, LabelHealth, Score, Weighting,
};
use mislabel_core::{Labels, ProbabilitySource, Run};
use mislabel_io::{Classes, ProbabilityFile};
use mislabel_tests::Dataset;
use ndarray::Array1;
use reference_values::*;
use serde_json::Value;

/// What cleanlab says: by `make_reference.py` of mislabel-confident.
fn benchmark() -> Value {
    serde_json::from_str(include_str!("reference/benchmark.json")).unwrap()
}

/// The model `name` on the benchmark's dataset `data`.
fn model(data: &str, name: &str) -> Dataset {
    Dataset::open(&format!("pred_probs/{data}/{name}"))
}

fn each_model(check: impl Fn(&str, &Value, &ProbabilityFile, &Labels)) {
    let reference = benchmark();
    let models = reference.as_array().unwrap().iter().filter(|entry| entry.get("model").is_some());
    let mut checked = 0;
    for entry in models {
        let text = |key: &str| entry[key].as_str().unwrap();
        let model = model(text("data"), text("model"));
        let [given] = model.labels([text("labels")], &Classes::Observed);
        check(&format!("{}/{}", text("data"), text("model")), entry, &model.probabilities(), &given);
        checked += 1;
    }
    assert_eq!(checked, 7, "five models of roman_numeral and two of cifar10n_worst");
}

/// 64-bit FNV-1a of the indices as little-endian 32-bit words.
fn fnv(indices: &[usize]) -> String {
    let bytes = indices.iter().flat_map(|&i| (i as u32).to_le_bytes());
    let state =
        bytes.fold(0xCBF2_9CE4_8422_2325_u64, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    format!("{state:016x}")
}

fn assert_summary(what: &str, values: &Array1<f64>, theirs: &Value) {
    let n = values.len();
    let ramp = values.iter().enumerate().map(|(i, v)| v * i as f64 / n as f64).sum::<f64>();
    let sums = [values.sum(), values.mapv(|v| v * v).sum(), ramp];
    for (ours, key) in sums.iter().zip(["sum", "squares", "ramp"]) {
        let theirs = theirs[key].as_f64().unwrap();
        assert!((ours - theirs).abs() <= CLOSE * n as f64, "{what}, {key}: {ours} is not {theirs}");
    }
    let values = values.as_slice().unwrap();
    assert_close(what, &values[..5], &numbers(&theirs["first"]));
    assert_close(what, &values[n - 5..], &numbers(&theirs["last"]));
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn thresholds_joints_and_counts_of_issues_are_cleanlabs() {
    each_model(|model, entry, probabilities, given| {
        let thresholds = ConfidentThresholds::estimate(probabilities, given, &Run::quiet()).unwrap();
        assert_eq!(thresholds.view().to_vec(), numbers(&entry["thresholds"]), "{model}");
        let joint = ConfidentJoint::count(probabilities, given, &Run::quiet()).unwrap().calibrated(given).unwrap();
        assert_eq!(joint.view(), matrix(&entry["calibrated"]), "{model}");
        for (count, key) in [(IssueCount::OffDiagonal, "issues"), (IssueCount::Calibrated, "issues_calibrated")] {
            let theirs = entry[key].as_u64().unwrap() as usize;
            assert_eq!(count.issues(probabilities, given, &Run::quiet()).unwrap(), theirs, "{model}, {key}");
        }
    });
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn every_filter_flags_the_same_set() {
    each_model(|model, entry, probabilities, given| {
        for filter in Filter::ALL {
            let flags =
                ConfidentLearning { filter, ..Default::default() }.flags(probabilities, given, &Run::quiet()).unwrap();
            let rows = flagged(flags.view());
            let theirs = &entry["flags"][filter.name()];
            assert_eq!(rows.len() as u64, theirs["count"].as_u64().unwrap(), "{model}, {filter:?}");
            assert_eq!(fnv(&rows), theirs["fnv"].as_str().unwrap(), "{model}, {filter:?}: other samples");
        }
    });
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn every_score_is_the_same_to_a_billionth() {
    each_model(|model, entry, probabilities, given| {
        for (key, theirs) in entry["scores"].as_object().unwrap() {
            let score = Score::ALL.into_iter().find(|s| s.name() == key.trim_end_matches("_adjusted")).unwrap();
            let scores = score.of_labels(probabilities, given, key.ends_with("_adjusted"), &Run::quiet()).unwrap();
            assert_summary(&format!("{model}, {key}"), &scores, theirs);
        }
    });
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn ensembles_of_the_benchmarks_models_score_the_same() {
    let reference = benchmark();
    for entry in reference.as_array().unwrap().iter().filter(|entry| entry.get("ensembles").is_some()) {
        let data = entry["data"].as_str().unwrap();
        let names: Vec<&str> = entry["models"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let models: Vec<ProbabilityFile> = names.iter().map(|name| model(data, name).probabilities()).collect();
        let models: Vec<&dyn ProbabilitySource> = models.iter().map(|model| model as &dyn ProbabilitySource).collect();
        let [given] = model(data, names[0]).labels([entry["labels"].as_str().unwrap()], &Classes::Observed);
        for (key, theirs) in entry["ensembles"].as_object().unwrap() {
            let (name, score) = key.split_once('/').unwrap();
            let weighting = match name {
                "uniform" => Weighting::Uniform,
                "accuracy" => Weighting::Accuracy,
                "log_loss_search" => Weighting::log_loss_search(),
                _ => Weighting::Custom((1..=models.len()).map(|i| i as f64 / 10.0).collect()),
            };
            let score = Score::ALL.into_iter().find(|s| s.name() == score).unwrap();
            let scores =
                Ensemble { score, adjust: false, weighting }.scores(&models, &given, &Run::quiet()).unwrap().scores;
            assert_summary(&format!("{data}, {key}"), &scores, theirs);
        }
    }
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn the_health_score_is_cleanlabs() {
    each_model(|model, entry, probabilities, given| {
        let health = LabelHealth::estimate(probabilities, given, &Run::quiet()).unwrap();
        assert_close(model, &[health.score], &[entry["health"].as_f64().unwrap()]);
    });
}
