//! Faulty noise models: a share of the labels moves to the next class.

use std::sync::atomic::{AtomicU64, Ordering};

use mislabel_core::{ErrorMask, Labels, NoiseModel, NoisyLabels, Result, split_seed};
use mislabel_testkit::{Laws, check_noise_laws};

use crate::Fault;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    Nothing,
    MaskOfDraws,
    Unseeded,
    MoreClasses,
    SomeLabels,
    Empty,
}

struct Next(Flaw, AtomicU64);

impl NoiseModel for Next {
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels> {
        let seed = if self.0 == Flaw::Unseeded { self.1.fetch_add(1, Ordering::Relaxed) } else { seed };
        if self.0 == Flaw::Empty {
            assert!(truth.present_classes() == truth.class_count(), "every class has samples");
        }
        let k = truth.class_count() as u32;
        let is_drawn = |row: usize| split_seed(seed, &[row as u64]).is_multiple_of(3);
        let label = |(row, class): (usize, &u32)| if is_drawn(row) { (class + 1) % k } else { *class };
        let mut values: Vec<u32> = truth.values().iter().enumerate().map(label).collect();
        if self.0 == Flaw::SomeLabels && values.len() > 3 {
            values.pop();
            let given = truth.with_values(values)?;
            let errors = ErrorMask::new(vec![false; given.len()])?;
            let mut noisy = NoisyLabels::new(truth.clone(), truth)?;
            (noisy.given, noisy.errors) = (given, errors);
            return Ok(noisy);
        }
        let classes = truth.class_count() + usize::from(self.0 == Flaw::MoreClasses);
        let given = Labels::new(values, classes)?;
        if self.0 == Flaw::MoreClasses {
            return NoisyLabels::new(given.clone(), &given);
        }
        let mut noisy = NoisyLabels::new(given, truth)?;
        if self.0 == Flaw::MaskOfDraws {
            noisy.errors = ErrorMask::new((0..truth.len()).map(is_drawn).collect())?;
        }
        Ok(noisy)
    }
}

fn check(flaw: Flaw) -> std::result::Result<(), mislabel_testkit::LawViolation> {
    check_noise_laws(&Next(flaw, AtomicU64::new(0)), &Laws::default())
}

pub(crate) fn faults() -> Vec<Fault> {
    let fault = |name, flaw| Fault::new(name, &["noise is what it says"], move || check(flaw));
    vec![
        fault("the mask of what was drawn, not of what differs", Flaw::MaskOfDraws),
        fault("noise without a seed", Flaw::Unseeded),
        fault("one class more than before", Flaw::MoreClasses),
        fault("a label is lost", Flaw::SomeLabels),
        fault("a panic at an absent class", Flaw::Empty),
    ]
}

#[test]
fn without_a_fault_the_laws_hold() {
    assert_eq!(check(Flaw::Nothing), Ok(()));
}
