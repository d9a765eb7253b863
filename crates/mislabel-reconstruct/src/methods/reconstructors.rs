//! Fitted reconstructors of all classes, ready to score.

use std::sync::Arc;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{EmbeddingSource, Error, ErrorColumns, ErrorSummary, Labels, Result, RowSample, Run};
use ndarray::{Array2, s};
use rayon::prelude::*;

use crate::checkpoint::kept_or;
use crate::fitting::class_model::ClassModel;
use crate::fitting::moments::ClassMoments;
use crate::rows::scaling::{RowScaling, ScaledRows};
use crate::scoring::block::{ROW_BLOCK, Workspace};
use crate::scoring::block_summary::BlockSummary;
use crate::scoring::class_table::ClassTable;
use crate::scoring::device::Scorer;
use crate::scoring::own_error::OwnError;
use crate::search::prepared_table::PreparedTable;
use crate::search::scope::SearchScope;

/// Fitted reconstructors, one per class that had samples; immutable and shareable between threads.
#[derive(Clone, Debug)]
pub struct Reconstructors {
    pub(crate) table: Arc<ClassTable>,
    fitted: Vec<bool>,
    scaling: RowScaling,
    center: Vec<f64>,
    unit: f64,
    /// What errors are multiplied by in the end.
    pub(crate) error_unit: f64,
}

impl Reconstructors {
    pub(crate) fn new(rows: &ScaledRows<'_>, moments: &[ClassMoments], models: Vec<ClassModel>) -> Self {
        Self {
            table: Arc::new(ClassTable::new(moments, models, rows.shape().1)),
            fitted: moments.iter().map(|moments| moments.count > 0).collect(),
            scaling: rows.scaling(),
            center: rows.center().to_vec(),
            unit: rows.unit(),
            error_unit: rows.unit(),
        }
    }

    /// Of class models fitted anywhere on rows of unit length; `center` is subtracted from rows and already from means.
    pub(crate) fn of_models(moments: &[ClassMoments], models: Vec<ClassModel>, center: Vec<f64>) -> Self {
        Self {
            table: Arc::new(ClassTable::new(moments, models, center.len())),
            fitted: moments.iter().map(|moments| moments.count > 0).collect(),
            scaling: RowScaling::UnitNorm,
            center,
            unit: 1.0,
            error_unit: 1.0,
        }
    }

    /// The same with errors in another unit.
    pub(crate) fn with_error_unit(self, error_unit: f64) -> Self {
        Self { error_unit, ..self }
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.fitted.len()
    }

    /// The number of features d.
    pub fn features(&self) -> usize {
        self.center.len()
    }

    /// Errors of new samples: the summary of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`, by the plain
    /// formula (nothing is left out: for samples that were fitted on, ask the fitting method for its evidence).
    /// O(n·d·Σ_c(r_c + 1)), r_c the components of class c; memory independent of n but for the summary.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when shapes do not fit, [`Error::ClassNotFitted`] when a sample's own class had no
    /// samples, [`Error::TooFewClasses`] with fewer than two reconstructors, [`Error::Cancelled`].
    pub fn summary(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        let rows = self.scaled(embeddings);
        self.summary_of(&rows, given, &[], SearchScope::default(), run)
    }

    /// Errors of new samples under every class: `(n, k)`, infinite for a class that had no samples. O(n·k) memory.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `embeddings` has not d features, [`Error::Cancelled`].
    pub fn errors(&self, embeddings: &dyn EmbeddingSource, run: &Run<'_>) -> Result<Array2<f64>> {
        let rows = self.scaled(embeddings);
        let n = rows.shape().0;
        same_length("a row of embeddings", self.features(), rows.shape().1)?;
        let stage = run.stage("scoring", n);
        let mut errors = Array2::from_elem((n, self.class_count()), f64::INFINITY);
        let blocks = errors.axis_chunks_iter_mut(ndarray::Axis(0), ROW_BLOCK).into_par_iter().enumerate();
        blocks.try_for_each_init(Workspace::default, |workspace, (index, mut block)| {
            rows.read(index * ROW_BLOCK, workspace.rows(block.nrows(), self.features()))?;
            workspace.for_each_class(&self.table, |class, squared| {
                let roots = squared.iter().map(|squared| f64::from(*squared).sqrt() * self.error_unit);
                block.slice_mut(s![.., class]).iter_mut().zip(roots).for_each(|(out, root)| *out = root);
            });
            stage.advance(block.nrows())
        })?;
        Ok(errors)
    }

    /// Rows of `embeddings` as they are scored.
    pub(crate) fn scaled<'a>(&self, embeddings: &'a dyn EmbeddingSource) -> ScaledRows<'a> {
        ScaledRows::with_center(embeddings, self.scaling, &self.center, self.unit)
    }

    /// The summary with the own errors as `own` says; by the plain formula where it is empty.
    pub(crate) fn summary_of(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        scope: SearchScope,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        self.check(rows, given)?;
        if scope.prunes(&self.table) && given.len() > scope.sample {
            return self.pruned_summary(rows, given, own, scope, run);
        }
        let blocks = self.exhaustive_blocks(rows, given, scope, run)?;
        ErrorSummary::new(self.columns(blocks, own))
    }

    /// By a search of the classes.
    fn pruned_summary(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        scope: SearchScope,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let blocks = PreparedTable::new(&self.table, scope).summaries(rows, given, own, run)?;
        self.with_sampled_sums(blocks, own, rows, given, scope, run)
    }

    /// The summary of what a search found, with sums over all classes for a sample of the rows.
    pub(crate) fn with_sampled_sums(
        &self,
        blocks: Vec<BlockSummary>,
        own: &[OwnError],
        rows: &ScaledRows<'_>,
        given: &Labels,
        scope: SearchScope,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let mut columns = self.columns(blocks, own);
        let picked = scope.sampled_rows(given.len());
        let summed = self.sums(rows, given, &picked, run)?;
        let of_row = |(&row, (others, _)): (&u32, &(f64, u32))| others * self.error_unit + columns.own[row as usize];
        columns.sum = picked.iter().zip(&summed).map(of_row).collect();
        let differ = |(row, (_, class)): &(&u32, &(f64, u32))| columns.least_other_class[**row as usize] != *class;
        let disagreements = picked.iter().zip(&summed).filter(differ).count();
        columns.sampled = Some(RowSample { rows: picked, disagreements });
        ErrorSummary::new(columns)
    }

    /// For every picked row the sum of errors under all other classes, and the best of them.
    fn sums(&self, rows: &ScaledRows<'_>, given: &Labels, picked: &[u32], run: &Run<'_>) -> Result<Vec<(f64, u32)>> {
        let stage = run.stage("scoring a sample under all classes", picked.len());
        let block = |workspace: &mut Workspace, picked: &[u32]| {
            rows.pick(picked, workspace.rows(picked.len(), self.features()))?;
            let labels: Vec<u32> = picked.iter().map(|row| given.values()[*row as usize]).collect();
            let summary = workspace.summary(&self.table, &labels);
            stage.advance(picked.len())?;
            Ok(summary.sum_others.into_iter().zip(summary.class).collect())
        };
        let blocks: Vec<&[u32]> = picked.chunks(ROW_BLOCK).collect();
        Ok(blocks.into_par_iter().map_init(Workspace::default, block).collect::<Result<Vec<Vec<_>>>>()?.concat())
    }

    pub(crate) fn check(&self, rows: &ScaledRows<'_>, given: &Labels) -> Result<()> {
        let (n, d) = rows.shape();
        same_length("given labels", n, given.len())?;
        same_length("a row of embeddings", self.features(), d)?;
        same_class_count("the labels", self.class_count(), given.class_count())?;
        if let Some(row) = (0..n).find(|row| !self.fitted[given.class(*row)]) {
            return Err(Error::ClassNotFitted { row, class: given.class(row) });
        }
        Ok(())
    }

    /// Every row under every class.
    pub(crate) fn exhaustive_blocks(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        scope: SearchScope,
        run: &Run<'_>,
    ) -> Result<Vec<BlockSummary>> {
        let (n, d) = rows.shape();
        let stage = run.stage("scoring", n);
        let starts: Vec<usize> = (0..n).step_by(ROW_BLOCK).collect();
        let block = |workspace: &mut Workspace, start: usize| {
            let size = ROW_BLOCK.min(n - start);
            let decode = |bytes: &[u8]| BlockSummary::from_bytes(bytes, size);
            let part = scope.part("scoring", start, size);
            let summary = kept_or(run, part, decode, BlockSummary::to_bytes, || {
                rows.read(start, workspace.rows(size, d))?;
                Ok(workspace.summary(&self.table, &given.values()[start..start + size]))
            })?;
            stage.advance(size)?;
            Ok(summary)
        };
        starts.into_par_iter().map_init(Workspace::default, block).collect()
    }

    /// The same, scored by `scorer`.
    pub(crate) fn summary_on(
        &self,
        scorer: &dyn Scorer,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        self.check(rows, given)?;
        let summary = scorer.summary(&self.table.class_rows(), &rows.unscaled(), given, run)?;
        same_length("scored rows", given.len(), summary.own.len())?;
        ErrorSummary::new(self.columns(vec![summary], own))
    }

    /// Joins the blocks and leaves squares and scaled units behind.
    pub(crate) fn columns(&self, blocks: Vec<BlockSummary>, own: &[OwnError]) -> ErrorColumns {
        let reconstructors = self.fitted.iter().filter(|fitted| **fitted).count();
        let mut columns = ErrorColumns { reconstructors, classes: self.class_count(), ..ErrorColumns::default() };
        let root = |squared: f64| squared.sqrt() * self.error_unit;
        for block in blocks {
            for i in 0..block.own.len() {
                let left_out = own.get(columns.own.len()).copied().unwrap_or(OwnError::Plain);
                let own = root(left_out.or_plain(block.own[i], block.least[i]));
                columns.own.push(own);
                columns.least_other.push(root(f64::from(block.least[i])));
                columns.second_least_other.push(root(f64::from(block.second[i])));
            }
            let own = columns.own[columns.own.len() - block.own.len()..].iter();
            columns.sum.extend(block.sum_others.iter().zip(own).map(|(others, own)| others * self.error_unit + own));
            columns.least_other_class.extend(block.class);
        }
        columns
    }
}
