//! Thumbnails that were made lately.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Bytes that are kept.
const MOST_BYTES: usize = 64 << 20;

/// Thumbnails by sample; the oldest go first.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    pictures: HashMap<u32, Arc<Vec<u8>>>,
    order: VecDeque<u32>,
    bytes: usize,
}

impl Cache {
    pub(crate) fn get(&self, row: u32) -> Option<Arc<Vec<u8>>> {
        self.pictures.get(&row).cloned()
    }

    pub(crate) fn insert(&mut self, row: u32, picture: Arc<Vec<u8>>) {
        if picture.len() > MOST_BYTES || self.pictures.contains_key(&row) {
            return;
        }
        self.bytes += picture.len();
        self.pictures.insert(row, picture);
        self.order.push_back(row);
        while self.bytes > MOST_BYTES {
            let oldest = self.order.pop_front().and_then(|row| self.pictures.remove(&row));
            self.bytes -= oldest.map_or(0, |picture| picture.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_pictures_make_room() {
        let mut cache = Cache::default();
        for row in 0..5 {
            cache.insert(row, Arc::new(vec![0; 20 << 20]));
        }
        assert!(cache.get(1).is_none() && cache.get(2).is_some() && cache.get(4).is_some());
        assert!(cache.bytes <= MOST_BYTES);
    }
}
