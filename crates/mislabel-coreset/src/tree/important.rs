//! The important samples of a tree, to be looked at first.

use std::collections::{BTreeMap, HashMap, HashSet};

use mislabel_core::{Error, Result, Run};

use crate::tree::coreset_tree::CoresetTree;
use crate::tree::held::HeldSample;

/// How many samples of a class are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassSize {
    /// The most important ones, at most so many.
    Count(usize),
    /// All that the tree holds.
    All,
}

/// Which important samples are asked for. The default is all that have not been seen, of every class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportantSamples {
    /// How many of each class; classes that are not named are left out, unless none is, which asks for all of all.
    pub class_size: BTreeMap<u32, ClassSize>,
    /// Ids that are passed over.
    pub ignore: HashSet<u64>,
    /// Whether samples that were [marked](CoresetTree::mark_seen) as seen come again; default false.
    pub already_seen: bool,
}

/// One important sample.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ImportantSample {
    /// Its id.
    pub id: u64,
    /// Its label: as given, or as updated since.
    pub label: u32,
    /// Its importance over the mean importance of its class or of all samples, by [`Sensitivity::comparison`]: 1 for an
    /// average sample, at least 0.
    ///
    /// [`Sensitivity::comparison`]: crate::Sensitivity::comparison
    pub importance: f64,
    /// How many samples it stands for.
    pub weight: f64,
}

impl CoresetTree {
    /// The most important of the samples that the tree holds, in descending importance; those that came first win ties.
    ///
    /// Importance is measured anew among all that is held, with the labels as they are now, and for one sample: none is
    /// more important because it stands for many. Samples that a reduction has dropped cannot be listed;
    /// [`certain`](crate::MergeReduce::certain) keeps the most important ones from being dropped.
    ///
    /// ```
    /// use mislabel_core::{Embeddings, Labels, Run};
    /// use mislabel_coreset::{ClassSize, ImportantSamples, MergeReduce, Samples};
    /// use ndarray::array;
    ///
    /// let rows = array![[5.0_f32, 0.0], [6.0, 0.3], [5.0, 0.5], [0.0, 5.0], [0.2, 6.0], [0.1, 4.0]];
    /// let given = Labels::new(vec![0, 0, 0, 0, 1, 1], 2)?; // the fourth is wrong
    /// let rows = Embeddings::new(rows.view())?;
    /// let mut tree = MergeReduce::default().build(&Samples::new(&rows, &given)?, None, &Run::quiet())?;
    /// let two = ImportantSamples { class_size: [(0, ClassSize::Count(2))].into(), ..ImportantSamples::default() };
    /// let listed = tree.important_samples(&two, &Run::quiet())?;
    /// assert_eq!((listed.len(), listed[0].id), (2, 3));
    ///
    /// tree.mark_seen(&[3]);
    /// assert_ne!(tree.important_samples(&two, &Run::quiet())?[0].id, 3);
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] at a class of k or more; [`Error::Empty`] when nothing is held; as the importance;
    /// [`Error::Cancelled`].
    pub fn important_samples(&self, request: &ImportantSamples, run: &Run<'_>) -> Result<Vec<ImportantSample>> {
        let mut left = self.counts(&request.class_size)?;
        let held = self.gathered()?;
        let importance = held.importance((self.classes, self.features), &self.options.sensitivity, run)?;
        let wanted =
            |sample: &HeldSample| !request.ignore.contains(&sample.id) && (request.already_seen || !sample.seen);
        let relative = held.relative(&importance, self.classes, self.options.sensitivity.comparison());
        let pairs = held.samples.iter().zip(relative).filter(|(sample, _)| wanted(sample));
        let mut listed: Vec<ImportantSample> = pairs
            .map(|(sample, importance)| ImportantSample {
                id: sample.id,
                label: sample.label,
                importance,
                weight: sample.weight,
            })
            .collect();
        listed.sort_by(|a, b| b.importance.total_cmp(&a.importance));
        listed.retain(|sample| left.as_mut().is_none_or(|left| take_one(left, sample.label)));
        Ok(listed)
    }

    /// How many samples of each class; `None` for all of all.
    fn counts(&self, class_size: &BTreeMap<u32, ClassSize>) -> Result<Option<HashMap<u32, usize>>> {
        if let Some(class) = class_size.keys().find(|class| **class as usize >= self.classes) {
            let (value, high) = (f64::from(*class), self.classes as f64 - 1.0);
            return Err(Error::OutOfRange { what: "class_size", row: 0, column: 0, value, low: 0.0, high });
        }
        let count = |(class, size): (&u32, &ClassSize)| match size {
            ClassSize::Count(count) => (*class, *count),
            ClassSize::All => (*class, usize::MAX),
        };
        Ok((!class_size.is_empty()).then(|| class_size.iter().map(count).collect()))
    }
}

/// Whether there is one left of `class`; one less then.
fn take_one(left: &mut HashMap<u32, usize>, class: u32) -> bool {
    match left.get_mut(&class) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}
