//! Clusters in place of labels: k-means over embeddings that are read in blocks.

use std::ops::Range;

use mislabel_core::{EmbeddingSource, Error, Labels, Result, Run, split_seed};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};
use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rand::{Rng, RngExt, SeedableRng};
use rayon::prelude::*;

/// Lloyd's k-means, started by greedy k-means++ (Arthur & Vassilvitskii 2007) on a random sample of the rows.
///
/// The same seed gives the same clusters on any number of threads: the rows are split into 16 fixed shards whose
/// sums are added in order. Memory is O(n + 16·k·d), time O(n·k·d) per round. A cluster that loses all its rows
/// keeps its center and may stay empty: its class is then absent from the labels.
///
/// ```
/// use mislabel_core::{Embeddings, Run};
/// use mislabel_rer::KMeans;
/// use ndarray::array;
///
/// let rows = array![[0.0_f32], [0.1], [9.0], [9.1]];
/// let labels = KMeans { clusters: 2, ..KMeans::default() }.labels(&Embeddings::new(rows.view())?, &Run::quiet())?;
/// assert_eq!(labels.class(0), labels.class(1));
/// assert_eq!(labels.class(2), labels.class(3));
/// assert_ne!(labels.class(0), labels.class(2));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct KMeans {
    /// The number of clusters k, from 2 to n; default 10.
    pub clusters: usize,
    /// The most rounds of Lloyd's algorithm, at least 1; default 50. It stops earlier when no row changes cluster.
    pub rounds: usize,
    /// Seed of the start; default 0.
    pub seed: u64,
}

impl Default for KMeans {
    fn default() -> Self {
        Self { clusters: 10, rounds: 50, seed: 0 }
    }
}

const SHARDS: usize = 16;
const BLOCK: usize = 1024;
const LANES: usize = 16;
/// Rows that k-means++ chooses centers from: this many, or this many per cluster where that is more.
const POOL: (usize, usize) = (10_000, 20);

impl KMeans {
    /// The cluster of each of the n rows of `embeddings`, `(n, d)`, as labels over `clusters` classes.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a number of clusters or rounds outside its range, [`Error::Cancelled`], and what the
    /// source reports.
    pub fn labels(&self, embeddings: &dyn EmbeddingSource, run: &Run<'_>) -> Result<Labels> {
        let (n, _) = embeddings.shape();
        if self.clusters < 2 || self.clusters > n {
            let requirement = "at least 2 and at most the number of samples";
            return Err(Error::parameter("clusters", self.clusters, requirement));
        }
        if self.rounds == 0 {
            return Err(Error::parameter("rounds", 0.0, "at least 1"));
        }
        let rows = CenteredRows::new(embeddings)?;
        let stage = run.stage("clustering", self.rounds);
        let mut centers = self.start(&rows)?;
        let mut clusters = vec![u32::MAX; n];
        for _ in 0..self.rounds {
            let changed = round(&rows, &mut centers, &mut clusters)?;
            stage.advance(1)?;
            if !changed {
                break;
            }
        }
        Labels::new(clusters, self.clusters)
    }

    /// Greedy k-means++: of 2 + ln k rows drawn with probability proportional to their squared distance from the
    /// centers so far, the one that lowers the sum of these distances most is the next center.
    /// Fewer than k centers where the rows have fewer distinct values.
    fn start(&self, rows: &CenteredRows<'_>) -> Result<Array2<f32>> {
        let mut random = ChaCha8Rng::seed_from_u64(split_seed(self.seed, &[0]));
        let size = rows.n.min(POOL.0.max(POOL.1.saturating_mul(self.clusters)));
        let mut sampled: Vec<u32> = index::sample(&mut random, rows.n, size).iter().map(|row| row as u32).collect();
        sampled.sort_unstable();
        let pool = rows.gather(&sampled)?;
        let trials = 2 + (self.clusters as f64).ln() as usize;
        let mut chosen = vec![random.random_range(0..size)];
        let mut distances = lowered(&vec![f64::INFINITY; size], &pool, chosen[0]);
        while chosen.len() < self.clusters {
            let candidates: Vec<usize> = (0..trials).filter_map(|_| drawn(&distances, &mut random)).collect();
            let outcomes = candidates.into_iter().map(|row| (row, lowered(&distances, &pool, row)));
            let total = |outcome: &(usize, Vec<f64>)| outcome.1.iter().sum::<f64>();
            let best = outcomes.min_by(|a, b| total(a).total_cmp(&total(b)));
            let Some((row, lower)) = best else { break };
            chosen.push(row);
            distances = lower;
        }
        Ok(pool.select(Axis(0), &chosen))
    }
}

/// Squared distances of the rows of `pool` from their nearest center, with row `center` as one more center.
fn lowered(distances: &[f64], pool: &Array2<f32>, center: usize) -> Vec<f64> {
    let width = pool.ncols();
    let values = pool.as_slice().expect("the pool is in standard layout");
    let center = &values[center * width..][..width];
    let rows = distances.par_iter().zip(values.par_chunks_exact(width));
    rows.map(|(least, row)| least.min(squared_distance(row, center))).collect()
}

/// An index drawn in proportion to `weights`; `None` when all are 0.
fn drawn(weights: &[f64], random: &mut impl Rng) -> Option<usize> {
    let total: f64 = weights.iter().sum();
    let mut left = random.random::<f64>() * total;
    let positive = || weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
    let reached = positive().find(|(_, weight)| {
        left -= **weight;
        left < 0.0
    });
    reached.or_else(|| positive().next_back()).map(|(row, _)| row)
}

/// Exactly 0 for equal rows. Summed in 16 lanes, which the compiler turns into vector instructions.
fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0.0_f32; LANES];
    for (a, b) in a.0.iter().zip(b.0) {
        for lane in 0..LANES {
            lanes[lane] += (a[lane] - b[lane]) * (a[lane] - b[lane]);
        }
    }
    let rest = a.1.iter().zip(b.1).map(|(a, b)| (a - b) * (a - b));
    lanes.into_iter().chain(rest).map(f64::from).sum()
}

/// One round of Lloyd's algorithm: nearest centers, then means. Whether any row changed its cluster.
fn round(rows: &CenteredRows<'_>, centers: &mut Array2<f32>, clusters: &mut [u32]) -> Result<bool> {
    let half_norms: Array1<f32> = centers.rows().into_iter().map(|center| 0.5 * center.dot(&center)).collect();
    let shards: Vec<(Range<usize>, &mut [u32])> = rows.shards(clusters);
    let assign = |(range, clusters): (Range<usize>, &mut [u32])| {
        let mut sums = ClusterSums::new(centers.dim());
        rows.blocks(range.clone(), |start, block| {
            let mut affinity = block.dot(&centers.t());
            affinity -= &half_norms;
            for (i, affinity) in affinity.outer_iter().enumerate() {
                sums.take(&mut clusters[start - range.start + i], nearest(affinity), block.row(i));
            }
        })?;
        Ok(sums)
    };
    let sums = shards.into_par_iter().map(assign).collect::<Result<Vec<ClusterSums>>>()?;
    let total = sums.into_iter().reduce(ClusterSums::plus);
    let Some(total) = total else { return Ok(false) };
    total.centers(centers);
    Ok(total.changed)
}

/// The center c of greatest x·c − ½‖c‖², which is the nearest; the first wins a tie.
fn nearest(affinity: ArrayView1<'_, f32>) -> u32 {
    let best = |best: (usize, f32), (c, &value): (usize, &f32)| if value > best.1 { (c, value) } else { best };
    affinity.iter().enumerate().fold((0, f32::NEG_INFINITY), best).0 as u32
}

/// Sums over the rows of each cluster.
struct ClusterSums {
    sums: Array2<f64>,
    counts: Vec<usize>,
    changed: bool,
}

impl ClusterSums {
    fn new(shape: (usize, usize)) -> Self {
        Self { sums: Array2::zeros(shape), counts: vec![0; shape.0], changed: false }
    }

    fn take(&mut self, cluster: &mut u32, nearest: u32, row: ArrayView1<'_, f32>) {
        self.changed |= *cluster != nearest;
        *cluster = nearest;
        self.counts[nearest as usize] += 1;
        self.sums.row_mut(nearest as usize).zip_mut_with(&row, |sum, value| *sum += f64::from(*value));
    }

    fn plus(mut self, other: Self) -> Self {
        self.sums += &other.sums;
        self.counts.iter_mut().zip(other.counts).for_each(|(count, other)| *count += other);
        self.changed |= other.changed;
        self
    }

    fn centers(&self, centers: &mut Array2<f32>) {
        let rows = centers.outer_iter_mut().zip(self.sums.outer_iter()).zip(&self.counts);
        for ((mut center, sum), &count) in rows.filter(|(_, count)| **count > 0) {
            center.zip_mut_with(&sum, |center, sum| *center = (sum / count as f64) as f32);
        }
    }
}

/// Rows scaled into [−1, 1] and moved to mean 0, so that no product overflows or cancels.
struct CenteredRows<'a> {
    source: &'a dyn EmbeddingSource,
    n: usize,
    scale: f64,
    mean: Array1<f64>,
}

impl<'a> CenteredRows<'a> {
    fn new(source: &'a dyn EmbeddingSource) -> Result<Self> {
        let (n, d) = source.shape();
        let raw = Self { source, n, scale: 1.0, mean: Array1::zeros(d) };
        let moments = |range: Range<usize>| {
            let (mut sum, mut largest) = (Array1::<f64>::zeros(d), 0.0_f32);
            raw.blocks(range, |_, block| {
                for row in block.outer_iter() {
                    sum.zip_mut_with(&row, |sum, value| *sum += f64::from(*value));
                    largest = row.iter().fold(largest, |largest, value| largest.max(value.abs()));
                }
            })?;
            Ok((sum, largest))
        };
        let parts = (0..SHARDS).into_par_iter().map(|shard| moments(raw.shard(shard))).collect::<Result<Vec<_>>>()?;
        let largest = parts.iter().map(|part| part.1).fold(0.0, f32::max);
        let scale = if largest > 0.0 { 1.0 / f64::from(largest) } else { 1.0 };
        let sum = parts.iter().fold(Array1::<f64>::zeros(d), |sum, part| sum + &part.0);
        Ok(Self { scale, mean: sum * (scale / n as f64), ..raw })
    }

    fn shard(&self, shard: usize) -> Range<usize> {
        self.n * shard / SHARDS..self.n * (shard + 1) / SHARDS
    }

    /// The shards' ranges with their parts of a vector over all rows.
    fn shards<'b>(&self, mut all: &'b mut [u32]) -> Vec<(Range<usize>, &'b mut [u32])> {
        let mut shards = Vec::with_capacity(SHARDS);
        for range in (0..SHARDS).map(|shard| self.shard(shard)) {
            let (part, rest) = all.split_at_mut(range.len());
            shards.push((range, part));
            all = rest;
        }
        shards
    }

    /// Calls `visit` with the first row's number and the rows of every block of `range`.
    fn blocks(&self, range: Range<usize>, mut visit: impl FnMut(usize, ArrayView2<'_, f32>)) -> Result<()> {
        let mut buffer = Array2::zeros((range.len().min(BLOCK), self.mean.len()));
        for start in range.clone().step_by(BLOCK) {
            let mut block = buffer.slice_mut(s![..BLOCK.min(range.end - start), ..]);
            self.source.read_rows(start, block.view_mut())?;
            self.center(block.view_mut());
            visit(start, block.view());
        }
        Ok(())
    }

    fn gather(&self, rows: &[u32]) -> Result<Array2<f32>> {
        let mut gathered = Array2::zeros((rows.len(), self.mean.len()));
        self.source.gather(rows, gathered.view_mut())?;
        self.center(gathered.view_mut());
        Ok(gathered)
    }

    fn center(&self, mut rows: ArrayViewMut2<'_, f32>) {
        for mut row in rows.outer_iter_mut() {
            row.zip_mut_with(&self.mean, |value, mean| *value = (f64::from(*value) * self.scale - mean) as f32);
        }
    }
}
