//! Types that cannot be wrong once built: every way to build them wrongly is refused with its place.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use mislabel_core::checks::rows_in_range;
use mislabel_core::{
    ClassMap, ClassMembers, ConvertedRows, EmbeddingMatrix, EmbeddingSource, Embeddings, Error, ErrorColumns,
    ErrorMask, ErrorSummary, Issue, LabelIssues, LabelQuality, Labels, LeastTwo, NoiseTransition,
    PredictedProbabilities, ProbabilityMatrix, ProbabilitySource, RowSample, VerifiedLabels,
};
use ndarray::{Array2, array, s};
use proptest::prelude::*;

/// Rounding of two products of doubles and their sum: a few steps of 1e-17.
const ROUNDING: f64 = 1e-15;

fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn embeddings_name_the_first_value_that_is_not_finite() {
    let mut rows = Array2::<f32>::zeros((3, 4));
    rows[[2, 1]] = f32::NEG_INFINITY;
    assert_eq!(message(Embeddings::new(rows.view())), "embeddings[2, 1] is -inf, expected a finite number");
    assert_eq!(message(Embeddings::new(rows.slice(s![..0, ..]))), "embeddings must not be empty");
    assert_eq!(message(Embeddings::new(rows.slice(s![.., ..0]))), "embeddings must not be empty");
    assert!(Embeddings::new(Array2::from_elem((1, 1), f32::MAX).view()).is_ok());
}

#[test]
fn reading_outside_the_rows_is_an_error_even_where_the_sum_overflows() {
    let rows = Array2::<f32>::zeros((3, 2));
    let source = Embeddings::new(rows.view()).unwrap();
    assert!(source.read_rows(2, Array2::zeros((2, 2)).view_mut()).is_err());
    assert!(source.read_rows(0, Array2::zeros((2, 3)).view_mut()).is_err());
    assert!(source.gather(&[0, 3], Array2::zeros((2, 2)).view_mut()).is_err());
    assert!(source.gather(&[0], Array2::zeros((2, 2)).view_mut()).is_err());
    assert!(rows_in_range(3, usize::MAX, 2).is_err());
    assert!(rows_in_range(3, 3, 0).is_ok());
}

#[test]
fn labels_outside_the_classes_are_named_with_their_row() {
    assert_eq!(message(Labels::new(vec![], 3)), "labels must not be empty");
    assert_eq!(message(Labels::new(vec![1, 3], 3)), "label 3 at row 1 is not one of the 3 classes");
    let negative = [0, -7, 2];
    assert_eq!(message(Labels::from_integers(&negative, None)), "label -7 at row 1 is not one of the 3 classes");
    let huge = [0, i64::MAX];
    assert!(matches!(Labels::from_integers(&huge, None), Err(Error::LabelOutOfRange { row: 1, .. })));
    let identifiers = [0, 4_000_000_000];
    assert!(message(Labels::from_integers(&identifiers, None)).starts_with("parameter classes is 4000000001"));
    let names = Labels::new(vec![0, 1], 2).unwrap().with_class_names(["only one"]);
    assert_eq!(message(names), "class names: 1 entries, expected 2");
}

#[test]
fn absent_classes_count_as_classes() {
    let labels = Labels::from_integers(&[4, 0, 4], Some(7)).unwrap();
    assert_eq!((labels.class_count(), labels.present_classes()), (7, 2));
    assert_eq!(message(labels.need_classes(3)), "2 of 7 classes have samples: at least 3 must");
    assert_eq!(labels.members().rows(4), [0, 2]);
    assert!(labels.members().rows(5).is_empty());
    assert_eq!(labels.class_name(4), "4");
}

#[test]
fn verified_labels_name_the_row_that_is_no_sample_no_class_or_a_repetition() {
    let given = Labels::new(vec![0, 1, 2, 1], 3).unwrap();
    let verified = |samples: &[usize], labels: &[u32]| VerifiedLabels::new(samples.into(), labels.into(), &given);
    assert_eq!(message(verified(&[0, 4], &[0, 0])), "sample 4 at row 1 is not one of the 4 samples");
    assert_eq!(message(verified(&[0, 1], &[0, 3])), "label 3 at row 1 is not one of the 3 classes");
    assert_eq!(message(verified(&[3, 0, 1, 3, 0], &[0; 5])), "sample 3 is verified twice, at row 0 and at row 3");
    assert_eq!(message(verified(&[0, 1], &[0])), "verified labels: 1 entries, expected 2");
}

#[test]
fn verified_labels_do_not_depend_on_the_order_of_the_review() {
    let given = Labels::new(vec![0, 1, 2, 1], 3).unwrap();
    let verified = VerifiedLabels::new(vec![3, 0, 2], vec![2, 0, 1], &given).unwrap();
    assert_eq!(verified, VerifiedLabels::new(vec![0, 2, 3], vec![0, 1, 2], &given).unwrap());
    assert_eq!((verified.of(2), verified.of(1)), (Some(1), None));
    assert_eq!(verified.label_errors(&given).collect::<Vec<_>>(), [(0, false), (2, true), (3, true)]);
    assert!(VerifiedLabels::none(&given).is_empty());
    assert!(verified.check(&given).is_ok());
    let fewer = Labels::new(vec![0, 1, 2], 3).unwrap();
    assert_eq!(message(verified.check(&fewer)), "given labels: 3 entries, expected 4");
}

#[test]
fn probabilities_must_be_distributions() {
    let rows = array![[0.5, 0.5], [f64::NAN, 1.0]];
    assert!(matches!(PredictedProbabilities::new(rows.view()), Err(Error::OutOfRange { row: 1, column: 0, .. })));
    let rows = array![[1.5, -0.5]];
    assert!(matches!(PredictedProbabilities::new(rows.view()), Err(Error::OutOfRange { row: 0, column: 0, .. })));
    let rows = array![[0.5, 0.5], [0.5, 0.4]];
    assert!(matches!(PredictedProbabilities::new(rows.view()), Err(Error::OffSimplex { row: 1, .. })));
    let rounded = array![[0.3337, 0.333, 0.333]];
    let source = PredictedProbabilities::new(rounded.view()).unwrap();
    assert_eq!(ProbabilitySource::shape(&source), (1, 3));
}

#[test]
fn a_transition_matrix_must_be_square_with_rows_that_sum_to_one() {
    assert!(matches!(NoiseTransition::from_true_rows(Array2::zeros((0, 0))), Err(Error::Empty { .. })));
    assert!(matches!(NoiseTransition::from_true_rows(array![[0.5, 0.5]]), Err(Error::LengthMismatch { .. })));
    let columns = array![[0.9, 0.2], [0.1, 0.8]];
    assert!(matches!(NoiseTransition::from_true_rows(columns.clone()), Err(Error::OffSimplex { row: 0, .. })));
    let transition = NoiseTransition::from_given_rows(columns).unwrap();
    assert_eq!(transition.probability(0, 1), 0.1);
    assert!((transition.noise_rate(&[0.5, 0.5]).unwrap() - 0.15).abs() < ROUNDING);
    assert!(transition.noise_rate(&[0.5, 0.6]).is_err());
    assert!(transition.noise_rate(&[1.0]).is_err());
}

fn columns() -> ErrorColumns {
    ErrorColumns {
        own: vec![1.0, 2.0],
        least_other: vec![2.0, 1.0],
        least_other_class: vec![1, 0],
        second_least_other: vec![3.0, f64::INFINITY],
        sum: vec![6.0, 3.0],
        sampled: None,
        reconstructors: 3,
        classes: 3,
    }
}

#[test]
fn an_error_summary_refuses_what_cannot_be() {
    assert!(ErrorSummary::new(columns()).is_ok());
    let broken = |change: fn(&mut ErrorColumns)| {
        let mut columns = columns();
        change(&mut columns);
        message(ErrorSummary::new(columns))
    };
    assert_eq!(broken(|c| c.own.clear()), "the error summary must not be empty");
    assert_eq!(broken(|c| c.sum.push(1.0)), "sum: 3 entries, expected 2");
    assert_eq!(broken(|c| c.reconstructors = 1), "1 of 3 classes have samples: at least 2 must");
    assert_eq!(broken(|c| c.own[1] = f64::NAN), "own[1, 0] is NaN, expected a finite number");
    assert_eq!(broken(|c| c.own[1] = -1.0), "own[1, 0] is -1, expected a number in [0, inf]");
    assert_eq!(broken(|c| c.least_other_class[0] = 3), "label 3 at row 0 is not one of the 3 classes");
    assert_eq!(
        broken(|c| c.second_least_other[0] = 1.0),
        "second_least_other[0, 0] is 1, expected a number in [2, inf]"
    );
}

#[test]
fn sums_may_be_of_a_sample_of_rows_that_are_in_order() {
    let sampled = |rows: Vec<u32>, disagreements: usize| {
        let sum = vec![6.0; rows.len()];
        ErrorSummary::new(ErrorColumns { sum, sampled: Some(RowSample { rows, disagreements }), ..columns() })
    };
    let summary = sampled(vec![1], 1).unwrap();
    assert_eq!(summary.sums().collect::<Vec<_>>(), [(1, 6.0)]);
    assert_eq!(summary.sampled().unwrap().disagreement().value(), 1.0);
    // Three classes: the least two and the own error are all there is.
    assert_eq!((summary.estimated_sum(0), summary.estimated_sum(1)), (6.0, 6.0));
    assert_eq!(message(sampled(vec![], 0)), "the sample of rows must not be empty");
    assert_eq!(message(sampled(vec![0], 2)), "disagreements: 2 entries, expected 1");
    assert_eq!(message(sampled(vec![1, 1], 0)), "the sample of rows[1, 0] is 1, expected a number in [2, 1]");
    assert!(sampled(vec![2], 0).is_err());
}

#[test]
fn dense_errors_need_the_own_class_to_be_fitted() {
    let given = Labels::new(vec![0, 2], 3).unwrap();
    let infinite = f64::INFINITY;
    let dense = array![[1.0, 2.0, infinite], [3.0, 4.0, infinite]];
    let error = ErrorSummary::from_dense(dense.view(), &given).unwrap_err();
    assert_eq!(error.to_string(), "sample 1 is labeled class 2, which had no samples to fit on");
}

#[test]
fn issues_need_columns_of_one_length_and_finite_scores() {
    let quality = LabelQuality::new(vec![0.5, 1.0]).unwrap();
    let labels = Labels::new(vec![0, 1], 2).unwrap();
    let issues = |flags: Vec<bool>, score: Vec<f64>| LabelIssues::new(quality.clone(), flags, labels.clone(), score);
    assert_eq!(issues(vec![true, false], vec![1.0, 2.0]).unwrap().flagged(), 1);
    assert_eq!(message(issues(vec![true], vec![1.0, 2.0])), "is_issue: 1 entries, expected 2");
    assert_eq!(message(issues(vec![true, true], vec![1.0, f64::NAN])), "score[1, 0] is NaN, expected a finite number");
    assert_eq!(message(LabelQuality::new(vec![0.5, 1.5])), "label quality[1, 0] is 1.5, expected a number in [0, 1]");
    assert!(LabelQuality::new(vec![f64::NAN]).is_err());
}

#[test]
fn an_error_mask_needs_labels_of_the_same_classes() {
    let two = Labels::new(vec![0, 1], 2).unwrap();
    let three = Labels::new(vec![0, 1], 3).unwrap();
    assert!(ErrorMask::between(&two, &three).is_err());
    assert!(ErrorMask::new(vec![]).is_err());
    assert_eq!(ErrorMask::new(vec![true, false]).unwrap().rate(), 0.5);
}

proptest! {
    #[test]
    fn the_ranking_is_a_permutation_from_the_least_quality_up(values in proptest::collection::vec(0.0_f64..1.0, 1..50)) {
        let quality = LabelQuality::new(values.clone()).unwrap();
        let ranking = quality.ranking();
        prop_assert!(ranking.windows(2).all(|w| (values[w[0]], w[0]) < (values[w[1]], w[1])));
        let mut sorted = ranking;
        sorted.sort_unstable();
        prop_assert!(sorted.into_iter().eq(0..values.len()));
    }

    #[test]
    fn members_list_every_kept_sample_once_in_order(labels in proptest::collection::vec(0_u32..5, 1..60)) {
        let labels = Labels::new(labels, 5).unwrap();
        let members = ClassMembers::of(&labels, |row| row % 3 != 0);
        for class in 0..5 {
            let expected = (0..labels.len()).filter(|row| row % 3 != 0 && labels.class(*row) == class);
            prop_assert!(members.rows(class).iter().map(|row| *row as usize).eq(expected));
        }
    }

    #[test]
    fn the_least_two_are_those_of_a_sort(errors in proptest::collection::vec(0.0_f64..9.0, 1..20)) {
        let mut least = LeastTwo::default();
        errors.iter().enumerate().for_each(|(class, error)| least.offer(class as u32, *error));
        let mut sorted: Vec<(f64, usize)> = errors.iter().copied().zip(0..).collect();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
        prop_assert_eq!((least.first, least.class as usize), sorted[0]);
        prop_assert_eq!(least.second, sorted.get(1).map_or(f64::INFINITY, |second| second.0));
    }
}

#[test]
fn class_maps_name_the_row_the_label_and_the_classes() {
    let classes = ClassMap::new(["cat", "dog"]).unwrap();
    assert_eq!(
        message(classes.labels(["cat", "Dog"])),
        r#"label "Dog" at row 1 is not one of the 2 classes "cat", "dog""#
    );
    assert_eq!(message(ClassMap::new(["a", "b", "a"])), r#"class "a" is named twice, at place 0 and at place 2"#);
    assert_eq!(message(ClassMap::new(Vec::<String>::new())), "class names must not be empty");
    assert_eq!(message(Labels::from_names(Vec::<String>::new())), "labels must not be empty");
    let many = ClassMap::new((0..20).map(|class| class.to_string())).unwrap();
    assert!(message(many.labels(["x"])).ends_with(r#""6", "7", …"#));
}

#[test]
fn given_and_true_labels_of_one_map_can_be_compared() {
    let (given, truth) = (["b", "b", "a"], ["b", "c", "a"]);
    let classes = ClassMap::observed(truth.iter().chain(&given)).unwrap();
    let mask = ErrorMask::between(&classes.labels(given).unwrap(), &classes.labels(truth).unwrap()).unwrap();
    assert_eq!(mask.as_slice(), [false, true, false]);
    assert_eq!(classes.class("c"), Some(2));
    assert_eq!(Labels::from_names(given).unwrap().class_names().unwrap(), ["a", "b"]);
}

#[test]
fn embeddings_from_memory_name_what_does_not_fit() {
    assert_eq!(
        message(EmbeddingMatrix::from_rows(&[[0.0_f32, f32::NAN]])),
        "embeddings[0, 1] is NaN, expected a finite number"
    );
    assert_eq!(message(EmbeddingMatrix::from_rows(&[] as &[Vec<f32>])), "embeddings must not be empty");
    assert_eq!(
        message(EmbeddingMatrix::from_values(vec![0.0; 5], 2)),
        "embeddings as rows one after the other: 5 entries, expected 6"
    );
    assert_eq!(message(Embeddings::from_values(&[0.0], 0)), "embeddings must not be empty");
    let mut rows = Array2::<f64>::zeros((600, 2));
    rows[[599, 1]] = -4e38;
    assert!(message(ConvertedRows::new(rows.view())).starts_with("embeddings[599, 1] is -4000"));
    rows[[599, 1]] = f64::INFINITY;
    assert_eq!(message(ConvertedRows::new(rows.view())), "embeddings[599, 1] is inf, expected a finite number");
    assert_eq!(
        message(ProbabilityMatrix::from_rows(&[vec![0.5, 0.5], vec![1.0]])),
        "predicted probabilities: row 1 has 1 entries, expected 2"
    );
    assert_eq!(message(ProbabilityMatrix::from_rows(&[] as &[Vec<f64>])), "predicted probabilities must not be empty");
}

#[cfg(feature = "half")]
#[test]
fn rows_of_halves_read_as_single_numbers_in_any_block() {
    use half::{bf16, f16};
    let rows = Array2::from_shape_fn((5, 3), |(i, j)| f16::from_f32(i as f32 + j as f32 / 8.0));
    let source = ConvertedRows::new(rows.view()).unwrap();
    let all = source.to_matrix().unwrap();
    let mut out = Array2::zeros((2, 3));
    source.read_rows(3, out.view_mut()).unwrap();
    assert_eq!(out, all.view().slice(s![3.., ..]));
    source.gather(&[4, 0], out.view_mut()).unwrap();
    assert_eq!(out.row(0), all.view().row(4));
    assert_eq!(EmbeddingMatrix::read(&source).unwrap(), all);
    let broken = array![[bf16::from_f32(1.0), bf16::NAN]];
    assert_eq!(message(ConvertedRows::new(broken.view())), "embeddings[0, 1] is NaN, expected a finite number");
}

#[test]
fn issues_are_listed_by_sample_by_rank_and_by_class() {
    let quality = LabelQuality::new(vec![0.5, 0.1, 0.5, 0.9]).unwrap();
    let suggested = Labels::new(vec![0, 1, 1, 0], 3).unwrap();
    let issues =
        LabelIssues::new(quality, vec![false, true, false, false], suggested, vec![1.0, 4.0, 1.0, 0.2]).unwrap();
    let rows = |issues: &[Issue]| issues.iter().map(|issue| issue.row).collect::<Vec<_>>();
    assert_eq!(issues.iter().len(), 4);
    assert_eq!(rows(&issues.top(3)), [1, 0, 2]);
    assert_eq!(rows(&issues.top(9)), [1, 0, 2, 3]);
    let second = issues.issue(1);
    assert_eq!((second.quality, second.is_issue, second.suggested, second.score), (0.1, true, 1, 4.0));
    let by_class = issues.by_class(&Labels::new(vec![2, 0, 0, 2], 3).unwrap()).unwrap();
    assert_eq!(by_class.iter().map(|class| rows(class)).collect::<Vec<_>>(), [vec![1, 2], vec![], vec![0, 3]]);
    assert!(issues.by_class(&Labels::new(vec![2, 0, 0], 3).unwrap()).is_err());
    assert!(issues.by_class(&Labels::new(vec![1, 0, 0, 0], 2).unwrap()).is_err());
}
