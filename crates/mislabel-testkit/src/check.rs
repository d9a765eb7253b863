//! All laws at once, on generated cases, the same every time.

use std::cell::RefCell;

use mislabel_core::{
    Detector, ErrorSummary, Judge, LabelIssues, PredictedProbabilities, Result as Judged, Run, split_seed,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::case::Case;
use crate::errors::LabeledErrors;
use crate::gaussian::Numbers;
use crate::laws::{self, Scoring};
use crate::probabilities::LabeledProbabilities;
use crate::rows::LabeledRows;
use crate::violation::{Breach, LawViolation};

/// Which laws to check, on how many cases. The same laws and detector give the same verdict every time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Laws {
    /// Generated cases per law; default 32.
    pub cases: u32,
    /// Seed of the generated cases; default 0.
    pub seed: u64,
    /// How far quality and score may differ when samples are reordered or classes renamed, in units of
    /// max(1, |value|); default 1e-6.
    pub tolerance: f64,
    /// Check that sample order does not matter; default true. Folds made by position break this.
    pub sample_order: bool,
    /// Check that class names do not matter; default true. Random starts per class number break this.
    pub class_names: bool,
    /// Check that threads do not matter; default true.
    pub threads: bool,
    /// Check that a wrong label is the most suspect; default true.
    pub wrong_label: bool,
}

impl Default for Laws {
    fn default() -> Self {
        Self {
            cases: 32,
            seed: 0,
            tolerance: 1e-6,
            sample_order: true,
            class_names: true,
            threads: true,
            wrong_label: true,
        }
    }
}

type Verdict = Result<(), LawViolation>;

/// Holds a detector against the laws, on separable and on awkward rows.
///
/// # Errors
/// The first violation, with the smallest input found.
pub fn check_laws(detector: &dyn Detector, laws: &Laws) -> Verdict {
    check_row_scores(&|case: &LabeledRows| case.judged_by(detector), laws)?;
    laws.check(6, crate::rows::separable_rows(), |case| laws::failing_sources_are_reported(detector, case))?;
    laws.check(7, crate::rows::separable_rows(), |case| laws::cancelling_is_obeyed(detector, case))?;
    // A case of this law is a dozen runs.
    let few = Laws { cases: laws.cases.min(4), ..*laws };
    few.check(8, crate::rows::separable_rows(), |case| laws::stopping_and_resuming_changes_nothing(detector, case))
}

/// Holds a scoring function of rows against the laws.
///
/// # Errors
/// As [`check_laws`].
pub fn check_row_scores(judge: &Scoring<'_, LabeledRows>, laws: &Laws) -> Verdict {
    laws.check_all(judge, || crate::rows::separable_rows().boxed(), || crate::rows::awkward_rows().boxed())
}

/// Holds a judge of error summaries against the laws, on separable and on awkward errors.
///
/// # Errors
/// As [`check_laws`].
pub fn check_error_laws(judge: &dyn Judge<ErrorSummary>, laws: &Laws) -> Verdict {
    check_error_scores(&|case: &LabeledErrors| judge.judge(&case.summary, &case.given, &Run::quiet()), laws)
}

/// Holds a scoring function of errors against the laws.
///
/// # Errors
/// As [`check_laws`].
pub fn check_error_scores(judge: &Scoring<'_, LabeledErrors>, laws: &Laws) -> Verdict {
    laws.check_all(judge, || crate::errors::separable_errors().boxed(), || crate::errors::awkward_errors().boxed())
}

/// Holds a judge of predicted probabilities against the laws, on confident and on awkward probabilities.
///
/// # Errors
/// As [`check_laws`].
pub fn check_probability_laws(judge: &dyn for<'a> Judge<PredictedProbabilities<'a>>, laws: &Laws) -> Verdict {
    let scoring = |case: &LabeledProbabilities| -> Judged<LabelIssues> {
        judge.judge(&PredictedProbabilities::new(case.probabilities.view())?, &case.given, &Run::quiet())
    };
    check_probability_scores(&scoring, laws)
}

/// Holds a scoring function of probabilities against the laws.
///
/// # Errors
/// As [`check_laws`].
pub fn check_probability_scores(judge: &Scoring<'_, LabeledProbabilities>, laws: &Laws) -> Verdict {
    laws.check_all(
        judge,
        || crate::probabilities::confident_probabilities().boxed(),
        || crate::probabilities::awkward_probabilities().boxed(),
    )
}

impl Laws {
    fn check_all<C: Case>(
        &self,
        judge: &Scoring<'_, C>,
        ordinary: impl Fn() -> BoxedStrategy<C>,
        awkward: impl Fn() -> BoxedStrategy<C>,
    ) -> Verdict {
        let any = || prop_oneof![ordinary(), awkward()];
        self.check(0, any(), |case| laws::issues_are_well_formed(judge, case))?;
        self.check(1, any(), |case| laws::other_lengths_are_refused(judge, case))?;
        if self.threads {
            self.check(2, any(), |case| laws::threads_do_not_matter(judge, case))?;
        }
        if self.sample_order {
            self.check(3, (ordinary(), any_u64()), |(case, seed)| {
                let order = Numbers::new(*seed).permutation(case.given().len());
                laws::sample_order_does_not_matter(judge, case, &order, self.tolerance)
            })?;
        }
        if self.class_names {
            self.check(4, (ordinary(), any_u64()), |(case, seed)| {
                let names = Numbers::new(*seed).permutation(case.given().class_count());
                let names: Vec<u32> = names.into_iter().map(|class| class as u32).collect();
                laws::class_names_do_not_matter(judge, case, &names, self.tolerance)
            })?;
        }
        if self.wrong_label {
            self.check(5, (ordinary(), any_u64()), |(case, seed)| {
                let (row, class) = wrong_label(case, *seed);
                laws::a_wrong_label_is_most_suspect(judge, case, row, class)
            })?;
        }
        Ok(())
    }

    /// Checks one law on cases of its own stream, and shrinks the first that breaks it.
    fn check<T: std::fmt::Debug>(
        &self,
        stream: u64,
        cases: impl Strategy<Value = T>,
        law: impl Fn(&T) -> Verdict,
    ) -> Verdict {
        let config =
            Config { cases: self.cases, failure_persistence: None, max_shrink_iters: 256, ..Config::default() };
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
                Err(LawViolation { law: "cases can be generated", breach, input: None })
            }
        }
    }
}

fn any_u64() -> impl Strategy<Value = u64> {
    any::<u64>()
}

/// A sample and a class that is not its own.
fn wrong_label<C: Case>(case: &C, seed: u64) -> (usize, u32) {
    let mut numbers = Numbers::new(seed);
    let (row, classes) = (numbers.below(case.given().len()), case.given().class_count());
    let class = (case.given().class(row) + 1 + numbers.below(classes - 1)) % classes;
    (row, class as u32)
}
