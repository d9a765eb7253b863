//! Shrinking a case to a handful of samples with short numbers.
//!
//! proptest shrinks what a strategy drew from: a shape and a seed, where the numbers come from a seed. A smaller seed makes
//! other numbers, not simpler ones. So a drawn case shrinks by itself: samples, features and empty classes go, then digits,
//! as long as the law stays broken.

use std::fmt::Debug;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// What knows simpler versions of itself.
pub(crate) trait Simpler: Clone + Debug {
    /// Simpler versions, the simplest first; every chain of them ends.
    fn simpler(&self) -> Vec<Self>;
}

/// Values of `drawn` that shrink by themselves to what `allowed` lets through.
#[derive(Clone, Debug)]
pub(crate) struct Shrinking<S: Strategy> {
    drawn: S,
    allowed: fn(&S::Value) -> bool,
}

impl<S: Strategy<Value: Simpler>> Shrinking<S> {
    pub(crate) fn new(drawn: S, allowed: fn(&S::Value) -> bool) -> Self {
        Self { drawn, allowed }
    }
}

impl<S: Strategy<Value: Simpler>> Strategy for Shrinking<S> {
    type Tree = Shrunk<S::Value>;
    type Value = S::Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let failing = self.drawn.new_tree(runner)?.current();
        Ok(Shrunk { failing, candidates: None, trial: None, allowed: self.allowed })
    }
}

/// A value on its way down.
#[derive(Clone, Debug)]
pub(crate) struct Shrunk<T> {
    /// The simplest value so far that fails.
    failing: T,
    /// Simpler values that were not tried, the simplest last; `None` before they are asked for.
    candidates: Option<Vec<T>>,
    /// The value that is tried.
    trial: Option<T>,
    allowed: fn(&T) -> bool,
}

impl<T: Simpler> Shrunk<T> {
    /// Goes on to the next candidate; false where there is none.
    fn next(&mut self) -> bool {
        let candidates = self.candidates.get_or_insert_with(|| {
            let mut candidates = self.failing.simpler();
            candidates.reverse();
            candidates
        });
        self.trial = std::iter::from_fn(|| candidates.pop()).find(|candidate| (self.allowed)(candidate));
        self.trial.is_some()
    }
}

impl<T: Simpler> ValueTree for Shrunk<T> {
    type Value = T;

    fn current(&self) -> T {
        self.trial.as_ref().unwrap_or(&self.failing).clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(trial) = self.trial.take() {
            (self.failing, self.candidates) = (trial, None);
        }
        self.next()
    }

    fn complicate(&mut self) -> bool {
        self.trial.is_some() && self.next()
    }
}

/// Which of n things to keep, the fewest first: halves, then all but ever smaller chunks.
pub(crate) fn kept(n: usize) -> Vec<Vec<usize>> {
    let mut keeps = Vec::new();
    let mut chunk = n / 2;
    while chunk > 0 {
        for start in (0..n).step_by(chunk) {
            keeps.push((0..n).filter(|i| !(start..start + chunk).contains(i)).collect());
        }
        chunk /= 2;
    }
    keeps.retain(|keep: &Vec<usize>| !keep.is_empty());
    keeps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestError};

    #[derive(Clone, Debug, PartialEq)]
    struct Numbers(Vec<u32>);

    impl Simpler for Numbers {
        fn simpler(&self) -> Vec<Self> {
            let kept = kept(self.0.len()).into_iter().map(|keep| Self(keep.iter().map(|i| self.0[*i]).collect()));
            let halved = (0..self.0.len()).filter(|i| self.0[*i] > 0).map(|i| {
                let mut numbers = self.0.clone();
                numbers[i] /= 2;
                Self(numbers)
            });
            kept.chain(halved).collect()
        }
    }

    fn smallest(allowed: fn(&Numbers) -> bool) -> Numbers {
        let drawn = prop::collection::vec(100..200_u32, 10..20).prop_map(Numbers);
        let config = Config { failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(&Shrinking::new(drawn, allowed), |numbers| {
            let over = numbers.0.iter().filter(|number| **number >= 5).count();
            if over >= 2 { Err(TestCaseError::fail("two numbers of 5 or more")) } else { Ok(()) }
        });
        match outcome {
            Err(TestError::Fail(_, numbers)) => numbers,
            other => unreachable!("every drawn value fails: {other:?}"),
        }
    }

    #[test]
    fn a_failing_value_shrinks_to_the_least_that_fails() {
        let numbers = smallest(|_| true).0;
        assert_eq!(numbers.len(), 2);
        assert!(numbers.iter().all(|number| (5..10).contains(number)), "{numbers:?}");
    }

    #[test]
    fn it_does_not_shrink_to_what_is_not_allowed() {
        assert_eq!(smallest(|numbers| numbers.0.len() >= 7).0.len(), 7);
    }

    #[test]
    fn halves_go_before_single_things() {
        assert_eq!(kept(3), [vec![1, 2], vec![0, 2], vec![0, 1]]);
        assert_eq!(kept(4)[..2], [vec![2, 3], vec![0, 1]]);
        assert!(kept(1).is_empty());
    }
}
