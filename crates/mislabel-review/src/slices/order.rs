//! The order in which samples of a slice are shown.

use serde::{Deserialize, Serialize};

use crate::samples::samples::Samples;

/// The order of a slice. Ties are in order of the ranking, the most suspect first. Samples that lack what they are sorted by,
/// such as a label, come last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Order {
    /// The most suspect label first.
    #[default]
    MostSuspect,
    /// The least suspect label first.
    LeastSuspect,
    /// As in the data.
    Index,
    /// By given class.
    Given,
    /// By suggested class.
    Suggested,
    /// Those confused most often first: by how many samples of the slice share the given and the suggested class.
    Pair,
}

impl Order {
    /// The samples for which `wanted` holds, `(n,)`, in this order. At most O(n log n).
    pub fn rows(self, samples: &Samples, wanted: &[bool]) -> Vec<u32> {
        let mut rows: Vec<u32> = match self {
            Self::Index => return (0..).zip(wanted).filter(|(_, wanted)| **wanted).map(|(row, _)| row).collect(),
            _ => samples.ranking().iter().copied().filter(|&row| wanted[row as usize]).collect(),
        };
        match self {
            Self::LeastSuspect => {
                let judged = rows.partition_point(|&row| !samples.is_unlabelled(row as usize));
                rows[..judged].reverse();
            }
            Self::Given => rows.sort_by_key(|&row| last_without(samples.given(row as usize))),
            Self::Suggested => rows.sort_by_key(|&row| last_without(samples.suggested(row as usize))),
            Self::Pair => by_pair(samples, &mut rows),
            Self::MostSuspect | Self::Index => {}
        }
        rows
    }
}

fn by_pair(samples: &Samples, rows: &mut [u32]) {
    let pair = |row: u32| (last_without(samples.given(row as usize)), last_without(samples.suggested(row as usize)));
    let mut counts = std::collections::HashMap::new();
    rows.iter().for_each(|&row| *counts.entry(pair(row)).or_insert(0_usize) += 1);
    rows.sort_by_cached_key(|&row| {
        let (given, suggested) = pair(row);
        (given.0, std::cmp::Reverse(counts[&(given, suggested)]), given, suggested)
    });
}

/// A key that puts samples without a class behind all others.
fn last_without(class: Option<usize>) -> (bool, usize) {
    (class.is_none(), class.unwrap_or(0))
}
