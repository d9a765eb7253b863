//! The simplest evidence there is, for the tests: distances to the class means.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, ErrorSummary, Labels, Result, Run};
use ndarray::Array2;

/// Δ_c(x) = distance of x from the mean of class c, leaving x out of the mean of its own class.
pub(crate) struct Centroids;

impl ClassEvidence for Centroids {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, _: &Run<'_>) -> Result<ErrorSummary> {
        same_length("given labels", embeddings.shape().0, given.len())?;
        given.need_classes(2)?;
        let mut rows = Array2::<f32>::zeros(embeddings.shape());
        embeddings.read_rows(0, rows.view_mut())?;
        ErrorSummary::from_dense(distances(&rows.mapv(f64::from), given).view(), given)
    }
}

fn distances(rows: &Array2<f64>, given: &Labels) -> Array2<f64> {
    let mut sums = Array2::<f64>::zeros((given.class_count(), rows.ncols()));
    for (row, &class) in rows.outer_iter().zip(given.values()) {
        let mut sum = sums.row_mut(class as usize);
        sum += &row;
    }
    let counts = given.counts();
    Array2::from_shape_fn((rows.nrows(), given.class_count()), |(row, class)| {
        let count = counts[class] as f64;
        let distance = (&rows.row(row) - &sums.row(class) / count).mapv(|x| x * x).sum().sqrt();
        match counts[class] {
            0 => f64::INFINITY,
            // x − (S − x)/(n − 1) = n/(n − 1) (x − S/n)
            2.. if given.class(row) == class => distance * count / (count - 1.0),
            _ => distance,
        }
    })
}
