//! How a given label stands against its best rival.

use mislabel_core::{Labels, ProbabilitySource, Result, Run};

use crate::blocks::{of_rows, shared_classes};

/// How much less probable than its rival a given label may be and still count as predicted.
const NEARLY: f64 = 1e-6;

/// What confident learning needs of a sample's probabilities besides the probabilities: 24 bytes, whatever k is.
///
/// Who keeps samples elsewhere, in a table for instance, asks for the standings of some of them at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// Probability of the given label, P_ỹ.
    pub own: f64,
    /// Greatest probability of another class.
    pub rival: f64,
    /// The first class that has it.
    pub rival_class: u32,
}

impl Standing {
    /// The standing of class `given` in `row`, `(k,)`, k ≥ 2; with the widest vectors the processor has.
    pub(crate) fn of(row: &[f64], given: usize) -> Self {
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || Self::found(row, given),
        )
    }

    #[inline(always)]
    fn found(row: &[f64], given: usize) -> Self {
        let (before, after) = (greatest(&row[..given]), greatest(&row[given + 1..]));
        let (rival, rival_class) = if after > before {
            (after, given + 1 + first_equal(&row[given + 1..], after))
        } else {
            (before, first_equal(&row[..given], before))
        };
        Self { own: row[given], rival, rival_class: rival_class as u32 }
    }

    /// The standings of the labels `given`, `(n,)`, under `probabilities`, `(n, k)`: one read of them.
    ///
    /// # Errors
    /// As [`ConfidentThresholds::estimate`](crate::ConfidentThresholds::estimate).
    pub fn of_samples(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Vec<Self>> {
        shared_classes(probabilities, given)?;
        Self::of_all(probabilities, given, run)
    }

    /// As [`of_samples`](Self::of_samples), where labels and probabilities are known to fit.
    pub(crate) fn of_all(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Vec<Self>> {
        let stage = run.stage("reading probabilities", given.len());
        of_rows(probabilities, &stage, |row, values| Self::of(values, given.class(row)))
    }

    /// The most probable class; the first of several.
    pub fn predicted(&self, given: usize) -> usize {
        let rival = self.rival_class as usize;
        if self.own > self.rival || (self.own == self.rival && given < rival) { given } else { rival }
    }

    /// The probability of the most probable class.
    pub(crate) fn greatest(&self) -> f64 {
        self.own.max(self.rival)
    }

    /// How much more probable the rival is than the given label; negative where it is less.
    pub(crate) fn lead(&self) -> f64 {
        self.rival - self.own
    }

    /// Whether the given label would be predicted were it more probable by 1e-6: such a label is no issue.
    pub fn is_nearly_predicted(&self, given: usize) -> bool {
        Self { own: self.own + NEARLY, ..*self }.predicted(given) == given
    }
}

/// The greatest value, −∞ of none; 32 lanes, so that it compiles to vector instructions that need not wait.
#[inline(always)]
fn greatest(values: &[f64]) -> f64 {
    let mut lanes = [f64::NEG_INFINITY; 32];
    let (chunks, rest) = values.as_chunks::<32>();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = if value > *lane { value } else { *lane };
        }
    }
    lanes.iter().chain(rest).fold(f64::NEG_INFINITY, |greatest, &value| if value > greatest { value } else { greatest })
}

/// The first place of `wanted`; 0 when it is nowhere.
#[inline(always)]
fn first_equal(values: &[f64], wanted: f64) -> usize {
    let (chunks, _) = values.as_chunks::<32>();
    let chunk = chunks.iter().position(
        #[inline(always)]
        |chunk| chunk.iter().fold(false, |hit, &value| hit | (value == wanted)),
    );
    let start = chunk.unwrap_or(chunks.len()) * 32;
    start + values[start..].iter().position(|&value| value == wanted).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Standing;

    /// The naive twin: the first greatest of the other classes.
    fn naive(row: &[f64], given: usize) -> Standing {
        let mut standing = Standing { own: row[given], rival: f64::NEG_INFINITY, rival_class: 0 };
        for (class, &value) in row.iter().enumerate().filter(|(class, _)| *class != given) {
            if value > standing.rival {
                standing = Standing { rival: value, rival_class: class as u32, ..standing };
            }
        }
        standing
    }

    proptest! {
        #[test]
        fn the_rival_is_the_first_greatest_other(row in prop::collection::vec(0_u8..6, 2..60), pick in any::<prop::sample::Index>()) {
            let row: Vec<f64> = row.into_iter().map(f64::from).collect();
            let given = pick.index(row.len());
            let standing = Standing::of(&row, given);
            prop_assert_eq!(standing, naive(&row, given));
            let first = row.iter().position(|&v| v == standing.greatest());
            prop_assert_eq!(Some(standing.predicted(given)), first);
        }
    }

    #[test]
    fn a_label_within_a_millionth_of_its_rival_is_nearly_predicted() {
        let standing = |own: f64| Standing::of(&[0.5, own, 0.0], 1);
        assert!(standing(0.5).is_nearly_predicted(1));
        assert!(standing(0.499_999_5).is_nearly_predicted(1));
        assert!(!standing(0.499_99).is_nearly_predicted(1));
        assert_eq!(standing(0.5).predicted(1), 0, "the first of two equals is predicted");
    }
}
