//! Faulty sources of embeddings.

use std::sync::atomic::{AtomicU32, Ordering};

use mislabel_core::checks::{rows_in_range, same_length};
use mislabel_core::{EmbeddingSource, Error, Result};
use mislabel_testkit::{Laws, check_source_laws};
use ndarray::{ArrayViewMut2, s};

use crate::Fault;

const SHAPE: (usize, usize) = (50, 3);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    Nothing,
    GatherSorts,
    WrapsAround,
    SlicePanics,
    BlockEnds,
    ChangesWithTime,
    HasHoles,
    SkipsUnknownRows,
    NarrowBuffers,
}

/// Feature j of row i is i + j/10.
struct Counting(Flaw, AtomicU32);

impl EmbeddingSource for Counting {
    fn shape(&self) -> (usize, usize) {
        SHAPE
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let (n, d) = SHAPE;
        match self.0 {
            Flaw::WrapsAround => {}
            Flaw::SlicePanics => assert!(start.checked_add(out.nrows()).is_some_and(|end| end <= n), "out of range"),
            _ => rows_in_range(n, start, out.nrows())?,
        }
        if self.0 != Flaw::NarrowBuffers {
            same_length("a row of the reading buffer", d, out.ncols())?;
        }
        let rows = out.nrows();
        for ((i, j), value) in out.indexed_iter_mut() {
            let row = (start.wrapping_add(i)) % n;
            *value = row as f32 + j as f32 / 10.0;
            match self.0 {
                Flaw::BlockEnds if i + 1 == rows && rows > 4 => *value = 0.0,
                Flaw::HasHoles if row == 17 => *value = f32::NAN,
                Flaw::ChangesWithTime => *value += self.1.fetch_add(1, Ordering::Relaxed) as f32,
                _ => {}
            }
        }
        Ok(())
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        same_length("the gathering buffer", rows.len(), out.nrows())?;
        let mut rows = rows.to_vec();
        if self.0 == Flaw::GatherSorts {
            rows.sort_unstable();
        }
        for (i, row) in rows.into_iter().enumerate() {
            match self.read_rows(row as usize, out.slice_mut(s![i..=i, ..])) {
                Err(Error::OutOfRange { .. }) if self.0 == Flaw::SkipsUnknownRows => {}
                read => read?,
            }
        }
        Ok(())
    }
}

fn check(flaw: Flaw) -> std::result::Result<(), mislabel_testkit::LawViolation> {
    check_source_laws(&Counting(flaw, AtomicU32::new(0)), &Laws::default())
}

pub(crate) fn faults() -> Vec<Fault> {
    let fault = |name, laws, flaw| Fault::new(name, laws, move || check(flaw));
    const BLOCKS: &[&str] = &["blocks do not matter"];
    const REQUESTS: &[&str] = &["bad requests are refused"];
    vec![
        fault("gathered rows come sorted", BLOCKS, Flaw::GatherSorts),
        fault("the last row of a block is lost", BLOCKS, Flaw::BlockEnds),
        fault("rows that change with time", BLOCKS, Flaw::ChangesWithTime),
        fault("a row that is NaN", BLOCKS, Flaw::HasHoles),
        fault("rows beyond the end wrap around", REQUESTS, Flaw::WrapsAround),
        fault("rows beyond the end panic", REQUESTS, Flaw::SlicePanics),
        fault("unknown rows are skipped", REQUESTS, Flaw::SkipsUnknownRows),
        fault("buffers of any width are filled", REQUESTS, Flaw::NarrowBuffers),
    ]
}

#[test]
fn without_a_fault_the_laws_hold() {
    assert_eq!(check(Flaw::Nothing), Ok(()));
}
