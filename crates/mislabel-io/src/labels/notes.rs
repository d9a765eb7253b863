//! What is odd about labels, for someone to look at.

use std::collections::{HashMap, HashSet};

use crate::labels::class_keys::composed;
use crate::labels::column::LabelColumn;
use crate::labels::missing::looks_missing;
use crate::labels::numbers::finite;

/// The least code that is taken to stand apart from 0, 1, 2 …: 9, 99, 255 and 999 are common.
const LEAST_APART: i64 = 9;
/// Classes that one note names.
const NAMED: usize = 3;

impl LabelColumn {
    /// What is odd about the labels, in words: classes that look alike, a class called like a missing value, as many classes as
    /// samples.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let present = self.labels.present_classes();
        let samples = self.labels.len();
        if present > 2 && 4 * present > 3 * samples {
            notes.push(format!(
                "{present} classes of {samples} samples: nearly every label is another; is this the column of labels?"
            ));
        }
        notes.extend(self.codes().and_then(|codes| apart(codes, &self.labels.counts())));
        let Some(names) = self.labels.class_names().filter(|_| self.codes().is_none()) else { return notes };
        let counts = self.labels.counts();
        let alike = look_alikes(names);
        for classes in alike.iter().take(NAMED) {
            let shown: Vec<String> =
                classes.iter().map(|class| format!("{:?} ({})", names[*class], counts[*class])).collect();
            notes.push(format!(
                "the classes {} look alike and are kept apart: if they are one class, write them alike",
                shown.join(" and ")
            ));
        }
        if alike.len() > NAMED {
            notes.push(format!("{} more groups of classes look alike and are kept apart", alike.len() - NAMED));
        }
        let missing = |class: &usize| counts[*class] > 0 && looks_missing(&names[*class]);
        notes.extend(several_labels(names, &counts));
        for class in (0..names.len()).filter(missing).take(NAMED) {
            let (name, count) = (&names[class], counts[class]);
            notes.push(format!(
                "the class {name:?} of {count} samples: are they without a label? If so, say --unlabelled {name:?}"
            ));
        }
        notes
    }
}

/// A note where one code stands apart from all others, which count from 0 or 1: `-1`, `255` or `999` beside 0, 1, 2.
fn apart(codes: &[i64], counts: &[usize]) -> Option<String> {
    let counts_on = |codes: &[i64]| match codes {
        [first @ 0..=1, _, ..] => codes.iter().copied().eq(*first..*first + codes.len() as i64),
        _ => false,
    };
    let ([lowest, rest @ ..], [others @ .., highest]) = (codes, codes) else { return None };
    let is_far = *highest >= LEAST_APART && *highest > 2 * others.len() as i64;
    let (code, count) = match () {
        () if *lowest < 0 && counts_on(rest) => (lowest, counts.first()?),
        () if is_far && counts_on(others) => (highest, counts.last()?),
        () => return None,
    };
    Some(format!(
        "the class {code} of {count} {} stands apart from the others: are they without a label? If so, say --unlabelled {code}",
        if *count == 1 { "sample" } else { "samples" }
    ))
}

/// What people put between the labels of one sample.
const BETWEEN: [char; 6] = ['|', ';', ',', '+', '&', '/'];

/// A note where classes are lists, or put the names of other classes together.
fn several_labels(names: &[String], counts: &[usize]) -> Option<String> {
    let known: HashSet<&str> = names.iter().map(String::as_str).collect();
    let is_list = |name: &str| {
        [('[', ']'), ('{', '}'), ('(', ')')]
            .iter()
            .any(|(open, close)| name.starts_with(*open) && name.ends_with(*close))
    };
    let is_joined = |name: &str| {
        let parts = |between: &char| name.split(*between).map(str::trim).filter(|part| known.contains(part)).count();
        BETWEEN.iter().any(|between| name.contains(*between) && parts(between) == name.split(*between).count())
    };
    let lists = names.iter().all(|name| is_list(name));
    let several: Vec<usize> = (0..names.len()).filter(|class| lists || is_joined(&names[*class])).collect();
    let (name, samples) = (&names[*several.first()?], several.iter().map(|class| counts[*class]).sum::<usize>());
    let what = match (lists, several.len()) {
        (true, count) => format!("{count} classes are written as lists, such as {name:?}"),
        (false, 1) => format!("the class {name:?} puts the names of others together"),
        (false, count) => format!("{count} classes put the names of others together, such as {name:?}"),
    };
    let samples = if samples == 1 { "1 sample".to_owned() } else { format!("{samples} samples in all") };
    Some(format!("{what} ({samples}): each is a class of its own, several labels of a sample are not read"))
}

/// Classes whose names differ in case, blanks, or the form of their letters alone.
fn look_alikes(names: &[String]) -> Vec<Vec<usize>> {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (class, name) in names.iter().enumerate() {
        groups.entry(skeleton(name)).or_default().push(class);
    }
    let mut alike: Vec<Vec<usize>> = groups.into_values().filter(|group| group.len() > 1).collect();
    alike.sort_unstable();
    alike
}

/// What is left of a name without case, blanks, punctuation that stands for blanks, and the form of its letters; of a number, its
/// value.
fn skeleton(name: &str) -> String {
    if let Some(value) = finite(name.trim()) {
        return value.to_string();
    }
    let separators =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '_' | '-' | '\u{200B}' | '\u{FEFF}' | '\u{AD}');
    composed(name).to_lowercase().chars().filter(|c| separators(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_joined_names_are_noted() {
        let said = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            several_labels(&names, &vec![2; names.len()])
        };
        assert!(
            said(&["cat", "cat|dog", "dog"])
                .is_some_and(|note| note.contains("the class \"cat|dog\" puts") && note.contains("(2 samples"))
        );
        assert!(
            said(&["['cat']", "['cat', 'dog']"]).is_some_and(|note| note.contains("2 classes are written as lists"))
        );
        for names in [&["new york", "york", "new"][..], &["a/c", "a", "b"], &["cat", "[dog]"], &["red, green", "blue"]]
        {
            assert_eq!(said(names), None, "{names:?}");
        }
    }

    #[test]
    fn names_that_differ_in_case_blanks_or_form_look_alike() {
        let names =
            ["cat", "Cat", "new york", "new_york", "café", "cafe\u{301}", "dog", "1.1", "1.10", "-1"].map(String::from);
        assert_eq!(look_alikes(&names), [vec![0, 1], vec![2, 3], vec![4, 5], vec![7, 8]]);
    }
}
