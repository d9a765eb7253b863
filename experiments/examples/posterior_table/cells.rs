//! What a method makes of some labels, and means of it.

use std::collections::BTreeMap;
use std::fmt;

use mislabel_core::{Embeddings, ErrorMask, Labels, Run};
use mislabel_methods::{Dataset, Entry, Method};
use mislabel_metrics::Evaluation;

use crate::datasets::Data;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A mean over seeds and its standard error.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    mean: f64,
    error: f64,
}

impl Mean {
    fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = if count > 1.0 { (squares / (count - 1.0) / count).sqrt() } else { 0.0 };
        Self { mean, error }
    }
}

/// The method called `name`, in the shared metric where `@shared` follows, and in that with every component where `@full` does.
fn method(name: &str) -> Outcome<Box<dyn Method>> {
    let (name, variant) = name.split_once('@').unwrap_or((name, ""));
    let entry = Entry::named(name)?;
    let metric = serde_json::json!({ "metric": {} });
    Ok(match variant {
        "" => entry.seeded(0),
        "shared" => entry.parameterized(&metric)?,
        "full" => {
            let linear = serde_json::json!({ "components": 4096, "trim": [] });
            let evidence = if name == "rer" { linear } else { serde_json::json!({ "model": linear }) };
            entry.parameterized(&serde_json::json!({ "metric": {}, "evidence": evidence }))?
        }
        other => return Err(format!("@{other} is neither @shared nor @full").into()),
    })
}

/// What a method makes of the draws of one kind of labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    clean: bool,
    precision: Mean,
    f1: Mean,
    best_f1: Mean,
    flagged: Mean,
    rate_error: Mean,
    seconds: Mean,
}

impl Cell {
    pub(crate) fn measured(name: &str, data: &Data, draws: &[Labels]) -> Outcome<Self> {
        let mut columns: [Vec<f64>; 6] = Default::default();
        let mut clean = true;
        for given in draws {
            let mask = ErrorMask::between(given, &data.truth)?;
            clean &= mask.error_count() == 0;
            let embeddings = Embeddings::new(data.rows.view())?;
            let start = cpu_seconds();
            let report = method(name)?.report(&Dataset::new(given).with_embeddings(&embeddings)?, &Run::quiet())?;
            let seconds = cpu_seconds() - start;
            let evaluation = Evaluation::new(&report.issues, &mask)?;
            let rate_error = report.noise_rate.map_or(f64::NAN, |rate| rate - mask.rate());
            let values = [
                evaluation.average_precision.value().unwrap_or(0.0),
                evaluation.f1.value().unwrap_or(0.0),
                evaluation.best_f1.value().unwrap_or(0.0),
                evaluation.flagged as f64 / mask.len() as f64,
                rate_error,
                seconds,
            ];
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
        let [precision, f1, best_f1, flagged, rate_error, seconds] = columns.map(|values| Mean::of(&values));
        Ok(Self { clean, precision, f1, best_f1, flagged, rate_error, seconds })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { precision, f1, best_f1, flagged, rate_error, seconds, clean } = self;
        if *clean {
            let (flagged, rate, seconds) = (flagged.mean, rate_error.mean, seconds.mean);
            return write!(out, "| | | {flagged:.4} | {rate:+.4} | {seconds:.2}");
        }
        write!(out, "| {:.4} {:.4} ", precision.mean, precision.error)?;
        write!(out, "| {:.3} / {:.3} {:.3} ", f1.mean, best_f1.mean, f1.error)?;
        write!(out, "| {:.4} | {:+.4} | {:.2}", flagged.mean, rate_error.mean, seconds.mean)
    }
}

/// Cells by kind of labels and method.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    cells: BTreeMap<(String, String), Vec<Cell>>,
}

impl Summary {
    pub(crate) fn add(&mut self, method: &str, labels: &str, cell: Cell) {
        let kind = labels.split('_').next().unwrap_or(labels);
        for kind in [kind, "all but clean"] {
            if kind != "all but clean" || !cell.clean {
                self.cells.entry((kind.into(), method.into())).or_default().push(cell);
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "| labels | method | cells | AP | F1 | best F1 | flagged, most | rate error | CPU s |")?;
        writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
        for ((kind, method), cells) in &self.cells {
            let mean = |of: fn(&Cell) -> f64| cells.iter().map(of).sum::<f64>() / cells.len() as f64;
            let most = cells.iter().map(|cell| cell.flagged.mean).fold(0.0, f64::max);
            writeln!(
                out,
                "| {kind} | {method} | {} | {:.4} | {:.4} | {:.4} | {most:.4} | {:.4} | {:.1} |",
                cells.len(),
                mean(|cell| cell.precision.mean),
                mean(|cell| cell.f1.mean),
                mean(|cell| cell.best_f1.mean),
                mean(|cell| cell.rate_error.mean.abs()),
                cells.iter().map(|cell| cell.seconds.mean).sum::<f64>()
            )?;
        }
        Ok(())
    }
}

/// Seconds that all threads together have run so far, in hundredths; 0 where there is no `/proc`.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
