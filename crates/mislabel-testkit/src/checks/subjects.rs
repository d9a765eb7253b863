//! All laws at once, for everything that has laws.

use mislabel_core::{
    ClassEvidence, Detector, EmbeddingSource, Embeddings, ErrorSummary, Judge, LabelIssues, NoiseModel,
    PredictedProbabilities, Result as Judged, Run,
};
use proptest::prelude::*;

use crate::cases::case::Case as _;
use crate::cases::errors::LabeledErrors;
use crate::cases::probabilities::LabeledProbabilities;
use crate::cases::rows::LabeledRows;
use crate::change::Change;
use crate::checks::judges::check_scores;
use crate::checks::laws::{Laws, Verdict};
use crate::laws::{self, Answer, EmbeddingWork, RankingMetric};
use crate::strategies::permutations::{blocks, orders, rankings};
use crate::strategies::rows::separable_rows;
use crate::trial::{Trial, trials};

/// Holds a detector against the laws, on separable, tied and awkward rows.
///
/// # Errors
/// The first violation, with the smallest input found.
pub fn check_laws(detector: &dyn Detector, laws: &Laws) -> Verdict {
    check_work::<LabelIssues>(&|source, given, run| detector.detect(source, given, run), laws)
}

/// Holds evidence against the laws of detectors that do not speak of quality, on the same rows.
///
/// # Errors
/// As [`check_laws`].
pub fn check_evidence_laws<A: Answer + Send>(evidence: &dyn ClassEvidence<Evidence = A>, laws: &Laws) -> Verdict {
    check_work::<A>(&|source, given, run| evidence.evidence(source, given, run), laws)
}

fn check_work<A: Answer + Send>(work: &EmbeddingWork<'_, A>, laws: &Laws) -> Verdict {
    let judge = |case: &LabeledRows| work(&Embeddings::new(case.rows.view())?, &case.given, &Run::quiet());
    check_scores(&judge, laws)?;
    check_geometry(&judge, laws)?;
    // One case is as good as another here, and resuming is a dozen runs.
    laws.few(8).check(6, separable_rows(), |case| laws::failing_source(work, case))?;
    laws.few(8).check(7, separable_rows(), |case| laws::cancelling(work, case))?;
    laws.few(4).check(8, separable_rows(), |case| laws::resuming(work, case))
}

fn check_geometry<A: Answer>(judge: &laws::Scoring<'_, LabeledRows, A>, laws: &Laws) -> Verdict {
    if laws.scale {
        let scale = |_: &LabeledRows, numbers: &mut crate::strategies::numbers::Numbers| {
            Change::Scale([0.125, 0.5, 2.0, 16.0][numbers.below(4)])
        };
        let cases = trials(separable_rows().boxed(), scale, |trial| trial.case.is_plain());
        laws.check(19, cases, |Trial { case, change }| match change {
            Change::Scale(factor) => laws::scale_does_not_matter(judge, case, *factor, laws.tolerance),
            _ => Ok(()),
        })?;
    }
    if laws.rotation {
        let rotation = |case: &LabeledRows, numbers: &mut crate::strategies::numbers::Numbers| {
            let axes = numbers.permutation(case.rows.ncols());
            let turned = axes.iter().map(|_| numbers.below(2) == 0).collect();
            Change::Rotation { axes, turned }
        };
        let cases = trials(separable_rows().boxed(), rotation, |trial| trial.case.is_plain());
        laws.check(20, cases, |Trial { case, change }| match change {
            Change::Rotation { axes, turned } => {
                laws::rotation_does_not_matter(judge, case, axes, turned, laws.tolerance)
            }
            _ => Ok(()),
        })?;
    }
    Ok(())
}

/// Holds a judge of error summaries against the laws, on separable, tied and awkward errors.
///
/// # Errors
/// As [`check_laws`].
pub fn check_error_laws(judge: &dyn Judge<ErrorSummary>, laws: &Laws) -> Verdict {
    check_scores(&|case: &LabeledErrors| judge.judge(&case.summary, &case.given, &Run::quiet()), laws)
}

/// Holds a judge of predicted probabilities against the laws, on confident, tied and awkward probabilities.
///
/// # Errors
/// As [`check_laws`].
pub fn check_probability_laws(judge: &dyn for<'a> Judge<PredictedProbabilities<'a>>, laws: &Laws) -> Verdict {
    let scoring = |case: &LabeledProbabilities| -> Judged<LabelIssues> {
        judge.judge(&PredictedProbabilities::new(case.probabilities.view())?, &case.given, &Run::quiet())
    };
    check_scores(&scoring, laws)
}

/// Holds a noise model against its law, on labels of 1 to 40 samples over 1 to 6 classes.
///
/// # Errors
/// As [`check_laws`].
pub fn check_noise_laws(model: &dyn NoiseModel, laws: &Laws) -> Verdict {
    let cases = (crate::strategies::labels::labels(1..=40, 1..=6), 0..100_u64);
    laws.check(30, cases, |(truth, seed)| laws::noise_is_what_it_says(model, truth, *seed))
}

/// Holds a measure of rankings, higher is better, against the laws, on rankings with ties.
///
/// # Errors
/// As [`check_laws`].
pub fn check_metric_laws(metric: &RankingMetric<'_>, laws: &Laws) -> Verdict {
    laws.check(31, rankings(), |(quality, errors)| laws::metrics_are_numbers(metric, quality, errors))?;
    let ordered = rankings().prop_flat_map(|ranking| (orders(ranking.1.len()), Just(ranking)));
    laws.check(32, ordered, |(order, (quality, errors))| {
        laws::the_order_of_ranked_samples_does_not_matter(metric, quality, errors, order, laws.tolerance)
    })?;
    laws.check(33, rankings(), |(quality, errors)| {
        laws::only_the_order_of_quality_matters(metric, quality, errors, laws.tolerance)
    })?;
    laws.check(34, rankings(), |(quality, errors)| {
        laws::a_better_ranking_is_not_worse(metric, quality, errors, laws.tolerance)
    })
}

/// Holds a source of embeddings against the laws: its rows, by random blocks and gathered, and requests that it must refuse.
///
/// # Errors
/// As [`check_laws`].
pub fn check_source_laws(source: &dyn EmbeddingSource, laws: &Laws) -> Verdict {
    laws::bad_requests_are_refused(source)?;
    laws.check(35, blocks(source.shape().0), |block| laws::blocks_do_not_matter(source, block))
}
