//! The classes that a sample most likely belongs to.

use std::collections::HashMap;

use crate::samples::samples::Samples;
use crate::slices::distribution::Distribution;

/// For every sample the few classes that a reviewer most likely wants, from what the method suggests for all samples.
///
/// First the suggested class of the sample, then the classes that samples of the same given class are most often suggested
/// to be, then those most often suggested at all.
#[derive(Clone, Debug)]
pub struct Candidates {
    by_given: HashMap<u32, Vec<u32>>,
    overall: Vec<u32>,
}

/// Classes kept for each given class.
const KEPT: usize = 10;

impl Candidates {
    /// From the suggestions for all `samples`. O(n log n) at most.
    pub fn of(samples: &Samples) -> Self {
        let distribution = Distribution::of(samples.ranking(), samples, usize::MAX);
        let mut by_given: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut suggested = vec![0; samples.class_count()];
        for pair in &distribution.pairs {
            let classes = by_given.entry(pair.given).or_default();
            if classes.len() < KEPT {
                classes.push(pair.suggested);
            }
            suggested[pair.suggested as usize] += pair.samples;
        }
        let mut overall: Vec<u32> = (0..samples.class_count() as u32).collect();
        overall.sort_by_key(|&class| std::cmp::Reverse(suggested[class as usize]));
        overall.truncate(2 * KEPT);
        Self { by_given, overall }
    }

    /// At most `most` classes for sample `row`, the likeliest first, without the given one if there is one.
    pub fn classes(&self, samples: &Samples, row: usize, most: usize) -> Vec<u32> {
        let given = samples.given(row).map(|class| class as u32);
        let first = samples.suggested(row).map(|class| class as u32);
        let of_given = given.and_then(|given| self.by_given.get(&given)).map_or(&[][..], Vec::as_slice);
        let mut classes = Vec::with_capacity(most);
        for &class in first.iter().chain(of_given).chain(&self.overall) {
            if Some(class) != given && !classes.contains(&class) && classes.len() < most {
                classes.push(class);
            }
        }
        classes
    }
}
