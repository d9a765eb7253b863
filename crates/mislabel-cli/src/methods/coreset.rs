//! Importance to a coreset.

use mislabel_core::{ClassEvidence, Judge, Labels, Run};
use mislabel_coreset::{CoresetDetector, CoresetEvidence, Sensitivity};
use mislabel_predictions::Softmax;

use super::predictions::{Predicted, Predictor};
use super::{Data, Findings, Runner, SideFile};
use crate::failure::{Failure, Result};
use crate::options::MethodOptions;

/// Importance and its judge.
struct CoresetRunner {
    importance: Measured,
    judge: CoresetDetector,
}

/// What importance is measured on.
enum Measured {
    Embeddings(Sensitivity),
    Predictions(Predictor),
}

pub(super) fn coreset(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let default = CoresetDetector::default();
    let threshold = options.reconstruction.number("coreset")?.unwrap_or(default.threshold);
    let importance = match options.coreset.importance {
        None if options.predictions.are_given() => Sensitivity::Loss,
        chosen => chosen.unwrap_or_default(),
    };
    let importance = match importance.needs_losses() {
        true => Measured::Predictions(Predictor::new(options)?),
        false if options.predictions.are_given() => {
            let name = importance.name();
            return Err(Failure::Arguments(format!("--importance {name} has no use for predictions")));
        }
        false => Measured::Embeddings(importance),
    };
    Ok(Box::new(CoresetRunner { importance, judge: CoresetDetector { threshold, ..default } }))
}

/// Bytes that importance takes whatever its blocks: a summary of every sample, two means of every class, and for each thread the
/// rows of a class (a block of them where it has more than features) and the matrix they make, twice.
fn held(given: &Labels, features: usize) -> u64 {
    const SAMPLE: u64 = 64;
    const BLOCK: u64 = 512;
    let (n, d, k) = (given.len() as u64, features as u64, given.class_count() as u64);
    let largest = given.counts().into_iter().max().unwrap_or(0) as u64;
    let (rows, side) = if largest <= d { (largest, largest) } else { (BLOCK, d) };
    let threads = (rayon::current_num_threads() as u64).min(k);
    SAMPLE * n + 16 * k * d + threads * 8 * (rows * d + 2 * side * side)
}

impl Runner for CoresetRunner {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let issues = match &self.importance {
            Measured::Embeddings(importance) => {
                let evidence = CoresetEvidence { importance: *importance };
                data.need("importance within embeddings", held(data.given, data.embeddings()?.shape().1))?;
                let judge = CoresetDetector { comparison: importance.comparison(), ..self.judge };
                judge.judge(&evidence.evidence(data.embeddings()?, data.given, progress)?, data.given, run)?
            }
            Measured::Predictions(predictor) => match predictor.predicted(data, progress)? {
                Predicted::Stored(stored) => self.judge.judge(stored, data.given, run)?,
                Predicted::Computed(computed) => self.judge.judge(&computed, data.given, run)?,
                Predicted::Logits(logits) => self.judge.judge(&Softmax::new(logits), data.given, run)?,
            },
        };
        Ok(Findings { threshold: Some(self.judge.threshold), ..Findings::of_issues(issues) })
    }

    fn side_file(&self) -> Option<SideFile<'_>> {
        match &self.importance {
            Measured::Embeddings(_) => None,
            Measured::Predictions(predictor) => predictor.side_file(),
        }
    }
}
