//! Samples in order of suspicion, with the known errors among them.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, ErrorMask, LabelQuality, Result};

/// How a measure that looks at the first m places treats samples of equal score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum Ties {
    /// The mean over all orders of the tied samples, so that the order of the data does not matter.
    #[default]
    Averaged,
    /// The sample of the lower index comes first, as in [`LabelQuality::ranking`].
    ByIndex,
}

/// Which points of a curve to keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum CurvePoints {
    /// One for every distinct score; scikit-learn's `drop_intermediate=False`.
    #[default]
    All,
    /// Without the points that a plot does not need; scikit-learn's `drop_intermediate=True`.
    Corners,
}

/// What is flagged when the samples of one score and all more suspect ones are.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cut {
    /// The score of the last samples flagged, in the units the ranking was made from.
    pub score: f64,
    /// How many samples are flagged.
    pub flagged: usize,
    /// How many of them are label errors.
    pub found: usize,
}

/// The n samples from the most suspect to the least, and which of them are label errors; 1 byte per sample and
/// 24 per distinct score.
///
/// Samples tie when their scores are equal, bit for bit save that −0 equals 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    is_error: Vec<bool>,
    cuts: Vec<Cut>,
}

impl Ranking {
    /// Ranks by label quality, `(n,)`: the least quality is the most suspect. O(n log n).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `errors` has not n entries.
    pub fn by_quality(quality: &LabelQuality, errors: &ErrorMask) -> Result<Self> {
        Self::ascending(quality.as_slice(), 1.0, errors)
    }

    /// Ranks by `suspicion`, `(n,)`, in any units: the greatest is the most suspect. O(n log n).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `errors` has not n entries, [`Error::NotFinite`] at the first NaN or infinity.
    pub fn by_suspicion(suspicion: &[f64], errors: &ErrorMask) -> Result<Self> {
        if let Some(row) = suspicion.iter().position(|s| !s.is_finite()) {
            return Err(Error::NotFinite { what: "suspicion", row, column: 0, value: suspicion[row] });
        }
        Self::ascending(suspicion, -1.0, errors)
    }

    fn ascending(scores: &[f64], sign: f64, errors: &ErrorMask) -> Result<Self> {
        same_length("the error mask", scores.len(), errors.len())?;
        // Adding 0 turns −0 into 0, so that total order and equality agree.
        let mut order: Vec<(f64, usize)> = scores.iter().enumerate().map(|(row, s)| (sign * s + 0.0, row)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let is_error: Vec<bool> = order.iter().map(|&(_, row)| errors.as_slice()[row]).collect();
        let mut cuts = Vec::new();
        let (mut flagged, mut found) = (0, 0);
        for tied in order.chunk_by(|a, b| a.0 == b.0) {
            found += is_error[flagged..flagged + tied.len()].iter().filter(|error| **error).count();
            flagged += tied.len();
            cuts.push(Cut { score: sign * tied[0].0 + 0.0, flagged, found });
        }
        Ok(Self { is_error, cuts })
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a ranking is never empty")]
    pub fn len(&self) -> usize {
        self.is_error.len()
    }

    /// The number of label errors.
    pub fn error_count(&self) -> usize {
        self.cuts.last().map_or(0, |all| all.found)
    }

    /// One cut per distinct score, from the most suspect on; the last flags all n samples.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// How many label errors are among the `budget` most suspect samples; a fraction when a tie is cut through.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `budget` is 0 or above n.
    pub fn found_within(&self, budget: usize, ties: Ties) -> Result<f64> {
        self.checked_budget(budget)?;
        Ok(match ties {
            Ties::ByIndex => self.is_error[..budget].iter().filter(|error| **error).count() as f64,
            Ties::Averaged => self.expected_within(budget),
        })
    }

    fn expected_within(&self, budget: usize) -> f64 {
        let place = self.cuts.partition_point(|cut| cut.flagged < budget);
        let (start, before) = self.before(place);
        let Cut { flagged, found, .. } = self.cuts[place];
        let share = (budget - start) as f64 / (flagged - start) as f64;
        before as f64 + share * (found - before) as f64
    }

    /// Samples flagged and errors found before cut number `place`.
    pub(crate) fn before(&self, place: usize) -> (usize, usize) {
        place.checked_sub(1).map_or((0, 0), |previous| (self.cuts[previous].flagged, self.cuts[previous].found))
    }

    /// Whether the sample at each place is an error, ties in order of index, `(n,)`.
    pub(crate) fn is_error(&self) -> &[bool] {
        &self.is_error
    }

    pub(crate) fn checked_budget(&self, budget: usize) -> Result<()> {
        if (1..=self.len()).contains(&budget) {
            return Ok(());
        }
        let requirement = "at least 1 and at most the number of samples";
        Err(Error::parameter("budget", budget, requirement))
    }

    /// The number of label errors, of which `quantity` needs at least one.
    pub(crate) fn known_errors(&self, quantity: &'static str) -> Result<f64> {
        match self.error_count() {
            0 => Err(Error::Undefined { quantity, reason: "there are no label errors" }),
            errors => Ok(errors as f64),
        }
    }

    /// The number of right labels, of which `quantity` needs at least one.
    pub(crate) fn known_correct(&self, quantity: &'static str) -> Result<f64> {
        match self.len() - self.error_count() {
            0 => Err(Error::Undefined { quantity, reason: "every label is an error" }),
            correct => Ok(correct as f64),
        }
    }
}
