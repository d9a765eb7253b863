//! The first code that the writer of a detector copies, from the front page of `mislabel-core`, obeys the laws.

use mislabel_core::checks::same_length;
use mislabel_core::{ErrorSummary, Judge, LabelIssues, LabelQuality, Labels, Result, Run};
use mislabel_testkit::{Laws, check_error_laws};

struct BetterElsewhere;

const FLOOR: f64 = 1e-12;

impl Judge<ErrorSummary> for BetterElsewhere {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        same_length("given labels", errors.len(), given.len())?;
        let pairs = errors.own().iter().zip(errors.least_other());
        let ratio: Vec<f64> = pairs.map(|(own, other)| own.clamp(FLOOR, 1e12) / other.clamp(FLOOR, 1e12)).collect();
        run.stage("comparing errors", given.len()).advance(given.len())?;
        let quality = LabelQuality::new(ratio.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect())?;
        let suggested = given.with_values(errors.least_other_class().to_vec())?;
        LabelIssues::new(quality, ratio.iter().map(|ratio| *ratio > 1.0).collect(), suggested, ratio)
    }
}

/// The lines of `text` between `start` and `end`, without comment marks and indentation.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
    lines.skip_while(|line| !line.contains(start)).take_while(|line| !line.contains(end)).collect()
}

#[test]
fn the_example_obeys_the_laws() {
    let verdict = check_error_laws(&BetterElsewhere, &Laws { cases: 1000, ..Laws::default() });
    assert!(verdict.is_ok(), "{verdict:?}");
}

#[test]
fn the_example_is_the_one_on_the_front_page() {
    let page = include_str!("../../mislabel-core/src/lib.rs");
    let start = "impl Judge<ErrorSummary>";
    let own = between(include_str!("front_page.rs"), start, "/// The lines of");
    let own: Vec<&str> = own.into_iter().filter(|line| !line.is_empty()).collect();
    let shown = between(page, start, "let given = Labels");
    let shown: Vec<&str> = shown.into_iter().filter(|line| !line.is_empty()).collect();
    assert_eq!(shown, own);
}
