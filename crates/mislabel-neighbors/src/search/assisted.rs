//! Exact search whose products another machine computes.

use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Error, Result, Run};
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::graph::distance::Distance;
use crate::graph::neighbor_graph::NeighborGraph;
use crate::search::nearest::{SPARE, settle};
use crate::search::neighbor_search::{NeighborSearch, clipped};
use crate::search::rows::SearchRows;

/// A machine that finds the candidates for nearest neighbors in the CPU's stead.
pub trait CandidateSearch: Send + Sync {
    /// For each of the n `rows`, `(n, d)` in standard layout, the numbers of the `width` other rows v of greatest key
    /// u·v − ‖v‖²/2, `(n, width)`, in any order; `half_squares`, `(n,)`, holds every ‖v‖²/2 and `width` is below n. Keys need
    /// be no more exact than f32: a few more are asked for than are wanted.
    ///
    /// # Errors
    /// What keeps the machine from computing; [`Error::Cancelled`] when `progress` says so.
    fn candidates(
        &self,
        rows: ArrayView2<'_, f32>,
        half_squares: &[f32],
        width: usize,
        run: &Run<'_>,
    ) -> Result<Array2<u32>>;
}

/// Exact nearest neighbors as [`ExactSearch`](crate::ExactSearch) finds them, with the n²·d products on another machine: it
/// names k + 8 candidates per sample, which the CPU puts in order by their distances in f64. Where more than 8 samples are within
/// rounding of the k-th neighbor, the machine chooses among them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AssistedSearch<M> {
    /// The distance; default cosine.
    pub distance: Distance,
    /// The machine.
    pub machine: M,
}

impl<M: CandidateSearch> NeighborSearch for AssistedSearch<M> {
    fn neighbors(&self, embeddings: &dyn EmbeddingSource, k: usize, run: &Run<'_>) -> Result<NeighborGraph> {
        let n = embeddings.shape().0;
        let k = clipped(k, n)?;
        let rows = SearchRows::read(embeddings, self.distance, run)?;
        let width = (k + SPARE).min(n - 1);
        let candidates = self.machine.candidates(rows.view(), rows.half_squares(0, n), width, run)?;
        same_length("candidates", n, candidates.nrows())?;
        same_length("a row of candidates", width, candidates.ncols())?;
        settled(&rows, &candidates, k, self.distance)
    }
}

/// The k nearest of every sample's candidates, by distance in f64, in the order of [`settle`].
fn settled(rows: &SearchRows, candidates: &Array2<u32>, k: usize, distance: Distance) -> Result<NeighborGraph> {
    let n = candidates.nrows();
    let mut indices = Array2::zeros((n, k));
    let mut distances = Array2::zeros((n, k));
    let places = indices.axis_iter_mut(Axis(0)).into_par_iter().zip(distances.axis_iter_mut(Axis(0)).into_par_iter());
    places.enumerate().try_for_each(|(row, (mut indices, mut distances))| {
        let named = candidates.row(row).to_vec();
        if let Some(column) = named.iter().position(|neighbor| *neighbor as usize >= n) {
            let (neighbor, defect) = (named[column], "is not one of the samples");
            return Err(Error::InvalidNeighbor { row, column, neighbor, defect });
        }
        let mut found = Vec::with_capacity(named.len());
        settle(&named, row, rows, &mut found);
        for (place, (squared, _, neighbor)) in found.into_iter().take(k).enumerate() {
            indices[place] = neighbor;
            distances[place] = rows.distance_of(squared);
        }
        Ok(())
    })?;
    NeighborGraph::new(indices, distances, distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::exact::ExactSearch;
    use mislabel_core::{Embeddings, Run};

    /// The machine at hand.
    struct Naive;

    impl CandidateSearch for Naive {
        fn candidates(
            &self,
            rows: ArrayView2<'_, f32>,
            half_squares: &[f32],
            width: usize,
            _: &Run<'_>,
        ) -> Result<Array2<u32>> {
            let n = rows.nrows();
            let mut found = Array2::zeros((n, width));
            for (i, mut found) in found.outer_iter_mut().enumerate() {
                let key = |j: &u32| rows.row(i).dot(&rows.row(*j as usize)) - half_squares[*j as usize];
                let mut others: Vec<u32> = (0..n as u32).filter(|j| *j as usize != i).collect();
                others.sort_by(|a, b| key(b).total_cmp(&key(a)));
                found.iter_mut().zip(others).for_each(|(place, other)| *place = other);
            }
            Ok(found)
        }
    }

    /// A machine that names a sample that is not there.
    struct Broken;

    impl CandidateSearch for Broken {
        fn candidates(&self, rows: ArrayView2<'_, f32>, _: &[f32], width: usize, _: &Run<'_>) -> Result<Array2<u32>> {
            Ok(Array2::from_elem((rows.nrows(), width), 99))
        }
    }

    #[test]
    fn another_machine_finds_what_exact_search_finds() {
        let rows = Array2::from_shape_fn((60, 5), |(i, j)| ((i * 37 + j * 11) as f32 * 0.61).sin());
        let rows = Embeddings::new(rows.view()).unwrap();
        for distance in [Distance::Cosine, Distance::Euclidean] {
            for k in [1, 7, 100] {
                let expected = ExactSearch { distance }.neighbors(&rows, k, &Run::quiet()).unwrap();
                let found = AssistedSearch { distance, machine: Naive }.neighbors(&rows, k, &Run::quiet()).unwrap();
                assert_eq!(found, expected);
            }
            let error = AssistedSearch { distance, machine: Broken }.neighbors(&rows, 3, &Run::quiet()).unwrap_err();
            assert_eq!(error.to_string(), "neighbor 99 of sample 0 at place 0 is not one of the samples");
        }
    }
}
