//! Data that is small, degenerate or huge gives a posterior all the same.

use mislabel_core::{
    ClassEvidence, Embeddings, Error, ErrorSummary, Labels, NearestErrors, Run, TransitionEstimator, VerifiedLabels,
};
use mislabel_posterior::{Bootstrap, FlagRule, Posterior, PosteriorModel};
use mislabel_reconstruct::NearestClasses;
use ndarray::{Array2, array};

fn posterior(rows: Array2<f32>, labels: &[u32], classes: usize, model: PosteriorModel) -> Result<Posterior, Error> {
    let given = Labels::new(labels.to_vec(), classes)?;
    let errors = NearestClasses::default().evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
    model.posterior(&errors, &given, &Run::quiet())
}

fn sound(posterior: &Posterior) {
    assert!(posterior.quality().as_slice().iter().all(|right| (0.0..=1.0).contains(right)));
    assert!((0.0..=1.0).contains(&posterior.noise_rate()));
    let rules = [
        posterior.default_rule(),
        FlagRule::ExpectedF1,
        FlagRule::Precision(0.5),
        FlagRule::Budget(usize::MAX),
        FlagRule::NoiseRate(1.0),
    ];
    for rule in rules {
        let issues = posterior.issues(rule).expect("the rule makes sense");
        assert_eq!(issues.len(), posterior.quality().as_slice().len());
    }
    let given = posterior.suggested();
    let ask = posterior.verification_sample(3, &VerifiedLabels::none(given), 0).expect("samples");
    let answers = vec![0; ask.len()];
    let verified = VerifiedLabels::new(ask, answers, given).expect("answers");
    let (after, noise_rate) = posterior.verified(given, &verified).expect("a posterior");
    assert!(after.quality().as_slice().iter().all(|right| (0.0..=1.0).contains(right)));
    assert!(noise_rate.standard_error().is_finite() && (0.0..=1.0).contains(&noise_rate.rate()));
}

/// Two rows of every class, apart by their first feature.
fn rows(n: usize, scale: f32) -> Array2<f32> {
    Array2::from_shape_fn((n, 3), |(i, j)| scale * ((i % 4 == j) as u8 as f32 + 0.01 * ((i * 7 + j * 3) % 5) as f32))
}

#[test]
fn two_classes_missing_classes_and_classes_of_one_sample_have_a_posterior() {
    for boundary in [0.0, 3.0, 100.0] {
        let model = PosteriorModel { boundary, ..PosteriorModel::default() };
        sound(&posterior(rows(2, 1.0), &[0, 1], 2, model).expect("two samples"));
        sound(&posterior(rows(9, 1.0), &[0, 0, 1, 1, 0, 0, 1, 1, 0], 2, model).expect("two classes"));
        sound(&posterior(rows(9, 1.0), &[0, 0, 5, 5, 0, 0, 5, 9, 0], 12, model).expect("missing classes"));
    }
}

/// One wrong label is about as likely without noise, under a classifier that is less sure of every sample.
#[test]
fn a_single_wrong_label_far_from_its_class_is_doubted() {
    let jitter = |i: usize, j: usize| ((i * 7919 + j * 104_729 + i * i * 31) % 1009) as f32 / 1009.0;
    for n in [45, 120, 300] {
        let rows = Array2::from_shape_fn((n, 8), |(i, j)| jitter(i, j) + if i % 3 == j { 3.0 } else { 0.0 });
        let mut labels: Vec<u32> = (0..n).map(|i| (i % 3) as u32).collect();
        labels[0] = 1;
        let found = posterior(rows, &labels, 3, PosteriorModel::default()).expect("a posterior");
        let quality = found.quality().as_slice();
        assert!(quality[0] < 0.9, "{n}: {}", quality[0]);
        assert!(quality[1..].iter().all(|right| *right > 0.99), "{n}");
    }
}

#[test]
fn rows_of_any_scale_constant_and_equal_rows_have_a_posterior() {
    let labels: Vec<u32> = (0..40).map(|i| (i % 4) as u32).collect();
    for scale in [1e-18, 1.0, 1e18] {
        sound(&posterior(rows(40, scale), &labels, 4, PosteriorModel::default()).expect("a scale"));
    }
    sound(&posterior(Array2::zeros((40, 3)), &labels, 4, PosteriorModel::default()).expect("zero rows"));
    sound(&posterior(Array2::ones((40, 3)), &labels, 4, PosteriorModel::default()).expect("constant rows"));
}

#[test]
fn errors_that_are_infinitely_apart_have_a_posterior() {
    let labels = Labels::new(vec![0, 1, 0, 1], 2).expect("labels");
    let dense = array![[0.0, 1e300], [1e300, 0.0], [1e300, 0.0], [1e300, 1e-300]];
    let summary = ErrorSummary::from_dense(dense.view(), &labels).expect("errors");
    let nearest = NearestErrors::new(summary, array![[1], [0], [1], [0]], array![[1e38], [1e38], [0.0], [1e38]]);
    sound(
        &PosteriorModel::default().posterior(&nearest.expect("errors"), &labels, &Run::quiet()).expect("a posterior"),
    );
}

#[test]
fn parameters_without_sense_are_errors_that_name_them() {
    let labels = [0, 0, 1, 1];
    let refused = |model: PosteriorModel| posterior(rows(4, 1.0), &labels, 2, model).unwrap_err().to_string();
    let default = PosteriorModel::default();
    assert!(refused(PosteriorModel { boundary: -1.0, ..default }).contains("boundary is -1"));
    assert!(refused(PosteriorModel { boundary: f64::NAN, ..default }).contains("boundary is NaN"));
    assert!(refused(PosteriorModel { rounds: 0, ..default }).contains("rounds is 0"));
    assert!(refused(PosteriorModel { tolerance: -0.1, ..default }).contains("tolerance is -0.1"));
    let posterior = posterior(rows(4, 1.0), &labels, 2, default).expect("a posterior");
    assert!(posterior.flags(FlagRule::Precision(0.0)).unwrap_err().to_string().contains("precision is 0"));
    assert!(posterior.flags(FlagRule::NoiseRate(1.1)).unwrap_err().to_string().contains("noise_rate is 1.1"));
    assert!(posterior.flags(FlagRule::TowardsExpectedF1(-0.5)).unwrap_err().to_string().contains("way is -0.5"));
    assert_eq!(posterior.flags(FlagRule::Budget(3)).expect("a budget").iter().filter(|flag| **flag).count(), 3);
}

#[test]
fn errors_of_other_samples_are_refused() {
    let given = Labels::new(vec![0, 1, 0, 1], 2).expect("labels");
    let rows = rows(4, 1.0);
    let embeddings = Embeddings::new(rows.view()).expect("rows");
    let errors = NearestClasses::default().evidence(&embeddings, &given, &Run::quiet()).expect("errors");
    let others = Labels::new(vec![0, 1, 0], 2).expect("labels");
    assert!(matches!(
        PosteriorModel::default().transition(&errors, &others, &Run::quiet()),
        Err(Error::LengthMismatch { .. })
    ));
    let classes = Labels::new(vec![0, 1, 0, 1], 3).expect("labels");
    assert!(matches!(
        PosteriorModel::default().transition(&errors, &classes, &Run::quiet()),
        Err(Error::ClassCountMismatch { .. })
    ));
}

#[test]
fn neighbors_that_do_not_fit_are_refused() {
    let given = Labels::new(vec![0, 1, 0, 1], 2).expect("labels");
    let rows = rows(4, 1.0);
    let errors = NearestClasses::default()
        .evidence(&Embeddings::new(rows.view()).expect("rows"), &given, &Run::quiet())
        .expect("errors");
    let refused = |neighbors: Array2<u32>| {
        let model = PosteriorModel::default();
        model.posterior_with_neighbors(&errors, neighbors.view(), &given, &Run::quiet()).unwrap_err().to_string()
    };
    let unknown = refused(array![[1, 2], [0, 4], [0, 1], [0, 1]]);
    assert!(unknown.starts_with("neighbors[1, 1] is 4"), "{unknown}");
    assert!(refused(Array2::zeros((3, 1))).contains("neighbors"));
    assert!(refused(Array2::zeros((4, 0))).contains("neighbors is 0"));
}

#[test]
fn a_bootstrap_without_sense_is_refused() {
    let given = Labels::new(vec![0, 1, 0, 1], 2).expect("labels");
    let rows = rows(4, 1.0);
    let errors = NearestClasses::default()
        .evidence(&Embeddings::new(rows.view()).expect("rows"), &given, &Run::quiet())
        .expect("errors");
    let model = PosteriorModel::default();
    let posterior = model.posterior(&errors, &given, &Run::quiet()).expect("a posterior");
    let refused = |bootstrap: Bootstrap| {
        model.noise_rate_interval(&posterior, &errors, None, &given, &bootstrap, &Run::quiet()).unwrap_err().to_string()
    };
    assert!(refused(Bootstrap { replicates: 1, ..Bootstrap::default() }).contains("replicates is 1"));
    assert!(refused(Bootstrap { rounds: 0, ..Bootstrap::default() }).contains("rounds is 0"));
}
