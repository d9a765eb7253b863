//! What confident learning over a table says in the end.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::steps::report::{flagged_first, listed};

/// One class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfidentClassFigures {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// How probable it must be for a row to be confidently of it; 2 where it has no rows.
    pub threshold: f64,
    /// How many of its rows are flagged.
    pub flagged: u64,
}

/// A flagged row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfidentSuspect {
    /// Its id.
    pub id: String,
    /// Its given label.
    pub label: String,
    /// The most probable class.
    pub suggested: String,
    /// The probability of the given label.
    pub quality: f64,
}

/// What a run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfidentReport {
    /// Rows that have a label.
    pub rows: u64,
    /// Rows without one, which were left alone.
    pub unlabeled: u64,
    /// Rows whose labels are probably wrong.
    pub flagged: u64,
    /// Every class, in the order of the probabilities.
    pub classes: Vec<ConfidentClassFigures>,
    /// How many rows given one class are confidently of another, or of the same: numbers of the two classes and the count,
    /// where it is not 0; not calibrated.
    pub joint: Vec<(usize, usize, u64)>,
    /// Flagged rows of the least quality, the first first.
    pub suspects: Vec<ConfidentSuspect>,
    /// Folder with a row for every sample: `id`, `label`, `suggested`, `quality`, `is_issue`.
    pub table: String,
}

impl ConfidentReport {
    /// The thresholds, `(k,)`.
    pub fn thresholds(&self) -> Vec<f64> {
        self.classes.iter().map(|class| class.threshold).collect()
    }

    /// The counts of [`joint`](Self::joint), `(k, k)`: row = given class, column = confident class.
    pub fn joint_counts(&self) -> Array2<f64> {
        counts(&self.joint, self.classes.len())
    }

    /// The report in a few lines.
    pub fn text(&self) -> String {
        let mut lines = vec![flagged_first(self.flagged, self.rows)];
        let names = self.classes.iter().map(|class| class.name.as_str()).collect();
        lines.push(format!("Read: {} rows, in the order of their probabilities {}.", self.rows, listed(names)));
        if self.unlabeled > 0 {
            lines.push(format!("{} rows without a label were left alone.", self.unlabeled));
        }
        if let Some(most) = self.classes.iter().rev().max_by_key(|class| class.flagged).filter(|most| most.flagged > 0)
        {
            lines.push(format!("Most in class {}: {} of {}.", most.name, most.flagged, most.rows));
        }
        lines.push(format!("All rows: {}", self.table));
        if !self.suspects.is_empty() {
            lines.push("Most suspect (id: given, suggested, probability of the given label):".to_owned());
        }
        let suspects = self.suspects.iter().take(10);
        lines.extend(suspects.map(|row| format!("  {}: {}, {}, {:.3}", row.id, row.label, row.suggested, row.quality)));
        lines.join("\n")
    }
}

/// Counts of pairs of classes as a matrix, `(k, k)`.
pub(super) fn counts(pairs: &[(usize, usize, u64)], classes: usize) -> Array2<f64> {
    let mut counts = Array2::zeros((classes, classes));
    pairs.iter().for_each(|(given, confident, count)| counts[[*given, *confident]] = *count as f64);
    counts
}
