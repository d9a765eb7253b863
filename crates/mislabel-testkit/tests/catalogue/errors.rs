//! Faulty scorers of reconstruction errors.

use mislabel_core::checks::same_length;
use mislabel_core::{LabelIssues, LabelQuality, Result};
use mislabel_testkit::{LabeledErrors, Laws, check_scores};

use crate::Fault;

type Case = LabeledErrors;

fn issues(case: &Case, ratio: Vec<f64>) -> Result<LabelIssues> {
    let quality = LabelQuality::new(ratio.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect())?;
    let suggested = case.given.with_values(case.summary.least_other_class().to_vec())?;
    LabelIssues::new(quality, ratio.iter().map(|ratio| *ratio > 1.0).collect(), suggested, ratio)
}

fn pairs(case: &Case) -> Result<impl Iterator<Item = (f64, f64)>> {
    same_length("given labels", case.summary.len(), case.given.len())?;
    Ok(case.summary.own().iter().copied().zip(case.summary.least_other().iter().copied()))
}

const FLOOR: f64 = 1e-9;

#[expect(clippy::manual_clamp, reason = "the fault is that NaN becomes the floor")]
fn ratio((own, other): (f64, f64)) -> f64 {
    // No sample is judged by less than a billionth.
    own.max(FLOOR).min(1e9) / other.max(FLOOR).min(1e9)
}

fn sound(case: &Case) -> Result<LabelIssues> {
    issues(case, pairs(case)?.map(ratio).collect())
}

fn divides_by_zero(case: &Case) -> Result<LabelIssues> {
    issues(case, pairs(case)?.map(|(own, other)| own / other).collect())
}

fn shares_of_nothing(case: &Case) -> Result<LabelIssues> {
    let share: Vec<f64> = pairs(case)?.map(|(own, other)| own / (own + other)).collect();
    let quality = LabelQuality::new(share.iter().map(|share| 1.0 - share).collect())?;
    LabelIssues::new(quality, share.iter().map(|share| *share > 0.5).collect(), case.given.clone(), share)
}

fn flags_only_upward(case: &Case) -> Result<LabelIssues> {
    let ratio: Vec<f64> = pairs(case)?.map(ratio).collect();
    let upward = |row: usize| ratio[row] < 1.0 && case.summary.least_other_class()[row] > case.given.values()[row];
    let quality = LabelQuality::new(ratio.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect())?;
    LabelIssues::new(quality, (0..ratio.len()).map(upward).collect(), case.given.clone(), ratio.clone())
}

fn compares_with_the_first_own_error(case: &Case) -> Result<LabelIssues> {
    let first = case.summary.own()[0].clamp(FLOOR, 1e9);
    issues(case, pairs(case)?.map(|pair| ratio(pair) * (1.0 + 1e-3 * first)).collect())
}

fn needs_three_reconstructors(case: &Case) -> Result<LabelIssues> {
    let second = |row: usize| case.summary.second_least_other()[row];
    let ratios = pairs(case)?.enumerate().map(|(row, (own, other))| own.max(FLOOR) / (other + 0.01 * second(row)));
    let ratio: Vec<f64> = ratios.collect();
    let quality = LabelQuality::new(ratio.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect())?;
    let spread = (0..ratio.len()).map(|row| second(row) - case.summary.least_other()[row]).collect();
    LabelIssues::new(quality, vec![false; ratio.len()], case.given.clone(), spread)
}

fn takes_the_sum_over_classes(case: &Case) -> Result<LabelIssues> {
    same_length("given labels", case.summary.len(), case.given.len())?;
    issues(case, case.summary.sums().map(|(_, sum)| sum.min(1e9)).collect())
}

pub(crate) fn faults() -> Vec<Fault> {
    let fault = |name, laws, scorer: fn(&Case) -> Result<LabelIssues>| {
        Fault::new(name, laws, move || check_scores(&scorer, &Laws::default()))
    };
    const FORM: &[&str] = &["answers are well formed"];
    vec![
        fault("an error of zero under another class, divided by", FORM, divides_by_zero),
        fault("0/0 where both errors are zero", FORM, shares_of_nothing),
        fault("flags only towards higher class numbers", &["class names do not matter"], flags_only_upward),
        fault(
            "the first sample is the yardstick",
            &["sample order does not matter"],
            compares_with_the_first_own_error,
        ),
        fault("an infinite second least error of two classes", FORM, needs_three_reconstructors),
        fault(
            "the sum over all classes, whatever the label",
            &["a wrong label is most suspect"],
            takes_the_sum_over_classes,
        ),
    ]
}

#[test]
fn without_a_fault_the_laws_hold() {
    let verdict = check_scores(&sound, &Laws { cases: 1000, ..Laws::default() });
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
}
