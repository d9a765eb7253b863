//! The classes that labels of files are looked up in.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use mislabel_core::Labels;

use crate::error::{Error, Result};
use crate::labels::class_order::in_order;
use crate::labels::classes::Classes;
use crate::labels::column::LabelColumn;
use crate::labels::numbers::finite;
use crate::labels::values::LabelValues;
use crate::labels::written::WrittenLabels;

/// Classes found in a file must be fewer than this: memory grows with their number.
pub const MOST_CLASSES: usize = 1 << 20;

/// Classes that labels of both forms are looked up in.
pub(crate) struct ClassSpace {
    count: usize,
    names: Option<Vec<String>>,
    /// The integer of every class, where these are not 0 to k - 1.
    codes: Option<Arc<[i64]>>,
}

impl ClassSpace {
    /// The classes of `files`: those given, those that a file names, or those observed.
    ///
    /// # Errors
    /// As [`LabelFile::columns`](crate::LabelFile::columns).
    pub(crate) fn of(files: &[&WrittenLabels], classes: &Classes) -> Result<Self> {
        let named = files.iter().find_map(|file| file.names.as_ref());
        match (classes, named) {
            (Classes::Names(names), _) | (Classes::Observed, Some(names)) => Ok(Self::named(names.as_slice().to_vec())),
            (Classes::Codes(codes), _) => Ok(Self::coded(codes.clone())),
            (Classes::Observed, None) => Self::observed(files),
            (Classes::Count(count), _) => Self::counted(files, *count),
        }
    }

    fn named(names: Vec<String>) -> Self {
        Self { count: names.len(), names: Some(names), codes: None }
    }

    fn coded(codes: Vec<i64>) -> Self {
        let plain = codes.iter().copied().eq(0..codes.len() as i64);
        let names = (!plain).then(|| codes.iter().map(ToString::to_string).collect());
        Self { count: codes.len(), names, codes: (!plain).then(|| codes.into()) }
    }

    fn observed(files: &[&WrittenLabels]) -> Result<Self> {
        let integers = files.iter().find(|file| matches!(file.values(), LabelValues::Integers(_)));
        let strings = files.iter().find(|file| matches!(file.values(), LabelValues::Strings(_)));
        if let (Some(integers), Some(strings)) = (integers, strings) {
            return Err(Error::LabelForms { integers: integers.path.clone(), strings: strings.path.clone() });
        }
        if let Some(refusal) = files.iter().find_map(|file| file.measurement()) {
            return Err(refusal);
        }
        let space = match strings {
            Some(_) => Self::named(in_order(files.iter().flat_map(|file| file.strings()))),
            None => Self::coded(
                files.iter().flat_map(|file| file.integers()).collect::<BTreeSet<_>>().into_iter().collect(),
            ),
        };
        match space.count > MOST_CLASSES {
            true => Err(wrong_count(files, space.count, "at most 1048576: is this the column of labels?")),
            false => Ok(space),
        }
    }

    fn counted(files: &[&WrittenLabels], count: usize) -> Result<Self> {
        let fits = |value: i64| (0..count as i64).contains(&value);
        let plain =
            files.iter().all(|file| matches!(file.values(), LabelValues::Integers(_)) && file.integers().all(fits));
        if plain {
            return Ok(Self { count, names: None, codes: None });
        }
        let observed = Self::observed(files)?;
        let of_integers = files.iter().all(|file| matches!(file.values(), LabelValues::Integers(_)));
        match (observed.count == count, of_integers) {
            (true, _) => Ok(observed),
            // The first label that is no index is named where the labels are read.
            (false, true) => Ok(Self { count, names: None, codes: None }),
            (false, false) => {
                Err(wrong_count(files, count, "the number of distinct strings; give the class names instead"))
            }
        }
    }

    /// `written` over these classes.
    ///
    /// # Errors
    /// [`Error::Content`] at an integer that is none of them, [`Error::Value`] at a string that is not among their names.
    pub(crate) fn column(&self, written: &WrittenLabels) -> Result<LabelColumn> {
        let labels = match written.values() {
            LabelValues::Integers(values) => self.of_integers(values).map_err(|place| self.none_of(written, place))?,
            LabelValues::Strings(values) => {
                self.of_strings(values).map_err(|place| written.refusal(place, "be one of the class names"))?
            }
        };
        let labels = Labels::new(labels, self.count);
        let labels = match &self.names {
            Some(names) => labels.and_then(|labels| labels.with_class_names(names.iter().cloned())),
            None => labels,
        };
        let column = LabelColumn::new(labels.map_err(Error::content(&written.path))?, written.values().form());
        let codes = self.codes.clone().filter(|_| matches!(written.values(), LabelValues::Integers(_)));
        Ok(column.with_codes(codes).beside(written.labels.unlabelled.clone()))
    }

    fn none_of(&self, written: &WrittenLabels, place: usize) -> Error {
        let LabelValues::Integers(values) = written.values() else {
            return written.refusal(place, "be one of the classes");
        };
        let (row, label, classes) = (written.row(place), values[place], self.count);
        if self.names.is_some() {
            let (first, last) = (values.iter().min(), values.iter().max());
            let from_one = first == Some(&1) && last == Some(&(classes as i64));
            let hint = if from_one {
                "; the labels count from 1: write 0 for the first class, or the names themselves"
            } else {
                ": they are those of the indices 0, 1, 2 …"
            };
            let number = if classes == 1 {
                "there is 1 class name".to_owned()
            } else {
                format!("there are {classes} class names")
            };
            let problem = format!("row {row} has the label {label}, {number}{hint}");
            return Error::Classes { path: written.path.clone(), problem };
        }
        Error::Content {
            path: written.path.clone(),
            cause: mislabel_core::Error::LabelOutOfRange { row, label, classes },
        }
    }

    /// The class of every integer, or the place of the first that is none.
    fn of_integers(&self, values: &[i64]) -> Result<Vec<u32>, usize> {
        let codes: Option<HashMap<i64, u32>> =
            self.codes.as_ref().map(|codes| codes.iter().copied().zip(0..).collect());
        let class = |value: &i64| match &codes {
            Some(codes) => codes.get(value).copied(),
            None => u32::try_from(*value).ok().filter(|class| (*class as usize) < self.count),
        };
        let all = |class: &dyn Fn(&i64) -> Option<u32>| -> Result<Vec<u32>, usize> {
            values.iter().enumerate().map(|(place, value)| class(value).ok_or(place)).collect()
        };
        // Where names are numbers, a number may be a name; an index it is if all are.
        all(&class).or_else(|place| {
            let numbers = self.numbers();
            all(&|value| numbers.get(&value.to_string()).copied()).map_err(|_| place)
        })
    }

    /// The class of every string, or the place of the first that is none.
    fn of_strings(&self, values: &[String]) -> Result<Vec<u32>, usize> {
        let names: HashMap<&str, u32> = self.names.iter().flatten().map(|name| name.trim()).zip(0..).collect();
        let numbers = self.numbers();
        let class = |(place, name): (usize, &String)| {
            names.get(name.as_str()).or_else(|| numbers.get(name)).copied().ok_or(place)
        };
        values.iter().enumerate().map(class).collect()
    }

    /// The classes whose names are numbers, by the usual spelling of these.
    fn numbers(&self) -> HashMap<String, u32> {
        let number = |(name, class): (&String, u32)| finite(name.trim()).map(|value| (value.to_string(), class));
        self.names.iter().flatten().zip(0..).filter_map(number).collect()
    }
}

fn wrong_count(files: &[&WrittenLabels], count: usize, requirement: &'static str) -> Error {
    let path = files.first().map(|file| file.path.clone()).unwrap_or_default();
    Error::Content { path, cause: mislabel_core::Error::parameter("classes", count, requirement) }
}
