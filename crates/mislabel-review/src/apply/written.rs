//! A file of labels, written again with corrections.

use std::path::Path;

use mislabel_io::{LabelChanges, LabelColumn, LabelFile};

use crate::apply::corrections::Corrections;
use crate::error::{Error, Result};

impl Corrections {
    /// Writes `file`, whose labels are `given`, with the corrections to `out`, in its own format. Everything but the corrected
    /// labels stays as it is; samples without a label that got one have it in the file. With `drop_excluded` the rows of excluded samples are left out; tables only.
    ///
    /// # Errors
    /// [`Error::LabelDiffers`] where the file does not have the label that was reviewed, as after a first application;
    /// [`Error::File`] as [`LabelFile::rewrite`].
    pub fn write(&self, file: &LabelFile, given: &LabelColumn, drop_excluded: bool, out: &Path) -> Result<()> {
        let partial = given.partial()?;
        for (&row, correction) in &self.labels {
            let found = partial.class(row);
            if found != correction.from {
                let name = |class: u32| given.labels.class_name(class as usize).into_owned();
                let (found, expected) = (found.map(name), correction.from.map(name));
                return Err(Error::LabelDiffers { path: file.path().into(), row, found, expected });
            }
        }
        let left_out = if drop_excluded { self.excluded.clone() } else { Vec::new() };
        let labels = self.labels.iter().map(|(row, correction)| (*row, correction.to)).collect();
        Ok(file.rewrite(given, &LabelChanges { labels, left_out }, out)?)
    }
}
