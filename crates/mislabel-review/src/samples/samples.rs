//! The samples under review.

use std::collections::HashMap;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error as CoreError, LabelIssues, PartialLabels};

use crate::error::{Error, Result};
use crate::samples::column::Column;
use crate::samples::field_names::FIELDS;
use crate::samples::media::Media;
use crate::samples::packed_texts::PackedTexts;
use crate::samples::suggestion::Suggestion;

/// n samples: given labels, which some may lack, what a method says of them, what a person sees, and further columns.
///
/// ```
/// use mislabel_core::{LabelIssues, LabelQuality, Labels};
/// use mislabel_review::{Column, PackedTexts, Samples};
///
/// let given = Labels::new(vec![0, 1, 1], 2)?.with_class_names(["cat", "dog"])?;
/// let quality = LabelQuality::new(vec![0.9, 0.1, 0.8])?;
/// let issues = LabelIssues::new(quality, vec![false, true, false], given.with_values(vec![0, 0, 1])?, vec![0.0; 3])?;
/// let split: PackedTexts = ["train", "test", "train"].into_iter().collect();
///
/// let samples = Samples::new(given, issues)?.with_column("split", Column::from_texts(&split))?;
/// assert_eq!(samples.ranking(), [1, 2, 0]);
/// assert_eq!(samples.suggested(1).map(|class| samples.class_name(class).into_owned()), Some("cat".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Samples {
    given: PartialLabels,
    /// Of the samples with a label, `(m,)`.
    issues: LabelIssues,
    /// Of the samples without, `(n - m,)`.
    suggestions: Vec<Option<Suggestion>>,
    ranking: Vec<u32>,
    rank: Vec<u32>,
    ids: Option<PackedTexts>,
    media: Media,
    columns: Vec<(String, Column)>,
    probabilities: bool,
}

impl Samples {
    /// Samples with the `given` labels, `(n,)`, of which some may have none, and the `issues` that a method sees in the m labels
    /// there are, `(m,)`.
    ///
    /// # Errors
    /// [`Error::Core`] when they differ in labels or in classes.
    pub fn new(given: impl Into<PartialLabels>, issues: LabelIssues) -> Result<Self> {
        let given = given.into();
        let empty = Self {
            suggestions: vec![None; given.unlabelled().len()],
            given,
            ranking: Vec::new(),
            rank: Vec::new(),
            ids: None,
            media: Media::None,
            columns: Vec::new(),
            probabilities: false,
            issues: issues.clone(),
        };
        empty.with_issues(issues)
    }

    /// The same with other issues: what a method says once it knows more. O(n log n).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_issues(mut self, issues: LabelIssues) -> Result<Self> {
        self.set_issues(issues)?;
        Ok(self)
    }

    /// Replaces the issues: as [`with_issues`](Self::with_issues), without moving the samples.
    ///
    /// # Errors
    /// As [`new`](Self::new); nothing changes then.
    pub fn set_issues(&mut self, issues: LabelIssues) -> Result<()> {
        let labelled = self.given.labelled();
        same_length("issues", labelled.len(), issues.len())?;
        same_class_count("the issues", labelled.class_count(), issues.suggested().class_count())?;
        let judged = issues.quality().ranking().into_iter().map(|place| self.given.rows()[place]);
        self.ranking = judged.chain(self.given.unlabelled().iter().map(|row| *row as u32)).collect();
        self.rank = vec![0; self.ranking.len()];
        self.ranking.iter().zip(0..).for_each(|(&row, place)| self.rank[row as usize] = place);
        self.issues = issues;
        Ok(())
    }

    /// The same with what the samples without a label likely are, `(n - m,)`: `None` where nothing tells.
    ///
    /// # Errors
    /// [`Error::Core`] when there are not n − m, at a class of k or more, and at a confidence outside [0, 1].
    pub fn with_suggestions(mut self, suggestions: Vec<Option<Suggestion>>) -> Result<Self> {
        self.set_suggestions(suggestions)?;
        Ok(self)
    }

    /// Replaces the suggestions: as [`with_suggestions`](Self::with_suggestions), without moving the samples.
    ///
    /// # Errors
    /// As [`with_suggestions`](Self::with_suggestions); nothing changes then.
    pub fn set_suggestions(&mut self, suggestions: Vec<Option<Suggestion>>) -> Result<()> {
        same_length("suggestions", self.given.unlabelled().len(), suggestions.len())?;
        let classes = self.class_count();
        for (row, Suggestion { class, confidence }) in
            suggestions.iter().enumerate().filter_map(|(row, one)| Some((row, (*one)?)))
        {
            if class as usize >= classes {
                return Err(CoreError::LabelOutOfRange { row, label: class.into(), classes }.into());
            }
            if let Some(value) = confidence.filter(|value| !(0.0..=1.0).contains(value)) {
                return Err(CoreError::parameter("confidence", value, "in [0, 1]").into());
            }
        }
        self.suggestions = suggestions;
        Ok(())
    }

    /// The same, where quality is the probability that the given label is right, as with the method `posterior`.
    #[must_use]
    pub fn with_probabilities(self) -> Self {
        Self { probabilities: true, ..self }
    }

    /// Whether quality is the probability that the given label is right.
    pub fn quality_is_probability(&self) -> bool {
        self.probabilities
    }

    /// The same with an id for every sample, `(n,)`: a path, a key.
    ///
    /// # Errors
    /// [`Error::Core`] when there are not n, [`Error::IdTwice`] when two samples share one.
    pub fn with_ids(self, ids: PackedTexts) -> Result<Self> {
        same_length("ids of the samples", self.len(), ids.len())?;
        let mut first = HashMap::with_capacity(ids.len());
        for (row, id) in ids.iter().enumerate() {
            if let Some(first) = first.insert(id, row) {
                return Err(Error::IdTwice { id: id.into(), first, second: row });
            }
        }
        Ok(Self { ids: Some(ids), ..self })
    }

    /// The same with something to see of every sample, `(n,)`.
    ///
    /// # Errors
    /// [`Error::Core`] when there are not n.
    pub fn with_media(self, media: Media) -> Result<Self> {
        same_length("media of the samples", self.len(), media.len().unwrap_or(self.len()))?;
        Ok(Self { media, ..self })
    }

    /// The same with a further column `name`, `(n,)`, that queries can ask for.
    ///
    /// # Errors
    /// [`Error::Core`] when it has not n values, [`Error::ColumnTwice`] when there is a column or a field of queries of
    /// this name.
    pub fn with_column(mut self, name: impl Into<String>, column: Column) -> Result<Self> {
        let name = name.into();
        same_length("a column of the samples", self.len(), column.len())?;
        if FIELDS.contains(&name.as_str()) || self.column(&name).is_some() {
            return Err(Error::ColumnTwice { name });
        }
        self.columns.push((name, column));
        Ok(self)
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "labels are never empty")]
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// The given labels, `(n,)`.
    pub fn given_labels(&self) -> &PartialLabels {
        &self.given
    }

    /// What the method says of the labels there are, `(m,)`.
    pub fn issues(&self) -> &LabelIssues {
        &self.issues
    }

    /// All samples, `(n,)`: the most suspect label first, then the samples without a label in their order.
    pub fn ranking(&self) -> &[u32] {
        &self.ranking
    }

    /// The place of sample `row` in the ranking, from 0; `None` where it has no label. Panics when `row` ≥ n, as slices do.
    pub fn rank(&self, row: usize) -> Option<usize> {
        let rank = self.rank[row] as usize;
        (rank < self.issues.len()).then_some(rank)
    }

    /// The class that sample `row` has, if it has a label. `None`, too, when `row` ≥ n, as with the methods below.
    pub fn given(&self, row: usize) -> Option<usize> {
        self.given.class(row).map(|class| class as usize)
    }

    /// Whether sample `row` has no label.
    pub fn is_unlabelled(&self, row: usize) -> bool {
        self.given.unlabelled().binary_search(&row).is_ok()
    }

    /// The class that the method suggests for sample `row`; `None` where there is no label and nothing to suggest one by.
    pub fn suggested(&self, row: usize) -> Option<usize> {
        match self.given.place(row) {
            Some(place) => Some(self.issues.suggested().class(place)),
            None => self.suggestion(row).map(|suggestion| suggestion.class as usize),
        }
    }

    /// What sample `row` likely is, where it has no label and something tells.
    pub fn suggestion(&self, row: usize) -> Option<Suggestion> {
        self.suggestions[self.given.unlabelled().binary_search(&row).ok()?]
    }

    /// What the samples without a label likely are, `(n - m,)`.
    pub fn suggestions(&self) -> &[Option<Suggestion>] {
        &self.suggestions
    }

    /// The label quality of sample `row`, in [0, 1]: lower is more suspect. `None` without a label.
    pub fn quality(&self, row: usize) -> Option<f64> {
        self.given.place(row).map(|place| self.issues.quality().as_slice()[place])
    }

    /// The method's own score of sample `row`; `None` without a label.
    pub fn score(&self, row: usize) -> Option<f64> {
        self.given.place(row).map(|place| self.issues.score()[place])
    }

    /// Whether the method flags the label of sample `row`: never where there is none.
    pub fn flagged(&self, row: usize) -> bool {
        self.given.place(row).is_some_and(|place| self.issues.is_issue()[place])
    }

    /// The name of `class`, or its number.
    pub fn class_name(&self, class: usize) -> std::borrow::Cow<'_, str> {
        self.given.labelled().class_name(class)
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.given.labelled().class_count()
    }

    /// The id of sample `row`, where there are ids.
    pub fn id(&self, row: usize) -> Option<&str> {
        self.ids.as_ref().map(|ids| ids.get(row))
    }

    /// The ids, `(n,)`, where there are any.
    pub fn ids(&self) -> Option<&PackedTexts> {
        self.ids.as_ref()
    }

    /// What a person sees.
    pub fn media(&self) -> &Media {
        &self.media
    }

    /// The further columns, in the order in which they came.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// The further column `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns().find(|(column, _)| *column == name).map(|(_, column)| column)
    }
}
