//! Soft linear reconstructors with exact leave-one-out.

use mislabel_core::{ClassEvidence, EmbeddingSource, Error, ErrorSummary, Labels, Result, Run};

use crate::fitting::trim::kept;
use crate::methods::footprint::Footprint;
use crate::methods::reconstructors::Reconstructors;
use crate::rows::scaling::{RowScaling, ScaledRows};
use crate::scoring::device::Scorer;
use crate::search::class_search::ClassSearch;
use crate::search::scope::SearchScope;

/// The soft linear reconstructor: every class a Tikhonov-shrunk linear autoencoder, in closed form.
///
/// With n_c rows, mean m_c and covariance C_c = S_c/n_c of class c (over the scaled rows), and u = x − m_c,
///
/// Δ_c(x)² = α·uᵀ(C_c + αI)⁻¹u = ‖u‖² − Σ_j f_j (v_jᵀu)², f_j = w_j/(w_j + n_c·α),
///
/// (w_j, v_j) the eigenpairs of S_c: the residual of a linear autoencoder whose j-th component is shrunk by f_j.
/// α = `shrinkage` · median_c(trace C_c)/d is one value for all classes. Of the eigenpairs the r = `components` largest
/// serve for other classes' samples, and one mean factor f̄ (see `tail`) for all other directions:
///
/// Δ_c(x)² ≈ (1 − f̄)‖u‖² − Σ_{j≤r} (f_j − f̄)(v_jᵀu)².
///
/// A class's own samples get the exact leave-one-out error at full rank,
///
/// Δ_loo² = α·n_c²/(n_c−1) · h/(1 − h·n_c/(n_c−1)), h = uᵀ(S_c + (n_c−1)αI)⁻¹u,
///
/// which is what refitting the class without the sample gives. Then, for every threshold in `trim`, the samples
/// with χ = Δ_own/Δ_least_other above it (never more than half of a class) are left out, the classes refitted, and
/// all samples scored again, the left-out ones by the plain formula.
///
/// # Small classes
/// An empty class has no reconstructor and is no other class's rival. A class of one sample reconstructs others by its
/// only row (f = 0); its own sample, with nothing left to compare it with, counts as reconstructed exactly as well
/// as by the best other class (χ = 1). In a class of two, a sample's error is its distance to the other.
///
/// # Cost
/// O(n·d·(min(n_c, d) + Σ_c r_c)) per fit, r_c ≤ `components`; the second term, nearly all of it where classes are
/// many, shrinks with the classes that [`ClassSearch`] rules out, to O(n·d·(k + m·r)) for the m nearest means. Memory
/// O(d·Σ_c r_c) for the model, one class's min(n_c, d)² matrix and one block of rows per thread, and at most 64 bytes
/// per sample. Never n·k. `memory` bounds it. A run whose observer has a checkpoint keeps finished rounds and blocks of
/// rows there.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
/// use mislabel_reconstruct::SoftLinear;
/// use ndarray::array;
///
/// let rows = array![[1.0_f32, 0.1], [1.0, 0.2], [0.9, 0.1], [0.1, 1.0], [0.2, 1.0], [0.2, 0.9], [0.1, 0.9]];
/// let given = Labels::new(vec![0, 0, 0, 1, 1, 1, 0], 2)?; // the last one is wrong
/// let errors = SoftLinear::default().evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert!(errors.own()[6] > 5.0 * errors.least_other()[6]);
/// assert!(errors.own()[..6].iter().zip(errors.least_other()).all(|(own, other)| own < other));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SoftLinear {
    /// α in units of the median class variance per feature, from 1e-12 to 1e12. 10 makes a direction count for half
    /// when it carries ten times the average feature's variance.
    pub shrinkage: f64,
    /// Most components kept for scoring samples of other classes. 0 leaves the class mean (the own errors stay exact).
    pub components: usize,
    /// How the directions without a component count for samples of other classes, in [0, 1]. What they would explain is
    /// put at their mean factor f̄, with all of them alike (0) or in proportion to the class's own variance along them
    /// (1).
    pub tail: f64,
    /// χ thresholds of the trim-and-refit rounds, in order; positive. Empty: fit once.
    pub trim: Vec<f64>,
    /// How the best classes are found among all.
    pub search: ClassSearch,
    /// What is done to every row first.
    pub scaling: RowScaling,
    /// Seed of the start vectors of the eigensolver (large classes only; moves errors in the fourth digit).
    pub seed: u64,
}

/// Beyond this, α or what it is compared with is lost to rounding.
const SHRINKAGE: std::ops::RangeInclusive<f64> = 1e-12..=1e12;

impl Default for SoftLinear {
    fn default() -> Self {
        Self {
            shrinkage: 10.0,
            components: 50,
            tail: 0.0,
            trim: vec![1.06],
            search: ClassSearch::default(),
            scaling: RowScaling::UnitNorm,
            seed: 0,
        }
    }
}

impl ClassEvidence for SoftLinear {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        self.fit(embeddings, given, run).map(|(_, errors)| errors)
    }
}

impl SoftLinear {
    /// Fits on `embeddings`, `(n, d)`, and `given`, `(n,)`: the reconstructors of the last round, for scoring other
    /// samples, and the evidence on these ones.
    ///
    /// # Errors
    /// [`Error::Parameter`], [`Error::LengthMismatch`], [`Error::TooFewClasses`] with fewer than two classes that have
    /// samples, [`Error::Cancelled`], and what the source reports.
    pub fn fit(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(Reconstructors, ErrorSummary)> {
        self.check()?;
        let rows = ScaledRows::new(embeddings, given, self.scaling)?;
        let round = self.last_round(&rows, given, false, run)?;
        let reconstructors = Reconstructors::new(&rows, &round.moments, round.models);
        let errors = reconstructors.summary_of(
            &rows,
            given,
            &round.own,
            self.round_scope(self.trim.len(), given, rows.shape().1, run)?,
            run,
        )?;
        Ok((reconstructors, errors))
    }

    /// As [`fit`](Self::fit), with all scoring done by `scorer`. Fitting, and with it every left-out error, stays here.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and what the scorer reports.
    pub fn fit_on(
        &self,
        scorer: &dyn Scorer,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(Reconstructors, ErrorSummary)> {
        self.check()?;
        let rows = ScaledRows::new(embeddings, given, self.scaling)?;
        let mut keep = vec![true; given.len()];
        let scored = |keep: &[bool]| {
            let round = self.round(&rows, given, keep, (false, None), run)?;
            let reconstructors = Reconstructors::new(&rows, &round.moments, round.models);
            let errors = reconstructors.summary_on(scorer, &rows, given, &round.own, run)?;
            Ok((reconstructors, errors))
        };
        for threshold in &self.trim {
            keep = kept(&scored(&keep)?.1, given, *threshold);
        }
        scored(&keep)
    }

    /// How classes are searched in a round.
    pub(crate) fn round_scope(
        &self,
        round: usize,
        given: &Labels,
        features: usize,
        run: &Run<'_>,
    ) -> Result<SearchScope> {
        Ok(SearchScope { round: Some(round), ..self.scope(given, features, run)? })
    }

    /// How classes are searched.
    pub(crate) fn scope(&self, given: &Labels, features: usize, run: &Run<'_>) -> Result<SearchScope> {
        let block = self.footprint(given, features, run).rows_at_once(SearchScope::best_block(given))?;
        Ok(SearchScope { search: self.search, seed: self.seed, block, ..SearchScope::default() })
    }

    /// What a run on samples labeled `given`, of so many features, holds.
    pub(crate) fn footprint(&self, given: &Labels, features: usize, run: &Run<'_>) -> Footprint {
        Footprint::new(given, features, self.components, run.memory())
    }

    pub(crate) fn check(&self) -> Result<()> {
        if !SHRINKAGE.contains(&self.shrinkage) {
            let requirement = "from 1e-12 to 1e12";
            return Err(Error::parameter("shrinkage", self.shrinkage, requirement));
        }
        if !(0.0..=1.0).contains(&self.tail) {
            return Err(Error::parameter("tail", self.tail, "in [0, 1]"));
        }
        if let ClassSearch::Nearest(count @ (0 | 1)) = self.search {
            return Err(Error::parameter("nearest classes", count, "at least 2"));
        }
        self.trim.iter().try_for_each(|threshold| positive("trim", *threshold))
    }
}

/// Checks that a parameter is a positive number.
fn positive(name: &'static str, value: f64) -> Result<()> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(Error::parameter(name, value, "positive and finite"))
}
