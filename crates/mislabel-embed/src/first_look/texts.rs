//! A first look at texts: words and runs of characters, folded.

use ndarray::ArrayViewMut2;

use crate::embedder::{Embedder, Prepared, Sample};
use crate::error::Result;
use crate::first_look::grams::grams;
use crate::identity::Identity;
use crate::rows::filling::filled;
use crate::samples::skipped::{Skip, SkipReason};

/// Numbers of a row.
const COLUMNS: usize = 1024;

/// A first look at texts without any model: rows of 1,024 numbers, of unit length.
///
/// Words, pairs of words, and runs of 2 to 5 characters are counted; ln(1 + count) goes with a sign into the column that a hash
/// tells, after Weinberger et al., "Feature hashing for large scale multitask learning" (2009). Rare words weigh no more than
/// common ones: weights by rarity found fewer label errors in every trial, and would need all texts first. It knows nothing of
/// meaning: two ways to say the same are strangers. The definition has the name `first-look-1`.
///
/// ```
/// use mislabel_embed::{Embedder as _, FirstLookAtTexts, Prepared, Sample};
///
/// let row = |text: &str| match FirstLookAtTexts.prepare(&Sample::Text(text.into())) {
///     Ok(Prepared::Row(row)) => row,
///     other => unreachable!("{other:?}"),
/// };
/// let cosine = |one: &str, other: &str| row(one).iter().zip(row(other)).map(|(a, b)| a * b).sum::<f32>();
/// assert!(cosine("My card is lost", "I lost my card") > 2.0 * cosine("My card is lost", "What is the exchange rate?"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstLookAtTexts;

impl FirstLookAtTexts {
    fn row(text: &str) -> Vec<f32> {
        let mut row = vec![0.0_f32; COLUMNS];
        let grams = grams(text);
        for same in grams.chunk_by(|one, other| one == other) {
            let (column, sign) = (same[0] as usize % COLUMNS, if same[0] >> 63 == 0 { 1.0 } else { -1.0 });
            row[column] += sign * (1.0 + same.len() as f32).ln();
        }
        let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            row.iter_mut().for_each(|value| *value /= length);
        }
        row
    }
}

impl Embedder for FirstLookAtTexts {
    fn identity(&self) -> Identity {
        Identity::new("first-look-1").with("of", "texts")
    }

    fn dimension(&self) -> usize {
        COLUMNS
    }

    fn prepare(&self, sample: &Sample) -> Result<Prepared, Skip> {
        match sample {
            Sample::Text(text) => Ok(Prepared::Row(Self::row(text))),
            Sample::Picture(_) => Err(Skip::new(SkipReason::Refused, "a picture where a text is expected")),
        }
    }

    fn embed(&self, batch: &[Prepared], rows: ArrayViewMut2<'_, f32>) -> Result<()> {
        filled(self, batch, rows)
    }
}
