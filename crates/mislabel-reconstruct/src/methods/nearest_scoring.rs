//! Summary and nearest classes in one pass.

use mislabel_core::{ErrorSummary, Labels, NearestErrors, Result, Run};
use ndarray::{Array2, Axis, concatenate, s};
use rayon::prelude::*;

use crate::checkpoint::kept_or;
use crate::methods::reconstructors::Reconstructors;
use crate::rows::scaling::ScaledRows;
use crate::scoring::block::{ROW_BLOCK, Workspace};
use crate::scoring::block_summary::BlockSummary;
use crate::scoring::nearest_block::NearestBlock;
use crate::scoring::own_error::OwnError;
use crate::search::block_search::Search;
use crate::search::nearest::Nearest;
use crate::search::prepared_table::PreparedTable;
use crate::search::scope::SearchScope;

impl Reconstructors {
    /// The errors of `rows`, labeled `given`, under their own class, as `own` says, and under the `width` other classes
    /// of least error.
    pub(crate) fn nearest_of(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        (width, scope): (usize, SearchScope),
        run: &Run<'_>,
    ) -> Result<NearestErrors> {
        self.check(rows, given)?;
        let others = self.table.slots().len() - 1;
        let pruned = scope.prunes(&self.table) && given.len() > scope.sample;
        let blocks = match pruned {
            true => PreparedTable::new(&self.table, scope).nearest_blocks(
                rows,
                given,
                own,
                width.max(2).min(others),
                run,
            )?,
            false => self.scored(rows, given, (width.min(others), scope), run)?,
        };
        let (summaries, classes, errors) = self.parted(blocks, width.min(others));
        let summary = match pruned {
            true => self.with_sampled_sums(summaries, own, rows, given, scope, run)?,
            false => ErrorSummary::new(self.columns(summaries, own))?,
        };
        NearestErrors::new(summary, classes, errors)
    }

    /// Summaries of blocks, and of all their rows the nearest classes and the errors under them, `(n, width)`.
    pub(crate) fn parted(
        &self,
        blocks: Vec<NearestBlock>,
        width: usize,
    ) -> (Vec<BlockSummary>, Array2<u32>, Array2<f32>) {
        let (mut summaries, mut classes, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for block in blocks {
            summaries.push(block.summary);
            classes.push(block.classes.slice_move(s![.., ..width]));
            errors.push(block.errors.slice_move(s![.., ..width]).mapv_into(|squared| self.root(squared)));
        }
        (summaries, joined(&classes), joined(&errors))
    }

    fn root(&self, squared: f32) -> f32 {
        (f64::from(squared).sqrt() * self.error_unit) as f32
    }

    /// Every row under every class.
    pub(crate) fn scored(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        (width, scope): (usize, SearchScope),
        run: &Run<'_>,
    ) -> Result<Vec<NearestBlock>> {
        let (n, d) = rows.shape();
        let stage = run.stage("scoring the nearest classes", n);
        let block = |workspace: &mut Workspace, start: usize| {
            let labels = &given.values()[start..n.min(start + ROW_BLOCK)];
            let decode = |bytes: &[u8]| NearestBlock::from_bytes(bytes, labels.len(), width);
            let part = scope.part("nearest", start, labels.len());
            let block = kept_or(run, part, decode, NearestBlock::to_bytes, || {
                rows.read(start, workspace.rows(labels.len(), d))?;
                let mut block = NearestBlock::new(labels.len(), width);
                block.summary.sum_others = vec![0.0; labels.len()];
                let NearestBlock { summary, classes, errors } = &mut block;
                let mut nearest = Nearest { labels, classes: classes.view_mut(), errors: errors.view_mut() };
                workspace.for_each_class(&self.table, |class, squared| {
                    summary.offer(class as u32, labels, squared);
                    nearest.offer_all(class as u32, squared);
                });
                Ok(block)
            })?;
            stage.advance(labels.len())?;
            Ok(block)
        };
        let starts: Vec<usize> = (0..n).step_by(ROW_BLOCK).collect();
        starts.into_par_iter().map_init(Workspace::default, block).collect()
    }
}

impl PreparedTable {
    /// Every row under the classes that a search does not rule out; without sums.
    pub(crate) fn nearest_blocks(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        width: usize,
        run: &Run<'_>,
    ) -> Result<Vec<NearestBlock>> {
        let (n, size) = (given.len(), self.scope.block);
        let stage = run.stage("searching the nearest classes", n);
        let block = |search: &mut Search, start: usize| {
            let labels = &given.values()[start..n.min(start + size)];
            let decode = |bytes: &[u8]| NearestBlock::from_bytes(bytes, labels.len(), width);
            let part = self.scope.part("nearest search", start, labels.len());
            let block = kept_or(run, part, decode, NearestBlock::to_bytes, || {
                search.read(self, rows, start, labels.len())?;
                let mut block = NearestBlock::new(labels.len(), width);
                let plain = |row: usize| own.get(start + row).copied().unwrap_or(OwnError::Plain) == OwnError::Plain;
                search.own_errors(self, labels, plain, &mut block.summary.own);
                let NearestBlock { classes, errors, .. } = &mut block;
                let mut nearest = Nearest { labels, classes: classes.view_mut(), errors: errors.view_mut() };
                search.search(self, labels, &mut nearest);
                block.summarize();
                Ok(block)
            })?;
            stage.advance(labels.len())?;
            Ok(block)
        };
        let starts: Vec<usize> = (0..n).step_by(size).collect();
        starts.into_par_iter().map_init(Search::default, block).collect()
    }
}

fn joined<T: Clone>(blocks: &[Array2<T>]) -> Array2<T> {
    let views: Vec<_> = blocks.iter().map(|block| block.view()).collect();
    concatenate(Axis(0), &views).expect("all blocks have one width, and there is one at least")
}
