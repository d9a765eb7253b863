//! A case with what is done to it, as one value that shrinks.

use std::fmt;

use proptest::prelude::*;

use crate::cases::case::Case;
use crate::cases::members::rows_of_others;
use crate::change::Change;
use crate::strategies::numbers::Numbers;
use crate::strategies::shrinking::{Shrinking, Simpler, kept};

/// A case with what is done to it.
#[derive(Clone)]
pub(crate) struct Trial<C> {
    pub(crate) case: C,
    pub(crate) change: Change,
}

impl<C: Case> fmt::Debug for Trial<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.case.fmt(f)
    }
}

impl<C: Case> Simpler for Trial<C> {
    fn simpler(&self) -> Vec<Self> {
        let Self { case, change } = self;
        let fewer = kept(case.given().len()).into_iter().filter_map(|rows| {
            let change = change.among(&rows)?;
            Some(Self { case: case.selected(&rows), change })
        });
        let whole = (0..case.given().class_count()).rev().filter_map(|class| {
            let rows = rows_of_others(case, class)?;
            let change = change.among(&rows)?.without_class(class)?;
            Some(Self { case: case.selected(&rows).without_class(class)?, change })
        });
        let classes = (0..case.given().class_count()).rev().filter_map(|class| {
            let (case, change) = (case.without_class(class)?, change.without_class(class)?);
            Some(Self { case, change })
        });
        let narrower = if change.is_of_features() { Vec::new() } else { case.narrower() };
        let narrower = narrower.into_iter().map(|case| Self { case, change: change.clone() });
        let changes = change.simpler().into_iter().map(|change| Self { case: case.clone(), change });
        let rounded = (1..=4).filter_map(|digits| case.rounded(digits));
        let rounded = rounded.map(|case| Self { case, change: change.clone() });
        whole.chain(fewer).chain(classes).chain(narrower).chain(changes).chain(rounded).collect()
    }
}

/// Cases of a strategy with a change each, made from the case and random numbers, that shrink to what is `allowed`.
pub(crate) fn trials<C: Case>(
    cases: BoxedStrategy<C>,
    change: impl Fn(&C, &mut Numbers) -> Change,
    allowed: fn(&Trial<C>) -> bool,
) -> impl Strategy<Value = Trial<C>> {
    let trial = move |(case, seed): (C, u64)| {
        let change = change(&case, &mut Numbers::new(seed));
        Trial { case, change }
    };
    Shrinking::new((cases, any::<u64>()).prop_map(trial), allowed)
}

/// Another order of the samples.
pub(crate) fn order<C: Case>(case: &C, numbers: &mut Numbers) -> Change {
    Change::Order(numbers.permutation(case.given().len()))
}

/// Other names of the classes.
pub(crate) fn names<C: Case>(case: &C, numbers: &mut Numbers) -> Change {
    let names = numbers.permutation(case.given().class_count());
    Change::Names(names.into_iter().map(|class| class as u32).collect())
}

/// A wrong label for one sample.
pub(crate) fn wrong_label<C: Case>(case: &C, numbers: &mut Numbers) -> Change {
    let row = numbers.below(case.given().len());
    Change::Labels(vec![(row, wrong_class(case, row, numbers))])
}

/// Wrong labels for two of the samples of different classes.
pub(crate) fn wrong_labels<C: Case>(case: &C, numbers: &mut Numbers) -> Change {
    let rows = numbers.permutation(case.given().len());
    let second = rows.iter().find(|row| case.given().class(**row) != case.given().class(rows[0]));
    let rows = [Some(rows[0]), second.copied()];
    Change::Labels(rows.into_iter().flatten().map(|row| (row, wrong_class(case, row, numbers))).collect())
}

/// A copy of one sample.
pub(crate) fn copy<C: Case>(case: &C, numbers: &mut Numbers) -> Change {
    Change::Copy(numbers.below(case.given().len()))
}

fn wrong_class<C: Case>(case: &C, row: usize, numbers: &mut Numbers) -> u32 {
    let classes = case.given().class_count();
    ((case.given().class(row) + 1 + numbers.below(classes - 1)) % classes) as u32
}
