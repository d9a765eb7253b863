//! The filters: which given labels are flagged as issues.

/// Which given labels are flagged: cleanlab's `filter_by`.
///
/// The first five never flag a label that is predicted, or that would be were it more probable by 1e-6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Filter {
    /// For every pair of given and true class, as many samples as the confident joint counts there: those whose
    /// true class is more probable than the given one by the greatest margin. The default.
    #[default]
    PruneByNoiseRate,
    /// For every given class, as many samples as the confident joint counts off the diagonal: the least probable.
    PruneByClass,
    /// What both of the above flag.
    Both,
    /// The samples counted off the diagonal of the confident joint.
    ConfidentLearning,
    /// The samples for which another class is predicted.
    #[cfg_attr(feature = "serde", serde(rename = "predicted_neq_given"))]
    PredictedNotGiven,
    /// The least normalized margins, as many as [`ConfidentLearning`](Self::ConfidentLearning) flags.
    LowNormalizedMargin,
    /// The least self-confidences, as many as [`ConfidentLearning`](Self::ConfidentLearning) flags.
    LowSelfConfidence,
}

impl Filter {
    /// All filters.
    pub const ALL: [Self; 7] = [
        Self::PruneByNoiseRate,
        Self::PruneByClass,
        Self::Both,
        Self::ConfidentLearning,
        Self::PredictedNotGiven,
        Self::LowNormalizedMargin,
        Self::LowSelfConfidence,
    ];

    /// cleanlab's name of the filter.
    pub fn name(self) -> &'static str {
        match self {
            Self::PruneByNoiseRate => "prune_by_noise_rate",
            Self::PruneByClass => "prune_by_class",
            Self::Both => "both",
            Self::ConfidentLearning => "confident_learning",
            Self::PredictedNotGiven => "predicted_neq_given",
            Self::LowNormalizedMargin => "low_normalized_margin",
            Self::LowSelfConfidence => "low_self_confidence",
        }
    }

    /// Whether the filter prunes by counts, so that the options on counts mean something.
    pub fn prunes(self) -> bool {
        matches!(self, Self::PruneByNoiseRate | Self::PruneByClass | Self::Both)
    }
}
