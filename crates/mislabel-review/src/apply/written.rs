//! A file of labels, written again with corrections.

use std::path::Path;

use mislabel_checkpoint::write_atomically;
use mislabel_core::Labels;

use crate::apply::corrections::Corrections;
use crate::apply::rewrite::LabelRewrite;
use crate::apply::{npy, safetensors, table_file, text_file};
use crate::error::{Error, Result};

impl LabelRewrite<'_> {
    /// Writes the file with the `corrections` of the `given` labels to `out`. Everything but the corrected labels stays as
    /// it is: other columns, the element type, the metadata. Whether a file holds class numbers or names is told from its
    /// labels.
    ///
    /// # Errors
    /// [`Error::LabelDiffers`] where the file does not hold the label that was reviewed, as after a first application;
    /// [`Error::Labels`] at a format that cannot be written again, or a file that does not fit `given`.
    pub fn write(&self, given: &Labels, corrections: &Corrections, out: &Path) -> Result<()> {
        let bytes = std::fs::read(self.path).map_err(Error::io(self.path))?;
        let written = self.corrected(bytes, given, corrections)?;
        write_atomically(out, Error::io(out), |file| file.write_all(&written).map_err(Error::io(out)))
    }

    fn corrected(&self, bytes: Vec<u8>, given: &Labels, corrections: &Corrections) -> Result<Vec<u8>> {
        let extension = self.path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_lowercase();
        let array = || match self.drop_excluded && !corrections.excluded.is_empty() {
            true => Err(Error::labels(self.path, "rows cannot be left out of an array: keep excluded samples")),
            false => Ok(()),
        };
        match extension.as_str() {
            "npy" => array().and_then(|()| npy::corrected(self, bytes, given, corrections)),
            "safetensors" => array().and_then(|()| safetensors::corrected(self, bytes, given, corrections)),
            "csv" => table_file::corrected(self, &bytes, b',', given, corrections),
            "tsv" => table_file::corrected(self, &bytes, b'\t', given, corrections),
            "txt" => text_file::corrected(self, &bytes, given, corrections),
            _ => {
                let problem = "labels can be corrected in files of the kinds npy, safetensors, csv, tsv, txt: convert the \
                               labels to one of these, and review them there";
                Err(Error::labels(self.path, problem))
            }
        }
    }
}
