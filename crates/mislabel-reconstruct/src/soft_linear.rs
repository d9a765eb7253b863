//! Soft linear reconstructors with exact leave-one-out.

use mislabel_core::{
    ClassEvidence, ClassMembers, EmbeddingSource, Error, ErrorSummary, Labels, Progress, Result, Stage,
};
use rayon::prelude::*;

use crate::class_model::{ClassModel, Shrinkage, fit_class};
use crate::moments::{ClassMoments, class_moments, median_variance};
use crate::reconstructors::{OwnError, Reconstructors};
use crate::scaling::{ScaledRows, Scaling};
use crate::scorer::Scorer;
use crate::screening::Screen;
use crate::trim::{kept, leaves_enough};

/// The soft linear reconstructor: every class a Tikhonov-shrunk linear autoencoder, in closed form.
///
/// With n_c rows, mean m_c and covariance C_c = S_c/n_c of class c (over the scaled rows), and u = x − m_c,
///
/// Δ_c(x)² = α·uᵀ(C_c + αI)⁻¹u = ‖u‖² − Σ_j f_j (v_jᵀu)², f_j = w_j/(w_j + n_c·α),
///
/// (w_j, v_j) the eigenpairs of S_c: the residual of a linear autoencoder whose j-th component is shrunk by f_j.
/// α = `shrinkage` · median_c(trace C_c)/d is one value for all classes. Of the eigenpairs the `components` largest
/// serve for other classes' samples. A class's own samples get the exact leave-one-out error at full rank,
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
/// O(n·d·(min(n_c, d) + Σ_c r_c)) per fit, r_c ≤ `components`; memory O(d·Σ_c r_c) for the model, one class's
/// min(n_c, d)² matrix per thread, and 36 bytes per sample for the summary. Never n·k.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Silent};
/// use mislabel_reconstruct::SoftLinear;
/// use ndarray::array;
///
/// let rows = array![[1.0_f32, 0.1], [1.0, 0.2], [0.9, 0.1], [0.1, 1.0], [0.2, 1.0], [0.2, 0.9], [0.1, 0.9]];
/// let given = Labels::new(vec![0, 0, 0, 1, 1, 1, 0], 2)?; // the last one is wrong
/// let errors = SoftLinear::default().evidence(&Embeddings::new(rows.view())?, &given, &Silent)?;
/// assert!(errors.own()[6] > 5.0 * errors.least_other()[6]);
/// assert!(errors.own()[..6].iter().zip(errors.least_other()).all(|(own, other)| own < other));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SoftLinear {
    /// α in units of the median class variance per feature, from 1e-12 to 1e12. 10 makes a direction count for half
    /// when it carries ten times the average feature's variance.
    pub shrinkage: f64,
    /// Most components kept for scoring samples of other classes. 0 leaves the class mean (the own errors stay exact).
    pub components: usize,
    /// χ thresholds of the trim-and-refit rounds, in order; positive. Empty: fit once.
    pub trim: Vec<f64>,
    /// What is done to every row first.
    pub scaling: Scaling,
    /// Seed of the start vectors of the eigensolver (large classes only; moves errors in the fourth digit).
    pub seed: u64,
}

/// Beyond this, α or what it is compared with is lost to rounding.
const SHRINKAGE: std::ops::RangeInclusive<f64> = 1e-12..=1e12;

impl Default for SoftLinear {
    fn default() -> Self {
        Self { shrinkage: 10.0, components: 50, trim: vec![1.06], scaling: Scaling::UnitNorm, seed: 0 }
    }
}

impl ClassEvidence for SoftLinear {
    type Evidence = ErrorSummary;

    fn evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        progress: &dyn Progress,
    ) -> Result<ErrorSummary> {
        self.fit(embeddings, given, progress).map(|(_, errors)| errors)
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
        progress: &dyn Progress,
    ) -> Result<(Reconstructors, ErrorSummary)> {
        self.check()?;
        let rows = ScaledRows::new(embeddings, given, self.scaling)?;
        let round = self.last_round(&rows, given, false, progress)?;
        let reconstructors = Reconstructors::new(&rows, &round.moments, round.models);
        let errors = reconstructors.summary_of(&rows, given, &round.own, progress)?;
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
        progress: &dyn Progress,
    ) -> Result<(Reconstructors, ErrorSummary)> {
        self.check()?;
        let rows = ScaledRows::new(embeddings, given, self.scaling)?;
        let mut keep = vec![true; given.len()];
        let scored = |keep: &[bool]| {
            let round = self.round(&rows, given, keep, false, progress)?;
            let reconstructors = Reconstructors::new(&rows, &round.moments, round.models);
            let errors = reconstructors.summary_on(scorer, &rows, given, &round.own, progress)?;
            Ok((reconstructors, errors))
        };
        for threshold in &self.trim {
            keep = kept(&scored(&keep)?.1, given, *threshold);
        }
        scored(&keep)
    }

    /// Trims and refits; the last fit with the spread of every class where it is wanted.
    pub(crate) fn last_round(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        spread: bool,
        progress: &dyn Progress,
    ) -> Result<Round> {
        let mut keep = vec![true; given.len()];
        for threshold in &self.trim {
            let round = self.round(rows, given, &keep, false, progress)?;
            keep = self.kept(round, rows, given, *threshold, progress)?;
        }
        self.round(rows, given, &keep, spread, progress)
    }

    /// Which samples stay after a round: by screening where that decides it, else by scoring every class.
    fn kept(
        &self,
        round: Round,
        rows: &ScaledRows<'_>,
        given: &Labels,
        threshold: f64,
        progress: &dyn Progress,
    ) -> Result<Vec<bool>> {
        let all_left_out = !round.own.contains(&OwnError::Plain);
        if all_left_out && Screen::pays(given.present_classes(), self.components) {
            let screen = Screen::new(&round.moments, &round.models, rows.shape().1);
            let passed = screen.passed(rows, given, &round.own, threshold, progress)?;
            if leaves_enough(&passed, given) {
                return Ok(passed);
            }
        }
        let reconstructors = Reconstructors::new(rows, &round.moments, round.models);
        Ok(kept(&reconstructors.summary_of(rows, given, &round.own, progress)?, given, threshold))
    }

    pub(crate) fn check(&self) -> Result<()> {
        if !SHRINKAGE.contains(&self.shrinkage) {
            let requirement = "from 1e-12 to 1e12";
            return Err(Error::Parameter { name: "shrinkage", value: self.shrinkage, requirement });
        }
        self.trim.iter().try_for_each(|threshold| positive("trim", *threshold))
    }

    /// One fit on the samples to `keep`.
    fn round(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        keep: &[bool],
        spread: bool,
        progress: &dyn Progress,
    ) -> Result<Round> {
        let members = ClassMembers::of(given, |row| keep[row]);
        let moments = class_moments(rows, &members)?;
        let alpha = self.alpha(rows.shape().1, &moments);
        let shrinkage = Shrinkage { alpha, components: self.components, spread };
        let stage = Stage::new("fitting", given.classes(), progress);
        let fit = |class: usize| {
            let model = match members.rows(class) {
                [] | [_] => ClassModel::default(),
                several => fit_class(rows, several, &moments[class], shrinkage, self.seed)?,
            };
            stage.advance(1)?;
            Ok(model)
        };
        let models = (0..given.classes()).into_par_iter().map(fit).collect::<Result<Vec<_>>>()?;
        let squared = |class: usize| models[class].leave_one_out.iter().map(|left_out| left_out.squared).collect();
        let own = OwnError::of_members(&members, given.len(), squared);
        Ok(Round { members, moments, models, own, alpha })
    }

    /// α, in units of the scaled rows.
    fn alpha(&self, features: usize, moments: &[ClassMoments]) -> f64 {
        let variance = median_variance(moments);
        // Where most classes do not vary at all, any positive value orders the samples alike.
        let variance = if variance > 0.0 { variance } else { 1.0 };
        self.shrinkage * variance / features as f64
    }
}

/// The classes fitted on some of the samples.
pub(crate) struct Round {
    pub(crate) members: ClassMembers,
    pub(crate) moments: Vec<ClassMoments>,
    pub(crate) models: Vec<ClassModel>,
    pub(crate) own: Vec<OwnError>,
    pub(crate) alpha: f64,
}

/// Checks that a parameter is a positive number.
fn positive(name: &'static str, value: f64) -> Result<()> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(Error::Parameter { name, value, requirement: "positive and finite" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::{Embeddings, Silent};
    use ndarray::Array2;

    /// 40 overlapping clusters of 60 samples in 50 dimensions, every eleventh label wrong.
    fn noisy_clusters() -> (Array2<f32>, Labels) {
        let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
        let rows = Array2::from_shape_fn((2400, 50), |(i, j)| 0.45 * wave(i % 40, j) + wave(i, j + 50));
        let labels = (0..2400).map(|i| ((i % 40 + usize::from(i % 11 == 0)) % 40) as u32).collect();
        (rows, Labels::new(labels, 41).unwrap())
    }

    #[test]
    fn screening_keeps_the_samples_that_scoring_every_class_keeps() {
        let (rows, given) = noisy_clusters();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let method = SoftLinear::default();
        let rows = ScaledRows::new(&embeddings, &given, method.scaling).unwrap();
        let round = method.round(&rows, &given, &vec![true; given.len()], false, &Silent).unwrap();
        let screen = Screen::new(&round.moments, &round.models, 50);
        let reconstructors = Reconstructors::new(&rows, &round.moments, round.models);
        let summary = reconstructors.summary_of(&rows, &given, &round.own, &Silent).unwrap();
        for threshold in [0.9, 1.0, 1.06, 1.3] {
            let passed = screen.passed(&rows, &given, &round.own, threshold, &Silent).unwrap();
            let ratios = summary.own().iter().zip(summary.least_other()).map(|(own, other)| own / other);
            // The two sum the same products in another order.
            let differ = |(ratio, passed): &(f64, bool)| {
                (ratio / threshold - 1.0).abs() > 1e-4 && (*ratio <= threshold) != *passed
            };
            assert_eq!(ratios.zip(passed.iter().copied()).filter(differ).count(), 0, "threshold {threshold}");
            assert!(passed.contains(&true) && passed.contains(&false));
        }
    }
}
