//! What every reader needs: the place, the classes, the notes.

use std::path::Path;

use serde_json::Value;

use crate::cells;
use crate::error::{Error, Place, Result};
use crate::model::classes::Classes;
use crate::model::sample::Sample;
use crate::model::sample_set::SampleSet;
use crate::notes::Notes;
use crate::options::{ReadOptions, Received};

/// Samples on their way out of a file.
pub(crate) struct Reading<'a> {
    pub(crate) options: &'a ReadOptions,
    pub(crate) file: Place,
    pub(crate) notes: Notes,
    classes: Classes,
    /// Whether other class names are refused.
    closed: bool,
    samples: Vec<Sample>,
    method: Option<String>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(path: &Path, options: &'a ReadOptions) -> Self {
        Self {
            options,
            file: Place::of(path),
            notes: Notes::default(),
            classes: options.classes.clone().unwrap_or_default(),
            closed: options.classes.is_some(),
            samples: Vec::new(),
            method: None,
        }
    }

    /// Takes the classes that the file declares, unless the user gave others.
    pub(crate) fn declare(&mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Result<()> {
        if self.options.classes.is_some() {
            return Ok(());
        }
        let path = self.file.file.clone().unwrap_or_default();
        self.classes = Classes::new(names).map_err(|cause| Error::malformed(&path)(cause))?;
        self.closed = true;
        Ok(())
    }

    pub(crate) fn set_method(&mut self, method: impl Into<String>) {
        self.method = Some(method.into());
    }

    /// The class of a name.
    pub(crate) fn class(&mut self, place: &Place, field: &str, name: &str) -> Result<u32> {
        if let Some(class) = self.classes.index(name) {
            return Ok(class);
        }
        if self.closed {
            let classes = self.classes.len();
            return Err(Error::UnknownClass { place: place.clone(), field: field.into(), class: name.into(), classes });
        }
        self.classes.insert(name.into())
    }

    /// The class of a value: a name, or the number of a class where names are known and none is a number.
    pub(crate) fn class_of(&mut self, place: &Place, field: &str, value: &Value) -> Result<Option<u32>> {
        let Some(name) = cells::text(place, field, value)? else {
            return Ok(None);
        };
        if let Some(class) = self.numbered(&name) {
            self.notes.say(format!("numbers in {field} are taken as class numbers from 0 on"));
            return Ok(Some(class));
        }
        self.class(place, field, &name).map(Some)
    }

    fn numbered(&self, name: &str) -> Option<u32> {
        let number =
            name.parse::<u32>().ok().filter(|number| self.closed && (*number as usize) < self.classes.len())?;
        let is_number = |name: &String| name.parse::<i64>().is_ok();
        (self.classes.index(name).is_none() && !self.classes.names().iter().any(is_number)).then_some(number)
    }

    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    pub(crate) fn push(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    /// Adds the decisions to the last sample if it is the same one, as where every opinion has a row of its own.
    pub(crate) fn push_opinion(&mut self, sample: Sample) {
        let same = |known: &&mut Sample| known.index == sample.index && known.id == sample.id;
        match self.samples.last_mut().filter(same) {
            Some(known) => known.decisions.extend(sample.decisions),
            None => self.samples.push(sample),
        }
    }

    pub(crate) fn finish(mut self) -> Result<Received> {
        if !self.closed {
            self.sort_classes()?;
        }
        let samples = SampleSet::checked(&self.file, self.classes, self.samples)?;
        let samples = match self.method {
            Some(method) => samples.with_method(method),
            None => samples,
        };
        Ok(Received { samples, notes: self.notes.finish() })
    }

    /// Puts classes that were only met into an order that does not depend on the rows.
    fn sort_classes(&mut self) -> Result<()> {
        let number = |name: &str| name.parse::<i64>().unwrap_or(i64::MAX);
        let mut names = self.classes.names().to_vec();
        names.sort_by(|a, b| number(a).cmp(&number(b)).then_with(|| a.cmp(b)));
        let sorted = Classes::new(names)?;
        let classes = &self.classes;
        for class in self.samples.iter_mut().flat_map(Sample::mentioned) {
            *class = sorted.index(classes.name(*class)).expect("sorting keeps every name");
        }
        self.classes = sorted;
        Ok(())
    }
}
