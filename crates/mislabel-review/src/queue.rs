//! What to look at, in which order.

use std::collections::HashSet;

use mislabel_core::{Error as CoreError, split_seed};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::error::Result;
use crate::samples::samples::Samples;

/// Samples in the order in which they should be looked at, with control samples among them.
///
/// A *control* is drawn by chance from the samples that are not in the list. What reviewers say of controls tells how many
/// labels are wrong where nobody suspects it, and, with suggestions hidden, whether suggestions sway them.
///
/// ```
/// use mislabel_core::{LabelIssues, LabelQuality, Labels};
/// use mislabel_review::{Queue, Samples};
///
/// let given = Labels::new(vec![0; 100], 2)?;
/// let quality = LabelQuality::new((0..100).map(|row| f64::from(row) / 100.0).collect())?;
/// let flags = (0..100).map(|row| row < 20).collect();
/// let samples = Samples::new(given.clone(), LabelIssues::new(quality, flags, given, vec![0.0; 100])?)?;
///
/// let queue = Queue::suspects(&samples, 0.2, 7)?;
/// assert_eq!(queue.rows().len(), 25);
/// assert_eq!(queue.rows().iter().filter(|row| queue.is_control(**row)).count(), 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Queue {
    rows: Vec<u32>,
    controls: HashSet<u32>,
}

impl Queue {
    /// The flagged samples, the most suspect first; a share `controls` of the queue are control samples. Samples without a
    /// label are neither.
    ///
    /// # Errors
    /// [`Error::Core`](crate::Error::Core) when the share is not in [0, 1).
    pub fn suspects(samples: &Samples, controls: f64, seed: u64) -> Result<Self> {
        let (labels, issues) = (samples.given_labels(), samples.issues());
        let flagged = issues.quality().ranking().into_iter().filter(|&place| issues.is_issue()[place]);
        let places = Self::of(flagged.map(|place| place as u32).collect(), issues.len(), controls, seed)?;
        let row = |place: u32| labels.rows()[place as usize];
        Ok(Self {
            rows: places.rows.into_iter().map(row).collect(),
            controls: places.controls.into_iter().map(row).collect(),
        })
    }

    /// These `rows` of `samples` in this order; a share `controls` of the queue are control samples.
    ///
    /// # Errors
    /// As [`suspects`](Self::suspects).
    pub fn of(rows: Vec<u32>, samples: usize, controls: f64, seed: u64) -> Result<Self> {
        if !(0.0..1.0).contains(&controls) {
            return Err(CoreError::parameter("controls", controls, "at least 0 and below 1").into());
        }
        let wanted = (rows.len() as f64 * controls / (1.0 - controls)).round() as usize;
        let mut generator = ChaCha8Rng::seed_from_u64(split_seed(seed, &[0]));
        let drawn = drawn(&rows, samples, wanted, &mut generator);
        let controls = drawn.iter().copied().collect();
        Ok(Self { rows: mixed(rows, drawn, &mut generator), controls })
    }

    /// The samples, in order.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Whether `row` is a control sample.
    pub fn is_control(&self, row: u32) -> bool {
        self.controls.contains(&row)
    }
}

/// `wanted` samples that are not among `rows`, by chance, as far as there are any.
fn drawn(rows: &[u32], samples: usize, wanted: usize, generator: &mut ChaCha8Rng) -> Vec<u32> {
    let wanted = wanted.min(samples - rows.len().min(samples));
    let mut taken: HashSet<u32> = rows.iter().copied().collect();
    let mut drawn = Vec::with_capacity(wanted);
    // Where nearly all are taken, chance would take long to find the others.
    if 2 * (rows.len() + wanted) > samples {
        let mut left: Vec<u32> = (0..samples as u32).filter(|row| !taken.contains(row)).collect();
        for place in 0..wanted.min(left.len()) {
            let other = generator.random_range(place..left.len());
            left.swap(place, other);
        }
        left.truncate(wanted);
        return left;
    }
    while drawn.len() < wanted {
        let row = generator.random_range(0..samples as u32);
        if taken.insert(row) {
            drawn.push(row);
        }
    }
    drawn
}

/// `others` among `rows` at places of chance; both keep their order.
fn mixed(rows: Vec<u32>, others: Vec<u32>, generator: &mut ChaCha8Rng) -> Vec<u32> {
    let (mut one, mut other) = (rows.len(), others.len());
    let (mut rows, mut others) = (rows.into_iter(), others.into_iter());
    let mut mixed = Vec::with_capacity(one + other);
    while one + other > 0 {
        let takes_other = generator.random_range(0..one + other) < other;
        mixed.extend(if takes_other { others.next() } else { rows.next() });
        *(if takes_other { &mut other } else { &mut one }) -= 1;
    }
    mixed
}
