//! A probe whose probabilities lie in a file where they are too many for memory.

use std::path::PathBuf;

use mislabel_core::{
    ClassEvidence, EmbeddingSource, Error, Labels, ProbabilityMatrix, ProbabilitySource, Result, Run, WeightedEvidence,
};
use mislabel_io::{ProbabilityFile, ProbabilityWriter, ReadOptions, StoredProbability};
use mislabel_probe::Probe;
use ndarray::{ArrayView2, ArrayViewMut2};

/// From so many probabilities on they lie in a file, as f32: 512 MiB. Whatever the memory, so that it has no say in the result.
const MOST_IN_MEMORY: u64 = 1 << 27;

/// The name of the file, which follows that of the run's scratch files.
const FILE: &str = "probabilities.npy";

/// The probe.
#[derive(Clone, Debug)]
pub(crate) struct FiledProbe(pub(crate) Probe);

/// Its probabilities, `(n, k)`.
pub(crate) enum ProbeProbabilities {
    InMemory(ProbabilityMatrix),
    Filed(Box<ProbabilityFile>, #[expect(dead_code, reason = "removes the file, once it is closed")] Scratch),
}

/// A file that is removed when it is no longer needed.
pub(crate) struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // A file that is gone, or stays, harms nobody.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl FiledProbe {
    /// How to store `values` probabilities in a file; `None` where they lie in memory.
    fn stored(values: u64, run: &Run<'_>) -> Option<StoredProbability> {
        let budget = run.memory().map_or(u64::MAX, |budget| budget.bytes());
        match values {
            values if values >= MOST_IN_MEMORY => Some(StoredProbability::Single),
            values if values > budget / 16 => Some(StoredProbability::Double),
            _ => None,
        }
    }

    fn probabilities(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: Option<&[f64]>,
        run: &Run<'_>,
    ) -> Result<ProbeProbabilities> {
        let (n, k) = (given.len(), given.class_count());
        let Some(stored) = Self::stored(n as u64 * k as u64, run) else {
            let matrix = match weights {
                Some(weights) => self.0.weighted_evidence(embeddings, given, weights, run),
                None => self.0.evidence(embeddings, given, run),
            };
            return match matrix {
                // Refused before the work: a file takes less.
                Err(Error::Memory { .. }) => self.filed(embeddings, given, weights, StoredProbability::Double, run),
                matrix => matrix.map(ProbeProbabilities::InMemory),
            };
        };
        self.filed(embeddings, given, weights, stored, run)
    }

    fn filed(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: Option<&[f64]>,
        stored: StoredProbability,
        run: &Run<'_>,
    ) -> Result<ProbeProbabilities> {
        let scratch = Scratch(run.scratch_file(FILE));
        let writer =
            ProbabilityWriter::create(&scratch.0, given.len(), given.class_count(), stored).map_err(Error::other)?;
        self.0.predict_into(embeddings, given, weights, &writer, run)?;
        drop(writer);
        let file = ProbabilityFile::open(&scratch.0, &ReadOptions::default()).map_err(Error::other)?;
        Ok(ProbeProbabilities::Filed(Box::new(file), scratch))
    }
}

impl ClassEvidence for FiledProbe {
    type Evidence = ProbeProbabilities;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ProbeProbabilities> {
        self.probabilities(embeddings, given, None, run)
    }
}

impl WeightedEvidence for FiledProbe {
    fn weighted_evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: &[f64],
        run: &Run<'_>,
    ) -> Result<ProbeProbabilities> {
        self.probabilities(embeddings, given, Some(weights), run)
    }
}

impl ProbabilitySource for ProbeProbabilities {
    fn shape(&self) -> (usize, usize) {
        match self {
            Self::InMemory(matrix) => matrix.shape(),
            Self::Filed(file, _) => file.shape(),
        }
    }

    fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f64>) -> Result<()> {
        match self {
            Self::InMemory(matrix) => matrix.read_rows(start, out),
            Self::Filed(file, _) => file.read_rows(start, out),
        }
    }

    fn in_memory(&self) -> Option<ArrayView2<'_, f64>> {
        match self {
            Self::InMemory(matrix) => matrix.in_memory(),
            Self::Filed(..) => None,
        }
    }
}
