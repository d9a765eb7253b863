//! All laws of judges, on cases of one kind.

use proptest::prelude::*;
use proptest::strategy::Union;

use crate::cases::case::CaseKind::{Awkward, Plain, Tied};
use crate::cases::case::{Case, CaseKind};
use crate::change::Change;
use crate::checks::laws::{Laws, Verdict};
use crate::laws::{self, Answer, Scoring};
use crate::strategies::numbers::Numbers;
use crate::trial::{self, Trial, trials};

/// Holds a scoring function against the laws, on plain, tied and awkward cases of its kind: of rows, errors or probabilities.
///
/// A scoring function turns a case into issues, or into any other [`Answer`]: evidence, a noise transition matrix.
///
/// # Errors
/// The first violation, with the smallest input found.
pub fn check_scores<C: Case, A: Answer + Send>(judge: &Scoring<'_, C, A>, laws: &Laws) -> Verdict {
    let check = Check { judge, laws };
    check.soundness()?;
    check.sameness()?;
    check.refusals()?;
    check.suspicion()
}

/// A judge and the laws that it is held against.
struct Check<'a, C, A> {
    judge: &'a Scoring<'a, C, A>,
    laws: &'a Laws,
}

/// Kinds of cases: everything, and what has a well-defined answer.
const ANY: [CaseKind; 3] = [Plain, Tied, Awkward];

impl<C: Case, A: Answer + Send> Check<'_, C, A> {
    /// Cases with a well-defined answer: ties only where the judge promises one.
    fn defined(&self) -> BoxedStrategy<C> {
        match self.laws.ties {
            true => prop_oneof![C::cases(Plain), C::cases(Tied)].boxed(),
            false => C::cases(Plain),
        }
    }

    fn any(&self) -> BoxedStrategy<C> {
        Union::new(ANY.map(C::cases)).boxed()
    }

    /// Checks a law on `cases`, each with a change, that shrink to what is `allowed`.
    fn law(
        &self,
        stream: u64,
        cases: BoxedStrategy<C>,
        allowed: fn(&Trial<C>) -> bool,
        change: impl Fn(&C, &mut Numbers) -> Change,
        law: impl Fn(&C, &Change) -> Verdict,
    ) -> Verdict {
        self.laws.check(stream, trials(cases, change, allowed), |Trial { case, change }| law(case, change))
    }

    fn soundness(&self) -> Verdict {
        let judge = self.judge;
        self.law(0, self.any(), freely, unchanged, |case, _| laws::answers_are_well_formed(judge, case))?;
        self.law(1, self.any(), freely, unchanged, |case, _| laws::other_lengths_are_refused(judge, case))?;
        self.law(11, self.any(), freely, unchanged, |case, _| laws::asking_again_changes_nothing(judge, case))?;
        if self.laws.threads {
            self.law(2, self.any(), freely, unchanged, |case, _| laws::threads_do_not_matter(judge, case))?;
        }
        self.law(9, C::cases(Plain), plainly, unchanged, |case, _| laws::sound_input_is_accepted(judge, case))?;
        if self.laws.ties {
            self.law(10, C::cases(Tied), roomily, unchanged, |case, _| laws::sound_input_is_accepted(judge, case))?;
        }
        Ok(())
    }

    fn sameness(&self) -> Verdict {
        let (judge, laws) = (self.judge, self.laws);
        if laws.sample_order {
            self.law(3, self.defined(), freely, trial::order, |case, change| {
                laws::sample_order_does_not_matter(judge, case, change.order(), laws.tolerance)
            })?;
            self.law(12, self.defined(), freely, trial::copy, |case, change| {
                laws::equal_samples_are_judged_alike(judge, case, change.row(), laws.tolerance)
            })?;
        }
        if laws.class_names {
            self.law(4, C::cases(Plain), untied, trial::names, |case, change| {
                laws::class_names_do_not_matter(judge, case, change.names(), laws.tolerance, true)
            })?;
        }
        if laws.class_names && laws.ties {
            // Where classes tie, any of them may be suggested.
            self.law(13, C::cases(Tied), freely, trial::names, |case, change| {
                laws::class_names_do_not_matter(judge, case, change.names(), laws.tolerance, false)
            })?;
        }
        if laws.empty_class {
            self.law(14, C::cases(Plain), plainly, unchanged, |case, _| {
                laws::an_empty_class_changes_nothing(judge, case, laws.tolerance)
            })?;
        }
        Ok(())
    }

    fn refusals(&self) -> Verdict {
        let judge = self.judge;
        if self.laws.sample_order {
            self.law(15, C::cases(Awkward), freely, trial::order, |case, change| {
                laws::refusals_do_not_depend_on_order(judge, case, change.order())
            })?;
        }
        if self.laws.class_names {
            self.law(16, C::cases(Awkward), freely, trial::names, |case, change| {
                laws::refusals_do_not_depend_on_names(judge, case, change.names())
            })?;
        }
        Ok(())
    }

    fn suspicion(&self) -> Verdict {
        let (judge, laws) = (self.judge, self.laws);
        if laws.wrong_label {
            self.law(5, C::cases(Plain), plainly, trial::wrong_label, |case, change| {
                let (row, class) = change.labels()[0];
                laws::a_wrong_label_is_most_suspect(judge, case, row, class)
            })?;
        }
        if laws.monotony {
            self.law(17, C::cases(Plain), plainly, trial::copy, |case, change| {
                laws::a_copy_is_no_worse(judge, case, change.row(), laws.leeway)
            })?;
            self.law(18, C::cases(Plain), plainly, trial::wrong_labels, |case, change| {
                laws::more_wrong_labels_do_not_raise_quality(judge, case, change.labels(), laws.leeway)
            })?;
        }
        Ok(())
    }
}

/// Shrinks as far as the law stays broken.
fn freely<C>(_: &Trial<C>) -> bool {
    true
}

/// Shrinks as far as [`CaseKind::Plain`] goes.
fn plainly<C: Case>(trial: &Trial<C>) -> bool {
    trial.case.is_plain()
}

/// Shrinks as far as a case must be accepted.
fn roomily<C: Case>(trial: &Trial<C>) -> bool {
    trial.case.is_roomy()
}

/// Shrinks as far as no classes tie, between which a judge may choose.
fn untied<C: Case>(trial: &Trial<C>) -> bool {
    trial.case.is_untied()
}

fn unchanged<C>(_: &C, _: &mut Numbers) -> Change {
    Change::Nothing
}
