//! What importance is compared with before samples of different classes are ranked together.

/// What the importance of a sample is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum Comparison {
    /// The mean importance of its class: leverage sums to about the same number in every class, so that samples of small
    /// classes have more of it whatever their labels. The default.
    #[default]
    GivenClass,
    /// The mean importance of all samples: for losses, which mean the same in every class.
    Dataset,
}

impl Comparison {
    /// Every value over the mean of those it is compared with; 1 where that is 0.
    ///
    /// `samples` are (value, class below `classes`, weight): the value is that of one sample, of which there are `weight`.
    pub(crate) fn relative(
        self,
        samples: impl Iterator<Item = (f64, usize, f64)> + Clone,
        classes: usize,
    ) -> impl Iterator<Item = f64> {
        let group = move |class| if matches!(self, Self::GivenClass) { class } else { 0 };
        let (mut sums, mut weights) = (vec![0.0; classes], vec![0.0; classes]);
        for (value, class, weight) in samples.clone() {
            sums[group(class)] += weight * value;
            weights[group(class)] += weight;
        }
        samples.map(move |(value, class, _)| {
            let mean = sums[group(class)] / weights[group(class)];
            if mean > 0.0 { value / mean } else { 1.0 }
        })
    }
}
