//! What a class would say of its own samples without them.

use std::fmt;

use faer::Mat;
use mislabel_core::stored::{Reader, Writer};
use mislabel_core::{Error, Result};

use crate::fitting::leave_one_out::MemberFactor;
use crate::rows::scaling::ScaledRows;

/// Rows that are solved for together. Always as many, the rest being zeros: so the error of a row does not depend on its
/// company.
const PANEL: usize = 16;

const MARK: &[u8; 8] = b"MLOWNMDL";

/// The full-rank model of one class of two samples or more, for the leave-one-out errors of its members; d² numbers.
pub struct OwnModel {
    pub(crate) count: u64,
    /// The mean of the rows as they come, each divided by its length, `(d,)`.
    pub(crate) mean: Vec<f64>,
    pub(crate) factor: MemberFactor,
}

impl fmt::Debug for OwnModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut model = f.debug_struct("OwnModel");
        model.field("count", &self.count).field("features", &self.mean.len()).finish_non_exhaustive()
    }
}

impl OwnModel {
    /// The squared leave-one-out errors of the rows numbered `members`.
    pub(crate) fn squared(&self, rows: &ScaledRows<'_>, members: &[u32]) -> Result<Vec<f64>> {
        // Rows come less the center, and means are of rows that do not.
        let mean: Vec<f64> = self.mean.iter().zip(rows.center()).map(|(mean, center)| mean - center).collect();
        let mut squared = Vec::with_capacity(members.len());
        for panel in members.chunks(PANEL) {
            let gathered = rows.gather(panel, &mean)?;
            let value = |feature: usize, row: usize| if row < panel.len() { gathered[[row, feature]] } else { 0.0 };
            let columns = Mat::from_fn(mean.len(), PANEL, value);
            squared.extend(self.factor.of_rows(columns).iter().take(panel.len()).map(|left_out| left_out.squared));
        }
        Ok(squared)
    }

    /// Bytes that the model holds in memory.
    pub fn footprint(&self) -> usize {
        8 * self.mean.len() * (self.mean.len() + 1)
    }

    /// The model as bytes, little endian: a mark, d and n_c in 64 bits, α, the mean, the lower triangle of the factor row
    /// after row, all in f64.
    pub fn to_bytes(&self) -> Vec<u8> {
        let d = self.mean.len();
        let mut out = Writer::new(MARK);
        out.count(d as u64).count(self.count).doubles([self.factor.alpha()]).doubles(self.mean.iter().copied());
        let factor = self.factor.factor();
        out.doubles((0..d).flat_map(|i| (0..=i).map(move |j| factor[(i, j)])));
        out.bytes()
    }

    /// The model from [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// [`Error::Source`] saying what is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::new(MARK, "the model of a class's own samples", bytes)?;
        let (d, count) = (input.count()?, input.count()?);
        let alpha = input.doubles(1)?[0];
        let features = usize::try_from(d).map_err(Error::other)?;
        let mean = input.doubles(features)?;
        let entries = features.checked_add(1).and_then(|next| features.checked_mul(next)).map_or(usize::MAX, |n| n / 2);
        let lower = input.doubles(entries)?;
        input.end()?;
        let members = usize::try_from(count).map_err(Error::other)?;
        let factor = Mat::from_fn(features, features, |i, j| if i < j { 0.0 } else { lower[i * (i + 1) / 2 + j] });
        let positive = factor.diagonal().column_vector().iter().all(|value| *value > 0.0);
        if members < 2 || alpha <= 0.0 || !positive {
            return Err(Error::other("the model of a class's own samples is damaged: it is of no class"));
        }
        Ok(Self { count, mean, factor: MemberFactor::of_factor(factor, members, alpha) })
    }
}
