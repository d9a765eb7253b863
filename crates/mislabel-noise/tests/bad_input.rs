//! What a noise model cannot do is an error that says why.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use mislabel_core::{Embeddings, Error, Labels, NoiseModel, NoiseTransition, PredictedProbabilities};
use mislabel_noise::{Asymmetric, ConfidenceBased, InstanceDependent, Recorded, Symmetric, Transition};
use ndarray::Array2;

fn labels(values: &[u32], classes: usize) -> Labels {
    Labels::new(values.to_vec(), classes).unwrap()
}

fn with_rated_models(truth: &Labels, rate: f64, check: impl Fn(&str, &dyn NoiseModel)) {
    let (n, k) = (truth.len(), truth.class_count());
    let (rows, samples) = (Array2::from_elem((n, k), 1.0 / k as f64), Array2::from_elem((n, 2), 0.5_f32));
    let embeddings = Embeddings::new(samples.view()).unwrap();
    check("symmetric", &Symmetric { rate, ..Symmetric::default() });
    check("asymmetric", &Asymmetric { rate, ..Asymmetric::default() });
    check("confidence", &ConfidenceBased::new(PredictedProbabilities::new(rows.view()).unwrap(), rate));
    check("recorded", &Recorded::at_rate(truth.clone(), rate));
    check("instance", &InstanceDependent::new(&embeddings, rate));
}

#[test]
fn a_rate_that_is_no_rate_is_an_error_naming_it() {
    for rate in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        with_rated_models(&labels(&[0, 1], 2), rate, |name, model| {
            let message = model.corrupt(&labels(&[0, 1], 2), 51).unwrap_err().to_string();
            assert_eq!(message, format!("parameter rate is {rate}: it must be in [0, 1]"), "{name}");
        });
    }
}

#[test]
fn one_class_bears_no_noise_but_a_rate_of_zero() {
    let truth = labels(&[0, 0, 0], 1);
    with_rated_models(&truth, 0.5, |name, model| {
        let error = model.corrupt(&truth, 51).unwrap_err();
        let fits = matches!(error, Error::TooFewClasses { found: 1, .. } | Error::Parameter { name: "rate", .. });
        assert!(fits, "{name}: {error}");
    });
    with_rated_models(&truth, 0.0, |name, model| {
        assert_eq!(model.corrupt(&truth, 51).unwrap().given, truth, "{name}");
    });
}

#[test]
fn a_rate_above_the_recorded_errors_is_an_error() {
    let (truth, human) = (labels(&[0, 0, 0, 1], 2), labels(&[0, 0, 1, 1], 2));
    let error = Recorded::at_rate(human, 0.5).corrupt(&truth, 51).unwrap_err();
    assert!(matches!(&error, Error::Parameter { name: "rate", value, .. } if value == "0.5"), "{error}");
}

#[test]
fn inputs_for_other_samples_or_classes_are_errors() {
    let truth = labels(&[0, 1, 1], 2);
    let (rows, wide) = (Array2::from_elem((2, 2), 0.5), Array2::from_elem((3, 4), 0.25));
    let samples = Array2::from_elem((2, 2), 0.5_f32);
    let embeddings = Embeddings::new(samples.view()).unwrap();
    let models: [&dyn NoiseModel; 7] = [
        &ConfidenceBased::new(PredictedProbabilities::new(rows.view()).unwrap(), 0.0),
        &ConfidenceBased::new(PredictedProbabilities::new(wide.view()).unwrap(), 0.0),
        &Recorded::all(labels(&[0, 1], 2)),
        &Recorded::all(labels(&[0, 1, 2], 3)),
        &InstanceDependent::new(&embeddings, 0.0),
        &Transition::new(NoiseTransition::identity(3).unwrap()),
        &Asymmetric { targets: Some(vec![1]), ..Asymmetric::default() },
    ];
    for (place, model) in models.iter().enumerate() {
        let result = model.corrupt(&truth, 51);
        assert!(
            matches!(result, Err(Error::LengthMismatch { .. } | Error::ClassCountMismatch { .. })),
            "model {place}: {result:?}"
        );
    }
}

#[test]
fn targets_that_are_no_class_or_move_nothing_are_errors() {
    let truth = labels(&[0, 1, 1], 3);
    let with = |targets: Vec<u32>| Asymmetric { targets: Some(targets), ..Asymmetric::default() }.corrupt(&truth, 51);
    assert_eq!(with(vec![1, 3, 0]).unwrap_err().to_string(), "label 3 at row 1 is not one of the 3 classes");
    let message = with(vec![0, 1, 0]).unwrap_err().to_string();
    assert_eq!(message, "asymmetric noise is undefined: the class of every sample is its own target");
}

#[test]
fn instance_dependent_noise_needs_two_classes_with_samples_and_a_sound_steepness() {
    let samples = Array2::from_elem((2, 2), 0.5_f32);
    let embeddings = Embeddings::new(samples.view()).unwrap();
    let model = InstanceDependent::new(&embeddings, 0.5);
    let error = model.corrupt(&labels(&[1, 1], 3), 51).unwrap_err();
    assert_eq!(error.to_string(), "1 of 3 classes have samples: at least 2 must");
    for steepness in [-1.0, 1_001.0, f64::NAN] {
        let error = InstanceDependent { steepness, ..model }.corrupt(&labels(&[0, 1], 3), 51).unwrap_err();
        assert!(matches!(error, Error::Parameter { name: "steepness", .. }), "{error}");
    }
}

#[test]
fn the_most_classes_that_labels_may_have_do_no_harm() {
    let truth = labels(&[0, Labels::MOST_CLASSES as u32 - 1, 7], Labels::MOST_CLASSES);
    let noisy = Symmetric { rate: 1.0, ..Symmetric::default() }.corrupt(&truth, 51).unwrap();
    assert_eq!(noisy.errors.error_count(), 3);
}
