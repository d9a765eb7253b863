//! The running nearest candidates of a block of samples.

use crate::search::rows::{SearchRows, square};

/// Keys compared at a time; most groups hold no candidate good enough, which their greatest key shows.
const GROUP: usize = 16;

/// Candidates kept beyond k while keys are f32, so that the k nearest in f64 are among them and are known to be, unless more
/// than this many are within rounding of the k-th.
pub(crate) const SPARE: usize = 8;

/// Rounding of two squares by f32 keys, in units of √d · ε · the square of the longest row: d errors add up as √d, and eight are
/// far out.
const ROUNDING: f64 = 8.0;

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

    /// Puts the nearest of sample `own`, which is a row of the block, into `found`, as [`settle`] does.
    pub(crate) fn settle(&self, row: usize, own: usize, k: usize, rows: &SearchRows, found: &mut Vec<(f64, u32)>) {
        settle(&self.candidates[row * self.width..][..self.width], own, k, rows, found);
    }
}

/// Puts `candidates`, which are at least k and the best by f32 keys, into `found`, nearest to sample `own` first by distance in
/// f64; ties to the lower number. Where the k nearest may not be among them all samples are candidates: O(n·d).
pub(crate) fn settle(candidates: &[u32], own: usize, k: usize, rows: &SearchRows, found: &mut Vec<(f64, u32)>) {
    measure(own, candidates.iter().copied(), rows, found);
    let n = rows.shape().0;
    if found.len() + 1 < n && others_may_be_nearer(own, k, rows, found) {
        measure(own, (0..n as u32).filter(|sample| *sample as usize != own), rows, found);
    }
}

fn measure(own: usize, candidates: impl Iterator<Item = u32>, rows: &SearchRows, found: &mut Vec<(f64, u32)>) {
    found.clear();
    found.extend(candidates.map(|candidate| (rows.squared(own, candidate as usize), candidate)));
    found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
}

/// Whether a sample that is not in `found` may be nearer than the k-th there: all others are as far as the last, but for rounding.
fn others_may_be_nearer(own: usize, k: usize, rows: &SearchRows, found: &[(f64, u32)]) -> bool {
    let (kth, last) = (found[k - 1].0, found[found.len() - 1].0);
    if kth == 0.0 {
        return false;
    }
    let (length, d) = (square(rows.block(own, 1)).sqrt(), rows.shape().1 as f64);
    let longest = length + last.sqrt();
    let rounding = ROUNDING * d.sqrt() * f64::from(f32::EPSILON) * longest * longest;
    last - rounding - d * f64::from(f32::MIN_POSITIVE) <= kth
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
