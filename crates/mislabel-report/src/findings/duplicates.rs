//! Copies of samples, and those that are labeled apart.

use mislabel_core::{EmbeddingSource, Labels, Result, Run};
use mislabel_neighbors::{Duplicates, ExactSearch, NeighborSearch as _};
use ndarray::{Array2, ArrayViewMut1};
use rayon::prelude::*;
use serde::Serialize;
use twox_hash::XxHash3_128;

/// Multiplications of a search for near copies beyond which only equal rows are found.
const AFFORDABLE: f64 = 1e11;
/// Neighbors among which near copies are looked for.
const NEIGHBORS: usize = 5;
/// Groups that are listed.
const LISTED: usize = 20;
/// Members of a group that are listed.
const MEMBERS: usize = 8;
/// Rows read at a time.
const BLOCK: usize = 1024;

/// Which copies are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Copies {
    /// Near copies, by [`Duplicates`]: rows of nearly the same direction.
    Near,
    /// Rows that are equal, because there are too many samples to compare all with each other.
    Equal,
}

/// Samples that are copies of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CopyFacts {
    /// Which copies.
    pub copies: Copies,
    /// Groups of copies.
    pub groups: usize,
    /// Samples in them.
    pub samples: usize,
    /// Groups whose labels are not all the same: at least one label of each is wrong, or the samples only look alike.
    pub conflicting: usize,
    /// The first 20 of these, with at most 8 members each.
    pub listed: Vec<Vec<LabeledCopy>>,
}

/// A copy of another sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LabeledCopy {
    /// The sample's number.
    pub sample: u32,
    /// Its given label.
    pub given: u32,
}

impl CopyFacts {
    pub(crate) fn new(source: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<Self> {
        let (n, d) = source.shape();
        if n > NEIGHBORS && n as f64 * n as f64 * d as f64 <= AFFORDABLE {
            let graph = ExactSearch::default().neighbors(source, NEIGHBORS, run)?;
            let groups = Duplicates::default().groups(&graph)?;
            return Ok(Self::of(Copies::Near, &groups.near, given));
        }
        Ok(Self::of(Copies::Equal, &equal_rows(source, run)?, given))
    }

    fn of(copies: Copies, groups: &[Vec<u32>], given: &Labels) -> Self {
        let label = |row: &u32| given.values()[*row as usize];
        let conflicts = |group: &&Vec<u32>| group.iter().any(|row| label(row) != label(&group[0]));
        let conflicting: Vec<&Vec<u32>> = groups.iter().filter(conflicts).collect();
        let members = |group: &&Vec<u32>| {
            group.iter().take(MEMBERS).map(|row| LabeledCopy { sample: *row, given: label(row) }).collect()
        };
        Self {
            copies,
            groups: groups.len(),
            samples: groups.iter().map(Vec::len).sum(),
            conflicting: conflicting.len(),
            listed: conflicting.iter().take(LISTED).map(members).collect(),
        }
    }
}

/// Groups of at least two equal rows, each ascending, in order of their first rows; rows are told by 128 bits of hash.
fn equal_rows(source: &dyn EmbeddingSource, run: &Run<'_>) -> Result<Vec<Vec<u32>>> {
    let (n, d) = source.shape();
    let stage = run.stage("looking for equal rows", n);
    let mut hashes = vec![(0_u128, 0_u32); n];
    hashes.par_chunks_mut(BLOCK).enumerate().try_for_each(|(number, hashes)| -> Result<()> {
        let start = number * BLOCK;
        let mut block = Array2::zeros((hashes.len(), d));
        source.read_rows(start, block.view_mut())?;
        for ((row, number), out) in block.outer_iter_mut().zip(start as u32..).zip(hashes) {
            *out = (hash(row), number);
        }
        stage.advance(block.nrows())
    })?;
    hashes.par_sort_unstable();
    let alike = hashes.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
    let mut groups: Vec<Vec<u32>> = alike.map(|group| group.iter().map(|(_, row)| *row).collect()).collect();
    groups.sort_unstable();
    Ok(groups)
}

fn hash(mut row: ArrayViewMut1<'_, f32>) -> u128 {
    // Adding 0 makes −0 the same as 0.
    row += 0.0;
    XxHash3_128::oneshot(bytemuck::cast_slice(row.as_slice().expect("rows of a new array are contiguous")))
}

#[cfg(test)]
mod tests {
    use mislabel_core::Embeddings;
    use ndarray::array;

    use super::*;

    #[test]
    fn equal_rows_are_found_across_blocks() {
        let n = 3 * BLOCK + 7;
        // Row i and row n − 1 − i are equal.
        let rows = Array2::from_shape_fn((n, 2), |(row, column)| [row.min(n - 1 - row) as f32, 1.0][column]);
        let groups = equal_rows(&Embeddings::new(rows.view()).unwrap(), &Run::quiet()).unwrap();
        let expected: Vec<Vec<u32>> = (0..n as u32 / 2).map(|row| vec![row, n as u32 - 1 - row]).collect();
        assert_eq!(groups, expected);
    }

    #[test]
    fn equal_rows_are_found_and_negative_zero_is_zero() {
        let rows = array![[1.0_f32, 0.0], [2.0, 0.0], [1.0, -0.0], [2.0, 0.0], [3.0, 0.0], [2.0, 0.0]];
        let groups = equal_rows(&Embeddings::new(rows.view()).unwrap(), &Run::quiet()).unwrap();
        assert_eq!(groups, [vec![0, 2], vec![1, 3, 5]]);
        let given = Labels::new(vec![0, 1, 0, 1, 0, 0], 2).unwrap();
        let facts = CopyFacts::of(Copies::Equal, &groups, &given);
        assert_eq!((facts.groups, facts.samples, facts.conflicting), (2, 5, 1));
        let listed: Vec<(u32, u32)> = facts.listed[0].iter().map(|copy| (copy.sample, copy.given)).collect();
        assert_eq!(listed, [(1, 1), (3, 1), (5, 0)]);
    }
}
