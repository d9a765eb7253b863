//! Samples of one dataset.

use std::collections::HashMap;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{LabelIssues, Labels};

use crate::error::{Error, Place, Result};
use crate::model::classes::Classes;
use crate::model::sample::Sample;

/// n samples of one dataset over k classes: ids and indices differ, every class exists, every number is in its range.
///
/// ```
/// use mislabel_interchange::{Classes, Media, Sample, SampleSet};
///
/// let mut sample = Sample::new("0003");
/// sample.media = Some(Media::Path("imgs/0003.png".into()));
/// (sample.given, sample.suggested, sample.quality) = (Some(0), Some(1), Some(0.05));
/// let samples = SampleSet::new(Classes::new(["cat", "dog"])?, vec![sample.clone()])?;
/// assert_eq!(samples.classes().name(1), "dog");
///
/// sample.suggested = Some(2);
/// let error = SampleSet::new(Classes::new(["cat", "dog"])?, vec![sample]).unwrap_err();
/// assert_eq!(error.to_string(), "the samples: row 0: sample \"0003\": class is 2: it must be below the number of classes");
/// # Ok::<(), mislabel_interchange::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleSet {
    classes: Classes,
    samples: Vec<Sample>,
    method: Option<String>,
}

impl SampleSet {
    /// Checks `samples`, `(n,)`; n may be 0.
    ///
    /// # Errors
    /// [`Error::Value`] at an empty id, a class of k or more, a quality or confidence outside [0, 1], a score that is
    /// not finite, an empty tag, or a model that predicts twice; [`Error::Repeated`] at an id or index that comes twice.
    pub fn new(classes: Classes, samples: Vec<Sample>) -> Result<Self> {
        Self::checked(&Place::default(), classes, samples)
    }

    pub(crate) fn checked(place: &Place, classes: Classes, mut samples: Vec<Sample>) -> Result<Self> {
        for (row, sample) in samples.iter_mut().enumerate() {
            check(&place.row(row).id(&sample.id), classes.len(), sample)?;
        }
        check_identity(place, &samples)?;
        Ok(Self { classes, samples, method: None })
    }

    /// The samples of a detector's issues: ids are the indices, classes have the names of the labels.
    ///
    /// # Errors
    /// [`Error::Value`] when given labels and issues are of other samples or classes, or class names repeat.
    pub fn from_issues(method: impl Into<String>, given: &Labels, issues: &LabelIssues) -> Result<Self> {
        let unfit = |error: mislabel_core::Error| Error::value(&Place::default(), "issues", error, "fit the labels");
        same_length("the issues", given.len(), issues.len()).map_err(unfit)?;
        same_class_count("the issues", given.class_count(), issues.suggested().class_count()).map_err(unfit)?;
        let classes = Classes::new((0..given.class_count()).map(|class| given.class_name(class)))?;
        let sample = |row: usize| Sample {
            index: Some(row as u64),
            given: Some(given.values()[row]),
            suggested: Some(issues.suggested().values()[row]),
            quality: Some(issues.quality().as_slice()[row]),
            score: Some(issues.score()[row]),
            flagged: Some(issues.is_issue()[row]),
            ..Sample::new(row.to_string())
        };
        Ok(Self::new(classes, (0..given.len()).map(sample).collect())?.with_method(method))
    }

    /// The same, with the name of the method whose suggestions, qualities and flags these are.
    #[must_use]
    pub fn with_method(self, method: impl Into<String>) -> Self {
        Self { method: Some(method.into()), ..self }
    }

    /// The classes.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The samples, `(n,)`.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The method whose suggestions, qualities and flags these are: `mislabel` where none was named.
    pub fn method(&self) -> &str {
        self.method.as_deref().unwrap_or("mislabel")
    }

    /// The number of samples n.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The samples that `keep` accepts, in the same order.
    #[must_use]
    pub fn filtered(mut self, keep: impl FnMut(&Sample) -> bool) -> Self {
        self.samples.retain(keep);
        self
    }

    /// The same from the most suspect (least quality) to the least, samples without a quality last; ties keep their order.
    #[must_use]
    pub fn ranked(mut self) -> Self {
        self.samples.sort_by(|a, b| {
            let [a, b] = [a, b].map(|sample| sample.quality.unwrap_or(f64::INFINITY));
            a.total_cmp(&b)
        });
        self
    }

    /// The first `most` samples.
    #[must_use]
    pub fn first(mut self, most: usize) -> Self {
        self.samples.truncate(most);
        self
    }

    /// The same without decisions.
    #[must_use]
    pub fn without_decisions(self) -> Self {
        self.map(|sample| sample.decisions.clear())
    }

    /// The same without what a method says: suggestion, quality, score, and flag.
    #[must_use]
    pub fn without_suggestions(self) -> Self {
        self.map(|sample| {
            (sample.suggested, sample.quality, sample.score, sample.flagged) = (None, None, None, None);
        })
    }

    /// The samples after a change that breaks none of the rules.
    pub(crate) fn map(mut self, change: impl FnMut(&mut Sample)) -> Self {
        self.samples.iter_mut().for_each(change);
        self
    }

    /// Classes, samples and the name of the method, to be changed and joined again.
    pub fn into_parts(self) -> (Classes, Vec<Sample>, Option<String>) {
        (self.classes, self.samples, self.method)
    }

    /// The samples with media, ids, splits, tags and columns of `details`, a table of the same data; samples are
    /// matched by index, or by id where one of the two has no indices.
    ///
    /// # Errors
    /// [`Error::Missing`] at a sample that `details` lacks; as [`new`](Self::new).
    pub fn with_details(self, details: &Self) -> Result<Self> {
        let (classes, mut samples, method) = self.into_parts();
        let by_index = Lookup::of(&details.samples);
        for sample in &mut samples {
            let Some(row) = by_index.row(sample) else {
                let remedy = "give a table with a row for every sample";
                return Err(Error::missing(&Place::sample(&sample.id), "row among the details", remedy));
            };
            take_details(sample, &details.samples[row]);
        }
        Ok(Self { method, ..Self::new(classes, samples)? })
    }
}

fn take_details(sample: &mut Sample, details: &Sample) {
    sample.id.clone_from(&details.id);
    sample.media.clone_from(&details.media);
    sample.split = sample.split.take().or_else(|| details.split.clone());
    let new = |tag: &&String| !sample.tags.contains(*tag);
    let tags: Vec<String> = details.tags.iter().filter(new).cloned().collect();
    sample.tags.extend(tags);
    for (name, value) in &details.columns {
        sample.columns.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

/// Rows by index and by id.
pub(crate) struct Lookup<'a> {
    index: HashMap<u64, usize>,
    id: HashMap<&'a str, usize>,
}

impl<'a> Lookup<'a> {
    pub(crate) fn of(samples: &'a [Sample]) -> Self {
        let indexed = |(row, sample): (usize, &Sample)| Some((sample.index?, row));
        let index = samples.iter().enumerate().filter_map(indexed).collect();
        Self { index, id: samples.iter().enumerate().map(|(row, sample)| (sample.id.as_str(), row)).collect() }
    }

    /// The row with the index of `sample`, or with its id where there are no indices.
    pub(crate) fn row(&self, sample: &Sample) -> Option<usize> {
        match sample.index {
            Some(index) if !self.index.is_empty() => self.index.get(&index).copied(),
            _ => self.id.get(sample.id.as_str()).copied(),
        }
    }
}

fn check(place: &Place, classes: usize, sample: &mut Sample) -> Result<()> {
    if sample.id.is_empty() {
        return Err(Error::value(place, "id", "empty", "have at least one character"));
    }
    if let Some(class) = sample.mentioned().find(|class| **class as usize >= classes) {
        return Err(Error::value(place, "class", class, "be below the number of classes"));
    }
    let quality = sample.quality.map(|quality| ("quality", quality));
    let confidences = sample.predictions.iter().filter_map(|p| Some(("confidence", p.confidence?)));
    if let Some((field, value)) = quality.into_iter().chain(confidences).find(|(_, v)| !(0.0..=1.0).contains(v)) {
        return Err(Error::value(place, field, value, "be a number from 0 to 1"));
    }
    if let Some(score) = sample.score.filter(|score| !score.is_finite()) {
        return Err(Error::value(place, "score", score, "be a finite number"));
    }
    if sample.tags.iter().any(String::is_empty) {
        return Err(Error::value(place, "a tag", "empty", "have at least one character"));
    }
    let repeated = |row: usize| sample.predictions[..row].iter().any(|p| p.model == sample.predictions[row].model);
    match (1..sample.predictions.len()).find(|&row| repeated(row)) {
        Some(row) => Err(Error::value(place, "model", &sample.predictions[row].model, "predict once for a sample")),
        None => Ok(()),
    }
}

fn check_identity(place: &Place, samples: &[Sample]) -> Result<()> {
    let (mut ids, mut indices) = (HashMap::with_capacity(samples.len()), HashMap::with_capacity(samples.len()));
    for (row, sample) in samples.iter().enumerate() {
        let repeated = |field, value, first| Err(Error::Repeated { place: place.row(row), field, value, first });
        if let Some(first) = ids.insert(sample.id.as_str(), row) {
            return repeated("id", format!("{:?}", sample.id), first);
        }
        if let Some(first) = sample.index.and_then(|index| indices.insert(index, row)) {
            return repeated("index", sample.index.unwrap_or_default().to_string(), first);
        }
    }
    Ok(())
}
