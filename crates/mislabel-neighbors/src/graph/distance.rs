//! Distances between samples.

/// How far apart two samples are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum Distance {
    /// 1 − cosine of the angle, in [0, 2]: lengths do not matter. The default, because the embeddings of most networks
    /// are compared so. A zero row is at 0 from other zero rows and at 1 from all others.
    #[default]
    Cosine,
    /// Length of the difference, in the unit of the embeddings.
    Euclidean,
}
