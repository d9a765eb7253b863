//! Every figure of confident learning equals cleanlab 2.9.0's, on small data that are committed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "functions that only tests call")]

mod reference_values;

use mislabel_confident::{
    ClassOverlap, ConfidentJoint, ConfidentLearning, ConfidentThresholds, Ensemble, Filter, IssueCount, LabelHealth,
    LatentEstimation, PriorMethod, Score, Weighting,
};
use mislabel_core::{Labels, ProbabilityMatrix, ProbabilitySource, Run};
use ndarray::Array1;
use reference_values::*;
use serde_json::Value;

const PRIORS: [(&str, PriorMethod); 4] = [
    ("cnt", PriorMethod::Diagonals),
    ("eqn", PriorMethod::Equation),
    ("marginal", PriorMethod::Marginal),
    ("marginal_ps", PriorMethod::GivenMarginal),
];

fn each_case(check: impl Fn(&str, &Value, &ProbabilityMatrix, &Labels)) {
    let reference = synthetic();
    let cases = reference["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let probabilities = probabilities(&case["probs"]);
        let given = labels(&case["labels"], probabilities.view().ncols());
        check(case["name"].as_str().unwrap(), case, &probabilities, &given);
    }
}

#[test]
fn thresholds_are_cleanlabs_to_the_last_bit() {
    each_case(|name, case, probabilities, given| {
        let thresholds = ConfidentThresholds::estimate(probabilities, given, &Run::quiet()).unwrap();
        assert_eq!(thresholds.view().to_vec(), numbers(&case["thresholds"]), "{name}");
    });
}

#[test]
fn confident_joints_are_cleanlabs() {
    each_case(|name, case, probabilities, given| {
        let joint = ConfidentJoint::count(probabilities, given, &Run::quiet()).unwrap();
        assert_eq!(joint.view(), matrix(&case["joint"]), "{name}");
        assert_eq!(joint.calibrated(given).unwrap().view(), matrix(&case["calibrated"]), "{name}");
        assert_matrix_close(name, &joint.distribution(given).unwrap(), &case["distribution"]);

        let thresholds = ConfidentThresholds::new(Array1::from_elem(joint.class_count(), 0.3)).unwrap();
        let joint = ConfidentJoint::count_above(probabilities, given, &thresholds, &Run::quiet()).unwrap();
        assert_eq!(joint.view(), matrix(&case["joint_above"]), "{name}");
    });
}

#[test]
fn counts_are_rounded_and_ties_broken_as_by_cleanlab() {
    for case in synthetic()["roundings"].as_array().unwrap() {
        let joint = ConfidentJoint::new(matrix(&case["joint"])).unwrap();
        let given = labels(&case["labels"], joint.class_count());
        assert_eq!(
            joint.calibrated(&given).unwrap().view(),
            matrix(&case["calibrated"]),
            "k = {}",
            joint.class_count()
        );
    }
}

fn assert_latent(what: &str, joint: &ConfidentJoint, given: &Labels, theirs: &Value) {
    let method = theirs["method"].as_str().unwrap();
    let prior = PRIORS.iter().find(|(name, _)| *name == method).unwrap().1;
    let consistent = theirs["consistent"].as_bool().unwrap();
    let what = format!("{what}, {method}, consistent = {consistent}");
    let estimates = LatentEstimation { prior, consistent }.estimates(joint, given);
    if theirs.get("singular").is_some() {
        let error = estimates.unwrap_err().to_string();
        assert_eq!(error, "the prior of true classes is undefined: the noise matrix is singular", "{what}");
        return;
    }
    let estimates = estimates.unwrap();
    assert_vector_close(&what, &estimates.prior, &theirs["prior"]);
    assert_matrix_close(&what, &estimates.noise_matrix, &theirs["noise"]);
    assert_matrix_close(&what, &estimates.inverse_noise_matrix, &theirs["inverse"]);
}

#[test]
fn priors_and_noise_matrices_are_cleanlabs() {
    each_case(|name, case, _, given| {
        for (joint, latent) in [("calibrated", "latent"), ("joint", "latent_uncalibrated")] {
            let joint = ConfidentJoint::new(matrix(&case[joint])).unwrap();
            for theirs in case[latent].as_array().unwrap() {
                assert_latent(&format!("{name}, {latent}"), &joint, given, theirs);
            }
        }
    });
}

fn with_option(filter: Filter, option: &str, case: &Value) -> ConfidentLearning {
    let plain = ConfidentLearning { filter, ..ConfidentLearning::default() };
    match option {
        "plain" => plain,
        "frac_noise" => ConfidentLearning { noise_fraction: 0.5, ..plain },
        "min_examples" => ConfidentLearning { min_examples_per_class: 25, ..plain },
        "remove" => ConfidentLearning { remove_per_class: Some(indices(&case["remove"])), ..plain },
        "joint" => ConfidentLearning { joint: Some(ConfidentJoint::new(matrix(&case["joint"])).unwrap()), ..plain },
        _ => panic!("unknown option {option}"),
    }
}

#[test]
fn every_filter_flags_what_cleanlab_flags_with_every_option() {
    each_case(|name, case, probabilities, given| {
        let flags = case["flags"].as_object().unwrap();
        assert_eq!(flags.len(), 3 * 5 + 4);
        for (key, theirs) in flags {
            let (filter, option) = key.split_once('/').unwrap();
            let filter = Filter::ALL.into_iter().find(|f| f.name() == filter).unwrap();
            let ours = with_option(filter, option, case).flags(probabilities, given, &Run::quiet()).unwrap();
            assert_eq!(flagged(ours.view()), indices(theirs), "{name}, {key}");
        }
    });
}

#[test]
fn every_score_is_cleanlabs() {
    each_case(|name, case, probabilities, given| {
        let scores = case["scores"].as_object().unwrap();
        assert_eq!(scores.len(), 5);
        for (key, theirs) in scores {
            let score = Score::ALL.into_iter().find(|s| s.name() == key.trim_end_matches("_adjusted")).unwrap();
            let adjust = key.ends_with("_adjusted");
            let ours = score.of_labels(probabilities, given, adjust, &Run::quiet()).unwrap();
            assert_vector_close(&format!("{name}, {key}"), &ours, theirs);
            let issues = ConfidentLearning { score, adjust, ..Default::default() }
                .issues(probabilities, given, &Run::quiet())
                .unwrap();
            assert_eq!(issues.score(), ours.to_vec(), "{name}, {key}: the detector's");
        }
    });
}

#[test]
fn issues_are_counted_as_by_cleanlab() {
    each_case(|name, case, probabilities, given| {
        let k = probabilities.view().ncols();
        let joint =
            ConfidentJoint::new(ndarray::Array2::from_shape_fn((k, k), |(i, j)| ((i * k + j) % 7) as f64)).unwrap();
        for (key, count) in [
            ("off_diagonal", IssueCount::OffDiagonal),
            ("calibrated", IssueCount::Calibrated),
            ("custom", IssueCount::Joint(joint)),
        ] {
            let theirs = case["issues"][key].as_u64().unwrap() as usize;
            assert_eq!(count.issues(probabilities, given, &Run::quiet()).unwrap(), theirs, "{name}, {key}");
        }
    });
}

fn weighting(name: &str, models: usize) -> Weighting {
    match name {
        "uniform" => Weighting::Uniform,
        "accuracy" => Weighting::Accuracy,
        "log_loss_search" => Weighting::log_loss_search(),
        "custom" => Weighting::Custom((1..=models).map(|i| i as f64 / 10.0).collect()),
        _ => panic!("unknown weighting {name}"),
    }
}

#[test]
fn ensembles_are_cleanlabs_with_every_weighting_and_score() {
    let reference = synthetic();
    let case = &reference["ensemble"];
    let models: Vec<ProbabilityMatrix> = case["models"].as_array().unwrap().iter().map(probabilities).collect();
    let models: Vec<&dyn ProbabilitySource> = models.iter().map(|model| model as &dyn ProbabilitySource).collect();
    let given = labels(&case["labels"], 4);
    let scores = case["scores"].as_object().unwrap();
    assert_eq!(scores.len(), 12);
    for (key, theirs) in scores {
        let (name, score) = key.split_once('/').unwrap();
        let score = Score::ALL.into_iter().find(|s| s.name() == score).unwrap();
        let ensemble = Ensemble { score, adjust: false, weighting: weighting(name, models.len()) };
        assert_vector_close(key, &ensemble.scores(&models, &given, &Run::quiet()).unwrap().scores, theirs);
    }
}

fn assert_overlaps(what: &str, ours: &[ClassOverlap], theirs: &Value) {
    let probability: Vec<f64> = ours.iter().map(|overlap| overlap.probability).collect();
    assert_close(what, &probability, &numbers(&theirs["Joint Probability"]));
    let samples: Vec<usize> = ours.iter().map(|overlap| overlap.samples).collect();
    assert_eq!(samples, indices(&theirs["Num Overlapping Examples"]), "{what}");
    // Tied pairs come in any order in cleanlab: compare them as sets.
    let sorted = |mut pairs: Vec<(usize, usize)>| {
        pairs.sort_unstable();
        pairs
    };
    let theirs = indices(&theirs["Class Index A"]).into_iter().zip(indices(&theirs["Class Index B"])).collect();
    assert_eq!(sorted(ours.iter().map(|overlap| (overlap.first, overlap.second)).collect()), sorted(theirs), "{what}");
}

#[test]
fn the_health_of_classes_and_dataset_is_cleanlabs() {
    each_case(|name, case, probabilities, given| {
        let theirs = &case["health"];
        let ours = LabelHealth::estimate(probabilities, given, &Run::quiet()).unwrap();
        assert_close(name, &[ours.score], &[theirs["score"].as_f64().unwrap()]);
        assert_overlaps(name, &ours.overlaps, &theirs["pairs"]);
        let directed = ClassOverlap::directed_ranking(ours.joint.view(), given.len()).unwrap();
        assert_overlaps(name, &directed, &theirs["directed"]);

        let theirs = &theirs["classes"];
        let place = |class: usize| indices(&theirs["Class Index"]).into_iter().position(|c| c == class).unwrap();
        for (rank, class) in ours.classes.iter().enumerate() {
            let here = |key: &str| theirs[key][place(class.class)].as_f64().unwrap();
            let what = format!("{name}, class {}", class.class);
            assert_close(&what, &[class.label_noise], &[here("Label Noise")]);
            assert_close(&what, &[class.inverse_label_noise], &[here("Inverse Label Noise")]);
            assert_eq!(class.label_issues as f64, here("Label Issues"), "{what}");
            assert_eq!(class.inverse_label_issues as f64, here("Inverse Label Issues"), "{what}");
            assert_close(&what, &[class.quality], &[theirs["Label Quality Score"][rank].as_f64().unwrap()]);
        }
    });
}
