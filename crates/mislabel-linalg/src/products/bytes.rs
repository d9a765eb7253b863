//! Products of rows and directions in eight bits: sums of integers, the same in any order.

use std::fmt;

use crate::arch::amx::{MatrixUnit, TiledRows};
use crate::products::vectors::{Left, Vectors};

/// What stands for 0 in an unsigned byte.
const ZERO: i16 = 128;

/// More features than this could overflow the sum of products of an unsigned and a signed byte.
const MOST_FEATURES: usize = i32::MAX as usize / (255 * 127);

/// The fastest way of this machine to multiply bytes.
pub struct ByteProducts(Way);

enum Way {
    /// The matrix unit of the processor.
    MatrixUnit(MatrixUnit),
    /// Vector instructions for sums of four products; the left side is unsigned.
    Vectors(Vectors),
}

/// The left side of a product, ready for it.
pub struct Directions(Side);

enum Side {
    /// For the matrix unit.
    Tiled(TiledRows),
    /// For vectors.
    Packed(Left),
}

/// Rows of integers, one for every direction.
#[derive(Clone, Debug, Default)]
pub struct IntegerProducts {
    values: Vec<i32>,
    stride: usize,
    tiled: TiledRows,
}

impl IntegerProducts {
    /// The products of one direction after another with all rows; ends, if at all, with some of nothing.
    #[inline]
    pub fn by_direction(&self) -> impl Iterator<Item = &[i32]> {
        self.values.chunks_exact(self.stride.max(1))
    }
}

impl ByteProducts {
    /// `None` where this machine has no product of bytes that is exact and faster than one of floats.
    pub fn new(features: usize) -> Option<Self> {
        let way = MatrixUnit::get().map(Way::MatrixUnit).or_else(|| Vectors::get().map(Way::Vectors));
        way.map(Self).filter(|_| features <= MOST_FEATURES)
    }

    /// What every product is too large by, in units of the sum of the row's bytes.
    #[inline]
    pub fn excess(&self) -> i32 {
        match &self.0 {
            Way::MatrixUnit(_) => 0,
            Way::Vectors(_) => i32::from(ZERO),
        }
    }

    /// Makes `directions`, `(w, d)` row by row, ready.
    pub fn directions(&self, directions: &[i8], features: usize) -> Directions {
        let vectors = match &self.0 {
            Way::MatrixUnit(_) => return Directions(Side::Tiled(TiledRows::left(directions, features))),
            Way::Vectors(vectors) => vectors,
        };
        let unsigned: Vec<u8> = directions.iter().map(|byte| (i16::from(*byte) + ZERO) as u8).collect();
        Directions(Side::Packed(vectors.left(&unsigned, features)))
    }

    /// Multiplies `rows`, `(m, d)` row by row, by group after group of directions, and calls `visit` with every group's
    /// products.
    pub fn multiply<'a>(
        &self,
        rows: &[i8],
        features: usize,
        groups: impl Iterator<Item = &'a Directions>,
        products: &mut IntegerProducts,
        mut visit: impl FnMut(&IntegerProducts),
    ) {
        let count = rows.len() / features;
        match &self.0 {
            Way::MatrixUnit(unit) => {
                products.tiled.replace_right(rows, features);
                products.stride = products.tiled.padded();
                for directions in groups {
                    let Side::Tiled(left) = &directions.0 else { unreachable!("tiled by this very unit") };
                    products.values.resize(left.padded() * products.stride, 0);
                    unit.multiply(left, &products.tiled, &mut products.values);
                    visit(products);
                }
            }
            Way::Vectors(vectors) => {
                let right = vectors.right(rows, features);
                products.stride = count;
                for directions in groups {
                    let Side::Packed(left) = &directions.0 else { unreachable!("packed by these vectors") };
                    vectors.multiply(left, &right, &mut products.values);
                    visit(products);
                }
            }
        }
    }
}

impl fmt::Debug for ByteProducts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Way::MatrixUnit(_) => f.write_str("ByteProducts(matrix unit)"),
            Way::Vectors(vectors) => write!(f, "ByteProducts({})", vectors.name()),
        }
    }
}

impl fmt::Debug for Directions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Side::Tiled(rows) => write!(f, "Directions({} tiled)", rows.padded()),
            Side::Packed(left) => write!(f, "Directions({} packed)", left.width()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_this_machine_gives_the_plain_sums() {
        let byte = |i: usize| (i * 7919 % 255) as i16 as u8 as i8;
        let ways = [MatrixUnit::get().map(Way::MatrixUnit), Vectors::get().map(Way::Vectors)];
        if ways.iter().all(Option::is_none) {
            eprintln!("SKIPPED: this machine multiplies bytes no faster than floats");
        }
        for way in ways.into_iter().flatten().map(ByteProducts) {
            for (w, m, d) in [(1, 1, 1), (16, 32, 64), (33, 50, 65), (70, 31, 768), (3, 100, 127), (0, 5, 9)] {
                let left: Vec<i8> = (0..w * d).map(byte).collect();
                let right: Vec<i8> = (0..m * d).map(|i| byte(i + 31)).collect();
                let (directions, mut products) = (way.directions(&left, d), IntegerProducts::default());
                let mut visited = 0;
                way.multiply(&right, d, [&directions, &directions].into_iter(), &mut products, |products| {
                    visited += 1;
                    for (direction, products) in left.chunks_exact(d).zip(products.by_direction()) {
                        for (row, product) in right.chunks_exact(d).zip(products) {
                            let terms = direction.iter().zip(row).map(|(a, b)| i32::from(*a) * i32::from(*b));
                            let sum: i32 = row.iter().map(|byte| i32::from(*byte)).sum();
                            assert_eq!(product - way.excess() * sum, terms.sum::<i32>(), "{w} x {m} x {d}");
                        }
                    }
                });
                assert_eq!(visited, 2);
            }
        }
    }
}
