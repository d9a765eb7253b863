//! How many labels are issues, without saying which.

use mislabel_core::{Labels, ProbabilitySource, Result, Run};

use crate::joint::confident_joint::{ConfidentCount, ConfidentJoint};

/// How to count label issues: cleanlab's `estimation_method`.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum IssueCount {
    /// The samples that [`Filter::ConfidentLearning`](crate::Filter::ConfidentLearning) flags. The default.
    #[default]
    OffDiagonal,
    /// The off-diagonal share of the calibrated confident joint; rather use it with fewer than four classes.
    Calibrated,
    /// The off-diagonal share of this joint, `(k, k)`, once it is calibrated.
    Joint(ConfidentJoint),
}

impl IssueCount {
    /// The estimated number of issues among the labels `given`, `(n,)`, under `probabilities`, `(n, k)`.
    ///
    /// # Errors
    /// As [`ConfidentJoint::count`], and [`LengthMismatch`](mislabel_core::Error::LengthMismatch) unless a joint of
    /// the caller is `(k, k)`.
    pub fn issues(&self, probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<usize> {
        let count = ConfidentCount::of(probabilities, given, run)?;
        match self {
            Self::OffDiagonal => Ok(count.off_diagonal(given).into_iter().filter(|flag| *flag).count()),
            Self::Calibrated => off_diagonal_mass(&count.joint.calibrated(given)?, given),
            Self::Joint(joint) => {
                mislabel_core::checks::same_length(
                    "the confident joint",
                    count.joint.class_count(),
                    joint.class_count(),
                )?;
                off_diagonal_mass(joint, given)
            }
        }
    }
}

fn off_diagonal_mass(joint: &ConfidentJoint, given: &Labels) -> Result<usize> {
    let kept = joint.distribution(given)?.diag().sum();
    Ok(((1.0 - kept) * given.len() as f64).round_ties_even().max(0.0) as usize)
}
