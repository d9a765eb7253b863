//! Components in eight bits: what every class explains of every row, cheaply, and how far that may be off.
//!
//! With the row x and the components A of a class rounded to multiples of a step, to x̂ and Â, the vector ẑ = Â(x̂ − m)
//! is off z = A(x − m) by at most
//!
//! ‖z − ẑ‖ ≤ ‖A‖·‖x − x̂‖ + ‖A − Â‖·‖x̂ − m‖,
//!
//! in spectral norms, for z − ẑ = A(x − x̂) + (A − Â)(x̂ − m). Both residuals are known exactly: about .8% and 1.2% of
//! ‖x‖ and of 1 where features are of one size. Products of bytes are sums of integers, the same in any order.

use rayon::prelude::*;

use crate::scoring::block::{ROW_BLOCK, TABLE_BLOCK};
use crate::scoring::class_table::{ClassSlot, ClassTable};
use crate::search::rounding::{SLACK, byte_sum, residual_square, round, spectral_bound};
use mislabel_linalg::{ByteProducts, Directions, IntegerProducts};

/// Rows multiplied at a time: these, and their products with a group of classes, stay in a core's second-level cache.
const BYTE_ROWS: usize = ROW_BLOCK;

/// The components of all classes in eight bits.
pub(crate) struct EightBitTable {
    multiplier: ByteProducts,
    groups: Vec<Group>,
    features: usize,
}

/// Neighboring classes that are multiplied together.
struct Group {
    directions: Directions,
    classes: Vec<EightBitClass>,
}

/// One class's components, rounded.
struct EightBitClass {
    /// The step of every component.
    steps: Vec<f32>,
    /// Â·m.
    offsets: Vec<f32>,
    bounds: Bounds,
}

/// How much a class can make of what its rows and its components lost in rounding.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    /// At least ‖A‖.
    pub(crate) reach: f32,
    /// At least ‖A − Â‖.
    pub(crate) lost: f32,
    /// What rounding in f32 may add, in units of ‖x‖ + ‖m‖.
    pub(crate) rounding: f32,
}

impl Bounds {
    /// How far ‖ẑ‖ may be from ‖z‖ for a row that `lost` so much, at this `distance` of the mean, both of `sizes`
    /// together.
    pub(crate) fn off(self, lost: f32, distance: f32, sizes: f32) -> f32 {
        self.reach * lost + self.lost * (distance + lost) + self.rounding * sizes
    }
}

/// Rows in eight bits.
#[derive(Default)]
struct EightBitRows {
    values: Vec<i8>,
    steps: Vec<f32>,
    /// What the products of every row are too large by.
    excess: Vec<i32>,
}

/// The buffers of one task, and what it found out about a block of rows.
#[derive(Default)]
pub(crate) struct Explained {
    rows: EightBitRows,
    products: IntegerProducts,
    /// ‖ẑ‖ by class, then row.
    norms: Vec<f32>,
    /// At least ‖x − x̂‖ of every row.
    lost: Vec<f32>,
}

impl Explained {
    /// ‖ẑ‖ of all rows under the class at `place`.
    pub(crate) fn norms(&self, place: usize) -> &[f32] {
        &self.norms[place * self.lost.len()..][..self.lost.len()]
    }

    /// At least ‖x − x̂‖ of every row.
    pub(crate) fn lost(&self) -> &[f32] {
        &self.lost
    }
}

impl EightBitTable {
    /// Rounds the components of `table`; `None` where this machine has no fast and exact product of bytes.
    pub(crate) fn new(table: &ClassTable, features: usize) -> Option<Self> {
        let multiplier = ByteProducts::new(features)?;
        let groups: Vec<&[ClassSlot]> = table.groups(TABLE_BLOCK).collect();
        let groups = groups.into_par_iter().map(|slots| Group::new(&multiplier, table, slots, features)).collect();
        Some(Self { multiplier, groups, features })
    }

    /// The bounds of all classes, as they stand in the table.
    pub(crate) fn bounds(&self) -> impl Iterator<Item = Bounds> {
        self.groups.iter().flat_map(|group| group.classes.iter().map(|class| class.bounds))
    }

    /// What all classes explain of `rows`, `(m, d)`, row by row.
    pub(crate) fn explain(&self, rows: &[f32], explained: &mut Explained) {
        let count = rows.len() / self.features;
        let classes: usize = self.groups.iter().map(|group| group.classes.len()).sum();
        explained.norms.clear();
        explained.norms.resize(classes * count, 0.0);
        explained.lost.clear();
        for (block, rows) in rows.chunks(BYTE_ROWS * self.features).enumerate() {
            explained.rows.round(rows, self.features, self.multiplier.excess(), &mut explained.lost);
            self.explain_block(explained, block * BYTE_ROWS, count);
        }
    }

    /// What all classes explain of the rows rounded last, which start at `start` of `count`.
    fn explain_block(&self, explained: &mut Explained, start: usize, count: usize) {
        let Explained { rows, products, norms, .. } = explained;
        let mut norms = norms.chunks_exact_mut(count).map(|norms| &mut norms[start..][..rows.steps.len()]);
        let mut groups = self.groups.iter();
        let directions = self.groups.iter().map(|group| &group.directions);
        self.multiplier.multiply(&rows.values, self.features, directions, products, |products| {
            let mut products = products.by_direction();
            let classes = groups.next().into_iter().flat_map(|group| &group.classes);
            classes.zip(&mut norms).for_each(|(class, norms)| class.norms(&mut products, rows, norms));
        });
    }
}

impl Group {
    fn new(multiplier: &ByteProducts, table: &ClassTable, slots: &[ClassSlot], features: usize) -> Self {
        let mut bytes = Vec::new();
        let mut class = |slot: &ClassSlot| {
            let (mean, directions) = table.rows(slot.start, slot.width()).split_at(features);
            EightBitClass::new(mean, directions, &mut bytes)
        };
        let classes = slots.iter().map(&mut class).collect();
        Self { directions: multiplier.directions(&bytes, features), classes }
    }
}

impl EightBitClass {
    /// Appends the rounded `directions`, row by row, to `bytes`.
    fn new(mean: &[f32], directions: &[f32], bytes: &mut Vec<i8>) -> Self {
        let features = mean.len();
        let mut residual = directions.to_vec();
        let (mut steps, mut offsets) = (Vec::new(), Vec::new());
        let mut rounded = vec![0; features];
        for row in residual.chunks_exact_mut(features) {
            let step = round(row, &mut rounded);
            let dot: f64 = rounded.iter().zip(mean).map(|(value, m)| f64::from(*value) * f64::from(*m)).sum();
            row.iter_mut().zip(&rounded).for_each(|(value, byte)| *value -= f32::from(*byte) * step);
            bytes.extend_from_slice(&rounded);
            steps.push(step);
            offsets.push((dot * f64::from(step)) as f32);
        }
        let rounding = f32::EPSILON * (8 + steps.len()) as f32;
        let (reach, lost) = (spectral_bound(directions, features), spectral_bound(&residual, features));
        Self { steps, offsets, bounds: Bounds { reach, lost, rounding } }
    }

    /// ‖ẑ‖ of every row, from the `products` of this class's components, one after another.
    fn norms<'a>(&self, products: &mut impl Iterator<Item = &'a [i32]>, rows: &EightBitRows, norms: &mut [f32]) {
        let components = self.steps.iter().zip(&self.offsets).zip(products);
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || {
                for ((direction, offset), products) in components {
                    let rows = rows.steps.iter().zip(&rows.excess);
                    for ((norm, product), (step, excess)) in norms.iter_mut().zip(products).zip(rows) {
                        let z = ((product - excess) as f32 * step) * direction - offset;
                        *norm += z * z;
                    }
                }
                norms.iter_mut().for_each(|norm| *norm = norm.sqrt());
            },
        );
    }
}

impl EightBitRows {
    /// Rounds `rows` and appends to `lost` what that takes off each.
    fn round(&mut self, rows: &[f32], features: usize, excess: i32, lost: &mut Vec<f32>) {
        self.values.resize(rows.len(), 0);
        self.steps.clear();
        self.excess.clear();
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || {
                for (row, values) in rows.chunks_exact(features).zip(self.values.chunks_exact_mut(features)) {
                    let step = round(row, values);
                    self.steps.push(step);
                    self.excess.push(excess * byte_sum(values));
                    lost.push((residual_square(row, values, step).sqrt() * SLACK) as f32);
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::slices::square_norm;
    use proptest::prelude::*;

    /// `count` rows of `features` values of any size, zeros among them.
    fn rows(count: usize, features: usize) -> impl Strategy<Value = Vec<f32>> {
        let value = prop_oneof![4 => -1.0_f32..1.0, 1 => Just(0.0), 1 => -1e-6_f32..1e-6, 1 => -30.0_f32..30.0];
        proptest::collection::vec(value, count * features)
    }

    proptest! {
        #[test]
        fn what_rounding_changes_stays_within_the_bounds(
            directions in rows(7, 19), mean in rows(1, 19), row in rows(1, 19),
        ) {
            let mut bytes = Vec::new();
            let class = EightBitClass::new(&mean, &directions, &mut bytes);
            let (mut lost, mut rounded) = (Vec::new(), EightBitRows::default());
            rounded.round(&row, 19, 0, &mut lost);
            let products: Vec<i32> = bytes
                .chunks_exact(19)
                .map(|direction| {
                    let pairs = direction.iter().zip(&rounded.values);
                    pairs.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
                })
                .collect();
            let mut norm = [0.0];
            class.norms(&mut products.chunks_exact(1), &rounded, &mut norm);
            let z = directions.chunks_exact(19).map(|direction| {
                let terms = direction.iter().zip(&row).zip(&mean);
                terms.map(|((a, x), m)| f64::from(*a) * (f64::from(*x) - f64::from(*m))).sum::<f64>()
            });
            let exact = z.map(|z| z * z).sum::<f64>().sqrt();
            let terms = row.iter().zip(&mean);
            let distance = terms.map(|(x, m)| (f64::from(*x) - f64::from(*m)).powi(2)).sum::<f64>().sqrt();
            let sizes = (square_norm(&row).sqrt() + square_norm(&mean).sqrt()) as f32;
            let off = f64::from(class.bounds.off(lost[0], distance as f32, sizes.max(f32::MIN_POSITIVE)));
            prop_assert!((exact - f64::from(norm[0])).abs() <= off, "{} and {}: {}", exact, norm[0], off);
        }
    }
}
