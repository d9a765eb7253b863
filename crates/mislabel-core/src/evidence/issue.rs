//! Label issues by sample.

use crate::checks::{same_class_count, same_length};
use crate::error::Result;
use crate::evidence::issues::LabelIssues;
use crate::inputs::labels::Labels;

/// What a detector says of one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Issue {
    /// The sample.
    pub row: usize,
    /// The quality of its given label, in [0, 1]; lower is more suspect.
    pub quality: f64,
    /// Whether the given label is flagged as wrong.
    pub is_issue: bool,
    /// The class that the detector would give.
    pub suggested: usize,
    /// The method's own score, in its own direction.
    pub score: f64,
}

impl LabelIssues {
    /// What is said of sample `row`. Panics when `row` ≥ n, as slices do.
    pub fn issue(&self, row: usize) -> Issue {
        Issue {
            row,
            quality: self.quality().as_slice()[row],
            is_issue: self.is_issue()[row],
            suggested: self.suggested().class(row),
            score: self.score()[row],
        }
    }

    /// The samples one by one, in their order, flagged or not.
    ///
    /// ```
    /// use mislabel_core::{LabelIssues, LabelQuality, Labels};
    ///
    /// let quality = LabelQuality::new(vec![0.9, 0.2, 0.4])?;
    /// let suggested = Labels::new(vec![0, 1, 0], 2)?;
    /// let issues = LabelIssues::new(quality, vec![false, true, true], suggested, vec![0.9, 0.2, 0.4])?;
    /// let flagged: Vec<usize> = issues.iter().filter(|issue| issue.is_issue).map(|issue| issue.row).collect();
    /// assert_eq!(flagged, [1, 2]);
    /// assert_eq!(issues.top(2).iter().map(|issue| issue.row).collect::<Vec<_>>(), [1, 2]);
    ///
    /// let given = Labels::new(vec![0, 0, 1], 2)?;
    /// let by_class = issues.by_class(&given)?;
    /// assert_eq!(by_class[0].iter().map(|issue| issue.row).collect::<Vec<_>>(), [1, 0]);
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Issue> + '_ {
        (0..self.len()).map(|row| self.issue(row))
    }

    /// The `n` most suspect samples, the most suspect first; all of them where there are fewer. O(n log n) of all samples.
    pub fn top(&self, n: usize) -> Vec<Issue> {
        self.quality().ranking().into_iter().take(n).map(|row| self.issue(row)).collect()
    }

    /// The samples of every class of the `given` labels, the most suspect first, `(k,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) and
    /// [`Error::ClassCountMismatch`](crate::Error::ClassCountMismatch) when `given` are other labels.
    pub fn by_class(&self, given: &Labels) -> Result<Vec<Vec<Issue>>> {
        same_length("given labels", self.len(), given.len())?;
        same_class_count("the given labels", self.suggested().class_count(), given.class_count())?;
        let mut classes = vec![Vec::new(); given.class_count()];
        for row in self.quality().ranking() {
            classes[given.class(row)].push(self.issue(row));
        }
        Ok(classes)
    }
}
