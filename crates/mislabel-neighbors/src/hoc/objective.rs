//! The distance between observed and modeled consensus, with its gradient, in closed form.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::Arch;
use rayon::prelude::*;

use crate::hoc::consensus::{Consensus, Term};

/// Rows of a k x k product per task; depends on nothing but k, so that threads cannot change a sum.
pub(crate) const ROW_BLOCK: usize = 96;

/// ‖c₁ − ĉ₁‖² + ‖c₂ − ĉ₂‖² + ‖c₃ − ĉ₃‖² of transition matrix T and prior p, over all k, k² and k³ entries.
///
/// ĉ₁_j = Σ_i p_i T_ij, ĉ₂_jl = Σ_i p_i T_ij T_il, ĉ₃_jlm = Σ_i p_i T_ij T_il T_im. Nothing of size k³ is formed:
/// with G = T Tᵀ, ‖ĉ₂‖² = Σ_ii' p_i p_i' G_ii'² and ‖ĉ₃‖² = Σ_ii' p_i p_i' G_ii'³, and the products c·ĉ need the
/// observed entries only. O(k³ + k·entries) time, O(k²) memory.
pub(crate) struct HocObjective<'a> {
    consensus: &'a Consensus,
    gram: Vec<f64>,
    weights: Vec<f64>,
    pair_sums: Vec<f64>,
    triple_sums: Vec<f64>,
}

/// Value and gradient at a point.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slope {
    pub(crate) value: f64,
    /// By the transposed transition matrix, `(k, k)`: row = given class, column = true class.
    pub(crate) transposed: Vec<f64>,
    /// By the prior, `(k,)`.
    pub(crate) prior: Vec<f64>,
}

impl<'a> HocObjective<'a> {
    pub(crate) fn new(consensus: &'a Consensus) -> Self {
        let k = consensus.present.len();
        let square = || vec![0.0; k * k];
        Self { consensus, gram: square(), weights: square(), pair_sums: square(), triple_sums: square() }
    }

    /// At Tᵀ = `columns`, `(k, k)` row-major, and p = `prior`, `(k,)`.
    pub(crate) fn slope(&mut self, columns: &[f64], prior: &[f64], slope: &mut Slope) {
        let k = prior.len();
        slope.transposed.resize(k * k, 0.0);
        slope.prior.clear();
        slope.prior.resize(k, 0.0);
        slope.value = self.modeled_squares(columns, prior, slope);
        slope.value += self.observed_products(columns, prior, slope);
        slope.value += self.first_order(columns, prior, slope);
    }

    /// ‖ĉ₂‖² + ‖ĉ₃‖²; replaces the gradient by T and adds to that by p.
    fn modeled_squares(&mut self, columns: &[f64], prior: &[f64], slope: &mut Slope) -> f64 {
        let k = prior.len();
        let matrix = MatRef::from_row_major_slice(columns, k, k);
        let mut value = 0.0;
        product_by_rows(&mut self.gram, k, |block, rows| (matrix.transpose().subrows(block, rows), matrix));
        let rows =
            self.gram.chunks_exact(k).zip(self.weights.chunks_exact_mut(k)).zip(prior.iter().zip(&mut slope.prior));
        for ((gram, weights), (&own, by_prior)) in rows {
            let mut sum = 0.0;
            for ((&g, weight), &other) in gram.iter().zip(weights).zip(prior) {
                sum += other * (g * g + g * g * g);
                *weight = own * other * (4.0 * g + 6.0 * g * g);
            }
            value += own * sum;
            *by_prior += 2.0 * sum;
        }
        let weights = MatRef::from_row_major_slice(&self.weights, k, k);
        product_by_rows(&mut slope.transposed, k, |block, rows| (matrix.subrows(block, rows), weights));
        value
    }

    /// ‖c₂‖² − 2 c₂·ĉ₂ + ‖c₃‖² − 2 c₃·ĉ₃, over the entries observed.
    fn observed_products(&mut self, columns: &[f64], prior: &[f64], slope: &mut Slope) -> f64 {
        let (k, consensus) = (prior.len(), self.consensus);
        let targets = self.pair_sums.par_chunks_exact_mut(k).zip(self.triple_sums.par_chunks_exact_mut(k));
        targets.enumerate().with_min_len(16).for_each(|(target, (pairs, triples))| {
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    pair_sum(consensus.second.of(target), columns, pairs);
                    triple_sum(consensus.third.of(target), columns, triples);
                },
            );
        });
        let mut value = 0.0;
        let sums = self.pair_sums.chunks_exact(k).zip(self.triple_sums.chunks_exact(k));
        let targets = sums.zip(columns.chunks_exact(k).zip(slope.transposed.chunks_exact_mut(k)));
        for ((pairs, triples), (column, by_column)) in targets {
            for i in 0..k {
                by_column[i] -= 2.0 * prior[i] * (pairs[i] + triples[i]);
                // A pair was met at both of its members, a triple at three.
                let product = 2.0 * column[i] * (pairs[i] / 2.0 + triples[i] / 3.0);
                slope.prior[i] -= product;
                value -= prior[i] * product;
            }
        }
        value + consensus.square_sums.iter().sum::<f64>()
    }

    /// ‖c₁ − ĉ₁‖².
    fn first_order(&self, columns: &[f64], prior: &[f64], slope: &mut Slope) -> f64 {
        let k = prior.len();
        let mut value = 0.0;
        for (target, column) in columns.chunks_exact(k).enumerate() {
            let residual = dot(column, prior) - self.consensus.first[target];
            value += residual * residual;
            let by_column = &mut slope.transposed[target * k..][..k];
            by_column.iter_mut().zip(prior).for_each(|(by, p)| *by += 2.0 * residual * p);
            slope.prior.iter_mut().zip(column).for_each(|(by, t)| *by += 2.0 * residual * t);
        }
        value
    }
}

/// A k x k product, row-major, block of rows by block of rows; `factors(first, rows)` are those of a block.
fn product_by_rows<'m>(
    out: &mut [f64],
    k: usize,
    factors: impl Fn(usize, usize) -> (MatRef<'m, f64>, MatRef<'m, f64>) + Sync,
) {
    out.par_chunks_mut(ROW_BLOCK * k).enumerate().for_each(|(block, out)| {
        let rows = out.len() / k;
        let (left, right) = factors(block * ROW_BLOCK, rows);
        matmul(MatMut::from_row_major_slice_mut(out, rows, k), Accum::Replace, left, right, 1.0, Par::Seq);
    });
}

/// Σ weight · t_l.
#[inline(always)]
fn pair_sum(terms: &[Term], columns: &[f64], sum: &mut [f64]) {
    sum.fill(0.0);
    for term in terms {
        add_scaled(term.weight, column(columns, term.l, sum.len()), sum);
    }
}

/// Σ weight · t_l ∘ t_m, one sum over m for every l.
#[inline(always)]
fn triple_sum(terms: &[Term], columns: &[f64], sum: &mut [f64]) {
    sum.fill(0.0);
    let k = sum.len();
    let mut inner = vec![0.0; k];
    for terms in terms.chunk_by(|a, b| a.l == b.l) {
        let shared = column(columns, terms[0].l, k);
        if let [term] = terms {
            let products = shared.iter().zip(column(columns, term.m, k));
            sum.iter_mut().zip(products).for_each(|(sum, (l, m))| *sum += term.weight * l * m);
            continue;
        }
        inner.fill(0.0);
        terms.iter().for_each(|term| add_scaled(term.weight, column(columns, term.m, k), &mut inner));
        sum.iter_mut().zip(&inner).zip(shared).for_each(|((sum, inner), t)| *sum += inner * t);
    }
}

fn column(columns: &[f64], class: u32, k: usize) -> &[f64] {
    &columns[class as usize * k..][..k]
}

#[inline(always)]
fn add_scaled(weight: f64, values: &[f64], sum: &mut [f64]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of closed form against k³ loops and against central differences, at values of order 1.
    const TOLERANCE: f64 = 1e-7;

    /// The same sums of 200 products in another order, at a value of order 0.01.
    const REORDERED: f64 = 1e-12;

    fn share(prior: &[f64], columns: &[f64], labels: &[usize]) -> f64 {
        let k = prior.len();
        (0..k).map(|i| labels.iter().fold(prior[i], |product, label| product * columns[label * k + i])).sum()
    }

    /// The objective by its definition.
    fn naive(triples: &[[u32; 3]], columns: &[f64], prior: &[f64]) -> f64 {
        let k = prior.len();
        let observed = |labels: &[usize]| {
            let same = |triple: &&[u32; 3]| labels.iter().zip(*triple).all(|(a, b)| *a == *b as usize);
            triples.iter().filter(same).count() as f64 / triples.len() as f64
        };
        let square = |labels: &[usize]| (observed(labels) - share(prior, columns, labels)).powi(2);
        let mut sum = 0.0;
        for a in 0..k {
            sum += square(&[a]);
            for b in 0..k {
                sum += square(&[a, b]);
                sum += (0..k).map(|c| square(&[a, b, c])).sum::<f64>();
            }
        }
        sum
    }

    /// Label triples over k classes that all appear, and any point: not even on the simplex.
    fn cases() -> impl Strategy<Value = (Vec<[u32; 3]>, Vec<f64>, Vec<f64>)> {
        (1..=5_usize).prop_flat_map(|k| {
            let labels = 0..k as u32;
            let triples = prop::collection::vec([labels.clone(), labels.clone(), labels], 1..30);
            (triples, prop::collection::vec(0.0..1.0, k * k), prop::collection::vec(0.0..1.0, k))
        })
    }

    fn slope(triples: &[[u32; 3]], columns: &[f64], prior: &[f64]) -> Slope {
        let consensus = Consensus::of_triples(triples, (0..prior.len() as u32).collect());
        let mut slope = Slope::default();
        HocObjective::new(&consensus).slope(columns, prior, &mut slope);
        slope
    }

    proptest! {
        #[test]
        fn the_closed_form_is_the_sum_over_all_triples((triples, columns, prior) in cases()) {
            let expected = naive(&triples, &columns, &prior);
            let found = slope(&triples, &columns, &prior).value;
            prop_assert!((expected - found).abs() <= TOLERANCE * expected.max(1.0), "{expected} {found}");
        }

        #[test]
        fn the_gradient_is_the_limit_of_differences((triples, columns, prior) in cases()) {
            let slope = slope(&triples, &columns, &prior);
            let step = 1e-5;
            let point = [columns.as_slice(), &prior].concat();
            let gradient = [slope.transposed.as_slice(), &slope.prior].concat();
            for (place, expected) in gradient.iter().enumerate() {
                let at = |moved: f64| {
                    let mut point = point.clone();
                    point[place] += moved;
                    naive(&triples, &point[..columns.len()], &point[columns.len()..])
                };
                let difference = (at(step) - at(-step)) / (2.0 * step);
                prop_assert!((difference - expected).abs() <= TOLERANCE * expected.abs().max(1.0) * 10.0, "{place}: {difference} {expected}");
            }
        }
    }

    #[test]
    fn blocks_of_rows_do_not_change_the_value() {
        // 200 classes are three blocks of the products.
        let k = 200;
        let columns: Vec<f64> = (0..k * k).map(|i| ((i * 7919) % 1000) as f64 / 1e5).collect();
        let prior = vec![1.0 / k as f64; k];
        let triples: Vec<[u32; 3]> = (0..k as u32).map(|c| [c, (c * 3) % 200, (c + 1) % 200]).collect();
        let found = slope(&triples, &columns, &prior).value;
        let (mut gram2, mut gram3) = (0.0, 0.0);
        for a in 0..k {
            for b in 0..k {
                let g: f64 = (0..k).map(|j| columns[j * k + a] * columns[j * k + b]).sum();
                gram2 += g * g / (k * k) as f64;
                gram3 += g * g * g / (k * k) as f64;
            }
        }
        let seen = |order: usize| {
            triples.iter().map(|t| share(&prior, &columns, &t.map(|c| c as usize)[..order])).sum::<f64>() / k as f64
        };
        let observed = 2.0 / k as f64 - 2.0 * (seen(2) + seen(3));
        let first: f64 = (0..k).map(|j| (1.0 / k as f64 - share(&prior, &columns, &[j])).powi(2)).sum();
        let expected = first + gram2 + gram3 + observed;
        assert!((expected - found).abs() < REORDERED, "{expected} {found}");
    }
}
