//! Uniqueness: how far a sample is from its nearest neighbors.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Result};
use ndarray::{Array1, ArrayView2};

/// Weights of the nearest, second and third nearest neighbor.
const WEIGHTS: [f64; 3] = [0.6, 0.3, 0.1];

/// Uniqueness of every sample, `(n,)`, in [0, 1]: the weighted mean (.6, .3, .1) of the `distances` to its three nearest
/// neighbors, itself excluded, divided by the greatest such mean (FiftyOne Brain's definition).
///
/// `distances` is `(n, 3)`, each row ascending, in any metric; a neighbor graph has them. Among three samples or fewer
/// nobody has three neighbors, and uniqueness is not defined (FiftyOne calls each of them 1).
///
/// # Departures
/// Samples that are all duplicates of each other have uniqueness 0; FiftyOne divides 0 by 0.
///
/// # Errors
/// [`Error::Empty`]; [`Error::LengthMismatch`] when rows have not three entries; [`Error::NotFinite`],
/// [`Error::OutOfRange`] at a distance below 0 or below the one before it.
///
/// ```
/// use mislabel_predictions::uniqueness;
/// use ndarray::array;
///
/// let unique = uniqueness(array![[0.0, 0.0, 1.0], [1.0, 1.0, 1.0]].view())?;
/// assert!((unique[0] - 0.1).abs() < 1e-12 && unique[1] == 1.0);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub fn uniqueness(distances: ArrayView2<'_, f64>) -> Result<Array1<f64>> {
    if distances.nrows() == 0 {
        return Err(Error::Empty { what: "distances" });
    }
    same_length("a row of distances", WEIGHTS.len(), distances.ncols())?;
    for ((row, column), &value) in distances.indexed_iter() {
        check(row, column, value, if column > 0 { distances[[row, column - 1]] } else { 0.0 })?;
    }
    // Relative to the greatest distance the sums cannot overflow.
    let greatest = distances.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let mean = |row: ndarray::ArrayView1<'_, f64>| row.iter().zip(WEIGHTS).map(|(d, w)| w * (d / greatest)).sum();
    let means: Array1<f64> = distances.outer_iter().map(mean).collect();
    let most = means.iter().copied().fold(0.0, f64::max);
    Ok(if most > 0.0 { means.mapv(|mean| mean / most) } else { means })
}

fn check(row: usize, column: usize, value: f64, low: f64) -> Result<()> {
    const WHAT: &str = "distances";
    if !value.is_finite() {
        return Err(Error::NotFinite { what: WHAT, row, column, value });
    }
    if value < low {
        return Err(Error::OutOfRange { what: WHAT, row, column, value, low, high: f64::INFINITY });
    }
    Ok(())
}
