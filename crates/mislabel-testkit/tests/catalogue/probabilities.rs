//! Faulty scorers of predicted probabilities: self-confidence with something wrong.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

use mislabel_core::checks::same_length;
use mislabel_core::{Error, LabelIssues, LabelQuality, Labels, Result};
use mislabel_testkit::{LabeledProbabilities, Laws, check_scores};
use rayon::prelude::*;

use crate::Fault;

const ORDER: &str = "sample order does not matter";
const NAMES: &str = "class names do not matter";
const THREADS: &str = "threads do not matter";
pub(crate) const AGAIN: &str = "asking again changes nothing";
const FORM: &str = "answers are well formed";
const SUSPECT: &str = "a wrong label is most suspect";
const ALIKE: &str = "equal samples are judged alike";
const SOUND: &str = "sound input is accepted";

type Case = LabeledProbabilities;

fn own(case: &Case) -> Vec<f64> {
    let rows = case.given.values().iter().zip(case.probabilities.outer_iter());
    rows.map(|(class, row)| row[*class as usize].min(1.0)).collect()
}

fn most_likely(case: &Case, row: usize) -> u32 {
    let row = case.probabilities.row(row);
    (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap() as u32
}

fn checked(case: &Case) -> Result<()> {
    same_length("given labels", case.probabilities.nrows(), case.given.len())
}

fn issues(case: &Case, quality: Vec<f64>) -> Result<LabelIssues> {
    let suggested = (0..quality.len()).map(|row| most_likely(case, row)).collect();
    let flags = quality.iter().map(|quality| *quality < 0.5).collect();
    LabelIssues::new(LabelQuality::new(quality.clone())?, flags, case.given.with_values(suggested)?, quality)
}

fn self_confidence(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    issues(case, own(case))
}

fn falls_with_position(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    issues(case, own(case).into_iter().enumerate().map(|(row, p)| p / (1.0 + 0.01 * row as f64)).collect())
}

fn favors_class_zero(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let bonus = |(p, class): (f64, &u32)| if *class == 0 { 0.05 + 0.95 * p } else { p };
    issues(case, own(case).into_iter().zip(case.given.values()).map(bonus).collect())
}

fn sums_in_as_many_chunks_as_threads(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let own = own(case);
    let chunk = own.len().div_ceil(rayon::current_num_threads());
    let sums: Vec<f32> = own.par_chunks(chunk).map(|chunk| chunk.iter().map(|p| *p as f32).sum()).collect();
    let mean = f64::from(sums.iter().sum::<f32>()) / own.len() as f64;
    issues(case, own.iter().map(|p| p / (1.0 + mean)).collect())
}

fn reads_the_next_label(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let mut given = case.given.values().to_vec();
    given.rotate_left(1);
    let rows = given.iter().zip(case.probabilities.outer_iter());
    issues(case, rows.map(|(class, row)| row[*class as usize].min(1.0)).collect())
}

fn constant(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    issues(case, vec![0.5; case.given.len()])
}

fn upside_down(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    issues(case, own(case).iter().map(|p| 1.0 - p).collect())
}

fn zip_truncates(case: &Case) -> Result<LabelIssues> {
    let quality = own(case);
    let suggested = case.given.with_values((0..quality.len()).map(|row| most_likely(case, row)).collect())?;
    LabelIssues::new(LabelQuality::new(quality.clone())?, vec![false; quality.len()], suggested, quality)
}

fn counts_its_calls(case: &Case) -> Result<LabelIssues> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    checked(case)?;
    let calls = f64::from(CALLS.fetch_add(1, Ordering::Relaxed));
    issues(case, own(case).iter().map(|p| p / (1.0 + 1e-9 * calls)).collect())
}

fn scaled_from_least_to_greatest(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let own = own(case);
    let (low, high) = own.iter().fold((1.0_f64, 0.0_f64), |(low, high), p| (low.min(*p), high.max(*p)));
    issues(case, own.iter().map(|p| (p - low) / (high - low)).collect())
}

fn ranks_with_ties_by_index(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let own = own(case);
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.sort_by(|&a, &b| own[a].total_cmp(&own[b]));
    let mut quality = vec![0.0; own.len()];
    order.iter().enumerate().for_each(|(rank, row)| quality[*row] = rank as f64 / own.len() as f64);
    issues(case, quality)
}

fn refuses_equal_rows(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let rows: Vec<_> = case.probabilities.outer_iter().collect();
    let is_repeated = (0..rows.len()).any(|a| (0..a).any(|b| rows[a] == rows[b]));
    if is_repeated { Err(Error::Empty { what: "the set of distinct rows" }) } else { issues(case, own(case)) }
}

fn panics_on_one_class(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let other = |row: usize| {
        let own = case.given.class(row);
        (0..case.given.class_count()).find(|class| *class != own).expect("there is another class")
    };
    let margin = |(row, p): (usize, &f64)| (0.5 + (p - case.probabilities[[row, other(row)]]) / 4.0).clamp(0.0, 1.0);
    issues(case, own(case).iter().enumerate().map(margin).collect())
}

fn counts_classes_from_labels(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let values = case.given.values().to_vec();
    let classes = values.iter().max().map_or(0, |most| *most as usize + 1);
    let quality = own(case);
    let flags = vec![false; quality.len()];
    LabelIssues::new(LabelQuality::new(quality.clone())?, flags, Labels::new(values, classes)?, quality)
}

fn takes_the_logarithm_of_zero(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let quality = own(case);
    let score = quality.iter().map(|p| p.ln()).collect();
    LabelIssues::new(LabelQuality::new(quality.clone())?, vec![false; quality.len()], case.given.clone(), score)
}

fn goes_above_one(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    issues(case, own(case).iter().map(|p| p + 1e-12).collect())
}

fn suggests_a_class_that_is_not_there(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let quality = own(case);
    let next = case.given.values().iter().map(|class| class + 1).collect();
    LabelIssues::new(
        LabelQuality::new(quality.clone())?,
        vec![false; quality.len()],
        case.given.with_values(next)?,
        quality,
    )
}

fn refuses_by_the_first_sample(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    if case.given.len() < 6 && case.probabilities[[0, case.given.class(0)]] > 0.6 {
        return Err(Error::Empty { what: "patience" });
    }
    issues(case, own(case))
}

fn refuses_by_the_last_class(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let last = case.given.class_count() as u32 - 1;
    if case.given.present_classes() < 3 && case.given.len() < 6 && !case.given.values().contains(&last) {
        return Err(Error::Empty { what: "the last class" });
    }
    issues(case, own(case))
}

fn flags_a_tenth_by_index(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let quality = LabelQuality::new(own(case))?;
    let mut flags = vec![false; case.given.len()];
    quality.ranking().iter().take(case.given.len().div_ceil(10)).for_each(|row| flags[*row] = true);
    LabelIssues::new(quality, flags, case.given.clone(), own(case))
}

fn suggests_from_a_hash_set(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let likely = |row: usize| -> HashSet<u32> {
        (0..case.given.class_count())
            .filter(|class| case.probabilities[[row, *class]] > 0.1)
            .map(|c| c as u32)
            .collect()
    };
    let suggested = (0..case.given.len()).map(|row| likely(row).into_iter().next().unwrap_or(0)).collect();
    let quality = own(case);
    let flags = quality.iter().map(|p| *p < 0.5).collect();
    LabelIssues::new(LabelQuality::new(quality.clone())?, flags, case.given.with_values(suggested)?, quality)
}

fn corrects_for_chance(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let chance = 1.0 / case.given.class_count() as f64;
    issues(case, own(case).iter().map(|p| (0.5 + (p - chance) / 2.0).clamp(0.0, 1.0)).collect())
}

fn punishes_copies(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let equal = |row: usize| {
        let same = |other: &usize| case.probabilities.row(*other) == case.probabilities.row(row);
        (0..case.given.len()).filter(same).count() as f64
    };
    issues(case, own(case).iter().enumerate().map(|(row, p)| p / equal(row)).collect())
}

fn trusts_noisy_data_more(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let own = own(case);
    let wrong = own.iter().filter(|p| **p < 0.5).count() as f64;
    issues(case, own.iter().map(|p| if *p < 0.5 { p / 2.0 } else { p.powf(1.0 / (1.0 + 10.0 * wrong)) }).collect())
}

fn compares_with_the_sample_before(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let own = own(case);
    let before = |row: usize| if row == 0 { 1.0 } else { own[row - 1] };
    issues(case, (0..own.len()).map(|row| own[row] * (0.9 + 0.1 * before(row))).collect())
}

fn swaps_two_columns(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let swapped = |class: u32| if class < 2 && case.given.class_count() > 1 { 1 - class } else { class };
    let rows = case.given.values().iter().zip(case.probabilities.outer_iter());
    issues(case, rows.map(|(class, row)| row[swapped(*class) as usize].min(1.0)).collect())
}

/// What is wrong, the laws that may catch it, and the scorer.
type Entry = (&'static str, &'static [&'static str], fn(&Case) -> Result<LabelIssues>);

const ENTRIES: [Entry; 27] = [
    ("a weight that falls with position", &[ORDER], falls_with_position),
    ("class 0 gets a bonus", &[NAMES], favors_class_zero),
    ("a sum in as many chunks as threads", &[THREADS], sums_in_as_many_chunks_as_threads),
    ("the label of the next sample", &[ORDER], reads_the_next_label),
    ("one quality for all", &[SUSPECT], constant),
    ("quality upside down", &[SUSPECT], upside_down),
    ("zip truncates", &["other lengths are refused"], zip_truncates),
    ("a hidden counter", &[AGAIN], counts_its_calls),
    ("0/0 where all scores are equal, handed on by ?", &[FORM], scaled_from_least_to_greatest),
    ("ranks with ties broken by index", &[ORDER, ALIKE], ranks_with_ties_by_index),
    ("equal rows are refused", &[SOUND], refuses_equal_rows),
    ("a panic where there is one class", &[FORM], panics_on_one_class),
    ("classes counted from the labels", &[FORM], counts_classes_from_labels),
    ("a logarithm of zero, handed on by ?", &[FORM], takes_the_logarithm_of_zero),
    ("quality above one, handed on by ?", &[FORM], goes_above_one),
    ("a suggestion that is no class, handed on by ?", &[FORM], suggests_a_class_that_is_not_there),
    ("a refusal by the first sample", &["refusals do not depend on the order"], refuses_by_the_first_sample),
    ("a refusal by the last class", &["refusals do not depend on class names"], refuses_by_the_last_class),
    ("flags for a tenth, ties by index", &[ORDER, ALIKE], flags_a_tenth_by_index),
    ("a suggestion out of a hash set", &[AGAIN], suggests_from_a_hash_set),
    ("a correction for the number of classes", &["an empty class changes nothing"], corrects_for_chance),
    ("copies are punished", &["a copy is no worse"], punishes_copies),
    ("noisy data are trusted more", &["more wrong labels do not raise quality"], trusts_noisy_data_more),
    ("the sample before counts", &[ORDER, ALIKE], compares_with_the_sample_before),
    ("two columns swapped", &[NAMES], swaps_two_columns),
    ("a length that panics", &["other lengths are refused"], lengths_panic),
    ("a mean of labels", &[NAMES], weighs_by_the_number_of_the_class),
];

fn lengths_panic(case: &Case) -> Result<LabelIssues> {
    issues(case, (0..case.given.len()).map(|row| case.probabilities[[row, case.given.class(row)]].min(1.0)).collect())
}

fn weighs_by_the_number_of_the_class(case: &Case) -> Result<LabelIssues> {
    checked(case)?;
    let mean = case.given.values().iter().sum::<u32>() as f64 / case.given.len() as f64;
    issues(case, own(case).iter().map(|p| p / (1.0 + 0.01 * mean)).collect())
}

pub(crate) fn faults() -> Vec<Fault> {
    let fault = |(name, laws, scorer): Entry| Fault::new(name, laws, move || check_scores(&scorer, &Laws::default()));
    ENTRIES.into_iter().map(fault).collect()
}

#[test]
fn without_a_fault_the_laws_hold() {
    let verdict = check_scores(&self_confidence, &Laws { cases: 1000, ..Laws::default() });
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
}
