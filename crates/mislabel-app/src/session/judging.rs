//! Labels judged again, with those that people gave to samples without one.

use std::collections::BTreeMap;

use mislabel_core::{
    EmbeddingSource, Error as CoreError, LabelIssues, LabelQuality, PartialLabels, Run, VerifiedLabels,
};
use mislabel_methods::{Error as MethodError, PartialDataset};
use mislabel_posterior::SoftLinearPosterior;
use mislabel_review::{Result, Suggestion};

/// What a method says once samples without a label got one.
pub(crate) struct Judgment {
    /// Of the samples that had a label before, `(m,)`.
    pub(crate) issues: LabelIssues,
    /// What samples without a label likely are, in their order: only those that are still without one.
    pub(crate) suggestions: BTreeMap<usize, Suggestion>,
}

/// Fits the method `posterior` to the `given` labels and to the labels `told` for samples without one; all that are `told` are
/// verified.
pub(crate) fn judged(
    embeddings: &dyn EmbeddingSource,
    given: &PartialLabels,
    told: &BTreeMap<usize, u32>,
) -> Result<Judgment> {
    let is_new = |(row, class): (&usize, &u32)| given.place(*row).is_none().then_some((*row, *class));
    let labels = given.with_told(&told.iter().filter_map(is_new).collect())?;
    let verified = told.iter().filter_map(|(row, class)| Some((labels.place(*row)?, *class))).unzip();
    let verified = VerifiedLabels::new(verified.0, verified.1, labels.labelled())?;
    let data = PartialDataset::new(&labels).with_embeddings(embeddings).with_verified(&verified);
    let report = data.report(&SoftLinearPosterior::default(), &Run::quiet()).map_err(refusal)?;
    let places: Vec<usize> = given.rows().iter().filter_map(|row| labels.place(*row as usize)).collect();
    let suggestion = |one: &mislabel_methods::Suggestion| {
        (one.sample, Suggestion { class: one.class, confidence: Some(one.confidence) })
    };
    Ok(Judgment {
        issues: selected(&report.report.issues, &places)?,
        suggestions: report.suggestions.iter().map(suggestion).collect(),
    })
}

/// The issues at `places`.
fn selected(issues: &LabelIssues, places: &[usize]) -> Result<LabelIssues> {
    let of = |values: &[f64]| places.iter().map(|place| values[*place]).collect::<Vec<f64>>();
    let flags = places.iter().map(|place| issues.is_issue()[*place]).collect();
    let suggested = places.iter().map(|place| issues.suggested().values()[*place]).collect();
    let (quality, suggested) =
        (LabelQuality::new(of(issues.quality().as_slice()))?, issues.suggested().with_values(suggested)?);
    Ok(LabelIssues::new(quality, flags, suggested, of(issues.score()))?)
}

fn refusal(error: MethodError) -> CoreError {
    match error {
        MethodError::Core(error) => error,
        other => CoreError::Source(Box::new(other)),
    }
}
