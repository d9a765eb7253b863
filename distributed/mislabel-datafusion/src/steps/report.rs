//! What a run says in the end.

use serde::{Deserialize, Serialize};

/// One class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassFigures {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Mean χ of them.
    pub difficulty: f64,
    /// How many are flagged.
    pub flagged: u64,
}

/// One of the most suspect rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// Its id.
    pub id: String,
    /// Its given label.
    pub label: String,
    /// The class that reconstructs it better.
    pub suggested: String,
    /// χ.
    pub ratio: f64,
}

/// What a run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows that have a label.
    pub rows: u64,
    /// Rows without one, which were left alone.
    pub unlabeled: u64,
    /// The number of features d.
    pub features: usize,
    /// Rows left out of each later fit.
    pub dropped: Vec<u64>,
    /// α of every fit.
    pub alphas: Vec<f64>,
    /// χ₀ and χ_rand, and of how many rows.
    pub chi_0: f64,
    /// See [`chi_0`](Self::chi_0).
    pub chi_rand: f64,
    /// Rows that χ₀ and χ_rand are means over.
    pub noise_rows: u64,
    /// η̂ in [0, 1]; `None` where it is undefined.
    pub noise_rate: Option<f64>,
    /// χ*.
    pub threshold: f64,
    /// Rows with χ > χ*.
    pub flagged: u64,
    /// The share of rows with χ > 1.
    pub share_above_one: f64,
    /// Mean χ.
    pub difficulty: f64,
    /// Quantiles of χ: share and value, to within 1/256 of it.
    pub quantiles: Vec<(f64, f64)>,
    /// Every class, in the order of codes.
    pub classes: Vec<ClassFigures>,
    /// The most suspect rows, the first first.
    pub suspects: Vec<Suspect>,
    /// Folder with a row for every sample.
    pub table: String,
    /// What should be known of how it was come by.
    pub notes: Vec<String>,
}

/// How many classes there are, and the names of the first.
pub(super) fn listed(names: Vec<&str>) -> String {
    let (first, rest) = names.split_at(names.len().min(4));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    format!("{} classes: {}{more}", names.len(), first.join(", "))
}

/// What is said first: how many labels are probably wrong.
pub(super) fn flagged_first(flagged: u64, rows: u64) -> String {
    let share = 100.0 * flagged as f64 / (rows as f64).max(1.0);
    format!("{flagged} of {rows} labels are probably wrong ({share:.2}%).")
}

impl Report {
    /// The report in a few lines.
    pub fn text(&self) -> String {
        let share = |count: u64| 100.0 * count as f64 / (self.rows as f64).max(1.0);
        let mut lines = vec![format!(
            "{} of {} labels are probably wrong ({:.2}%): χ > {:.3}.",
            self.flagged,
            self.rows,
            share(self.flagged),
            self.threshold
        )];
        match self.noise_rate {
            Some(rate) => {
                lines.push(format!("Noise rate: {:.2}%. Difficulty (mean χ): {:.3}.", 100.0 * rate, self.difficulty))
            }
            None => lines.push(format!("Noise rate: undefined. Difficulty (mean χ): {:.3}.", self.difficulty)),
        }
        let (names, d) = (self.classes.iter().map(|class| class.name.as_str()), self.features);
        lines.push(format!("Read: {} rows of {d} features, {}.", self.rows, listed(names.collect())));
        if self.unlabeled > 0 {
            lines.push(format!("{} rows without a label were left alone.", self.unlabeled));
        }
        let hardest = self.classes.iter().max_by(|one, other| one.difficulty.total_cmp(&other.difficulty));
        if let Some(hardest) = hardest {
            lines.push(format!(
                "Hardest class: {} (mean χ {:.3}, {} flagged).",
                hardest.name, hardest.difficulty, hardest.flagged
            ));
        }
        lines.extend(self.notes.iter().cloned());
        lines.push(format!("All rows: {}", self.table));
        if !self.suspects.is_empty() {
            lines.push("Most suspect (id: given, suggested, χ):".to_owned());
        }
        let suspects = self.suspects.iter().take(10);
        lines.extend(suspects.map(|row| format!("  {}: {}, {}, {:.3}", row.id, row.label, row.suggested, row.ratio)));
        lines.join("\n")
    }
}
