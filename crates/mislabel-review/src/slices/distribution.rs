//! What a slice consists of.

use std::collections::HashMap;

use serde::Serialize;

use crate::samples::samples::Samples;

/// Classes, pairs and qualities of the samples of a slice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Distribution {
    /// Samples in the slice.
    pub samples: usize,
    /// How many of them are flagged.
    pub flagged: usize,
    /// How many of them have no label: these are in none of the counts below.
    pub unlabelled: usize,
    /// Samples of every given class, `(k,)`.
    pub given: Vec<usize>,
    /// The most frequent pairs of given and suggested class that differ, most frequent first.
    pub pairs: Vec<Pair>,
    /// Samples by label quality, in 20 parts of [0, 1] of equal width.
    pub quality: Vec<usize>,
}

/// How many samples of the class `given` are suggested to be `suggested`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pair {
    /// The class they have.
    pub given: u32,
    /// The class that the method suggests.
    pub suggested: u32,
    /// How many samples.
    pub samples: usize,
}

/// Parts of [0, 1] that qualities are counted in.
const BINS: usize = 20;

impl Distribution {
    /// Of the samples `rows`, with at most `pairs` pairs. O(rows).
    pub fn of(rows: &[u32], samples: &Samples, pairs: usize) -> Self {
        let mut distribution = Self {
            samples: rows.len(),
            flagged: 0,
            unlabelled: 0,
            given: vec![0; samples.class_count()],
            pairs: Vec::new(),
            quality: vec![0; BINS],
        };
        let mut counts = HashMap::new();
        for row in rows.iter().map(|&row| row as usize) {
            let (Some(given), Some(suggested), Some(quality)) =
                (samples.given(row), samples.suggested(row), samples.quality(row))
            else {
                distribution.unlabelled += 1;
                continue;
            };
            distribution.flagged += usize::from(samples.flagged(row));
            distribution.given[given] += 1;
            distribution.quality[((quality * BINS as f64) as usize).min(BINS - 1)] += 1;
            if given != suggested {
                *counts.entry((given as u32, suggested as u32)).or_insert(0) += 1;
            }
        }
        distribution.pairs = most_frequent(counts, pairs);
        distribution
    }
}

fn most_frequent(counts: HashMap<(u32, u32), usize>, most: usize) -> Vec<Pair> {
    let pair = |((given, suggested), samples)| Pair { given, suggested, samples };
    let mut pairs: Vec<Pair> = counts.into_iter().map(pair).collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.samples), pair.given, pair.suggested));
    pairs.truncate(most);
    pairs
}
