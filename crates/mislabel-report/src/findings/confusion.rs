//! Which classes are labeled as which.

use std::collections::{BTreeMap, BTreeSet};

use mislabel_core::{LabelIssues, Labels};
use serde::Serialize;

use crate::findings::classes::ClassRow;

/// Classes of the heat map: more cannot be read.
const SHOWN_CLASSES: usize = 30;
/// Pairs that are listed.
const LISTED: usize = 100;

/// Flagged labels by given and suggested class.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Confusion {
    /// The most frequent pairs, at most 100; equal ones in the order of the classes.
    pub pairs: Vec<ConfusedLabels>,
    /// How many pairs there are.
    pub pair_count: usize,
    /// Flagged labels for which no other label is suggested.
    pub without_suggestion: usize,
    /// The classes of the heat map, `(m,)`: those of the most frequent pairs, at most 30, in their order.
    pub classes: Vec<u32>,
    /// Flagged labels with the given class of the row and the suggested class of the column, `(m, m)`.
    pub counts: Vec<Vec<usize>>,
}

/// Flagged labels of one class for which another is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConfusedLabels {
    /// The given class.
    pub given: u32,
    /// The suggested class.
    pub suggested: u32,
    /// How many labels.
    pub count: usize,
    /// Their share of the samples with the given label.
    pub share: f64,
}

impl Confusion {
    pub(crate) fn new(issues: &LabelIssues, given: &Labels, classes: &[ClassRow]) -> Self {
        let mut counted: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let labels = given.values().iter().zip(issues.suggested().values()).zip(issues.is_issue());
        for ((given, suggested), _) in labels.filter(|(_, flag)| **flag) {
            *counted.entry((*given, *suggested)).or_default() += 1;
        }
        let without_suggestion = counted.iter().filter(|((a, b), _)| a == b).map(|(_, count)| count).sum();
        counted.retain(|(given, suggested), _| given != suggested);
        let pairs = pairs(&counted, classes);
        let shown = shown(&pairs);
        let cell = |row: &u32, column: &u32| counted.get(&(*row, *column)).copied().unwrap_or(0);
        let counts = shown.iter().map(|row| shown.iter().map(|column| cell(row, column)).collect()).collect();
        Self { pairs, pair_count: counted.len(), without_suggestion, classes: shown, counts }
    }
}

/// The classes of the first pairs, as many as can be shown, in their order.
fn shown(pairs: &[ConfusedLabels]) -> Vec<u32> {
    let mut classes = BTreeSet::new();
    for pair in pairs {
        let both = [pair.given, pair.suggested];
        let added = both.iter().filter(|class| !classes.contains(*class)).count();
        if classes.len() + added <= SHOWN_CLASSES {
            classes.extend(both);
        }
    }
    classes.into_iter().collect()
}

fn pairs(counted: &BTreeMap<(u32, u32), usize>, classes: &[ClassRow]) -> Vec<ConfusedLabels> {
    let pair = |(&(given, suggested), &count): (&(u32, u32), &usize)| ConfusedLabels {
        given,
        suggested,
        count,
        share: count as f64 / classes[given as usize].samples as f64,
    };
    let mut pairs: Vec<ConfusedLabels> = counted.iter().map(pair).collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.count));
    pairs.truncate(LISTED);
    pairs
}
