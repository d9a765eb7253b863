//! The running nearest candidates of a block of samples.

use crate::search::rows::SearchRows;

/// Keys compared at a time; most groups hold no candidate good enough, which their greatest key shows.
const GROUP: usize = 16;

/// Candidates kept beyond k while keys are f32, so that the k nearest in f64 are among them unless more than this many
/// are within rounding of the k-th.
pub(crate) const SPARE: usize = 8;

/// The `width` best candidates so far of every row of a block, by key u·v − ‖v‖²/2: the greater, the nearer.
pub(crate) struct Nearest {
    width: usize,
    keys: Vec<f32>,
    candidates: Vec<u32>,
}

impl Nearest {
    pub(crate) fn new(rows: usize, width: usize) -> Self {
        Self { width, keys: vec![f32::NEG_INFINITY; rows * width], candidates: vec![0; rows * width] }
    }

    /// Takes the candidates `first..` into account for one row of the block, which is sample `own`; `products` are
    /// u·v and `half_squares` ‖v‖²/2 of those candidates. Of equal keys the earlier candidate stays.
    pub(crate) fn offer(&mut self, row: usize, own: usize, first: usize, products: &[f32], half_squares: &[f32]) {
        let width = self.width;
        let keys = &mut self.keys[row * width..][..width];
        let candidates = &mut self.candidates[row * width..][..width];
        let groups = products.chunks(GROUP).zip(half_squares.chunks(GROUP)).enumerate();
        for (group, (products, half_squares)) in groups {
            let mut offered = [f32::NEG_INFINITY; GROUP];
            let pairs = products.iter().zip(half_squares);
            offered.iter_mut().zip(pairs).for_each(|(key, (product, half))| *key = product - half);
            if greatest(&offered) <= keys[width - 1] {
                continue;
            }
            for (place, &key) in offered[..products.len()].iter().enumerate() {
                let candidate = first + group * GROUP + place;
                if key > keys[width - 1] && candidate != own {
                    insert(keys, candidates, key, candidate as u32);
                }
            }
        }
    }

    /// The candidates of one row of the block, best first; fewer where fewer were offered.
    pub(crate) fn candidates(&self, row: usize) -> &[u32] {
        let keys = &self.keys[row * self.width..][..self.width];
        let offered = keys.partition_point(|key| *key > f32::NEG_INFINITY);
        &self.candidates[row * self.width..][..offered]
    }

    /// The `k` nearest candidates of one row of the block, which is sample `own`, by distance in f64; ties to the
    /// lower number. Calls `place(rank, neighbor, distance)` for each.
    pub(crate) fn settle(&self, row: usize, own: usize, rows: &SearchRows, found: &mut Vec<(f64, u32)>) {
        found.clear();
        let candidates = &self.candidates[row * self.width..][..self.width];
        found.extend(candidates.iter().map(|&candidate| (rows.squared(own, candidate as usize), candidate)));
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
}

fn greatest(keys: &[f32; GROUP]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 4];
    for quarter in keys.as_chunks::<4>().0 {
        lanes.iter_mut().zip(quarter).for_each(|(lane, key)| *lane = if *key > *lane { *key } else { *lane });
    }
    lanes.iter().fold(f32::NEG_INFINITY, |greatest, lane| greatest.max(*lane))
}

/// Puts a key behind all that are at least as great, and drops the last.
fn insert(keys: &mut [f32], candidates: &mut [u32], key: f32, candidate: u32) {
    let place = keys.partition_point(|kept| *kept >= key);
    let last = keys.len() - 1;
    keys.copy_within(place..last, place + 1);
    candidates.copy_within(place..last, place + 1);
    keys[place] = key;
    candidates[place] = candidate;
}
