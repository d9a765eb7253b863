//! Rows of length 1.

use faer::MatRef;
use ndarray::Array2;

/// Divides every row by its length; rows of zeros stay.
pub(crate) fn normalize(rows: &mut Array2<f32>) {
    for mut row in rows.outer_iter_mut() {
        let length = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        if length > 0.0 {
            row.mapv_inplace(|value| (f64::from(value) / length) as f32);
        }
    }
}

/// New rows as a matrix of faer.
pub(crate) fn matrix(rows: &Array2<f32>) -> MatRef<'_, f32> {
    let slice = rows.as_slice().expect("new arrays are in standard layout");
    MatRef::from_row_major_slice(slice, rows.nrows(), rows.ncols())
}
