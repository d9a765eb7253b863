//! Slices that pages look at.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::session::requests::SliceRequest;

/// Slices kept; the oldest goes first.
const KEPT: usize = 16;

/// The samples of a slice at the time at which it was asked for: they stay while one decides on them.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) id: u64,
    pub(crate) rows: Vec<u32>,
    pub(crate) request: SliceRequest,
}

/// The latest slices.
#[derive(Debug, Default)]
pub(crate) struct Slices {
    slices: VecDeque<Arc<Slice>>,
    next: u64,
}

impl Slices {
    pub(crate) fn insert(&mut self, request: SliceRequest, rows: Vec<u32>) -> Arc<Slice> {
        self.next += 1;
        let slice = Arc::new(Slice { id: self.next, rows, request });
        self.slices.push_back(Arc::clone(&slice));
        if self.slices.len() > KEPT {
            self.slices.pop_front();
        }
        slice
    }

    pub(crate) fn get(&self, id: u64) -> Option<Arc<Slice>> {
        self.slices.iter().find(|slice| slice.id == id).cloned()
    }
}
