//! One fraction for work of several stages.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use crate::run::progress::Progress;

/// A stage that work is expected to go through, with its share of the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedStage {
    /// The name, as [`Run::stage`](crate::Run::stage) has it.
    pub name: &'static str,
    /// Its share of the time of all stages, in any unit; at least 0.
    pub share: f64,
}

/// How far work has come.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// The part of the whole that is done, in [0, 1]. It never falls.
    pub fraction: f64,
    /// What is going on.
    pub stage: &'static str,
    /// Finished units of the stage.
    pub done: usize,
    /// Units of the stage.
    pub total: usize,
}

/// The observer that calls `update` with one fraction for all `stages`, which are expected in that order: a stage may come more
/// than once. A stage that is not planned leaves the fraction where it is.
///
/// ```
/// use std::ops::ControlFlow;
/// use std::sync::Mutex;
///
/// use mislabel_core::{PlannedStage, Run, overall_progress};
///
/// let stages = [PlannedStage { name: "fitting", share: 1.0 }, PlannedStage { name: "scoring", share: 3.0 }];
/// let fractions = Mutex::new(Vec::new());
/// let progress = overall_progress(&stages, |standing| {
///     fractions.lock().expect("no thread panics").push(standing.fraction);
///     ControlFlow::Continue(())
/// });
/// let run = Run::quiet().with_progress(&progress);
/// run.stage("fitting", 2).advance(1)?;
/// run.stage("scoring", 10).advance(5)?;
/// assert_eq!(*fractions.lock().expect("no thread panics"), [0.125, 0.625]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub fn overall_progress<F>(stages: &[PlannedStage], update: F) -> OverallProgress<F>
where
    F: Fn(Standing) -> ControlFlow<()> + Send + Sync,
{
    OverallProgress { stages: stages.to_vec(), place: Mutex::new(Place::default()), update }
}

/// The observer that [`overall_progress`] makes.
pub struct OverallProgress<F> {
    stages: Vec<PlannedStage>,
    place: Mutex<Place>,
    update: F,
}

impl<F> fmt::Debug for OverallProgress<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OverallProgress").field("stages", &self.stages).finish_non_exhaustive()
    }
}

/// Where the work is.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The planned stage that is going on, or that comes first.
    stage: usize,
    /// Whether all of its units were reported.
    is_finished: bool,
    fraction: f64,
}

impl<F> OverallProgress<F> {
    /// The number of the planned stage `name`, from that of `place` on. A stage that begins again is the next of its name.
    fn planned(&self, place: Place, name: &str, begins: bool) -> Option<usize> {
        let from = place.stage + usize::from(place.is_finished && begins);
        let found = |from: usize| (from..self.stages.len()).find(|stage| self.stages[*stage].name == name);
        found(from).or_else(|| found(place.stage))
    }

    fn fraction(&self, stage: usize, part: f64) -> f64 {
        let share = |stages: &[PlannedStage]| stages.iter().map(|stage| stage.share.max(0.0)).sum::<f64>();
        let all = share(&self.stages);
        let done = share(&self.stages[..stage]) + part * self.stages[stage].share.max(0.0);
        if all > 0.0 { (done / all).min(1.0) } else { 0.0 }
    }
}

impl<F: Fn(Standing) -> ControlFlow<()> + Send + Sync> Progress for OverallProgress<F> {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        let part = if total == 0 { 0.0 } else { done.min(total) as f64 / total as f64 };
        let fraction = {
            let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
            // Reports may come out of order, but a stage that begins again does not begin near its end.
            if let Some(planned) = self.planned(*place, stage, part <= 0.5 || part >= 1.0) {
                let is_finished = part >= 1.0 || (place.is_finished && planned == place.stage && part > 0.5);
                let fraction = place.fraction.max(self.fraction(planned, part));
                *place = Place { stage: planned, is_finished, fraction };
            }
            place.fraction
        };
        (self.update)(Standing { fraction, stage, done, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::context::Run;

    fn fractions(plan: &[(&'static str, f64)], reports: &[(&'static str, usize, usize)]) -> Vec<f64> {
        let stages: Vec<PlannedStage> = plan.iter().map(|(name, share)| PlannedStage { name, share: *share }).collect();
        let seen = Mutex::new(Vec::new());
        let progress = overall_progress(&stages, |standing| {
            seen.lock().unwrap().push(standing.fraction);
            ControlFlow::Continue(())
        });
        for (stage, done, total) in reports {
            assert!(progress.update(stage, *done, *total).is_continue());
        }
        drop(progress);
        seen.into_inner().unwrap()
    }

    #[test]
    fn a_stage_that_comes_again_counts_again() {
        let plan = [("fitting", 1.0), ("scoring", 1.0), ("fitting", 1.0), ("scoring", 1.0)];
        let reports = [("fitting", 2, 2), ("scoring", 1, 1), ("fitting", 1, 2), ("fitting", 2, 2), ("scoring", 1, 2)];
        assert_eq!(fractions(&plan, &reports), [0.25, 0.5, 0.625, 0.75, 0.875]);
    }

    #[test]
    fn reports_out_of_order_do_not_take_the_fraction_back() {
        let plan = [("fitting", 1.0), ("scoring", 1.0)];
        let reports = [("fitting", 3, 4), ("fitting", 2, 4), ("scoring", 1, 2), ("fitting", 4, 4), ("scoring", 2, 2)];
        assert_eq!(fractions(&plan, &reports), [0.375, 0.375, 0.75, 0.75, 1.0]);
    }

    #[test]
    fn what_was_not_planned_leaves_the_fraction_and_is_shown() {
        assert_eq!(fractions(&[("fitting", 1.0)], &[("fitting", 1, 2), ("searching", 9, 9)]), [0.5, 0.5]);
        assert_eq!(fractions(&[], &[("fitting", 1, 2)]), [0.0]);
        assert_eq!(fractions(&[("fitting", 0.0)], &[("fitting", 1, 0)]), [0.0]);
    }

    #[test]
    fn the_answer_of_the_observer_reaches_the_work() {
        let progress = overall_progress(&[], |_| ControlFlow::Break(()));
        assert!(Run::quiet().with_progress(&progress).stage("fitting", 1).advance(1).is_err());
    }
}
