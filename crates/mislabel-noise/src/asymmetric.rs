//! Noise that goes from every class to one other.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Labels, NoiseModel, NoisyLabels, Result};

use crate::rate::{checked_rate, need_second_class};
use crate::sampling::{Sampling, generator, noisy};

const STREAM: u64 = 2;

/// The usual asymmetric noise on CIFAR-10 (Patrini et al. 2017): bird to aeroplane, cat to dog and back, deer to
/// horse, lorry to car; the other classes keep their labels. For [`Asymmetric::targets`].
pub const CIFAR10_PAIRS: [u32; 10] = [0, 1, 0, 5, 7, 3, 6, 7, 8, 1];

/// Asymmetric noise: a corrupted label of class i becomes the one class that i is mistaken for.
///
/// ```
/// use mislabel_core::{Labels, NoiseModel};
/// use mislabel_noise::Asymmetric;
///
/// let truth = Labels::new(vec![0, 1, 2, 2], 3)?;
/// let only_the_last = Asymmetric { rate: 1.0, targets: Some(vec![0, 1, 0]), ..Asymmetric::default() };
/// assert_eq!(only_the_last.corrupt(&truth, 51)?.given.values(), [0, 1, 0, 0]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Asymmetric {
    /// The share of labels, in [0, 1], that become wrong, among the samples of classes that have another class as
    /// their target. With the default targets that is every sample and this is the noise rate η.
    pub rate: f64,
    /// The class that each class is mistaken for, `(k,)`; a class that is its own target keeps its labels.
    /// `None` is the pair flip, class i to i + 1 modulo k.
    pub targets: Option<Vec<u32>>,
    /// Whether the rate is met exactly or on average, over all classes together.
    pub sampling: Sampling,
}

impl Default for Asymmetric {
    /// A tenth of the labels, exactly, by pair flip.
    fn default() -> Self {
        Self { rate: 0.1, targets: None, sampling: Sampling::Exact }
    }
}

impl NoiseModel for Asymmetric {
    /// O(n).
    ///
    /// # Errors
    /// [`Error::Parameter`] for the rate, [`Error::LengthMismatch`] or [`Error::LabelOutOfRange`] (whose row is the
    /// class) for the targets; for a rate above 0 [`Error::TooFewClasses`] with k = 1 and [`Error::Undefined`] when
    /// every sample's class is its own target.
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels> {
        checked_rate(self.rate)?;
        self.check_targets(truth.class_count())?;
        let mut values = truth.values().to_vec();
        if self.rate > 0.0 {
            need_second_class(truth)?;
            let target = |row: usize| self.target(truth.class(row), truth.class_count());
            let movable: Vec<usize> = (0..truth.len()).filter(|&row| target(row) != truth.values()[row]).collect();
            if movable.is_empty() {
                let reason = "the class of every sample is its own target";
                return Err(Error::Undefined { quantity: "asymmetric noise", reason });
            }
            for row in self.sampling.hit(&movable, self.rate, &mut generator(seed, STREAM)) {
                values[row] = target(row);
            }
        }
        noisy(truth, values)
    }
}

impl Asymmetric {
    fn check_targets(&self, classes: usize) -> Result<()> {
        let Some(targets) = &self.targets else { return Ok(()) };
        same_length("targets", classes, targets.len())?;
        checked_classes(targets)
    }

    fn target(&self, class: usize, classes: usize) -> u32 {
        match &self.targets {
            Some(targets) => targets[class],
            None => next_class(class, classes),
        }
    }
}

/// i + 1 modulo k for class i.
pub(crate) fn next_class(class: usize, classes: usize) -> u32 {
    ((class + 1) % classes) as u32
}

/// Checks that every target is one of the classes that have a target.
pub(crate) fn checked_classes(targets: &[u32]) -> Result<()> {
    let classes = targets.len();
    match targets.iter().position(|&target| target as usize >= classes) {
        None => Ok(()),
        Some(row) => Err(Error::LabelOutOfRange { row, label: i64::from(targets[row]), classes }),
    }
}
