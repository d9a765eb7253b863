//! Fitted reconstructors of all classes, ready to score.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassMembers, EmbeddingSource, Error, ErrorColumns, ErrorSummary, Labels, Result, RowSample, Run};
use ndarray::{Array2, s};
use rayon::prelude::*;

use crate::checkpoint::kept_or;
use crate::fitting::class_model::ClassModel;
use crate::fitting::moments::ClassMoments;
use crate::rows::scaling::{ScaledRows, Scaling};
use crate::scoring::block::{BlockSummary, ROW_BLOCK, Workspace};
use crate::scoring::device::{ClassRow, Scorer};
use crate::search::prepared_table::{Pruning, SearchScope};

/// Where a class stands in the table.
#[derive(Clone, Debug)]
pub(crate) struct ClassSlot {
    /// The class.
    pub(crate) class: usize,
    /// Its first table row: the mean; the directions follow.
    pub(crate) start: usize,
    /// 1 − f̄: the share of ‖x − m‖² that no component explains.
    pub(crate) open: f32,
    /// (1 − f̄)·‖m‖², and the penalty if there is one.
    pub(crate) constant: f32,
    /// ‖m‖².
    pub(crate) square: f32,
    /// aᵀ_j m for every direction.
    pub(crate) offsets: Vec<f32>,
    /// ‖a_j‖² for every direction, descending.
    pub(crate) factors: Vec<f32>,
}

impl ClassSlot {
    /// Table rows of the class.
    pub(crate) fn width(&self) -> usize {
        1 + self.offsets.len()
    }

    /// The squared error of a row of squared norm `norm` and product `product` with the mean, before any component.
    pub(crate) fn unexplained(&self, norm: f32, product: f32) -> f32 {
        self.open * (norm - 2.0 * product) + self.constant
    }
}

/// Means and directions of all classes as rows of one matrix, so that one product serves many classes.
#[derive(Clone, Debug)]
pub(crate) struct ClassTable {
    slots: Vec<ClassSlot>,
    rows: Vec<f32>,
    features: usize,
}

impl ClassTable {
    /// Joins the models of all classes that have samples, each freed as it is copied.
    pub(crate) fn new(moments: &[ClassMoments], models: Vec<ClassModel>, features: usize) -> Self {
        let mut table = Self { slots: Vec::new(), rows: Vec::new(), features };
        for (class, (moments, model)) in moments.iter().zip(models).enumerate() {
            if moments.count > 0 {
                table.push(class, &moments.mean, &model);
            }
        }
        table
    }

    fn push(&mut self, class: usize, mean: &[f64], model: &ClassModel) {
        let directions = model.directions.as_slice();
        let dot = |direction: &[f32]| direction.iter().zip(mean).map(|(a, m)| f64::from(*a) * m).sum::<f64>() as f32;
        self.slots.push(ClassSlot {
            class,
            start: self.rows.len() / self.features,
            open: (1.0 - model.tail) as f32,
            square: mean.iter().map(|m| m * m).sum::<f64>() as f32,
            factors: model.factors.iter().map(|factor| *factor as f32).collect(),
            constant: ((1.0 - model.tail) * mean.iter().map(|m| m * m).sum::<f64>() + model.penalty) as f32,
            offsets: directions.chunks_exact(self.features).map(dot).collect(),
        });
        self.rows.extend(mean.iter().map(|m| *m as f32));
        self.rows.extend_from_slice(directions);
    }

    /// `width` table rows from `first` on.
    pub(crate) fn rows(&self, first: usize, width: usize) -> &[f32] {
        &self.rows[first * self.features..(first + width) * self.features]
    }

    /// All classes, for a machine that scores in the CPU's stead.
    fn class_rows(&self) -> Vec<ClassRow<'_>> {
        let class_row = |slot: &ClassSlot| {
            let (mean, directions) = self.rows(slot.start, slot.width()).split_at(self.features);
            ClassRow { class: slot.class, scale: slot.open, constant: slot.constant, mean, directions }
        };
        self.slots.iter().map(class_row).collect()
    }

    /// Runs of neighbouring classes of together at most `most` table rows, or one class alone.
    pub(crate) fn groups(&self, most: usize) -> impl Iterator<Item = &[ClassSlot]> {
        let mut rest = self.slots.as_slice();
        std::iter::from_fn(move || {
            let mut width = 0;
            let fits = |slot: &&ClassSlot| {
                width += slot.width();
                width <= most
            };
            let count = rest.iter().take_while(fits).count().max(1).min(rest.len());
            let (group, tail) = rest.split_at(count);
            rest = tail;
            (!group.is_empty()).then_some(group)
        })
    }

    /// Where the classes stand, ascending by class.
    pub(crate) fn slots(&self) -> &[ClassSlot] {
        &self.slots
    }
}

/// Fitted reconstructors, one per class that had samples; immutable and shareable between threads.
#[derive(Clone, Debug)]
pub struct Reconstructors {
    pub(crate) table: ClassTable,
    fitted: Vec<bool>,
    scaling: Scaling,
    centre: Vec<f64>,
    unit: f64,
    /// What errors are multiplied by in the end.
    pub(crate) error_unit: f64,
}

impl Reconstructors {
    pub(crate) fn new(rows: &ScaledRows<'_>, moments: &[ClassMoments], models: Vec<ClassModel>) -> Self {
        Self {
            table: ClassTable::new(moments, models, rows.shape().1),
            fitted: moments.iter().map(|moments| moments.count > 0).collect(),
            scaling: rows.scaling(),
            centre: rows.centre().to_vec(),
            unit: rows.unit(),
            error_unit: rows.unit(),
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
        self.centre.len()
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
        ScaledRows::with_centre(embeddings, self.scaling, &self.centre, self.unit)
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

    /// By a search of the classes, with sums over all classes for a sample of the rows.
    fn pruned_summary(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        scope: SearchScope,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let blocks = Pruning::new(&self.table, scope).summaries(rows, given, own, run)?;
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

    fn check(&self, rows: &ScaledRows<'_>, given: &Labels) -> Result<()> {
        let (n, d) = rows.shape();
        same_length("given labels", n, given.len())?;
        same_length("a row of embeddings", self.features(), d)?;
        same_length("classes of the labels", self.class_count(), given.class_count())?;
        if let Some(row) = (0..n).find(|row| !self.fitted[given.class(*row)]) {
            return Err(Error::ClassNotFitted { row, class: given.class(row) });
        }
        Ok(())
    }

    /// Every row under every class.
    fn exhaustive_blocks(
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
    fn columns(&self, blocks: Vec<BlockSummary>, own: &[OwnError]) -> ErrorColumns {
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

/// Where a sample's own error comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum OwnError {
    /// The plain formula: the sample was not fitted on.
    Plain,
    /// Squared error with the sample left out.
    LeftOut(f64),
    /// The sample is alone in its class, which says nothing about it.
    Alone,
}

impl OwnError {
    /// The own errors of all n samples, from the leave-one-out errors of every class's members.
    pub(crate) fn of_members(members: &ClassMembers, n: usize, squared: impl Fn(usize) -> Vec<f64>) -> Vec<Self> {
        let mut own = vec![Self::Plain; n];
        for class in 0..members.class_count() {
            match members.rows(class) {
                [row] => own[*row as usize] = Self::Alone,
                rows => {
                    let errors = rows.iter().zip(squared(class));
                    errors.for_each(|(row, error)| own[*row as usize] = Self::LeftOut(error));
                }
            }
        }
        own
    }

    /// Whether χ exceeds `threshold` when another class has the squared error `other`.
    /// A sample alone in its class has χ = 1, and trimming leaves it in whatever the threshold.
    pub(crate) fn exceeds(self, threshold: f64, other: f32) -> bool {
        match self {
            Self::LeftOut(squared) => squared.max(0.0).sqrt() > threshold * f64::from(other).sqrt(),
            Self::Plain | Self::Alone => false,
        }
    }

    /// From which squared error on another class surely leaves χ at `threshold` or below, rounding included.
    pub(crate) fn limit(self, threshold: f64) -> f32 {
        match self {
            Self::LeftOut(squared) => (squared / (threshold * threshold)) as f32 * (1.0 + 4.0 * f32::EPSILON),
            Self::Plain | Self::Alone => f32::NEG_INFINITY,
        }
    }

    /// The squared own error, given the one by the plain formula and the least one under another class.
    fn or_plain(self, plain: f32, least_other: f32) -> f64 {
        match self {
            Self::Plain => f64::from(plain),
            Self::LeftOut(squared) => squared.max(0.0),
            Self::Alone => f64::from(least_other),
        }
    }
}
