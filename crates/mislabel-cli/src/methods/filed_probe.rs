//! A probe whose probabilities lie in a file where they are too many for memory.

use std::path::{Path, PathBuf};

use mislabel_core::{
    ClassEvidence, EmbeddingSource, Error, Labels, ProbabilityMatrix, ProbabilitySource, Result, Run, WeightedEvidence,
};
use mislabel_io::{ProbabilityFile, ProbabilityWriter, ReadOptions, StoredProbability};
use mislabel_probe::Probe;
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

/// From so many probabilities on they lie in a file, as f32: 512 MiB. Whatever the memory, so that it has no say in the result.
const MOST_IN_MEMORY: u64 = 1 << 27;

/// The probe and where a file of its own may lie.
#[derive(Clone, Debug)]
pub(super) struct FiledProbe {
    pub(super) probe: Probe,
    pub(super) path: PathBuf,
}

/// Its probabilities, `(n, k)`.
pub(super) enum ProbeProbabilities {
    InMemory(ProbabilityMatrix),
    Filed(ProbabilityFile, #[expect(dead_code, reason = "removes the file, once it is closed")] Scratch),
}

/// A file that is removed when it is no longer needed.
pub(super) struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // A file that is gone, or stays, harms nobody.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl FiledProbe {
    /// How to store `values` probabilities in a file; `None` where they lie in memory.
    fn stored(&self, values: u64) -> Option<StoredProbability> {
        let budget = self.probe.memory.map_or(u64::MAX, |budget| budget.bytes());
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
        weights: Option<ArrayView1<'_, f64>>,
        run: &Run<'_>,
    ) -> Result<ProbeProbabilities> {
        let (n, k) = (given.len(), given.class_count());
        let Some(stored) = self.stored(n as u64 * k as u64) else {
            let matrix = match weights {
                Some(weights) => self.probe.weighted_evidence(embeddings, given, weights, progress),
                None => self.probe.evidence(embeddings, given, progress),
            };
            return match matrix {
                // Refused before the work: a file takes less.
                Err(Error::Memory { .. }) => {
                    self.filed(embeddings, given, weights, StoredProbability::Double, progress)
                }
                matrix => matrix.map(ProbeProbabilities::InMemory),
            };
        };
        self.filed(embeddings, given, weights, stored, progress)
    }

    fn filed(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: Option<ArrayView1<'_, f64>>,
        stored: StoredProbability,
        run: &Run<'_>,
    ) -> Result<ProbeProbabilities> {
        let scratch = Scratch(self.path.clone());
        let writer =
            ProbabilityWriter::create(&self.path, given.len(), given.class_count(), stored).map_err(Error::other)?;
        self.probe.predict_into(embeddings, given, weights, &writer, progress)?;
        drop(writer);
        let file = ProbabilityFile::open(&self.path, &ReadOptions::default()).map_err(Error::other)?;
        Ok(ProbeProbabilities::Filed(file, scratch))
    }
}

impl ClassEvidence for FiledProbe {
    type Evidence = ProbeProbabilities;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ProbeProbabilities> {
        self.probabilities(embeddings, given, None, progress)
    }
}

impl WeightedEvidence for FiledProbe {
    fn weighted_evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: ArrayView1<'_, f64>,
        run: &Run<'_>,
    ) -> Result<ProbeProbabilities> {
        self.probabilities(embeddings, given, Some(weights), progress)
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

/// Where the file lies: beside the output, or among temporary files where there is none.
pub(super) fn scratch_path(out: Option<&Path>) -> PathBuf {
    let Some(out) = out else {
        return std::env::temp_dir().join(format!("mislabel-{}.probabilities.npy", std::process::id()));
    };
    let mut name = out.as_os_str().to_owned();
    name.push(".probabilities.npy");
    name.into()
}
