//! Trained networks of all classes, ready to score.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{EmbeddingSource, Error, ErrorColumns, ErrorSummary, Labels, Result, Run};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::network::architecture::Architecture;
use super::network::passes::Workspace;
use super::params::Autoencoder;
use super::row_summary::RowSummary;
use super::samples::fitted_scaling::FittedScaling;
use super::samples::folds::Folds;
use crate::checkpoint::kept_or;

/// Rows scored by one task at a time.
const ROW_BLOCK: usize = 192;

/// Trained autoencoders, one or more (by fold) for every class that had samples; immutable and shareable between
/// threads.
///
/// ```
/// use mislabel_core::{Embeddings, Labels, Run};
/// use mislabel_reconstruct::{Autoencoder, AutoencoderModel};
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((30, 3), |(i, j)| if i % 2 == j { 1.0 } else { 0.01 * (i * j % 7) as f32 });
/// let rows = Embeddings::new(rows.view())?;
/// let given = Labels::new((0..30).map(|i| i % 2).collect(), 2)?;
/// let (model, _) = Autoencoder::default().fit(&rows, &given, &Run::quiet())?;
///
/// let kept = AutoencoderModel::from_bytes(&model.to_bytes())?;
/// assert_eq!(kept.errors(&rows, &Run::quiet())?, model.errors(&rows, &Run::quiet())?);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AutoencoderModel {
    pub(crate) architecture: Architecture,
    pub(crate) scaling: FittedScaling,
    /// The parameters of every class's networks, by fold; none for a class that had no samples.
    pub(crate) networks: Vec<Vec<Vec<f32>>>,
}

/// Which of a class's networks measure a row.
#[derive(Clone, Copy)]
enum Networks {
    /// All: the mean of their errors.
    All,
    /// The one of this number, modulo how many there are.
    Fold(usize),
}

/// The buffers of one scoring task.
struct Scoring {
    workspace: Workspace,
    squared: Vec<f64>,
    errors: Vec<f64>,
}

impl AutoencoderModel {
    /// A model whose networks have no parameters yet.
    pub(crate) fn untrained(
        method: &Autoencoder,
        features: usize,
        scaling: FittedScaling,
        folds: &Folds,
        classes: usize,
    ) -> Self {
        let networks = (0..classes).map(|class| vec![Vec::new(); folds.count(class)]).collect();
        Self { architecture: Architecture::of(method, features), scaling, networks }
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.networks.len()
    }

    /// The number of features d.
    pub fn features(&self) -> usize {
        self.architecture.features()
    }

    /// The layers of every network, and where a network's parameters lie.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The parameters of `class`'s networks, by fold: each weights first, then biases, for scaled rows; none for a
    /// class that had no samples.
    pub fn networks(&self, class: usize) -> &[Vec<f32>] {
        &self.networks[class]
    }

    /// The rows numbered `rows` of `embeddings`, `(n, d)`, as the networks see them, `(rows.len(), d)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `embeddings` has not d features, and what the source reports.
    pub fn scaled_rows(&self, embeddings: &dyn EmbeddingSource, rows: &[u32]) -> Result<Array2<f32>> {
        self.checked_rows(embeddings)?;
        self.scaling.gather(embeddings, rows)
    }

    /// Errors of new samples under every class: `(n, k)`, in units of the scaled rows; the mean over the class's folds;
    /// infinite for a class that had no samples. O(n·k) memory.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `embeddings` has not d features, [`Error::NotFinite`] naming sample and class,
    /// [`Error::Cancelled`], and what the source reports.
    pub fn errors(&self, embeddings: &dyn EmbeddingSource, run: &Run<'_>) -> Result<Array2<f64>> {
        let n = self.checked_rows(embeddings)?;
        let stage = run.stage("scoring", n);
        let mut errors = Array2::from_elem((n, self.class_count()), f64::INFINITY);
        let blocks = errors.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter().enumerate();
        blocks.try_for_each_init(
            || self.buffers(),
            |buffers, (index, mut block)| {
                let rows = self.scaling.read(embeddings, index * ROW_BLOCK, block.nrows())?;
                self.for_each_class(&rows, Networks::All, buffers, |class, errors| {
                    if let Some(place) = errors.iter().position(|error| !error.is_finite()) {
                        let (row, value) = (index * ROW_BLOCK + place, errors[place]);
                        return Err(Error::NotFinite { what: "reconstruction errors", row, column: class, value });
                    }
                    block.column_mut(class).iter_mut().zip(errors).for_each(|(out, error)| *out = *error);
                    Ok(())
                })?;
                stage.advance(block.nrows())
            },
        )?;
        Ok(errors)
    }

    /// The summary of the errors of new samples, `(n, d)`, under the labels `given`, `(n,)`, as
    /// [`errors`](Self::errors) measures them (for the samples trained on, ask the method for its evidence).
    ///
    /// # Errors
    /// As [`errors`](Self::errors); [`Error::ClassNotFitted`] when a sample's own class had no samples,
    /// [`Error::TooFewClasses`] with fewer than two classes that had samples.
    pub fn summary(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        let n = self.checked_rows(embeddings)?;
        same_length("given labels", n, given.len())?;
        same_class_count("the labels", self.class_count(), given.class_count())?;
        if let Some(row) = (0..n).find(|row| self.networks[given.class(*row)].is_empty()) {
            return Err(Error::ClassNotFitted { row, class: given.class(row) });
        }
        let rows: Vec<u32> = (0..n as u32).collect();
        let blocks = rows.chunks(ROW_BLOCK).map(|rows| (Networks::All, rows)).collect();
        // What is scored here is not what a checkpoint of training is about.
        let unkept = Run::quiet().with_progress(run.progress()).with_memory(run.memory());
        self.summary_of(embeddings, given, blocks, |_| false, &unkept)
    }

    /// The summary of the samples trained on, each under the networks that did not see it.
    ///
    /// # Errors
    /// As [`errors`](Self::errors).
    pub fn out_of_fold(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        folds: &Folds,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let most = self.networks.iter().map(Vec::len).max().unwrap_or(0);
        let mut parts: Vec<Vec<u32>> = vec![Vec::new(); most];
        (0..given.len()).for_each(|row| parts[folds.of(row)].push(row as u32));
        let of_part = |(fold, rows)| <[u32]>::chunks(rows, ROW_BLOCK).map(move |rows| (Networks::Fold(fold), rows));
        let blocks = parts.iter().map(Vec::as_slice).enumerate().flat_map(of_part).collect();
        let counts = given.counts();
        self.summary_of(embeddings, given, blocks, |class| counts[class] == 1, run)
    }

    /// The summary of all samples, block by block; `alone` says which classes say nothing about their own sample.
    fn summary_of(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        blocks: Vec<(Networks, &[u32])>,
        alone: impl Fn(usize) -> bool,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let stage = run.stage("scoring", given.len());
        let of_block = |buffers: &mut Scoring, (number, (networks, rows)): (usize, &(Networks, &[u32]))| {
            let part = Some(format!("scoring/block {number}"));
            let decode = |bytes: &[u8]| RowSummary::all_from_bytes(bytes, rows.len());
            let summaries = kept_or(
                run,
                part,
                decode,
                |rows| RowSummary::all_to_bytes(rows),
                || self.block_summary(&self.scaling.gather(embeddings, rows)?, rows, given, *networks, buffers),
            )?;
            stage.advance(rows.len())?;
            Ok(summaries)
        };
        let numbered = blocks.par_iter().enumerate();
        let summaries = numbered.map_init(|| self.buffers(), of_block).collect::<Result<Vec<_>>>()?;
        let mut all = vec![RowSummary::default(); given.len()];
        for ((_, rows), summaries) in blocks.iter().zip(summaries) {
            rows.iter().zip(summaries).for_each(|(row, summary)| all[*row as usize] = summary);
        }
        let reconstructors = self.networks.iter().filter(|networks| !networks.is_empty()).count();
        let mut columns = ErrorColumns { reconstructors, classes: self.class_count(), ..ErrorColumns::default() };
        for (row, summary) in all.into_iter().enumerate() {
            let own = if alone(given.class(row)) { summary.least.first } else { summary.own };
            columns.own.push(own);
            columns.least_other.push(summary.least.first);
            columns.least_other_class.push(summary.least.class);
            columns.second_least_other.push(summary.least.second);
            columns.sum.push(summary.sum - summary.own + own);
        }
        ErrorSummary::new(columns)
    }

    fn block_summary(
        &self,
        x: &Array2<f32>,
        rows: &[u32],
        given: &Labels,
        networks: Networks,
        buffers: &mut Scoring,
    ) -> Result<Vec<RowSummary>> {
        let mut summaries = vec![RowSummary::default(); rows.len()];
        self.for_each_class(x, networks, buffers, |class, errors| {
            for ((summary, &error), &row) in summaries.iter_mut().zip(errors).zip(rows) {
                summary.sum += error;
                if given.class(row as usize) == class {
                    summary.own = error;
                } else {
                    summary.least.offer(class as u32, error);
                }
            }
            Ok(())
        })?;
        Ok(summaries)
    }

    /// Calls `visit(class, errors of the rows)` for every class that had samples, ascending.
    fn for_each_class(
        &self,
        rows: &Array2<f32>,
        which: Networks,
        buffers: &mut Scoring,
        mut visit: impl FnMut(usize, &[f64]) -> Result<()>,
    ) -> Result<()> {
        let input = rows.as_slice().expect("the buffer is in standard layout");
        for (class, networks) in self.networks.iter().enumerate().filter(|(_, networks)| !networks.is_empty()) {
            let chosen = match which {
                Networks::All => networks.as_slice(),
                Networks::Fold(fold) => std::slice::from_ref(&networks[fold % networks.len()]),
            };
            buffers.errors.clear();
            buffers.errors.resize(rows.nrows(), 0.0);
            for parameters in chosen {
                self.architecture.squared_errors(parameters, input, &mut buffers.workspace, &mut buffers.squared);
                let errors = buffers.errors.iter_mut().zip(&buffers.squared);
                errors.for_each(|(error, squared)| *error += squared.sqrt() / chosen.len() as f64);
            }
            visit(class, &buffers.errors)?;
        }
        Ok(())
    }

    fn buffers(&self) -> Scoring {
        let workspace = Workspace::forward(&self.architecture, ROW_BLOCK);
        Scoring { workspace, squared: Vec::new(), errors: Vec::new() }
    }

    /// The number of rows, of d features each.
    fn checked_rows(&self, embeddings: &dyn EmbeddingSource) -> Result<usize> {
        same_length("a row of embeddings", self.features(), embeddings.shape().1)?;
        Ok(embeddings.shape().0)
    }
}
