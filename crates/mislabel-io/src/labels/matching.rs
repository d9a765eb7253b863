//! Which column of predictions is of which class.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::labels::class_keys::{Key, composed_key, differ, key, loose_key, most_found, places, readings};
use crate::labels::class_match::{ClassMatch, PredictionColumns};
use crate::labels::class_names::ClassNames;
use crate::labels::class_order::numbered;
use crate::labels::classes::Classes;
use crate::labels::file::LabelFile;
use crate::labels::numbers::whole;
use crate::labels::values::{LabelForm, LabelValues};

/// Matches the classes of `files` of labels with the `columns` of predictions; `names` are class names that the user gave.
///
/// Columns are matched by their names where these are the classes, whatever all of them begin or end with (`prob_cat`). Without
/// names, class i is column i: integers by their value, strings in the order of `names`, or else in ascending order.
///
/// # Errors
/// [`Error::Classes`] where the columns cannot be of the classes.
pub fn match_classes(
    files: &[&LabelFile],
    columns: &PredictionColumns,
    names: Option<&ClassNames>,
) -> Result<ClassMatch> {
    let declared = names.or_else(|| files.iter().find_map(|file| file.named_classes()));
    let matching = Matching { files, columns, declared, is_told: names.is_some() };
    if columns.count == 1 {
        return Err(matching
            .refusal("it has one column (or row): give one for every class (1 - p and p for two classes)".into()));
    }
    match matching.by_names()? {
        Some(found) => Ok(found),
        None => matching.by_order(),
    }
}

const BY_NAMES: &str = "columns matched by their names";
const BY_COMPOSED_NAMES: &str = "columns matched by their names, the Unicode form of letters aside";
const BY_LOOSE_NAMES: &str = "columns matched by their names, case and punctuation aside";

struct Matching<'a> {
    files: &'a [&'a LabelFile],
    columns: &'a PredictionColumns,
    declared: Option<&'a ClassNames>,
    is_told: bool,
}

impl Matching<'_> {
    fn refusal(&self, problem: String) -> Error {
        Error::Classes { path: self.columns.path.clone(), problem }
    }

    fn are_integers(&self) -> bool {
        self.files.iter().all(|file| file.values().form() == LabelForm::Integers)
    }

    /// The distinct labels of all files, in the order of classes.
    fn observed(&self) -> Vec<String> {
        if self.are_integers() {
            let mut codes: Vec<i64> = self.files.iter().flat_map(|file| file.integers()).collect();
            codes.sort_unstable();
            codes.dedup();
            return codes.iter().map(ToString::to_string).collect();
        }
        let distinct: Vec<String> = self.files.iter().flat_map(|file| file.distinct()).collect();
        crate::labels::class_order::in_order(distinct.iter().map(String::as_str))
    }

    /// By the names of the columns; `None` where they are no names of classes.
    fn by_names(&self) -> Result<Option<ClassMatch>> {
        let Some(names) = &self.columns.names else { return Ok(None) };
        // Integers with class names are places among these, and so no names themselves.
        let wanted = match self.declared {
            Some(declared) => declared.as_slice().to_vec(),
            None => self.observed(),
        };
        let readings = readings(names);
        for (key, because) in [(key as Key, BY_NAMES), (composed_key, BY_COMPOSED_NAMES), (loose_key, BY_LOOSE_NAMES)] {
            for candidate in &readings {
                let places = places(candidate, key);
                let found = wanted.iter().filter(|name| places.contains_key(&key(name))).count();
                if found == wanted.len() && places.len() == names.len() && differ(&wanted, key) {
                    return self.matched(&wanted, candidate, key, because).map(Some);
                }
            }
        }
        match most_found(&wanted, readings) {
            Some(candidate) if !self.may_be_numbers(&candidate) => Err(self.partly(&wanted, &candidate)),
            _ => Ok(None),
        }
    }

    /// Names that are numbers may count columns, and be no names of classes.
    fn may_be_numbers(&self, names: &[String]) -> bool {
        names.iter().enumerate().all(|(place, name)| whole(name).is_some_and(|number| number == place as i64))
    }

    fn partly(&self, wanted: &[String], names: &[String]) -> Error {
        let places = places(names, key);
        let missing: Vec<&str> =
            wanted.iter().filter(|name| !places.contains_key(&key(name))).map(String::as_str).take(5).collect();
        match missing.is_empty() {
            true => self.refusal("two of its columns have the name of one class".into()),
            false => self.refusal(format!(
                "it has no column for the class {}; its columns are {}",
                missing.join(", "),
                listed(names)
            )),
        }
    }

    fn matched(&self, wanted: &[String], names: &[String], key: Key, because: &str) -> Result<ClassMatch> {
        let mut found = ClassMatch::new(Classes::Observed, because);
        let places = places(names, key);
        if let Some(declared) = self.declared {
            if wanted.len() != names.len() {
                return Err(self.refusal(format!(
                    "it has {} columns, there are {} class names",
                    names.len(),
                    wanted.len()
                )));
            }
            let order: Vec<usize> = wanted.iter().filter_map(|name| places.get(&key(name)).copied()).collect();
            found.order = (!order.iter().copied().eq(0..names.len())).then_some(order);
            found.classes = Classes::Names(declared.clone());
            return Ok(found);
        }
        found.classes = match names.iter().map(|name| whole(name)).collect::<Option<Vec<i64>>>() {
            Some(codes) if self.are_integers() => Classes::Codes(codes),
            // A class that no label shows is called as its column is.
            _ => {
                let own: HashMap<String, &String> = wanted.iter().map(|name| (key(name), name)).collect();
                let named = |name: &String| (*own.get(&key(name)).unwrap_or(&name)).clone();
                Classes::Names(ClassNames::new(names.iter().map(named))?)
            }
        };
        Ok(found)
    }

    /// By the order of the columns.
    fn by_order(&self) -> Result<ClassMatch> {
        let count = self.columns.count;
        if let Some(declared) = self.declared {
            let named = declared.as_slice().len();
            if named != count {
                let whose = if self.is_told { "the class names are" } else { "the labels' file names" };
                return Err(self.refusal(format!("it is for {count} classes, {whose} {named}")));
            }
            return Ok(ClassMatch::new(
                Classes::Names(declared.clone()),
                "columns taken in the order of the class names",
            ));
        }
        if self.are_integers() { self.by_integers() } else { self.by_strings() }
    }

    fn by_integers(&self) -> Result<ClassMatch> {
        let count = self.columns.count as i64;
        let codes: Vec<i64> = self.observed().iter().filter_map(|code| code.parse().ok()).collect();
        let (first, last) = (codes.first().copied().unwrap_or(0), codes.last().copied().unwrap_or(0));
        match () {
            () if first >= 1 && last == count => {
                let mut found = ClassMatch::new(Classes::Codes((1..=count).collect()), "");
                found.because = format!("no label is 0 and the largest is {count}, so labels count from 1: label 1 is the first column");
                Ok(found)
            }
            () if first >= 1 && last < count && self.columns.names.is_none() => Ok(self.counted_from_zero_or_one(count)),
            () if first >= 0 && last < count => Ok(ClassMatch::new(Classes::Count(self.columns.count), "label i is column i")),
            () if codes.len() as i64 == count => {
                let mut found = ClassMatch::new(Classes::Codes(codes.clone()), "");
                let names: Vec<String> = codes.iter().map(ToString::to_string).collect();
                found.because = format!("columns taken for {}, in ascending order", listed(&names));
                Ok(found)
            }
            () => Err(self.refusal(format!(
                "it has {count} columns, the labels show {} classes, {first} to {last}: name its columns after the classes, or give --class-names",
                codes.len()
            ))),
        }
    }

    /// Labels that show no 0 may count from 1: where the predictions agree with that far better, they do.
    fn counted_from_zero_or_one(&self, count: i64) -> ClassMatch {
        let agreeing = |shift: i64| {
            let labels = self.files.iter().take(1).flat_map(|file| file.integers());
            self.columns
                .largest
                .iter()
                .zip(labels)
                .filter(|(column, label)| i64::from(**column) + shift == *label)
                .count()
        };
        let (zero, one) = (agreeing(0), agreeing(1));
        if one > 2 * zero && one > 0 {
            let mut found = ClassMatch::new(Classes::Codes((1..=count).collect()), "");
            found.because =
                "no label is 0, and the predictions fit labels that count from 1: label 1 is the first column".into();
            found.doubt = Some("the labels are taken to count from 1, because no sample is of class 0; if they count from 0, give --class-names".into());
            return found;
        }
        let mut found = ClassMatch::new(Classes::Count(self.columns.count), "label i is column i");
        found.doubt = Some("no sample is of class 0: do the labels count from 1?".into());
        found
    }

    fn by_strings(&self) -> Result<ClassMatch> {
        let observed = self.observed();
        let count = self.columns.count;
        let by_number = numbered(&observed.iter().map(String::as_str).collect::<Vec<&str>>());
        if let Some(found) = by_number.and_then(|numbered| by_numbers(&numbered, count)) {
            return found;
        }
        if observed.len() != count {
            return Err(self.refusal(format!(
                "it has {count} columns without names of classes, the labels show {} classes: name its columns after the classes, or give --class-names",
                observed.len()
            )));
        }
        let mut found = ClassMatch::new(Classes::Names(ClassNames::new(observed.clone())?), "");
        found.because =
            format!("columns have no names of classes: taken for {}, in alphabetical order", listed(&observed));
        let (path, order) = (self.columns.path.display(), listed(&observed));
        found.doubt = Some(match self.better_order(&observed) {
            Some((better, agreeing, other)) => format!(
                "{path}: taken for {order}, the columns agree with {other} labels; taken for {}, with {agreeing}: give --class-names",
                listed(&better)
            ),
            None => format!(
                "{path}: the columns are taken for {order}, in alphabetical order; if that is not theirs, give --class-names"
            ),
        });
        Ok(found)
    }

    /// An order of the classes that the predictions agree with far better than with `names`, if there is one: the order, and
    /// how many labels agree with it and with the other.
    fn better_order(&self, names: &[String]) -> Option<(Vec<String>, usize, usize)> {
        let (count, file) = (names.len(), self.files.first()?);
        let LabelValues::Strings(values) = file.values() else { return None };
        let places: HashMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
        let mut votes = vec![vec![0_usize; count]; count];
        for (column, label) in self.columns.largest.iter().zip(values) {
            votes[*column as usize][*places.get(label.as_str())?] += 1;
        }
        let own = (0..count).map(|class| votes[class][class]).sum::<usize>();
        let best = |votes: &Vec<usize>| (0..count).max_by_key(|class| votes[*class]);
        let order: Vec<usize> = votes.iter().map(best).collect::<Option<_>>()?;
        let agreeing = order.iter().enumerate().map(|(column, class)| votes[column][*class]).sum::<usize>();
        let is_order = order.iter().collect::<std::collections::HashSet<_>>().len() == count;
        (is_order && agreeing > 2 * own)
            .then(|| (order.into_iter().map(|class| names[class].clone()).collect(), agreeing, own))
    }
}

/// Names such as `LABEL_10` tell their columns: counting from 0 or, where there is no 0 and as many as columns, from 1.
fn by_numbers(numbered: &[(u64, &str)], count: usize) -> Option<Result<ClassMatch>> {
    let numbers: Vec<u64> = numbered.iter().map(|(number, _)| *number).collect();
    let (first, last) = (*numbers.iter().min()?, *numbers.iter().max()?);
    let start = u64::from(first >= 1 && last == count as u64);
    if last >= count as u64 + start || numbers.len() < 2 {
        return None;
    }
    let (_, name) = numbered.first()?;
    let beginning = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let by_number: HashMap<u64, &str> = numbered.iter().copied().collect();
    let names = (start..start + count as u64)
        .map(|number| by_number.get(&number).map_or_else(|| format!("{beginning}{number}"), |name| (*name).to_owned()));
    let because = format!("columns matched by the number at the end of the names, {beginning}{start} first");
    Some(ClassNames::new(names).map(|names| ClassMatch::new(Classes::Names(names), &because)))
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<&str>>().join(", ");
    if names.len() > SHOWN { format!("{shown} … ({} in all)", names.len()) } else { shown }
}
