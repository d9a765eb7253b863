//! A sample's error under its own class.

use mislabel_core::ClassMembers;

/// Where a sample's own error comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum OwnError {
    /// The plain formula: the sample was not fitted on.
    Plain,
    /// Squared error with the sample left out.
    LeftOut(f64),
    /// The sample is alone in its class, which says nothing about it.
    Alone,
}

impl OwnError {
    /// The own errors of all n samples, from the leave-one-out errors of every class's members.
    pub(crate) fn of_members(members: &ClassMembers, n: usize, squared: impl Fn(usize) -> Vec<f64>) -> Vec<Self> {
        let mut own = vec![Self::Plain; n];
        for class in 0..members.class_count() {
            match members.rows(class) {
                [row] => own[*row as usize] = Self::Alone,
                rows => {
                    let errors = rows.iter().zip(squared(class));
                    errors.for_each(|(row, error)| own[*row as usize] = Self::LeftOut(error));
                }
            }
        }
        own
    }

    /// Whether χ exceeds `threshold` when another class has the squared error `other`.
    /// A sample alone in its class has χ = 1, and trimming leaves it in whatever the threshold.
    pub(crate) fn exceeds(self, threshold: f64, other: f32) -> bool {
        match self {
            Self::LeftOut(squared) => squared.max(0.0).sqrt() > threshold * f64::from(other).sqrt(),
            Self::Plain | Self::Alone => false,
        }
    }

    /// From which squared error on another class surely leaves χ at `threshold` or below, rounding included.
    pub(crate) fn limit(self, threshold: f64) -> f32 {
        match self {
            Self::LeftOut(squared) => (squared / (threshold * threshold)) as f32 * (1.0 + 4.0 * f32::EPSILON),
            Self::Plain | Self::Alone => f32::NEG_INFINITY,
        }
    }

    /// The squared own error, given the one by the plain formula and the least one under another class.
    pub(crate) fn or_plain(self, plain: f32, least_other: f32) -> f64 {
        match self {
            Self::Plain => f64::from(plain),
            Self::LeftOut(squared) => squared.max(0.0),
            Self::Alone => f64::from(least_other),
        }
    }
}
