//! A file of labels, written again with corrections.

use std::path::Path;

use mislabel_io::{LabelChanges, LabelColumn, LabelFile};

use crate::apply::corrections::Corrections;
use crate::error::{Error, Result};

impl Corrections {
    /// Writes `file`, whose labels are `given`, with the corrections to `out`, in its own format. Everything but the corrected
    /// labels stays as it is. With `drop_excluded` the rows of excluded samples are left out; tables only.
    ///
    /// # Errors
    /// [`Error::LabelDiffers`] where the file does not have the label that was reviewed, as after a first application;
    /// [`Error::File`] as [`LabelFile::rewrite`].
    pub fn write(&self, file: &LabelFile, given: &LabelColumn, drop_excluded: bool, out: &Path) -> Result<()> {
        let rows: Vec<usize> = given.rows().collect();
        for (&sample, correction) in &self.labels {
            let found = given.labels.values().get(sample).copied();
            if found != Some(correction.from) {
                let name = |class: u32| given.labels.class_name(class as usize).into_owned();
                let found = found.map_or_else(|| "nothing".into(), name);
                let (row, expected) = (rows.get(sample).copied().unwrap_or(sample), name(correction.from));
                return Err(Error::LabelDiffers { path: file.path().into(), row, found, expected });
            }
        }
        let row = |sample: &usize| rows.get(*sample).copied().unwrap_or(usize::MAX);
        let left_out = if drop_excluded { self.excluded.iter().map(row).collect() } else { Vec::new() };
        let labels = self.labels.iter().map(|(sample, correction)| (row(sample), correction.to)).collect();
        Ok(file.rewrite(given, &LabelChanges { labels, left_out }, out)?)
    }
}
