//! Synthetic embeddings of any size.

use mislabel_core::checks::{rows_in_range, same_length};
use mislabel_core::{EmbeddingSource, Error, Labels, Result, split_seed};
use ndarray::{ArrayViewMut2, Axis};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

use crate::class_sizes::long_tail;

/// The streams of random numbers.
const GROUP: u64 = 1;
const CLASS: u64 = 2;
const ORDER: u64 = 3;
const SAMPLE: u64 = 4;

/// Centers of classes of different groups are this many times as far apart as those of one group, in the mean.
const GROUP_DISTANCE: f64 = 2.0;

/// Numbers of all class models: 16 GiB.
const MOST_NUMBERS: u128 = 1 << 32;

/// A recipe for clustered embeddings with class structure, of any size.
///
/// A sample of class y in group g is
///
/// x = s/√2 · (u_y + √3 · v_g) + B_y z + ε,  z ~ N(0, I_r),  ε ~ N(0, I_d),
///
/// with random directions u_y, v_g of unit length in the mean, so that centers of classes are s apart within a group and 2s
/// between groups, in units of the noise ε. The r columns of B_y span a subspace of the class's own, in which its samples
/// spread as embeddings do: column j has length `stretch`/√j.
///
/// Two classes of a group share, along the line between their centers, 2·Φ(−s/2) of their mass: 32% for s = 2, 4.6% for 4,
/// 0.3% for 6. Where the subspaces point along that line they share more.
///
/// ```
/// use mislabel_core::{EmbeddingSource, NoiseModel};
/// use mislabel_datasets::Clusters;
/// use mislabel_noise::Symmetric;
/// use ndarray::Array2;
///
/// let clusters = Clusters { samples: 1000, features: 32, classes: 10, imbalance: 5.0, ..Clusters::default() }.sampled()?;
/// let counts = clusters.truth().counts();
/// assert_eq!((counts[0], counts[9]), (197, 39));
///
/// let mut rows = Array2::zeros((8, 32));
/// clusters.read_rows(992, rows.view_mut())?; // computed now, the same every time
/// let noisy = Symmetric::default().corrupt(clusters.truth(), 51)?;
/// assert_eq!(noisy.errors.error_count(), 100);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clusters {
    /// Samples n, at least k.
    pub samples: usize,
    /// Features d, at least 1.
    pub features: usize,
    /// Classes k, at least 1.
    pub classes: usize,
    /// Classes in a group of similar ones, at least 1: classes 0 to `group` − 1 are the first group, and so on.
    pub group: usize,
    /// The distance s between the centers of two classes of a group, in standard deviations of the noise; not negative.
    pub separation: f64,
    /// The dimension r of the subspace of a class, at most d.
    pub components: usize,
    /// The standard deviation along the first direction of that subspace, beside the noise; not negative.
    pub stretch: f64,
    /// How many times as many samples the first class has as the last, at least 1; sizes fall geometrically between them,
    /// as in long-tailed CIFAR (Cui et al. 2019).
    pub imbalance: f64,
    /// The seed of everything.
    pub seed: u64,
}

impl Default for Clusters {
    /// 10,000 samples, 64 features, 10 balanced classes in groups of 5, separation 5, 8 components of stretch 4.
    fn default() -> Self {
        Self {
            samples: 10_000,
            features: 64,
            classes: 10,
            group: 5,
            separation: 5.0,
            components: 8,
            stretch: 4.0,
            imbalance: 1.0,
            seed: 0,
        }
    }
}

impl Clusters {
    /// The embeddings of this recipe, with their true labels in random order: O(n + k·(r + 1)·d) memory.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a field out of its bounds.
    pub fn sampled(&self) -> Result<ClusteredEmbeddings> {
        self.check()?;
        let sizes = long_tail(self.samples, self.classes, self.imbalance);
        let of_class = |(class, &size): (usize, &usize)| std::iter::repeat_n(class as u32, size);
        let mut values: Vec<u32> = sizes.iter().enumerate().flat_map(of_class).collect();
        values.shuffle(&mut self.generator(ORDER, 0));
        let truth = Labels::new(values, self.classes)?;
        let models = (0..self.classes).flat_map(|class| self.model(class)).collect();
        Ok(ClusteredEmbeddings { recipe: *self, models, truth })
    }

    fn check(&self) -> Result<()> {
        let refuse = |name, value, requirement| Err(Error::parameter(name, value, requirement));
        let Self { samples, features, classes, group, components, .. } = *self;
        match () {
            () if classes == 0 => refuse("classes", 0.0, "at least 1"),
            () if samples < classes => refuse("samples", samples as f64, "at least the number of classes"),
            () if features == 0 => refuse("features", 0.0, "at least 1"),
            () if components > features => refuse("components", components as f64, "at most the number of features"),
            () if (classes as u128) * (components as u128 + 1) * (features as u128) > MOST_NUMBERS => refuse(
                "classes",
                classes as f64,
                "fewer: their models, 4·k·(r + 1)·d bytes, would take more than 16 GiB",
            ),
            () if group == 0 => refuse("group", 0.0, "at least 1"),
            () if !(0.0..=1e4).contains(&self.separation) => refuse("separation", self.separation, "in [0, 10000]"),
            () if !(0.0..=1e4).contains(&self.stretch) => refuse("stretch", self.stretch, "in [0, 10000]"),
            () if !(1.0..=1e9).contains(&self.imbalance) => refuse("imbalance", self.imbalance, "in [1, 1e9]"),
            () => Ok(()),
        }
    }

    fn generator(&self, stream: u64, index: usize) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(split_seed(self.seed, &[stream, index as u64]))
    }

    /// The center of a class and the columns of its B, `(r + 1) · d` numbers.
    fn model(&self, class: usize) -> Vec<f32> {
        let d = self.features;
        let between = (GROUP_DISTANCE * GROUP_DISTANCE - 1.0).sqrt();
        let unit = (1.0 / d as f64).sqrt();
        let scale = (self.separation * std::f64::consts::FRAC_1_SQRT_2 * unit) as f32;
        let (mut own, mut shared) = (self.generator(CLASS, class), self.generator(GROUP, class / self.group));
        let mut model: Vec<f32> = normals(&mut own).take(d).collect();
        for (center, group) in model.iter_mut().zip(normals(&mut shared)) {
            *center = scale * (*center + between as f32 * group);
        }
        for component in 1..=self.components {
            let length = (self.stretch * unit / (component as f64).sqrt()) as f32;
            model.extend(normals(&mut own).take(d).map(|value| length * value));
        }
        model
    }
}

/// Clustered embeddings, `(n, d)`, computed when they are read: row i depends on the recipe and on i alone, so blocks of any
/// size and any number of threads give the same bits.
#[derive(Clone, Debug)]
pub struct ClusteredEmbeddings {
    recipe: Clusters,
    /// `(k, r + 1, d)`: every class's center, then the columns of its B.
    models: Vec<f32>,
    truth: Labels,
}

impl ClusteredEmbeddings {
    /// The recipe that they were made by.
    pub fn recipe(&self) -> &Clusters {
        &self.recipe
    }

    /// The true labels, `(n,)`.
    pub fn truth(&self) -> &Labels {
        &self.truth
    }

    fn fill(&self, row: usize, out: &mut [f32]) {
        let d = self.recipe.features;
        let length = (self.recipe.components + 1) * d;
        let start = self.truth.class(row) * length;
        let (center, columns) = self.models[start..start + length].split_at(d);
        let mut draws = self.recipe.generator(SAMPLE, row);
        for ((value, center), noise) in out.iter_mut().zip(center).zip(normals(&mut draws)) {
            *value = center + noise;
        }
        for column in columns.chunks_exact(d) {
            let weight: f32 = draws.sample(StandardNormal);
            out.iter_mut().zip(column).for_each(|(value, entry)| *value += weight * entry);
        }
    }
}

impl EmbeddingSource for ClusteredEmbeddings {
    fn shape(&self) -> (usize, usize) {
        (self.recipe.samples, self.recipe.features)
    }

    /// O(rows · d · r).
    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        rows_in_range(self.recipe.samples, start, out.nrows())?;
        same_length("a row of the reading buffer", self.recipe.features, out.ncols())?;
        let mut copy = vec![0.0; self.recipe.features];
        for (i, mut row) in out.axis_iter_mut(Axis(0)).enumerate() {
            match row.as_slice_mut() {
                Some(row) => self.fill(start + i, row),
                None => {
                    self.fill(start + i, &mut copy);
                    row.iter_mut().zip(&copy).for_each(|(value, copied)| *value = *copied);
                }
            }
        }
        Ok(())
    }
}

fn normals(draws: &mut ChaCha8Rng) -> impl Iterator<Item = f32> {
    std::iter::repeat_with(|| draws.sample(StandardNormal))
}
