//! The rules that decide how many labels are flagged, side by side on one fit.

use mislabel_confident::{ConfidentLearning, Filter};
use mislabel_core::{ErrorMask, Judge, LabelIssues, Labels, NearestErrors, Result, Run};
use mislabel_metrics::Evaluation;
use mislabel_posterior::{ClassProbabilities, FlagRule, Posterior};
use mislabel_rer::{MistakeProbability, Ratios, Rer, RerReport, Threshold, approximate_mistaken_ratios};
use ndarray::ArrayView2;
use serde::Serialize;

/// What a rule flags, and what of it is right.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RuleRow {
    /// The rule's name.
    pub rule: &'static str,
    /// F1 of its flags; `None` where it is undefined.
    pub f1: Option<f64>,
    /// F1 of the best cut of the ranking that the rule cuts.
    pub best_f1: Option<f64>,
    /// How many labels it flags.
    pub flagged: usize,
}

/// A row for every rule on the ratio of `errors`, for every rule on the `posterior` taken from them (and from `neighbors`), and
/// for cleanlab's filters on the probabilities of its classifier.
///
/// # Errors
/// Those of the posterior's flags, of the measures, and [`Error::Cancelled`](mislabel_core::Error::Cancelled).
pub fn rules(
    errors: &NearestErrors,
    posterior: &Posterior,
    neighbors: Option<ArrayView2<'_, u32>>,
    given: &Labels,
    truth: &ErrorMask,
    seed: u64,
    run: &Run<'_>,
) -> Result<Vec<RuleRow>> {
    let mut rows = Vec::new();
    for (rule, threshold) in [
        ("χ*, published", Threshold::Published),
        ("χ > 1", Threshold::Fixed(1.0)),
        ("mixture of log χ", Threshold::Mixture),
    ] {
        // A mixture needs ratios that differ.
        if let Ok(issues) = (Rer { threshold, ..Rer::default() }).judge(errors.summary(), given, run) {
            rows.push(row(rule, &issues, truth)?);
        }
    }
    if let Ok(issues) = relabeled(errors, given, seed) {
        rows.push(row("χ against relabeling", &issues, truth)?);
    }
    let rate = posterior.noise_rate();
    let on_posterior = [
        ("posterior over 1/2", FlagRule::MoreLikelyThanNot),
        ("expected F1", FlagRule::ExpectedF1),
        ("advised", posterior.default_rule()),
        ("precision .8", FlagRule::Precision(0.8)),
        ("estimated noise rate", FlagRule::NoiseRate(rate.clamp(0.0, 1.0))),
        ("true noise rate", FlagRule::NoiseRate(truth.rate())),
    ];
    for (rule, flags) in on_posterior {
        rows.push(row(rule, &posterior.issues(flags)?, truth)?);
    }
    let filters = [
        ("prune by noise rate", Filter::PruneByNoiseRate),
        ("prune by class", Filter::PruneByClass),
        ("prune by both", Filter::Both),
        ("confident learning", Filter::ConfidentLearning),
    ];
    let probabilities = ClassProbabilities::new(posterior, errors, neighbors, given)?;
    for (rule, filter) in filters {
        let issues = ConfidentLearning { filter, ..ConfidentLearning::default() }.judge(&probabilities, given, run)?;
        rows.push(row(rule, &issues, truth)?);
    }
    Ok(rows)
}

/// Flags ratios that are likelier those of randomly relabeled samples.
fn relabeled(errors: &NearestErrors, given: &Labels, seed: u64) -> Result<LabelIssues> {
    let summary = errors.summary();
    let report: RerReport = Rer::default().report(summary, given)?;
    let ratios = Ratios::new(summary, given)?;
    let mistaken = approximate_mistaken_ratios(summary, given, seed)?;
    let rate = report.noise().rate().unwrap_or(0.0).clamp(0.0, 1.0);
    let wrong = MistakeProbability::fit(ratios.as_slice(), &mistaken, rate)?.of(&ratios);
    let flags = wrong.iter().map(|wrong| *wrong > 0.5).collect();
    // The ranking stays that of the ratio, which has fewer ties.
    let quality = ratios.quality()?;
    LabelIssues::new(quality, flags, report.issues().suggested().clone(), wrong)
}

fn row(rule: &'static str, issues: &LabelIssues, truth: &ErrorMask) -> Result<RuleRow> {
    let evaluation = Evaluation::new(issues, truth)?;
    let (f1, best_f1) = (evaluation.f1.value(), evaluation.best_f1.value());
    Ok(RuleRow { rule, f1, best_f1, flagged: evaluation.flagged })
}
