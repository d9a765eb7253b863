//! Which laws to check, and the search for a case that breaks one.

use std::cell::RefCell;
use std::fmt::Debug;

use mislabel_core::split_seed;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::change::Change;
use crate::violation::{Breach, LawViolation};

/// Which laws to check, on how many cases. The same laws and detector give the same verdict every time.
///
/// 32 cases per law, the default, catch every planted fault of this crate's catalogue (`tests/catalogue`), each in well under a
/// second; a fault that shows in one case of ten is missed with probability 0.9³² = 3%, one that shows in one of a hundred with
/// probability 72%. Before a release, ask for 1,000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Laws {
    /// Generated cases per law; default 32.
    pub cases: u32,
    /// Seed of the generated cases; default 0.
    pub seed: u64,
    /// How far quality and score may differ when samples are reordered or classes renamed, in units of
    /// max(1, |value|); default 1e-6.
    pub tolerance: f64,
    /// How far quality may move the wrong way where a copy must not lower it and a wrong label must not raise it: both also
    /// move what a method estimates from all samples; default 0.05.
    pub leeway: f64,
    /// Check that sample order does not matter, and that equal samples are judged alike; default true. Folds made by position
    /// break this.
    pub sample_order: bool,
    /// Check that class names do not matter; default true. Random starts per class number break this.
    pub class_names: bool,
    /// Check that threads do not matter; default true.
    pub threads: bool,
    /// Check that a wrong label is the most suspect; default true.
    pub wrong_label: bool,
    /// Check all laws where samples and classes tie, too, and that such input is accepted; default true. A choice among equals
    /// by index breaks this: the k nearest of more neighbors, the n most suspect of more samples.
    pub ties: bool,
    /// Check that a class without samples changes nothing; default true. A prior over all classes breaks this.
    pub empty_class: bool,
    /// Check that a copy of a sample is no worse, and that more wrong labels do not raise the mean quality; default true.
    pub monotony: bool,
    /// Check that the scale of embeddings does not matter; default false.
    pub scale: bool,
    /// Check that the axes of embeddings do not matter; default false.
    pub rotation: bool,
}

impl Default for Laws {
    fn default() -> Self {
        Self {
            cases: 32,
            seed: 0,
            tolerance: 1e-6,
            leeway: 0.05,
            sample_order: true,
            class_names: true,
            threads: true,
            wrong_label: true,
            ties: true,
            empty_class: true,
            monotony: true,
            scale: false,
            rotation: false,
        }
    }
}

/// What a check says.
pub(crate) type Verdict = Result<(), LawViolation>;

/// How often a counter-example is tried in a simpler form.
const MOST_SHRINKS: u32 = 768;

impl Laws {
    /// Checks one law on cases of the stream `stream`, and shrinks the first that breaks it.
    pub(crate) fn check<T: Debug>(
        &self,
        stream: u64,
        cases: impl Strategy<Value = T>,
        law: impl Fn(&T) -> Verdict,
    ) -> Verdict {
        let config = Config {
            cases: self.cases,
            failure_persistence: None,
            max_shrink_iters: MOST_SHRINKS,
            ..Config::default()
        };
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&split_seed(self.seed, &[stream]).to_le_bytes());
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        // The runner reports the smallest input last, as text; the violation itself is kept here.
        let last = RefCell::new(None);
        let outcome = runner.run(&cases, |case| {
            law(&case).map_err(|violation| {
                let failure = TestCaseError::fail(violation.to_string());
                *last.borrow_mut() = Some(violation);
                failure
            })
        });
        match (outcome, last.into_inner()) {
            (Ok(()), _) => Ok(()),
            (Err(TestError::Fail(_, input)), Some(violation)) => {
                Err(LawViolation { input: Some(format!("{input:?}")), ..violation })
            }
            (Err(error), _) => {
                let breach = Breach::Unchecked { reason: error.to_string() };
                Err(LawViolation { law: "cases can be generated", breach, change: Change::Nothing, input: None })
            }
        }
    }

    /// The same laws on at most so many cases.
    pub(crate) fn few(self, cases: u32) -> Self {
        Self { cases: self.cases.min(cases), ..self }
    }
}
