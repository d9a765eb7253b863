//! `mislabel demo --app`: the digits on the local page.

use std::path::PathBuf;

use clap::Args;
use mislabel::app::Evidence;
use mislabel::core::checks::rows_in_range;
use mislabel::core::{EmbeddingSource, Embeddings, Labels, Result as CoreResult, Run};
use mislabel::datasets::Dataset as Digits;
use mislabel::posterior::SoftLinearPosterior;
use mislabel::review::{Media, NumberRows, Samples};
use ndarray::{Array2, ArrayViewMut2, s};

use crate::failure::Result;
use crate::session::serving::Serving;
use crate::session::threads::Threads;

/// The page, and its options.
#[derive(Args)]
pub(crate) struct DemoApp {
    /// Look at the digits and decide on them, on a local page
    #[arg(long)]
    pub(crate) app: bool,
    /// With --app: the file that decisions are saved in [default: a file in the folder for temporary files]
    #[arg(long, value_name = "FILE", requires = "app")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    serving: Serving,
}

impl DemoApp {
    /// Serves the `digits` with their `given` labels; decisions go to a file called `name` unless another was named.
    pub(crate) fn run(&self, digits: Digits, given: Labels, name: &str, threads: &Threads) -> Result<()> {
        let embeddings = Embeddings::new(digits.embeddings.view())?;
        let run = Run::quiet();
        let posterior =
            threads.run(|| Ok(SoftLinearPosterior::default().fitted(&embeddings, &given, &run)?.posterior))?;
        let issues = posterior.issues(posterior.default_rule())?;
        let (height, width) = digits.image_shape;
        let images = NumberRows::new(digits.embeddings.clone()).as_images(height, width);
        let images = images.expect("the digits are images of this shape");
        let samples = Samples::new(given, issues)?.with_probabilities().with_media(Media::Numbers(images))?;
        let rows = Box::new(OwnedRows(digits.embeddings));
        let evidence = Evidence { embeddings: Some(rows), posterior: Some(posterior), pictures: None };
        let journal = self.journal.clone().unwrap_or_else(|| std::env::temp_dir().join(name));
        self.serving.run(samples, evidence, &journal, PathBuf::from("."))
    }
}

/// Embeddings that own their rows, `(n, d)`, all finite.
struct OwnedRows(Array2<f32>);

impl EmbeddingSource for OwnedRows {
    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> CoreResult<()> {
        rows_in_range(self.0.nrows(), start, out.nrows())?;
        let end = start + out.nrows();
        out.assign(&self.0.slice(s![start..end, ..]));
        Ok(())
    }
}
