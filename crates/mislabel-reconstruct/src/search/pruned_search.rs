//! Searching the classes that reconstruct a row best, most classes being ruled out early.
//!
//! Of every pair of a row and a class an estimate of the error is had cheaply, and what it is not below: from products
//! of bytes ([`EightBitTable`](crate::search::quantized_table::EightBitTable)) where the machine multiplies them fast,
//! else by the class mean and leading components (with r of them known, Δ_c² lies between e − g_{r+1}·ρ and e, where e
//! is the error so far, ρ the part of ‖x − m‖² that they leave open, and g_{r+1} the largest factor left). The classes
//! of least estimates are evaluated first; what they give rules most others out. Every entry of a product is the same
//! in whatever company it is computed ([`Products`](mislabel_linalg::Products)), so what is evaluated equals
//! the exhaustive result bit for bit.

use mislabel_core::{Labels, Result, Run};
use rayon::prelude::*;

use crate::checkpoint::{flag_bytes, flags, kept_or};
use crate::rows::scaling::ScaledRows;
use crate::scoring::block_summary::BlockSummary;
use crate::scoring::own_error::OwnError;
use crate::search::block_search::Search;
use crate::search::goal::Passed;
use crate::search::prepared_table::PreparedTable;

impl PreparedTable {
    /// The least two errors of every row; own errors where `own` says [`OwnError::Plain`]. Sums are left out.
    pub(crate) fn summaries(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        run: &Run<'_>,
    ) -> Result<Vec<BlockSummary>> {
        let n = given.len();
        let stage = run.stage("searching classes", n);
        let size = self.scope.block;
        let starts: Vec<usize> = (0..n).step_by(size).collect();
        let block = |search: &mut Search, start: usize| {
            let labels = &given.values()[start..n.min(start + size)];
            let decode = |bytes: &[u8]| BlockSummary::from_bytes(bytes, labels.len());
            let part = self.scope.part("search", start, labels.len());
            let summary = kept_or(run, part, decode, BlockSummary::to_bytes, || {
                search.read(self, rows, start, labels.len())?;
                let mut summary = BlockSummary::new(labels.len());
                let plain = |row: usize| own.get(start + row).copied().unwrap_or(OwnError::Plain) == OwnError::Plain;
                search.own_errors(self, labels, plain, &mut summary.own);
                search.search(self, labels, &mut summary);
                Ok(summary)
            })?;
            stage.advance(labels.len())?;
            Ok(summary)
        };
        starts.into_par_iter().map_init(Search::default, block).collect()
    }

    /// For every sample whether no other class has Δ_c < Δ_own/`threshold`; `own` must not hold [`OwnError::Plain`].
    pub(crate) fn passed(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        threshold: f64,
        run: &Run<'_>,
    ) -> Result<Vec<bool>> {
        let stage = run.stage("screening", given.len());
        let (n, size) = (given.len(), self.scope.block);
        let block = |search: &mut Search, start: usize| {
            let range = start..n.min(start + size);
            let decode = |bytes: &[u8]| flags(bytes, range.len());
            let part = self.scope.part("screening", start, range.len());
            let passed = kept_or(
                run,
                part,
                decode,
                |flags| flag_bytes(flags),
                || {
                    search.read(self, rows, start, range.len())?;
                    let own = &own[range.clone()];
                    let bars = own.iter().map(|own| own.limit(threshold)).collect();
                    let mut goal = Passed { own, threshold, bars, passed: vec![true; range.len()] };
                    search.search(self, &given.values()[range.clone()], &mut goal);
                    Ok(goal.passed)
                },
            )?;
            stage.advance(range.len())?;
            Ok(passed)
        };
        let starts: Vec<usize> = (0..n).step_by(size).collect();
        Ok(starts.into_par_iter().map_init(Search::default, block).collect::<Result<Vec<_>>>()?.concat())
    }
}
