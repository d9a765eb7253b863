//! The centroid reconstructor.

use mislabel_core::{ClassEvidence, ClassMembers, EmbeddingSource, ErrorSummary, Labels, Result, Run};
use rayon::prelude::*;

use crate::fitting::class_model::ClassModel;
use crate::fitting::moments::{ClassMoments, class_moments};
use crate::methods::reconstructors::Reconstructors;
use crate::rows::scaling::{RowScaling, ScaledRows};
use crate::rows::slices::{CHUNK, in_rows, square_norm};
use crate::scoring::own_error::OwnError;
use crate::search::scope::SearchScope;

/// The centroid reconstructor: Δ_c(x) = ‖x − m_c‖. The cheapest, and the baseline.
///
/// A class's own samples are measured to the mean of the *others*: Δ = n_c/(n_c − 1)·‖x − m_c‖, exactly what leaving
/// the sample out gives. Empty classes and classes of one sample are treated as by [`SoftLinear`](crate::SoftLinear).
/// O(n·d·k); memory O(d·k) and 36 bytes per sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Centroid {
    /// What is done to every row first.
    pub scaling: RowScaling,
}

impl ClassEvidence for Centroid {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        self.fit(embeddings, given, run).map(|(_, errors)| errors)
    }
}

impl Centroid {
    /// The bytes that a fit on samples labeled `given`, of so many `features`, holds whatever its blocks: labels, places
    /// in their classes, own errors and the summary of every sample, and three means of every class.
    pub fn least_memory(given: &Labels, features: usize) -> u64 {
        const SAMPLE: u64 = 64;
        const MEAN: u64 = 24;
        SAMPLE * given.len() as u64 + MEAN * (given.class_count() * features) as u64
    }

    /// Fits on `embeddings`, `(n, d)`, and `given`, `(n,)`: the class means, for scoring other samples, and the
    /// evidence on these ones.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch),
    /// [`Error::TooFewClasses`](mislabel_core::Error::TooFewClasses) with fewer than two classes that have samples,
    /// [`Error::Cancelled`](mislabel_core::Error::Cancelled), and what the source reports.
    pub fn fit(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(Reconstructors, ErrorSummary)> {
        run.need("the reconstruction of all classes", Self::least_memory(given, embeddings.shape().1))?;
        let rows = ScaledRows::new(embeddings, given, self.scaling)?;
        let members = given.members();
        let moments = class_moments(&rows, &members)?;
        let own = own_errors(&rows, given, &members, &moments, run)?;
        let reconstructors = Reconstructors::new(&rows, &moments, vec![ClassModel::default(); moments.len()]);
        let errors = reconstructors.summary_of(&rows, given, &own, SearchScope::default(), run)?;
        Ok((reconstructors, errors))
    }
}

/// Squared leave-one-out errors of all samples.
fn own_errors(
    rows: &ScaledRows<'_>,
    given: &Labels,
    members: &ClassMembers,
    moments: &[ClassMoments],
    run: &Run<'_>,
) -> Result<Vec<OwnError>> {
    let stage = run.stage("fitting", given.class_count());
    let class_errors = |class: usize| {
        let mut errors = Vec::new();
        for chunk in members.rows(class).chunks(CHUNK) {
            let x = rows.gather(chunk, &moments[class].mean)?;
            errors.extend(in_rows(&x).map(|row| left_out_distance(row, moments[class].count)));
        }
        stage.advance(1)?;
        Ok(errors)
    };
    let errors = (0..given.class_count()).into_par_iter().map(class_errors).collect::<Result<Vec<_>>>()?;
    Ok(OwnError::of_members(members, given.len(), |class| errors[class].clone()))
}

/// (n/(n−1))²·‖x − m‖².
fn left_out_distance(centered: &[f64], count: usize) -> f64 {
    let n = count as f64;
    square_norm(centered) * (n / (n - 1.0).max(1.0)).powi(2)
}
