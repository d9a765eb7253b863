//! The test of the testkit: faulty scorers, sources, evidences, noise models and measures, each of which the laws catch by
//! name, with the default settings, in under two seconds.
//!
//! To plant a fault of your own, add an entry: what is wrong, the laws that may catch it, and the check.
#![allow(clippy::unwrap_used, clippy::panic, clippy::unwrap_in_result, reason = "functions that only tests call")]

mod detectors;
mod errors;
mod estimators;
mod evidence;
mod measures;
mod noise;
mod probabilities;
mod sources;

use std::time::{Duration, Instant};

use mislabel_testkit::LawViolation;

use crate::probabilities::AGAIN;

/// A planted fault.
pub(crate) struct Fault {
    /// What is wrong, in words.
    name: &'static str,
    /// The laws that may catch it.
    laws: &'static [&'static str],
    /// The check with the default settings.
    check: Box<dyn Fn() -> Result<(), LawViolation>>,
}

impl Fault {
    pub(crate) fn new(
        name: &'static str,
        laws: &'static [&'static str],
        check: impl Fn() -> Result<(), LawViolation> + 'static,
    ) -> Self {
        Self { name, laws, check: Box::new(check) }
    }
}

/// How long a fault may take to be caught and shrunk. On a machine that does other work, too, wall time says little:
/// tests run next to each other, so a slow one is asked again.
const LIMIT: Duration = Duration::from_secs(2);

fn catalogue() -> Vec<Fault> {
    let faults = [
        probabilities::faults(),
        errors::faults(),
        detectors::faults(),
        evidence::faults(),
        estimators::faults(),
        sources::faults(),
        noise::faults(),
        measures::faults(),
    ];
    faults.into_iter().flatten().collect()
}

/// The violation and how long it took to find; `None` where the fault goes unnoticed.
fn caught(fault: &Fault) -> Option<(LawViolation, Duration)> {
    let timed = || {
        let start = Instant::now();
        (fault.check)().err().map(|violation| (violation, start.elapsed()))
    };
    timed().filter(|(_, time)| *time < LIMIT).or_else(timed)
}

/// What is wrong with how a fault is caught, if anything.
fn complaint(fault: &Fault) -> Option<String> {
    let Some((violation, time)) = caught(fault) else { return Some(format!("{}: not caught", fault.name)) };
    println!("{}, in {time:.0?}:\n{violation}\n", fault.name);
    if !fault.laws.contains(&violation.law) {
        return Some(format!("{}: not by {:?} but: {violation}", fault.name, fault.laws));
    }
    (time >= LIMIT).then(|| format!("{}: {time:?}", fault.name))
}

#[test]
fn every_fault_of_the_catalogue_is_caught_by_its_law_in_under_two_seconds() {
    let faults = catalogue();
    let complaints: Vec<String> = faults.iter().filter_map(complaint).collect();
    println!("{} faults", faults.len());
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(faults.len() >= 60, "{}", faults.len());
}

#[test]
fn counter_examples_are_small_and_short() {
    let faults: Vec<Fault> = probabilities::faults().into_iter().chain(errors::faults()).collect();
    // Whoever answers otherwise every time may pass where proptest looks for something smaller.
    for fault in faults.iter().filter(|fault| !fault.laws.contains(&AGAIN)) {
        let input = caught(fault).unwrap().0.input.unwrap();
        // Sixteen digits of a number would show; so would dozens of samples.
        let longest = input.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
        assert!(longest < Some(10), "{}: {input}", fault.name);
        assert!(input.len() < 400, "{}: {input}", fault.name);
    }
}
