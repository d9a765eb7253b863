//! Laws of the testkit, and twins written as naively as possible.
#![allow(clippy::unwrap_used, clippy::panic, reason = "functions that only tests call")]

use mislabel_confident::{ConfidentJoint, ConfidentLearning, ConfidentThresholds, Filter, Score, Standing};
use mislabel_core::{
    Judge, Labels, PredictedProbabilities, ProbabilityMatrix, ProbabilitySource, Result, Run, TransitionEstimator,
};
use mislabel_testkit::{Laws, awkward_probabilities, check_probability_laws};
use ndarray::{Array1, Array2, ArrayViewMut2, s};
use proptest::prelude::*;

#[test]
fn every_filter_and_score_obeys_the_laws_of_judges() {
    for filter in Filter::ALL {
        for (score, adjust) in [
            (Score::SelfConfidence, false),
            (Score::SelfConfidence, true),
            (Score::NormalizedMargin, false),
            (Score::NormalizedMargin, true),
            (Score::ConfidenceWeightedEntropy, false),
        ] {
            let detector = ConfidentLearning { filter, score, adjust, ..ConfidentLearning::default() };
            // A count of labels to prune may fall among samples that tie; the adjustment and the entropy know how many classes
            // there are.
            let counts = matches!(filter, Filter::PruneByNoiseRate | Filter::PruneByClass | Filter::Both);
            let laws = Laws {
                ties: !counts,
                empty_class: !adjust && score != Score::ConfidenceWeightedEntropy,
                ..Laws::default()
            };
            assert_eq!(check_probability_laws(&detector, &laws), Ok(()), "{detector:?}");
        }
    }
}

/// A source that only reads, as a file does.
struct Reader(Array2<f64>);

impl ProbabilitySource for Reader {
    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f64>) -> Result<()> {
        let end = start + out.nrows();
        out.assign(&self.0.slice(s![start..end, ..]));
        Ok(())
    }
}

/// The loop that cleanlab's documentation gives.
fn naive_joint(probabilities: &Array2<f64>, given: &Labels, thresholds: &Array1<f64>) -> Array2<f64> {
    let k = probabilities.ncols();
    let mut joint = Array2::zeros((k, k));
    for (row, probabilities) in probabilities.outer_iter().enumerate() {
        let confident: Vec<usize> = (0..k).filter(|&j| probabilities[j] >= thresholds[j] - 1e-6).collect();
        let first_greatest = (0..k).rev().max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
        match confident.as_slice() {
            [] => {}
            [class] => joint[[given.class(row), *class]] += 1.0,
            _ => joint[[given.class(row), first_greatest.unwrap()]] += 1.0,
        }
    }
    joint.diag_mut().mapv_inplace(|count: f64| count.max(1.0));
    joint
}

/// Pruning by noise rate with full sorts, from the calibrated joint of classes that all keep a sample.
fn naive_pruning(probabilities: &Array2<f64>, given: &Labels, joint: &Array2<f64>) -> Vec<bool> {
    let mut flags = vec![false; given.len()];
    for (class, rows) in (0..given.class_count()).map(|class| (class, given.members().rows(class).to_vec())) {
        for other in (0..given.class_count()).filter(|&other| other != class && rows.len() > 1) {
            let mut order: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
            let margin = |row: usize| probabilities[[row, other]] - probabilities[[row, class]];
            order.sort_by(|&a, &b| margin(b).partial_cmp(&margin(a)).unwrap());
            order.iter().take(joint[[class, other]] as usize).for_each(|&row| flags[row] = true);
        }
    }
    for (row, flag) in flags.iter_mut().enumerate() {
        let mut raised = probabilities.row(row).to_owned();
        raised[given.class(row)] += 1e-6;
        let best = (0..raised.len()).rev().max_by(|&a, &b| raised[a].total_cmp(&raised[b]));
        *flag &= best != Some(given.class(row));
    }
    flags
}

/// Probabilities over many classes, so that blocks and lanes are crossed, with labels that follow them or not.
fn wide() -> impl Strategy<Value = (Array2<f64>, Labels)> {
    (2_usize..90, 1_usize..120, 0.5_f64..6.0, any::<u64>()).prop_map(|(k, n, sharpness, seed)| {
        let uniform =
            |i: usize, j: usize| mislabel_core::split_seed(seed, &[i as u64, j as u64]) as f64 / u64::MAX as f64;
        let mut rows = Array2::from_shape_fn((n, k), |(i, j)| (sharpness * uniform(i, j)).exp());
        for mut row in rows.outer_iter_mut() {
            let sum = row.sum();
            row /= sum;
        }
        let classes = (k / 2).max(2);
        let given = (0..n).map(|i| (uniform(i, k) * classes as f64) as u32).collect();
        (rows, Labels::new(given, k).unwrap())
    })
}

proptest! {
    #[test]
    fn the_confident_joint_is_that_of_the_naive_loop((rows, given) in wide()) {
        let probabilities = ProbabilityMatrix::new(rows.clone()).unwrap();
        let thresholds = ConfidentThresholds::estimate(&probabilities, &given, &Run::quiet()).unwrap();
        let joint = ConfidentJoint::count(&probabilities, &given, &Run::quiet()).unwrap();
        prop_assert_eq!(joint.view(), naive_joint(&rows, &given, &thresholds.view().to_owned()));
        prop_assert_eq!(joint, ConfidentJoint::count_above(&probabilities, &given, &thresholds, &Run::quiet()).unwrap());
    }

    #[test]
    fn the_confident_joint_of_awkward_rows_is_that_of_the_naive_loop(case in awkward_probabilities()) {
        prop_assume!(case.given.class_count() > 1);
        let probabilities = ProbabilityMatrix::new(case.probabilities.clone()).unwrap();
        let thresholds = ConfidentThresholds::estimate(&probabilities, &case.given, &Run::quiet()).unwrap();
        let joint = ConfidentJoint::count(&probabilities, &case.given, &Run::quiet()).unwrap();
        prop_assert_eq!(joint.view(), naive_joint(&case.probabilities, &case.given, &thresholds.view().to_owned()));
    }

    #[test]
    fn pruning_by_noise_rate_is_that_of_full_sorts((rows, given) in wide()) {
        let probabilities = ProbabilityMatrix::new(rows.clone()).unwrap();
        // Every class keeps a sample, so that as many are pruned as the joint says.
        let mut joint = ConfidentJoint::count(&probabilities, &given, &Run::quiet()).unwrap().calibrated(&given).unwrap().into_array();
        joint.diag_mut().mapv_inplace(|count| count.max(1.0));
        let detector = ConfidentLearning { joint: Some(ConfidentJoint::new(joint.clone()).unwrap()), ..Default::default() };
        let flags = detector.flags(&probabilities, &given, &Run::quiet()).unwrap();
        prop_assert_eq!(flags.to_vec(), naive_pruning(&rows, &given, &joint));
    }

    #[test]
    fn where_probabilities_are_and_how_they_lie_does_not_matter((rows, given) in wide(), pick in any::<prop::sample::Index>()) {
        let filter = Filter::ALL[pick.index(Filter::ALL.len())];
        for (score, adjust) in [(Score::NormalizedMargin, true), (Score::ConfidenceWeightedEntropy, false)] {
            let detector = ConfidentLearning { filter, score, adjust, ..ConfidentLearning::default() };
            let owned = detector.issues(&ProbabilityMatrix::new(rows.clone()).unwrap(), &given, &Run::quiet()).unwrap();
            let columns = rows.t().as_standard_layout().into_owned();
            let by_columns = detector.issues(&PredictedProbabilities::new(columns.t()).unwrap(), &given, &Run::quiet()).unwrap();
            prop_assert_eq!(&owned, &by_columns);
            prop_assert_eq!(&owned, &detector.judge(&Reader(rows.clone()), &given, &Run::quiet()).unwrap());
        }
    }

    #[test]
    fn transitions_are_row_stochastic_on_any_input(case in awkward_probabilities()) {
        prop_assume!(case.given.class_count() > 1);
        let probabilities = ProbabilityMatrix::new(case.probabilities).unwrap();
        let transition = ConfidentLearning::default().transition(&probabilities, &case.given, &Run::quiet()).unwrap();
        prop_assert_eq!(transition.class_count(), case.given.class_count());
    }
}

/// Samples of which about a third are given another class than the one they are mostly predicted as.
fn elsewhere() -> (ProbabilityMatrix, Labels) {
    let weight = |row: usize, class: usize| f64::from(u32::try_from((row * 31 + class * class * 7) % 9).unwrap() + 1);
    let weights =
        Array2::from_shape_fn((300, 4), |(row, class)| weight(row, class) * if row % 4 == class { 3.0 } else { 1.0 });
    let sums = weights.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
    let given = (0..300_u32).map(|row| if row % 3 == 0 { (row + 1) % 4 } else { row % 4 }).collect();
    (ProbabilityMatrix::new(weights / sums).unwrap(), Labels::new(given, 4).unwrap())
}

#[test]
fn what_is_counted_elsewhere_gives_the_same_joint_and_prunes_as_many() {
    let ((probabilities, given), run) = (elsewhere(), Run::quiet());
    let thresholds = ConfidentThresholds::estimate(&probabilities, &given, &run).unwrap();
    let sure = thresholds.confident_classes(&probabilities, &run).unwrap();
    let mut counts = Array2::zeros((4, 4));
    sure.iter().enumerate().filter_map(|(row, class)| Some((row, (*class)?))).for_each(|(row, class)| {
        counts[[given.class(row), class]] += 1.0;
    });
    let joint = ConfidentJoint::of_confident_classes(counts).unwrap();
    assert_eq!(joint, ConfidentJoint::count(&probabilities, &given, &run).unwrap());
    assert_eq!(joint.calibrated_to(&given.counts()).unwrap(), joint.calibrated(&given).unwrap());

    // By class exactly so many are flagged before those that are predicted are spared.
    let detector = ConfidentLearning { filter: Filter::PruneByClass, ..ConfidentLearning::default() };
    let wanted = detector.prune_counts(&joint, &given.counts()).unwrap();
    let standings = Standing::of_samples(&probabilities, &given, &run).unwrap();
    let flags = detector.flags(&probabilities, &given, &run).unwrap();
    for class in 0..4 {
        let mut rows: Vec<usize> = (0..300).filter(|row| given.class(*row) == class).collect();
        rows.sort_by(|a, b| standings[*a].own.total_cmp(&standings[*b].own));
        let spared = |row: &usize| standings[*row].is_nearly_predicted(class);
        let expected: Vec<usize> = rows[..wanted[[class, class]]].iter().copied().filter(|row| !spared(row)).collect();
        assert!(!expected.is_empty() && expected.iter().all(|row| flags[*row]), "class {class}");
        assert_eq!(rows.iter().filter(|row| flags[**row]).count(), expected.len());
    }
}

#[test]
fn a_class_without_samples_has_the_threshold_that_nothing_reaches() {
    let thresholds = ConfidentThresholds::of_means(&[Some(0.5), None, Some(0.0)]).unwrap();
    assert_eq!(thresholds.view().to_vec(), [0.5, 2.0, 2e-6]);
    assert!(ConfidentThresholds::of_means(&[Some(f64::NAN)]).is_err());
}
