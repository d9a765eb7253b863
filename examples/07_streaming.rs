//! Embeddings that are nowhere: computed when a block of rows is asked for.
//!
//! A source of embeddings implements two methods. This one makes 200,000 rows of 64 features in 20 classes out of
//! nothing, so that the rows never lie in memory together. The run is watched, and a second run is stopped half way.
//! Prints the stages as they pass, what was found, and how the stopped run ended.

use std::ops::ControlFlow;

use mislabel::core::checks::{rows_in_range, same_length};
use mislabel::core::split_seed;
use mislabel::ndarray::ArrayViewMut2;
use mislabel::prelude::*;
use mislabel::{Error, Result, progress_fn};

const SAMPLES: usize = 200_000;
const FEATURES: usize = 64;
const CLASSES: usize = 20;

/// Row i belongs to class i mod 20: the class's center plus noise, both computed from seeds.
struct Clusters;

impl Clusters {
    /// A number in [−1, 1) for a name.
    fn number(name: &[u64]) -> f32 {
        (split_seed(51, name) >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

impl EmbeddingSource for Clusters {
    fn shape(&self) -> (usize, usize) {
        (SAMPLES, FEATURES)
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        rows_in_range(SAMPLES, start, out.nrows())?;
        same_length("a row of the reading buffer", FEATURES, out.ncols())?;
        for ((i, feature), value) in out.indexed_iter_mut() {
            let (row, feature) = ((start + i) as u64, feature as u64);
            let center = Self::number(&[0, row % CLASSES as u64, feature]);
            *value = center + 1.5 * Self::number(&[1, row, feature]);
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let truth = Labels::new((0..SAMPLES).map(|row| (row % CLASSES) as u32).collect(), CLASSES)?;
    let noisy = Symmetric { rate: 0.02, ..Symmetric::default() }.corrupt(&truth, 51)?;
    let rer = Rer { threshold: Threshold::Fixed(1.0), ..Rer::default() };
    let detector = Pipeline::new(SoftLinear { components: 8, ..SoftLinear::default() }, rer);

    let watch = progress_fn(|stage, done, total| {
        if done == total {
            println!("finished {stage}: {total} of {total}");
        }
        ControlFlow::Continue(())
    });
    let issues = detector.detect(&Clusters, &noisy.given, &Run::quiet().with_progress(&watch))?;
    let precision = Evaluation::new(&issues, &noisy.errors)?.average_precision;
    println!("{} errors, {} flagged, average precision {precision:.3}", noisy.errors.error_count(), issues.flagged());

    let stop = progress_fn(|stage, done, total| match stage {
        "scoring" if 2 * done > total => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    match detector.detect(&Clusters, &noisy.given, &Run::quiet().with_progress(&stop)) {
        Err(Error::Cancelled { stage }) => println!("the second run was stopped while {stage}"),
        other => println!("the second run was not stopped: {other:?}"),
    }
    Ok(())
}
