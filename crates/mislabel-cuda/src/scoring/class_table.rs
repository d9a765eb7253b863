//! Means and directions of all classes as the scoring kernel reads them.

use mislabel_reconstruct::ClassRow;
use rayon::prelude::*;

use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Result, counted};
use crate::products::precision::{TensorPrecision, split};
use crate::products::shape::{COLUMNS, padded};

/// Columns that one class shares with no other.
const GROUP: usize = 8;

/// Marks the last group of a class.
const LAST: u32 = 0x8000_0000;

/// The table on the host, in the order of the classes: every class its mean, its directions, and rows of zeros up to a
/// multiple of [`GROUP`].
#[derive(Debug)]
pub(crate) struct ClassColumns {
    /// bf16 terms, `(terms, columns, padded)`.
    values: Vec<u16>,
    /// (o, w) of every column, for whole tiles of them: (0, −2·scale) of a mean, (aᵀm, 1) of a direction, (0, 0) else.
    coefficients: Vec<[f32; 2]>,
    /// The place of every group's class in the table, with [`LAST`]; 0 beyond the last class.
    groups: Vec<u32>,
    /// (scale, constant) of every class in the table.
    constants: Vec<[f32; 2]>,
    classes: Vec<u32>,
    columns: usize,
}

impl ClassColumns {
    /// Lays out the classes. The constants belong to the rounded means, the offsets to both rounded, so that what is
    /// computed is the exact error of a rounded row under a rounded class: never below 0 by more than f32 rounds.
    pub(crate) fn new(classes: &[ClassRow<'_>], features: usize, precision: TensorPrecision) -> Result<Self> {
        let starts = starts(classes, features);
        let columns = starts.last().copied().unwrap_or(0);
        counted("table rows", columns)?;
        let tiles = columns.next_multiple_of(COLUMNS);
        let padded = padded(features);
        let mut table = Self {
            values: vec![0; precision.terms() * columns * padded],
            coefficients: vec![[0.0; 2]; tiles],
            groups: vec![0; tiles / GROUP],
            constants: Vec::with_capacity(classes.len()),
            classes: classes.iter().map(|class| class.class as u32).collect(),
            columns,
        };
        let parts: Vec<ClassPart> =
            classes.par_iter().map(|class| ClassPart::new(class, features, precision.terms())).collect();
        for (place, part) in parts.iter().enumerate() {
            table.coefficients[starts[place]..][..part.coefficients.len()].copy_from_slice(&part.coefficients);
            table.constants.push(part.constant);
            let groups = starts[place] / GROUP..starts[place + 1] / GROUP;
            table.groups[groups.clone()].fill(place as u32);
            table.groups[groups.end - 1] |= LAST;
        }
        let planes = table.values.par_chunks_exact_mut(columns * padded).enumerate();
        planes.for_each(|(term, plane)| {
            for (part, start) in parts.iter().zip(&starts) {
                let rows = part.values.chunks_exact(features * precision.terms());
                for (row, out) in rows.zip(plane[start * padded..].chunks_exact_mut(padded)) {
                    out[..features].copy_from_slice(&row[term * features..][..features]);
                }
            }
        });
        Ok(table)
    }

    /// Bytes that the table takes on a device.
    pub(crate) fn bytes(&self) -> usize {
        2 * self.values.len() + 8 * self.coefficients.len() + 4 * self.groups.len() + 12 * self.classes.len()
    }
}

/// The first column of every class, and the number of columns.
fn starts(classes: &[ClassRow<'_>], features: usize) -> Vec<usize> {
    let widths = classes.iter().map(|class| (1 + class.directions.len() / features).next_multiple_of(GROUP));
    std::iter::once(0)
        .chain(widths.scan(0, |end, width| {
            *end += width;
            Some(*end)
        }))
        .collect()
}

/// One class before it has a place.
struct ClassPart {
    /// `(1 + r, terms, features)`.
    values: Vec<u16>,
    coefficients: Vec<[f32; 2]>,
    constant: [f32; 2],
}

impl ClassPart {
    fn new(class: &ClassRow<'_>, features: usize, terms: usize) -> Self {
        let mut values = Vec::with_capacity((class.directions.len() + features) * terms);
        let mut rounded = |row: &[f32]| {
            let start = values.len();
            values.resize(start + terms * features, 0);
            split_row(row, &mut values[start..])
        };
        let mean = rounded(class.mean);
        let square = |row: &[f32]| row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        let moved = f64::from(class.scale) * (square(&mean) - square(class.mean));
        let mut coefficients = vec![[0.0, -2.0 * class.scale]];
        for direction in class.directions.chunks_exact(features) {
            let product = rounded(direction).iter().zip(&mean).map(|(a, m)| f64::from(*a) * f64::from(*m)).sum::<f64>();
            coefficients.push([product as f32, 1.0]);
        }
        Self { values, coefficients, constant: [class.scale, (f64::from(class.constant) + moved) as f32] }
    }
}

/// Splits a row into `terms`, `(terms, features)`; returns what they sum to.
fn split_row(row: &[f32], terms: &mut [u16]) -> Vec<f32> {
    let count = terms.len() / row.len();
    let mut of_value = vec![0; count];
    let mut sums = Vec::with_capacity(row.len());
    for (feature, value) in row.iter().enumerate() {
        sums.push(split(*value, &mut of_value));
        of_value.iter().enumerate().for_each(|(term, bits)| terms[term * row.len() + feature] = *bits);
    }
    sums
}

/// The table on a device.
#[derive(Debug)]
pub(crate) struct ClassTable {
    pub(crate) values: DeviceBuffer<u16>,
    pub(crate) coefficients: DeviceBuffer<[f32; 2]>,
    pub(crate) groups: DeviceBuffer<u32>,
    pub(crate) constants: DeviceBuffer<[f32; 2]>,
    pub(crate) classes: DeviceBuffer<u32>,
    pub(crate) columns: usize,
}

impl ClassTable {
    pub(crate) fn new(cuda: &Cuda, table: &ClassColumns) -> Result<Self> {
        const WHAT: &str = "the class table";
        Ok(Self {
            values: DeviceBuffer::of(cuda, WHAT, &table.values)?,
            coefficients: DeviceBuffer::of(cuda, WHAT, &table.coefficients)?,
            groups: DeviceBuffer::of(cuda, WHAT, &table.groups)?,
            constants: DeviceBuffer::of(cuda, WHAT, &table.constants)?,
            classes: DeviceBuffer::of(cuda, WHAT, &table.classes)?,
            columns: table.columns,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_own_groups_and_its_last_one_is_marked() {
        let mean = [0.5_f32, 0.25, -1.0];
        let class =
            |class, directions: &'static [f32]| ClassRow { class, scale: 1.0, constant: 2.0, mean: &[], directions };
        let widths = [class(0, &[]), class(3, &[0.5; 27])];
        let classes: Vec<ClassRow<'_>> = widths.iter().map(|class| ClassRow { mean: &mean, ..*class }).collect();
        let table = ClassColumns::new(&classes, 3, TensorPrecision::Double).unwrap();
        assert_eq!(starts(&classes, 3), [0, 8, 24]);
        assert_eq!((table.columns, table.coefficients.len(), table.groups.len()), (24, COLUMNS, COLUMNS / GROUP));
        assert_eq!(table.groups[..4], [LAST, 1, 1 | LAST, 0]);
        assert_eq!(table.classes, [0, 3]);
        assert_eq!(table.coefficients[0], [0.0, -2.0]);
        assert_eq!(table.coefficients[1], [0.0, 0.0]);
        assert_eq!(table.coefficients[8..10], [[0.0, -2.0], [0.5 * (0.5 + 0.25 - 1.0), 1.0]]);
        // Exactly representable values move no constant.
        assert_eq!(table.constants, [[1.0, 2.0]; 2]);
        let padded = padded(3);
        assert_eq!(table.values.len(), 2 * 24 * padded);
        assert_eq!(table.values[8 * padded..][..4], [0x3f00, 0x3e80, 0xbf80, 0]);
        assert!(table.values[24 * padded..].iter().all(|term| *term == 0));
    }
}
