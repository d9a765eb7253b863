//! What the names of classes are compared by, and what the names of columns may say of classes.

use std::collections::HashMap;

use crate::labels::numbers::finite;

/// What `names` may say: as they are, without what all begin or end with, and the numbers at their ends.
pub(crate) fn readings(names: &[String]) -> Vec<Vec<String>> {
    let trimmed: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    let beginning = common(&trimmed, false);
    let without: Vec<String> = trimmed.iter().map(|name| name[beginning..].to_owned()).collect();
    let ending = common(&without, true);
    let inner: Vec<String> = without.iter().map(|name| name[..name.len() - ending].to_owned()).collect();
    let mut readings = vec![trimmed];
    for beginning in
        ["prob_", "probs_", "proba_", "pred_prob_", "p_", "pred_", "prediction_", "logit_", "logits_", "score_"]
    {
        let stripped: Option<Vec<String>> = names
            .iter()
            .map(|name| {
                name.trim().to_lowercase().starts_with(beginning).then(|| name.trim()[beginning.len()..].to_owned())
            })
            .collect();
        readings.extend(stripped);
    }
    readings.extend([without, inner]);
    readings
}

/// Bytes that all `names` begin, or end, with.
fn common(names: &[String], at_end: bool) -> usize {
    let Some(first) = names.first() else { return 0 };
    let chars =
        |name: &str| -> Vec<char> { if at_end { name.chars().rev().collect() } else { name.chars().collect() } };
    let first = chars(first);
    let mut shared = first.len();
    for name in &names[1..] {
        shared = first.iter().zip(chars(name)).take(shared).take_while(|(one, other)| **one == *other).count();
    }
    first[..shared].iter().map(|c| c.len_utf8()).sum()
}

/// A name as names are compared: numbers by their value, text as it is.
pub(crate) fn key(name: &str) -> String {
    let name = name.trim();
    finite(name).map_or_else(|| name.to_owned(), |value| value.to_string())
}

/// The same with letters in one form: some programs write an accent as a letter of its own.
pub(crate) fn composed_key(name: &str) -> String {
    key(&composed(name))
}

#[cfg(feature = "tables")]
pub(crate) fn composed(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;

    name.nfkc().collect()
}

#[cfg(not(feature = "tables"))]
pub(crate) fn composed(name: &str) -> String {
    name.to_owned()
}

/// What names are compared by.
pub(crate) type Key = fn(&str) -> String;

/// A name without case and whatever is neither letter nor digit: R and others change these in the names of columns.
pub(crate) fn loose_key(name: &str) -> String {
    let kept: String = composed(name).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if kept.is_empty() || finite(name.trim()).is_some() { key(name) } else { kept }
}

pub(crate) fn places(names: &[String], key: Key) -> HashMap<String, usize> {
    names.iter().enumerate().map(|(place, name)| (key(name), place)).collect()
}

/// Whether all of `names` differ by their keys.
pub(crate) fn differ(names: &[String], key: Key) -> bool {
    places(names, key).len() == names.len()
}

/// The reading of the names of columns in which most of the `wanted` names are found, if any is.
pub(crate) fn most_found(wanted: &[String], readings: Vec<Vec<String>>) -> Option<Vec<String>> {
    // What is left of names that begin alike may be a coincidence.
    let certain = readings.len().saturating_sub(2);
    let mut best: Option<(usize, Vec<String>)> = None;
    for candidate in readings.into_iter().take(certain) {
        let places = places(&candidate, key);
        let found = wanted.iter().filter(|name| places.contains_key(&key(name))).count();
        if found > best.as_ref().map_or(0, |(found, _)| *found) {
            best = Some((found, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}
