//! One run of one method on data of one size.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use mislabel_benches::Stopwatch;
use mislabel_core::{EmbeddingSource, NoiseModel, ProbabilitySource, Run};
use mislabel_datasets::{Clusters, SimulatedPredictions};
use mislabel_io::{EmbeddingFile, FloatFormat, ProbabilityFile, ReadOptions, write_embeddings};
use mislabel_noise::Symmetric;
use serde::{Deserialize, Serialize};

use crate::anonymous_memory::with_peak;
use crate::machine::pass_seconds;
use crate::method::{Data, Method};

/// A size, and how many threads work on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args, Serialize, Deserialize)]
pub(crate) struct Size {
    /// Samples n
    #[arg(long)]
    pub(crate) samples: usize,
    /// Features d
    #[arg(long)]
    pub(crate) features: usize,
    /// Classes k
    #[arg(long)]
    pub(crate) classes: usize,
    /// Threads
    #[arg(long, default_value_t = 2)]
    pub(crate) threads: usize,
}

/// What a run took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measurement {
    pub(crate) method: Method,
    #[serde(flatten)]
    pub(crate) size: Size,
    pub(crate) wall_seconds: f64,
    pub(crate) processor_seconds: f64,
    /// The most memory beside mapped files.
    pub(crate) anonymous_bytes: u64,
    /// Wall seconds of a plain sum over the file that was judged, by as many threads, just before.
    pub(crate) pass_seconds: f64,
    pub(crate) flagged: usize,
}

/// Measures one point and prints it.
#[derive(Args)]
pub(crate) struct One {
    /// The method
    #[arg(long)]
    pub(crate) method: Method,
    #[command(flatten)]
    pub(crate) size: Size,
    /// Folder for the file, which is removed at the end
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    pub(crate) folder: PathBuf,
}

impl One {
    pub(crate) fn run(&self) -> Result<(), Box<dyn Error>> {
        rayon::ThreadPoolBuilder::new().num_threads(self.size.threads).build_global()?;
        println!("{}", serde_json::to_string(&self.measured()?)?);
        Ok(())
    }

    fn measured(&self) -> Result<Measurement, Box<dyn Error>> {
        let Size { samples, features, classes, .. } = self.size;
        let components = features.min(8);
        let clusters = Clusters { samples, features, classes, components, ..Clusters::default() }.sampled()?;
        let given = Symmetric::default().corrupt(clusters.truth(), 0)?.given;
        let folder = tempfile::tempdir_in(&self.folder)?;
        let path = folder.path().join("rows.npy");
        let probabilities: Option<ProbabilityFile> = if self.method.needs_probabilities() {
            let predictions = SimulatedPredictions::new(clusters.truth(), 5, 8.0, 0)?;
            write_embeddings(&path, &predictions, FloatFormat::Single, &Run::quiet())?;
            Some(ProbabilityFile::open(&path, &ReadOptions::default())?)
        } else {
            write_embeddings(&path, &clusters, FloatFormat::Half, &Run::quiet())?;
            None
        };
        let file = EmbeddingFile::open(&path, &ReadOptions::default())?;
        let embeddings: &dyn EmbeddingSource = &file;
        drop(clusters);
        let pass_seconds = pass_seconds(&path)?;
        let probabilities = probabilities.as_ref().map(|file| file as &dyn ProbabilitySource);
        let data = Data { embeddings, probabilities, given: &given };
        let watch = Stopwatch::start();
        let (flagged, anonymous_bytes) = with_peak(|| self.method.run(&data));
        let seconds = watch.seconds();
        Ok(Measurement {
            method: self.method,
            size: self.size,
            wall_seconds: seconds.wall,
            processor_seconds: seconds.processor,
            anonymous_bytes,
            pass_seconds,
            flagged: flagged?,
        })
    }
}
