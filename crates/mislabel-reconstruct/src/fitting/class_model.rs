//! Fitting one class: its leave-one-out errors and its reconstructor.

use faer::Mat;
use mislabel_core::{Result, split_seed};
use mislabel_linalg::{add_lower, leading_basis, product, row_major, spectrum, symmetric_product};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use crate::fitting::leave_one_out::{LeftOut, MemberFactor, from_gram, spread};
use crate::fitting::moments::ClassMoments;
use crate::fitting::strangers::Strangers;
use crate::rows::scaling::ScaledRows;
use crate::rows::slices::CHUNK;

/// A ridge of at least this share of a class's variance keeps its matrices definite in f64.
const DEFINITE: f64 = 1e-11;

/// How one class reconstructs: Δ²(x) = (1 − f̄)·‖x − m‖² − Σ_j (aᵀ_j (x − m))².
///
/// a_j = √(f_j − f̄)·v_j for the leading eigenpairs, the largest f_j first, and f̄ stands for the factors of all others
/// ([`Components::tail_factor`]). With Q an orthonormal basis of the leading eigenvectors only the r x r matrix T =
/// QᵀSQ is decomposed; where the rows are few, Q is one in the space of samples.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassModel {
    /// The shrunk directions a_j, one per row of d values.
    pub(crate) directions: Vec<f32>,
    /// ‖a_j‖² = f_j − f̄ of every direction, descending.
    pub(crate) factors: Vec<f64>,
    /// f̄, in [0, 1): by how much directions without a component are shrunk.
    pub(crate) tail: f64,
    /// What the class would say of every member without it, in the members' order; empty for fewer than two members.
    pub(crate) leave_one_out: Vec<LeftOut>,
    /// log det(C + αI) − d·log α, at least 0; 0 unless it was asked for.
    pub(crate) spread: f64,
    /// What is added to every squared error under this class.
    pub(crate) penalty: f64,
}

/// What a class is fitted with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shrinkage<'a> {
    /// α in units of the scaled rows, positive.
    pub(crate) alpha: f64,
    /// Most directions kept.
    pub(crate) components: usize,
    /// [`SoftLinear::tail`](crate::SoftLinear::tail).
    pub(crate) tail: f64,
    /// Whether the class's [`ClassModel::spread`] is wanted.
    pub(crate) spread: bool,
    /// Samples of other classes that the mean factor of directions without a component is measured on.
    pub(crate) strangers: Option<&'a Strangers>,
}

impl Shrinkage<'_> {
    /// α for a class whose scatter or Gram matrix has this trace. The common value, unless the class varies so much
    /// more than the others that nothing of α would be left after rounding.
    fn for_class(mut self, matrix: &Mat<f64>, count: usize) -> Self {
        self.alpha = self.alpha.max(DEFINITE * trace(matrix) / count as f64);
        self
    }
}

/// Fits the class with the given `members` (at least two) and `moments`.
pub(crate) fn fit_class(
    rows: &ScaledRows<'_>,
    (class, members): (usize, &[u32]),
    moments: &ClassMoments,
    shrinkage: Shrinkage<'_>,
    seed: u64,
) -> Result<ClassModel> {
    let strangers = shrinkage.strangers.map(|strangers| strangers.nearest(class, &moments.mean));
    if members.len() <= rows.shape().1 {
        from_few_rows(rows, members, moments, (shrinkage, strangers), seed)
    } else {
        from_many_rows(rows, members, moments, (shrinkage, strangers), seed)
    }
}

/// n_c ≤ d: everything through the n_c x n_c Gram matrix.
fn from_few_rows(
    rows: &ScaledRows<'_>,
    members: &[u32],
    moments: &ClassMoments,
    (shrinkage, strangers): (Shrinkage<'_>, Option<Mat<f64>>),
    seed: u64,
) -> Result<ClassModel> {
    let centered = rows.gather(members, &moments.mean)?;
    let matrix = row_major(&centered);
    let mut gram = Mat::zeros(members.len(), members.len());
    add_lower(&mut gram, matrix, matrix.transpose());
    let shrinkage = shrinkage.for_class(&gram, members.len());
    // Started from the rows' products with random directions, which move with the rows when those are reordered.
    let start = || product(matrix, random_directions(matrix.ncols(), shrinkage.components, seed).as_ref());
    let basis = leading_basis(gram.as_ref(), shrinkage.components, start);
    // Y = BᵀQ, so that YᵀY = QᵀGQ.
    let inner = product(basis.transpose(), symmetric_product(gram.as_ref(), basis.as_ref()).as_ref());
    let components = Components::of(&inner);
    let projected = product(matrix.transpose(), product(basis.as_ref(), components.rotation.as_ref()).as_ref());
    let ridge = members.len() as f64 * shrinkage.alpha;
    let spread = if shrinkage.spread { spread(gram.clone(), ridge) } else { 0.0 };
    let trace = trace(&gram);
    let factor = MemberFactor::new(gram, members.len(), shrinkage.alpha);
    // uᵀS(S + bI)⁻¹u = (Bu)ᵀ(G + bI)⁻¹(Bu).
    let seen = strangers.map(|columns| {
        let explained = factor.quadratic_forms(product(matrix, columns.as_ref()));
        Seen { columns, explained }
    });
    drop(centered);
    let leave_one_out = from_gram(&factor);
    let class = Class { members: members.len(), trace, leverages: leverages(&leave_one_out), spread, seen };
    // The columns of BᵀQ have length √w_j.
    let model = components.model((&projected, |eigenvalue| eigenvalue), shrinkage, class);
    Ok(ClassModel { leave_one_out, ..model })
}

/// n_c > d: everything through the d x d scatter matrix, reading the rows in chunks.
fn from_many_rows(
    rows: &ScaledRows<'_>,
    members: &[u32],
    moments: &ClassMoments,
    (shrinkage, strangers): (Shrinkage<'_>, Option<Mat<f64>>),
    seed: u64,
) -> Result<ClassModel> {
    let d = rows.shape().1;
    let mut scatter = Mat::zeros(d, d);
    for chunk in members.chunks(CHUNK) {
        let centered = rows.gather(chunk, &moments.mean)?;
        let matrix = row_major(&centered);
        add_lower(&mut scatter, matrix.transpose(), matrix);
    }
    let left_out = |factor: &MemberFactor, chunk: &[u32]| {
        let centered = rows.gather(chunk, &moments.mean)?;
        Ok(factor.of_rows(row_major(&centered).transpose().to_owned()))
    };
    let chunks: Vec<&[u32]> = members.chunks(CHUNK).collect();
    let all_left_out = |factor: &MemberFactor| {
        let of_chunks = chunks.par_iter().map(|chunk| left_out(factor, chunk)).collect::<Result<Vec<_>>>()?;
        let leave_one_out = of_chunks.concat();
        Ok((leverages(&leave_one_out), leave_one_out))
    };
    let (model, _, leave_one_out) = from_scatter(scatter, members.len(), (shrinkage, strangers), seed, all_left_out)?;
    Ok(ClassModel { leave_one_out, ..model })
}

/// The model of a class of `count` samples with this scatter matrix, `(d, d)`, lower triangle, and the factor that says what
/// it would say of a member without it. Σ h over all members is what `leverages` makes of the factor, beside what else it
/// makes of it.
pub(crate) fn from_scatter<T>(
    scatter: Mat<f64>,
    count: usize,
    (shrinkage, strangers): (Shrinkage<'_>, Option<Mat<f64>>),
    seed: u64,
    leverages: impl FnOnce(&MemberFactor) -> Result<(f64, T)>,
) -> Result<(ClassModel, MemberFactor, T)> {
    let d = scatter.nrows();
    let shrinkage = shrinkage.for_class(&scatter, count);
    // A class of few rows is looked at in the space of its samples; here, one product more leads to the same space.
    let wanted = shrinkage.components.min(count);
    let start = || {
        let directions = random_directions(d, wanted, seed);
        if count > d { directions } else { symmetric_product(scatter.as_ref(), directions.as_ref()) }
    };
    let basis = leading_basis(scatter.as_ref(), wanted, start);
    let inner = product(basis.transpose(), symmetric_product(scatter.as_ref(), basis.as_ref()).as_ref());
    let ridge = count as f64 * shrinkage.alpha;
    let components = Components::of(&inner);
    let spread = if shrinkage.spread { spread(scatter.clone(), ridge) } else { 0.0 };
    let trace = trace(&scatter);

    let factor = MemberFactor::new(scatter, count, shrinkage.alpha);
    let (leverages, rest) = leverages(&factor)?;
    let rotated = product(basis.as_ref(), components.rotation.as_ref());
    let ridge = (count as f64 - 1.0) * shrinkage.alpha;
    // uᵀS(S + bI)⁻¹u = ‖u‖² − b·uᵀ(S + bI)⁻¹u.
    let seen = strangers.map(|columns| {
        let forms = factor.quadratic_forms(columns.clone());
        let explained = columns.col_iter().zip(forms).map(|(u, form)| u.squared_norm_l2() - ridge * form).collect();
        Seen { columns, explained }
    });
    let class = Class { members: count, trace, leverages, spread, seen };
    Ok((components.model((&rotated, |_| 1.0), shrinkage, class), factor, rest))
}

/// What is known of a class beside its components.
struct Class {
    members: usize,
    /// Of its scatter matrix.
    trace: f64,
    /// Σ h of its members.
    leverages: f64,
    spread: f64,
    seen: Option<Seen>,
}

/// Σ h of the members.
fn leverages(leave_one_out: &[LeftOut]) -> f64 {
    leave_one_out.iter().map(|left_out| left_out.leverage).sum()
}

/// Samples of other classes, and what the class explains of each.
struct Seen {
    /// u = x − m, one per column.
    columns: Mat<f64>,
    /// uᵀS(S + bI)⁻¹u, b = (n−1)α, of each.
    explained: Vec<f64>,
}

/// The leading eigenpairs of a scatter matrix, in a basis of the space that they span.
struct Components {
    /// w_j, descending, none negative.
    eigenvalues: Vec<f64>,
    /// Their eigenvectors in the basis, one per column.
    rotation: Mat<f64>,
}

impl Components {
    /// Of the scatter matrix `inner` in the basis, `(r, r)`.
    fn of(inner: &Mat<f64>) -> Self {
        let size = inner.nrows();
        if size == 0 {
            return Self { eigenvalues: Vec::new(), rotation: Mat::zeros(0, 0) };
        }
        let (ascending, vectors) = spectrum(inner.as_ref()).expect("the decomposition of a finite matrix converges");
        let eigenvalues = ascending.iter().rev().map(|w| w.max(0.0)).collect();
        Self { eigenvalues, rotation: Mat::from_fn(size, size, |i, j| vectors[(i, size - 1 - j)]) }
    }

    /// The model whose eigenvectors are the columns of `vectors`, `(d, r)`, each of squared length `square(w_j)`.
    fn model(
        self,
        (vectors, square): (&Mat<f64>, impl Fn(f64) -> f64),
        shrinkage: Shrinkage<'_>,
        class: Class,
    ) -> ClassModel {
        let members = class.members;
        let ridge = members as f64 * shrinkage.alpha;
        let tail = match &class.seen {
            Some(seen) => self.measured_tail(vectors, &square, (members, shrinkage.alpha), seen),
            None => self.tail_factor(vectors.nrows(), &class, shrinkage),
        };
        let mut directions = Vec::with_capacity(vectors.nrows() * vectors.ncols());
        let mut factors = Vec::with_capacity(vectors.ncols());
        for (column, &eigenvalue) in vectors.col_iter().zip(&self.eigenvalues) {
            let factor = (eigenvalue / (eigenvalue + ridge) - tail).max(0.0);
            let square = square(eigenvalue);
            let root = if square > 0.0 { (factor / square).sqrt() } else { 0.0 };
            directions.extend(column.iter().map(|value| (value * root) as f32));
            factors.push(factor);
        }
        ClassModel { directions, factors, tail, leave_one_out: Vec::new(), spread: class.spread, penalty: 0.0 }
    }

    /// f̄ as samples of other classes have it: of what no component carries of them, Σ ‖u‖² − Σ_j (v_jᵀu)², the share that
    /// the directions left out explain, Σ uᵀS(S + bI)⁻¹u − Σ_j w_j/(w_j + b)·(v_jᵀu)².
    fn measured_tail(
        &self,
        vectors: &Mat<f64>,
        square: impl Fn(f64) -> f64,
        (members, alpha): (usize, f64),
        seen: &Seen,
    ) -> f64 {
        if self.eigenvalues.len() >= vectors.nrows().min(members) {
            return 0.0;
        }
        let ridge = (members as f64 - 1.0) * alpha;
        let scores = product(vectors.transpose(), seen.columns.as_ref());
        let (mut open, mut explained) = (0.0, seen.explained.iter().sum::<f64>());
        for (column, u) in seen.columns.col_iter().enumerate() {
            open += u.squared_norm_l2();
            for (component, &w) in self.eigenvalues.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                let energy = scores[(component, column)].powi(2) / square(w);
                open -= energy;
                explained -= w / (w + ridge) * energy;
            }
        }
        let mean = if open > 0.0 { (explained / open).clamp(0.0, 1.0) } else { 0.0 };
        self.eigenvalues.last().map_or(mean, |w| mean.min(w / (w + ridge)))
    }

    /// f̄, what stands for the factors of the directions left out. With b = (n−1)α the leverages sum to Σ_j w_j/(w_j +
    /// b) over all d directions, and Σ_j w_j²/(w_j + b) = trace(S) − b·Σ_j w_j/(w_j + b): means over the tail need no
    /// eigenpair of it.
    fn tail_factor(&self, features: usize, class: &Class, shrinkage: Shrinkage) -> f64 {
        let (members, rank) = (class.members, self.eigenvalues.len());
        if rank >= features.min(members) {
            return 0.0;
        }
        let ridge = (members as f64 - 1.0) * shrinkage.alpha;
        let factor = |w: &f64| w / (w + ridge);
        let factors = (class.leverages - self.eigenvalues.iter().map(factor).sum::<f64>()).max(0.0);
        let energy = (class.trace - self.eigenvalues.iter().sum::<f64>()).max(f64::MIN_POSITIVE);
        let even = factors / (features - rank) as f64;
        let own = (1.0 - ridge * factors / energy).max(even);
        let mean = even + shrinkage.tail * (own - even);
        // Rounding apart, no direction of the tail is shrunk by more than the last component.
        self.eigenvalues.last().map_or(mean, |last| mean.min(factor(last)))
    }
}

/// Random directions in the space of the features, `(features, count)`: the same for every class, so that neither the
/// names of the classes nor the order of the samples matter.
fn random_directions(features: usize, count: usize, seed: u64) -> Mat<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(split_seed(seed, &[features as u64]));
    Mat::from_fn(features, count, |_, _| random.random::<f64>() - 0.5)
}

fn trace(matrix: &Mat<f64>) -> f64 {
    matrix.diagonal().column_vector().iter().sum()
}
