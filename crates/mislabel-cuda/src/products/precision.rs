//! How exact the products on the tensor cores are.

use std::fmt;
use std::str::FromStr;

/// Into how many bf16 terms every number is split before it is multiplied. Sums are f32 throughout.
///
/// A reconstruction error is the length of a vector, so rounding the rows moves it by at most what the rows move: 2⁻⁹,
/// 2⁻¹⁷ or 2⁻²⁴ of their length. That is little where errors are a good part of the rows' length and much where classes
/// are tight clusters far from each other, whose errors are a thousandth of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TensorPrecision {
    /// One term, one product: for errors above a fifth of the rows' (centered) length, within 1%.
    Single,
    /// Two terms, three products: for errors above a thousandth of it. The default, because nothing need be known of
    /// the data, and because fitting takes longer than scoring anyway.
    #[default]
    Double,
    /// Three terms, six products: as exact as f32.
    Triple,
}

impl TensorPrecision {
    /// The number of terms.
    pub fn terms(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Double => 2,
            Self::Triple => 3,
        }
    }

    /// The number of products of terms.
    pub fn products(self) -> usize {
        self.pairs().len()
    }

    /// The terms that are multiplied with each other, the least products first, so that the sums round least.
    pub(crate) fn pairs(self) -> &'static [(u32, u32)] {
        match self {
            Self::Single => &[(0, 0)],
            Self::Double => &[(1, 0), (0, 1), (0, 0)],
            Self::Triple => &[(2, 0), (1, 1), (0, 2), (1, 0), (0, 1), (0, 0)],
        }
    }

    /// The pairs as the kernels read them: 4 bits each, the first pair lowest, the left term in the upper two.
    pub(crate) fn codes(self) -> u32 {
        self.pairs().iter().rev().fold(0, |codes, (left, right)| codes << 4 | left << 2 | right)
    }
}

impl fmt::Display for TensorPrecision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Single => "single",
            Self::Double => "double",
            Self::Triple => "triple",
        })
    }
}

impl FromStr for TensorPrecision {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "single" => Ok(Self::Single),
            "double" => Ok(Self::Double),
            "triple" => Ok(Self::Triple),
            _ => Err("the precisions are single, double and triple"),
        }
    }
}

/// A number as the sum of bf16 terms, as bits, the greatest first; and what they sum to.
pub(crate) fn split(value: f32, terms: &mut [u16]) -> f32 {
    let (mut rest, mut sum) = (value, 0.0);
    for term in terms {
        *term = rounded(rest);
        let part = f32::from_bits(u32::from(*term) << 16);
        sum += part;
        rest -= part;
    }
    sum
}

/// The nearest bf16, ties to even.
fn rounded(value: f32) -> u16 {
    let bits = value.to_bits();
    ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_terms_come_closer_to_the_number() {
        for value in [0.0_f32, 1.0, -0.3, 1e-20, 0.123_456_79, -7.0e5] {
            for (terms, tolerance) in [(1, 2.0_f32.powi(-8)), (2, 2.0_f32.powi(-16)), (3, 2.0_f32.powi(-24))] {
                let sum = split(value, &mut vec![0; terms]);
                assert!((sum - value).abs() <= tolerance * value.abs(), "{value} {terms} {sum}");
            }
        }
    }

    #[test]
    fn every_pair_of_terms_that_matters_is_multiplied_once() {
        for precision in [TensorPrecision::Single, TensorPrecision::Double, TensorPrecision::Triple] {
            let terms = precision.terms() as u32;
            let expected = (0..terms).flat_map(|left| (0..terms - left).map(move |right| (left, right)));
            assert!(expected.clone().all(|pair| precision.pairs().contains(&pair)));
            assert_eq!(expected.count(), precision.products());
            let decoded = (0..precision.products())
                .map(|i| (precision.codes() >> (4 * i + 2) & 3, precision.codes() >> (4 * i) & 3));
            assert!(decoded.eq(precision.pairs().iter().copied()));
            assert_eq!(precision.to_string().parse(), Ok(precision));
        }
    }
}
