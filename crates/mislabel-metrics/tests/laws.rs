//! Measures against naive twins, and what must hold on any input.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use mislabel_core::{ErrorMask, LabelQuality};
use mislabel_metrics::{
    Binning, Calibration, Evaluation, FlagCounts, Ranking, Ties, auroc, average_precision, best_f1, fnr_at, lift_at,
    lift_at_errors, ndcg_at, precision_at, recall_at,
};
use proptest::prelude::*;

/// Sums of fewer than 60 terms of order 1 in f64, in another order.
const TOLERANCE: f64 = 1e-12;

type Samples = Vec<(f64, bool)>;

/// Qualities that tie often, with at least one error first and one right label last.
/// Which samples are flagged by their quality.
fn flagged(quality: &LabelQuality, is_flagged: impl Fn(f64) -> bool) -> Vec<bool> {
    quality.as_slice().iter().map(|q| is_flagged(*q)).collect()
}

fn samples() -> impl Strategy<Value = Samples> {
    let quality = prop_oneof![(0..6u8).prop_map(|q| f64::from(q) / 5.0), 0.0..=1.0, Just(-0.0)];
    prop::collection::vec((quality, any::<bool>()), 2..40).prop_map(|mut samples| {
        samples[0].1 = true;
        let last = samples.len() - 1;
        samples[last].1 = false;
        samples
    })
}

fn quality_and_errors(samples: &Samples) -> (LabelQuality, ErrorMask) {
    let (quality, errors): (Vec<f64>, Vec<bool>) = samples.iter().copied().unzip();
    (LabelQuality::new(quality).unwrap(), ErrorMask::new(errors).unwrap())
}

fn ranking(samples: &Samples) -> Ranking {
    let (quality, errors) = quality_and_errors(samples);
    Ranking::by_quality(&quality, &errors).unwrap()
}

/// Counts pairs of an error and a right label.
fn naive_auroc(samples: &Samples) -> f64 {
    let pairs =
        || samples.iter().filter(|a| a.1).flat_map(|a| samples.iter().filter(|b| !b.1).map(move |b| (a.0, b.0)));
    let win = |(error, right): (f64, f64)| {
        if error < right {
            1.0
        } else if error == right {
            0.5
        } else {
            0.0
        }
    };
    pairs().map(win).sum::<f64>() / pairs().count() as f64
}

/// Mean over the errors of the precision when everything at least as suspect is flagged.
fn naive_average_precision(samples: &Samples) -> f64 {
    let flagged = |at: f64| samples.iter().filter(move |s| s.0 <= at);
    let precision = |at: f64| flagged(at).filter(|s| s.1).count() as f64 / flagged(at).count() as f64;
    let errors: Vec<f64> = samples.iter().filter(|s| s.1).map(|s| precision(s.0)).collect();
    errors.iter().sum::<f64>() / errors.len() as f64
}

/// The greatest F1 of the flags at each sample's own quality.
fn naive_best_f1(samples: &Samples) -> f64 {
    let (quality, errors) = quality_and_errors(samples);
    let f1 = |at: &f64| FlagCounts::new(&flagged(&quality, |q| q <= *at), &errors).unwrap().f1().unwrap();
    quality.as_slice().iter().map(f1).fold(0.0, f64::max)
}

/// Every place i is worth 1/log2(i + 2) times the share of errors among all samples tied at that place.
fn naive_gain(samples: &Samples, worth: impl Fn(usize) -> f64) -> f64 {
    let mut sorted = samples.clone();
    sorted.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap());
    let tied = |q: f64| sorted.iter().filter(move |s| s.0 == q);
    let share = |q: f64| tied(q).filter(|s| s.1).count() as f64 / tied(q).count() as f64;
    sorted.iter().enumerate().map(|(place, s)| worth(place) * share(s.0)).sum()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < TOLERANCE
}

proptest! {
    #[test]
    fn ranking_measures_equal_their_naive_twins(samples in samples()) {
        let ranking = ranking(&samples);
        prop_assert!(close(auroc(&ranking).unwrap(), naive_auroc(&samples)));
        prop_assert!(close(average_precision(&ranking).unwrap(), naive_average_precision(&samples)));
        prop_assert!(close(best_f1(&ranking).unwrap().f1, naive_best_f1(&samples)));
    }

    #[test]
    fn the_best_threshold_flags_what_it_says_and_earns_its_f1(samples in samples()) {
        let (quality, errors) = quality_and_errors(&samples);
        let best = best_f1(&ranking(&samples)).unwrap();
        let flags = flagged(&quality, |q| q <= best.threshold);
        let counts = FlagCounts::new(&flags, &errors).unwrap();
        prop_assert_eq!(counts.flagged(), best.flagged);
        prop_assert!(close(counts.f1().unwrap(), best.f1));
    }

    #[test]
    fn budget_measures_equal_their_naive_twins(samples in samples(), budget in 1..40usize) {
        let (ranking, budget) = (ranking(&samples), budget.min(samples.len()));
        let found = naive_gain(&samples, |place| f64::from(place < budget));
        let errors = ranking.error_count() as f64;
        prop_assert!(close(precision_at(&ranking, budget, Ties::Averaged).unwrap(), found / budget as f64));
        prop_assert!(close(recall_at(&ranking, budget, Ties::Averaged).unwrap(), found / errors));
        prop_assert!(close(fnr_at(&ranking, budget, Ties::Averaged).unwrap(), 1.0 - found / errors));
        let lift = found / budget as f64 / (errors / samples.len() as f64);
        prop_assert!(close(lift_at(&ranking, budget, Ties::Averaged).unwrap(), lift));
    }

    #[test]
    fn ndcg_equals_its_naive_twin(samples in samples(), budget in 1..40usize) {
        let (ranking, budget) = (ranking(&samples), budget.min(samples.len()));
        let worth = |place: usize| if place < budget { 1.0 / (place as f64 + 2.0).log2() } else { 0.0 };
        let ideal: f64 = (0..ranking.error_count()).map(worth).sum();
        prop_assert!(close(ndcg_at(&ranking, budget, Ties::Averaged).unwrap(), naive_gain(&samples, worth) / ideal));
    }

    #[test]
    fn ties_by_index_follow_the_ranking_of_label_quality(samples in samples(), budget in 1..40usize) {
        let positive: Samples = samples.iter().map(|s| (s.0 + 0.0, s.1)).collect();
        let (quality, errors) = quality_and_errors(&positive);
        let budget = budget.min(samples.len());
        let found = quality.ranking()[..budget].iter().filter(|&&row| errors.as_slice()[row]).count();
        prop_assert_eq!(ranking(&samples).found_within(budget, Ties::ByIndex).unwrap(), found as f64);
    }

    #[test]
    fn no_measure_with_averaged_ties_depends_on_the_order_of_the_samples(samples in samples()) {
        let reversed: Samples = samples.iter().rev().copied().collect();
        let evaluation = |samples: &Samples| {
            let (quality, errors) = quality_and_errors(samples);
            let flags = flagged(&quality, |q| q < 0.5);
            Evaluation::of_flags(&quality, &flags, &errors).unwrap()
        };
        for (a, b) in evaluation(&samples).measures().iter().zip(evaluation(&reversed).measures()) {
            let same = match (a.1.value(), b.1.value()) {
                (Some(a), Some(b)) => close(a, b),
                _ => a.1 == b.1,
            };
            prop_assert!(same, "{} is {} in order and {} reversed", a.0, a.1, b.1);
        }
    }

    #[test]
    fn turning_suspicion_round_turns_auroc_round(samples in samples()) {
        let (quality, errors) = quality_and_errors(&samples);
        let wrong_way = Ranking::by_suspicion(quality.as_slice(), &errors).unwrap();
        prop_assert!(close(auroc(&ranking(&samples)).unwrap(), 1.0 - auroc(&wrong_way).unwrap()));
    }

    #[test]
    fn a_perfect_ranking_scores_the_most_everywhere(errors in 1..20usize, correct in 1..20usize) {
        let samples: Samples = (0..errors + correct).map(|i| (i as f64 / 40.0, i < errors)).collect();
        let ranking = ranking(&samples);
        prop_assert_eq!(auroc(&ranking).unwrap(), 1.0);
        prop_assert_eq!(average_precision(&ranking).unwrap(), 1.0);
        prop_assert_eq!(best_f1(&ranking).unwrap().flagged, errors);
        prop_assert!(close(lift_at_errors(&ranking, Ties::Averaged).unwrap(), samples.len() as f64 / errors as f64));
        prop_assert!(close(ndcg_at(&ranking, samples.len(), Ties::Averaged).unwrap(), 1.0));
    }

    #[test]
    fn equal_width_bins_hold_what_their_edges_say(samples in samples(), bins in 1..13usize) {
        let (quality, errors) = quality_and_errors(&samples);
        let mut expected = 0.0;
        for bin in 0..bins {
            let (low, high) = (bin as f64 / bins as f64, (bin + 1) as f64 / bins as f64);
            let within = |p: f64| (p > low || bin == 0) && p <= high;
            let gap: f64 = samples.iter().filter(|s| within(s.0)).map(|s| f64::from(s.1) - s.0).sum();
            expected += gap.abs() / samples.len() as f64;
        }
        let calibration = Calibration { bins, binning: Binning::EqualWidth };
        prop_assert!(close(calibration.expected_error(quality.as_slice(), &errors).unwrap(), expected));
    }

    #[test]
    fn equal_mass_bins_keep_ties_together_and_lose_no_sample(samples in samples(), bins in 1..60usize) {
        let (quality, errors) = quality_and_errors(&samples);
        let calibration = Calibration { bins, binning: Binning::EqualMass };
        let reliability = calibration.reliability(quality.as_slice(), &errors).unwrap();
        prop_assert_eq!(reliability.iter().map(|bin| bin.samples).sum::<usize>(), samples.len());
        prop_assert!(reliability.windows(2).all(|pair| pair[0].mean_probability < pair[1].mean_probability));
        prop_assert!(reliability.len() <= bins);
    }
}

#[test]
fn equal_mass_bins_without_ties_are_equal() {
    let quality = Vec::from_iter((0..12).map(|i| f64::from(i * i) / 144.0));
    let errors = ErrorMask::new(vec![true; 12]).unwrap();
    let calibration = Calibration { bins: 4, binning: Binning::EqualMass };
    let reliability = calibration.reliability(quality.as_slice(), &errors).unwrap();
    assert_eq!(reliability.iter().map(|bin| bin.samples).collect::<Vec<_>>(), [3, 3, 3, 3]);
}

#[test]
fn of_two_thresholds_with_the_same_f1_the_one_that_flags_less_is_best() {
    let samples = vec![(0.1, true), (0.2, false), (0.3, false), (0.4, true)];
    let best = best_f1(&ranking(&samples)).unwrap();
    assert_eq!((best.f1, best.threshold, best.flagged), (2.0 / 3.0, 0.1, 1));
}

#[test]
fn a_probability_on_an_edge_belongs_to_the_bin_below_it() {
    for bins in 1..200_u32 {
        for edge in 1..=bins {
            let probability = f64::from(edge) / f64::from(bins);
            let values = vec![probability.next_down(), probability, probability.next_up().min(1.0)];
            let calibration = Calibration { bins: bins as usize, binning: Binning::EqualWidth };
            let errors = ErrorMask::new(vec![true; 3]).unwrap();
            let reliability = calibration.reliability(&values, &errors).unwrap();
            let expected = if edge == bins { vec![3] } else { vec![2, 1] };
            let samples: Vec<usize> = reliability.iter().map(|bin| bin.samples).collect();
            assert_eq!(samples, expected, "edge {edge} of {bins} bins");
        }
    }
}
