//! The row of a method in a comparison.

use serde::{Deserialize, Serialize};

use crate::failure::one_line;

/// A method's row: measures, or why there are none.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) method: String,
    pub(crate) auroc: Option<f64>,
    pub(crate) average_precision: Option<f64>,
    pub(crate) f1: Option<f64>,
    pub(crate) best_f1: Option<f64>,
    pub(crate) flagged: Option<usize>,
    pub(crate) seconds: f64,
    pub(crate) peak_memory_bytes: Option<u64>,
    pub(crate) error: Option<String>,
}

impl Row {
    pub(crate) fn failed(method: &str, error: String) -> Self {
        Self {
            method: method.into(),
            auroc: None,
            average_precision: None,
            f1: None,
            best_f1: None,
            flagged: None,
            seconds: 0.0,
            peak_memory_bytes: None,
            error: Some(error),
        }
    }

    pub(crate) fn cells(&self) -> String {
        if let Some(error) = &self.error {
            return format!("  {}", one_line(error));
        }
        let measures = [self.auroc, self.average_precision, self.f1, self.best_f1].map(|measure| cell(measure, 3));
        let flagged = self.flagged.map_or("-".into(), |flagged| flagged.to_string());
        let seconds = cell(Some(self.seconds), 2);
        let memory = self.peak_memory_bytes.map_or("-".into(), |bytes| format!("{} MiB", bytes >> 20));
        measures.into_iter().chain([flagged, seconds, memory]).map(|cell| format!("{cell:>9}")).collect()
    }
}

/// A number of a table; a dash where there is none.
pub(crate) fn cell(value: Option<f64>, digits: usize) -> String {
    value.map_or("-".into(), |value| format!("{value:.digits$}"))
}
