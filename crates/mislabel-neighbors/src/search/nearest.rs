//! The running nearest candidates of a block of samples.

use crate::search::rows::SearchRows;

/// Keys compared at a time; most groups hold no candidate good enough, which their greatest key shows.
const GROUP: usize = 16;

/// Candidates kept beyond k while keys are f32, so that the k nearest in f64 are among them unless more than this many
/// are within rounding of the k-th.
pub(crate) const SPARE: usize = 8;

/// The `width` best candidates so far of every row of a block, by key u·v − ‖v‖²/2: the greater, the nearer. Of equal keys
/// that of the lower rank is better ([`marks::rank`]), whatever the order in which they are offered.
///
/// [`marks::rank`]: crate::search::marks::rank
pub(crate) struct Nearest {
    width: usize,
    keys: Vec<f32>,
    candidates: Vec<u32>,
}

impl Nearest {
    pub(crate) fn new(rows: usize, width: usize) -> Self {
        let places = rows * width;
        Self { width, keys: vec![f32::NEG_INFINITY; places], candidates: vec![0; places] }
    }

    /// Takes the candidates `first..` into account for one row of the block, which is sample `own`; `products` are
    /// u·v and `half_squares` ‖v‖²/2 of those candidates, and `rank` says which of several at the same key is better. Of
    /// equal ranks the earlier candidate stays.
    pub(crate) fn offer(
        &mut self,
        row: usize,
        own: usize,
        first: usize,
        products: &[f32],
        half_squares: &[f32],
        rank: impl Fn(usize) -> u64,
    ) {
        let width = self.width;
        let keys = &mut self.keys[row * width..][..width];
        let candidates = &mut self.candidates[row * width..][..width];
        let groups = products.chunks(GROUP).zip(half_squares.chunks(GROUP)).enumerate();
        for (group, (products, half_squares)) in groups {
            let mut offered = [f32::NEG_INFINITY; GROUP];
            let pairs = products.iter().zip(half_squares);
            offered.iter_mut().zip(pairs).for_each(|(key, (product, half))| *key = product - half);
            if greatest(&offered) < keys[width - 1] {
                continue;
            }
            take(keys, candidates, own, first + group * GROUP, &offered[..products.len()], &rank);
        }
    }

    /// The candidates of one row of the block, best first; fewer where fewer were offered.
    pub(crate) fn candidates(&self, row: usize) -> &[u32] {
        let keys = &self.keys[row * self.width..][..self.width];
        let offered = keys.partition_point(|key| *key > f32::NEG_INFINITY);
        &self.candidates[row * self.width..][..offered]
    }

    /// Puts the candidates of one row of the block, which is sample `own`, into `found`, nearest first by distance in f64;
    /// ties go to the lower rank, and of equal rows to the lower number.
    pub(crate) fn settle(&self, row: usize, own: usize, rows: &SearchRows, found: &mut Vec<Found>) {
        settle(&self.candidates[row * self.width..][..self.width], own, rows, found);
    }
}

/// Squared distance, rank, and number of a neighbor.
pub(crate) type Found = (f64, u64, u32);

/// As [`Nearest::settle`], with any `candidates`.
pub(crate) fn settle(candidates: &[u32], own: usize, rows: &SearchRows, found: &mut Vec<Found>) {
    let measured =
        |&candidate: &u32| (rows.squared(own, candidate as usize), rows.rank(own, candidate as usize), candidate);
    found.clear();
    found.extend(candidates.iter().map(measured));
    found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
}

fn greatest(keys: &[f32; GROUP]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 4];
    for quarter in keys.as_chunks::<4>().0 {
        lanes.iter_mut().zip(quarter).for_each(|(lane, key)| *lane = if *key > *lane { *key } else { *lane });
    }
    lanes.iter().fold(f32::NEG_INFINITY, |greatest, lane| greatest.max(*lane))
}

/// Takes the candidates `first..` of the keys `offered`, some of which may be good enough.
fn take(
    keys: &mut [f32],
    candidates: &mut [u32],
    own: usize,
    first: usize,
    offered: &[f32],
    rank: &impl Fn(usize) -> u64,
) {
    let last = keys.len() - 1;
    for (place, &key) in offered.iter().enumerate() {
        let candidate = first + place;
        if key < keys[last] || candidate == own {
            continue;
        }
        let is_better = |kept: u32| rank(candidate) < rank(kept as usize);
        if key > keys[last] || is_better(candidates[last]) {
            insert(keys, candidates, key, candidate as u32, is_better);
        }
    }
}

/// Puts a candidate behind all of a greater key, and behind those of the same key than which it is not better, and drops the last.
fn insert(keys: &mut [f32], candidates: &mut [u32], key: f32, candidate: u32, is_better: impl Fn(u32) -> bool) {
    let above = keys.partition_point(|kept| *kept > key);
    let alike = keys[above..].partition_point(|kept| *kept == key);
    let place = above + candidates[above..above + alike].partition_point(|kept| !is_better(*kept));
    let last = keys.len() - 1;
    keys.copy_within(place..last, place + 1);
    candidates.copy_within(place..last, place + 1);
    keys[place] = key;
    candidates[place] = candidate;
}
