//! Confident learning as a detector.

use mislabel_core::checks::same_length;
use mislabel_core::{
    Judge, LabelIssues, LabelQuality, Labels, NoiseTransition, ProbabilitySource, Result, Run, TransitionEstimator,
};
use ndarray::{Array1, Array2};

use crate::joint::confident_joint::{ConfidentCount, ConfidentJoint};
use crate::joint::latent::LatentEstimation;
use crate::prune::counts::checked_fraction;
use crate::prune::filter::Filter;
use crate::prune::sieve::{Options, Sieve};
use crate::score::Score;

/// Confident learning (Northcutt, Jiang & Chuang 2021): flags from the confident joint, quality from probabilities.
///
/// The defaults are those of cleanlab's `find_label_issues` and `get_label_quality_scores`. A sample's suggested label
/// is its most probable class (the first of several). Quality is the score, clipped to [0, 1] where probabilities
/// exceed 1 by rounding; the raw score is not clipped.
///
/// # Departures
/// From cleanlab 2.9.0: labels of only one class give a result, not an error. `noise_fraction` and `remove_per_class`
/// with a filter that does not use them are errors, not warnings. Where samples tie for the last place to be flagged,
/// the earlier are flagged; there cleanlab's answer depends on the processor. Probabilities must sum to 1.
///
/// ```
/// use mislabel_confident::ConfidentLearning;
/// use mislabel_core::{Judge, Labels, ProbabilityMatrix, Run};
/// use ndarray::array;
///
/// let given = Labels::new(vec![0, 0, 0, 1, 1], 2)?;
/// let probabilities = array![[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.2, 0.8]];
/// let issues = ConfidentLearning::default().judge(&ProbabilityMatrix::new(probabilities)?, &given, &Run::quiet())?;
/// assert_eq!(issues.is_issue().to_vec(), [false, false, true, false, false]);
/// assert_eq!(issues.suggested().class(2), 1);
/// assert_eq!(issues.quality().as_slice().to_vec(), [0.9, 0.8, 0.1, 0.7, 0.8]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ConfidentLearning {
    /// Which labels are flagged.
    pub filter: Filter,
    /// What the quality is.
    pub score: Score,
    /// Whether the score adjusts probabilities by the confident thresholds (for imbalanced classes).
    pub adjust: bool,
    /// Share of the estimated noise to prune, in [0, 1]; for filters that prune.
    pub noise_fraction: f64,
    /// How many samples to prune per class, `(k,)`, instead of the estimate; for filters that prune.
    ///
    /// Exact with [`Filter::PruneByClass`] for classes of more than one sample, before predicted labels are spared.
    /// With the other two it scales the rows of the counts, which are *true* classes.
    pub remove_per_class: Option<Vec<usize>>,
    /// Classes of at most so many samples are not pruned, and so many samples are kept of others.
    pub min_examples_per_class: usize,
    /// A confident joint, `(k, k)`, to prune by instead of the one counted; only filters that prune use it.
    pub joint: Option<ConfidentJoint>,
    /// How the noise transition matrix is estimated.
    pub latent: LatentEstimation,
}

impl Default for ConfidentLearning {
    fn default() -> Self {
        Self {
            filter: Filter::PruneByNoiseRate,
            score: Score::SelfConfidence,
            adjust: false,
            noise_fraction: 1.0,
            remove_per_class: None,
            min_examples_per_class: 1,
            joint: None,
            latent: LatentEstimation::default(),
        }
    }
}

impl ConfidentLearning {
    /// The label issues among `given`, `(n,)`, by out-of-sample `probabilities`, `(n, k)`, read row block by row block.
    ///
    /// k may exceed the number of classes of the labels. The probabilities are read once, rows whose confident class
    /// is not their most probable one twice; to prune by noise rate, those whose given label is less probable than
    /// another once more, and to adjust the score, all. O(n·k) time. Memory: about 40 bytes a sample, 24 of them kept through
    /// the work, 16·k² for the confident joint, and blocks of 16 MiB (256 KiB a thread), whatever n is; pages of a mapped
    /// file, which the system takes back at will, come on top.
    ///
    /// # Errors
    /// As [`ConfidentJoint::count`]; [`Parameter`](mislabel_core::Error::Parameter) for `noise_fraction` outside [0, 1]
    /// and for options the filter does not use; [`LengthMismatch`](mislabel_core::Error::LengthMismatch) unless
    /// `remove_per_class` has k entries and `joint` is `(k, k)`; as [`Score::of_labels`].
    pub fn issues(&self, probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        self.issues_and_joint(probabilities, given, run).map(|(issues, _)| issues)
    }

    /// The bytes that confident learning holds of `samples` samples over `classes` classes whatever its blocks: what it
    /// knows of every sample, two joints, and the blocks that it reads.
    pub fn least_memory(samples: usize, classes: usize) -> u64 {
        const SAMPLE: u64 = 40;
        const BLOCKS: u64 = 16 << 20;
        SAMPLE * samples as u64 + 16 * (classes * classes) as u64 + BLOCKS
    }

    /// The [`issues`](Self::issues), and the confident joint that was counted on the way, which would take another pass.
    ///
    /// # Errors
    /// As [`issues`](Self::issues).
    pub fn issues_and_joint(
        &self,
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(LabelIssues, ConfidentJoint)> {
        let count = ConfidentCount::of(probabilities, given, run)?;
        let flags = Sieve { options: self.options(), probabilities, given, count: &count, run }.flags()?;
        let thresholds = Some(&count.thresholds);
        let score = self.score.of_counted(&count.standings, thresholds, probabilities, given, self.adjust, run)?;
        let predicted =
            count.standings.iter().zip(given.values()).map(|(s, &label)| s.predicted(label as usize) as u32);
        let suggested = labels_over(given, predicted.collect(), count.joint.class_count())?;
        let quality = LabelQuality::new(score.iter().map(|score| score.clamp(0.0, 1.0)).collect())?;
        Ok((LabelIssues::new(quality, flags.to_vec(), suggested, score.to_vec())?, count.joint))
    }

    /// The flags alone, `(n,)`.
    ///
    /// # Errors
    /// As [`issues`](Self::issues), but for the score.
    pub fn flags(&self, probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Array1<bool>> {
        let count = ConfidentCount::of(probabilities, given, run)?;
        Sieve { options: self.options(), probabilities, given, count: &count, run }.flags()
    }

    /// How many labels are to be pruned, where samples lie elsewhere, `(k, k)`: row = given class, column = true class. An
    /// entry off the diagonal is what [`Filter::PruneByNoiseRate`] prunes of the pair; an entry on it is what
    /// [`Filter::PruneByClass`] prunes of the class. Labels that are nearly predicted are spared after they are counted.
    ///
    /// `joint`, `(k, k)`, is the one that was counted, and `label_counts`, `(k,)`, the labels of every class.
    ///
    /// # Errors
    /// [`Parameter`](mislabel_core::Error::Parameter) for `noise_fraction` outside [0, 1];
    /// [`LengthMismatch`](mislabel_core::Error::LengthMismatch) unless there are k counts, `remove_per_class` has k entries,
    /// and a joint of the caller is `(k, k)`.
    pub fn prune_counts(&self, joint: &ConfidentJoint, label_counts: &[usize]) -> Result<Array2<usize>> {
        checked_fraction(self.noise_fraction)?;
        same_length("label counts", joint.class_count(), label_counts.len())?;
        let calibrated = match &self.joint {
            Some(own) => own.clone(),
            None => joint.calibrated_to(label_counts)?,
        };
        same_length("the confident joint", joint.class_count(), calibrated.class_count())?;
        let sizes: Vec<f64> = label_counts.iter().map(|count| *count as f64).collect();
        let counts = self.options().prune_counts(calibrated, &sizes)?;
        let mut pruned = Array2::zeros(joint.view().dim());
        for (class, &size) in label_counts.iter().enumerate().filter(|(_, size)| self.options().is_prunable(**size)) {
            counts.to_prune(class).into_iter().for_each(|(truth, wanted)| pruned[[class, truth]] = wanted.min(size));
            pruned[[class, class]] = counts.to_prune_by_class(class, size);
        }
        Ok(pruned)
    }

    fn options(&self) -> Options<'_> {
        Options {
            filter: self.filter,
            noise_fraction: self.noise_fraction,
            remove_per_class: self.remove_per_class.as_deref(),
            min_examples_per_class: self.min_examples_per_class,
            joint: self.joint.as_ref(),
        }
    }
}

/// Labels over `classes` classes, with the names of `given` when they name as many.
fn labels_over(given: &Labels, values: Vec<u32>, classes: usize) -> Result<Labels> {
    if given.class_count() == classes { given.with_values(values) } else { Labels::new(values, classes) }
}

impl<E: ProbabilitySource> Judge<E> for ConfidentLearning {
    fn judge(&self, evidence: &E, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        self.issues(evidence, given, run)
    }
}

impl<E: ProbabilitySource> TransitionEstimator<E> for ConfidentLearning {
    fn transition(&self, evidence: &E, given: &Labels, run: &Run<'_>) -> Result<NoiseTransition> {
        let joint = ConfidentJoint::count(evidence, given, run)?.calibrated(given)?;
        self.latent.estimates(&joint, given)?.transition()
    }
}
