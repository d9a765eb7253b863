//! How many floating-point operations a soft linear fit needs.

use mislabel_core::Labels;

/// Operations (a multiplication or an addition each) of one fit of the soft linear reconstructor, nothing trimmed.
#[derive(Clone, Copy, Debug)]
pub struct Operations {
    /// In f64: Gram or scatter matrices, the leading subspace, Cholesky factors, leave-one-out.
    pub fitting: f64,
    /// In f32: the products of all rows with the means and directions of all classes.
    pub scoring: f64,
}

/// Products with the class's matrix in the subspace iteration: two rounds of two, and one to project.
const SUBSPACE_PRODUCTS: f64 = 5.0;

impl Operations {
    /// Counts one fit of n samples with d `features` and the labels `given`, `(n,)`, with at most `components`
    /// directions per class. Lower-order terms (centering, norms, the solve with an r x r factor) are left out.
    pub fn of(features: usize, given: &Labels, components: usize) -> Self {
        let counts: Vec<usize> = given.counts().into_iter().filter(|count| *count > 0).collect();
        let fitting = counts.iter().map(|count| fitting(*count as f64, features as f64, components as f64)).sum();
        let rank = |count: usize| components.min(count).min(features);
        let columns: usize = counts.iter().map(|count| if *count > 1 { 1 + rank(*count) } else { 1 }).sum();
        Self { fitting, scoring: 2.0 * given.len() as f64 * features as f64 * columns as f64 }
    }

    /// Both.
    pub fn total(&self) -> f64 {
        self.fitting + self.scoring
    }
}

/// One class of n samples, d features, r directions.
fn fitting(n: f64, d: f64, r: f64) -> f64 {
    let size = n.min(d);
    let rank = r.min(size);
    let subspace = if r < size { SUBSPACE_PRODUCTS * 2.0 * size * size * rank } else { 0.0 };
    let orthonormal = if r < size { 4.0 * 2.0 * size * rank * rank } else { 0.0 };
    // A triangle of the Gram matrix BBᵀ, its factor, and the inverse of that; BᵀQ.
    let few = n * n * d + 2.0 * n.powi(3) / 3.0 + 2.0 * d * n * rank;
    // A triangle of the scatter matrix BᵀB, its factor, and a triangular solve for every row.
    let many = n * d * d + d.powi(3) / 3.0 + n * d * d;
    subspace + orthonormal + if n <= d { few } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scoring_multiplies_every_row_with_every_mean_and_direction() {
        let given = Labels::new(vec![0, 0, 0, 0, 1, 1, 2], 4).unwrap();
        // Ranks 3, 2 and, for the class of one sample, the mean alone.
        assert_eq!(Operations::of(100, &given, 3).scoring, 2.0 * 7.0 * 100.0 * 8.0);
    }

    #[test]
    fn fitting_grows_with_the_cube_of_the_smaller_side() {
        let (small, large) = (fitting(100.0, 1e3, 10.0), fitting(200.0, 1e3, 10.0));
        assert!(large > 3.5 * small && large < 8.0 * small, "{small} {large}");
    }
}
