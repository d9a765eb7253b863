//! A file of labels, written again.

use std::io::Write;
use std::path::Path;

use mislabel_checkpoint::write_checked;

use crate::error::{Error, Result};
use crate::formats::extension::{Format, suffix};
use crate::formats::npy::reader as npy;
use crate::formats::npz::Wanted;
use crate::formats::safetensors;
use crate::labels::column::LabelColumn;
use crate::labels::file::LabelFile;
use crate::labels::rewriting::changes::LabelChanges;
use crate::labels::rewriting::edits::{Edit, Edits};
use crate::labels::rewriting::{arrays, npz};

impl LabelFile {
    /// Writes the file again to `out`, in its own format, with the labels that change; `given` are its labels over classes. A
    /// sample without a label may get one: its cell, empty or with whatever stands for no label, is written as the others are.
    ///
    /// Nothing else changes: the bytes of other cells of a text, line ends, packing and encoding; the other arrays of an
    /// archive; schema, metadata, row groups, and the chunks of other columns of a Parquet file. Labels keep the type and the
    /// spelling that the file has. Where rows of a Parquet file are left out, its other columns are encoded anew.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use mislabel_io::{Classes, LabelChanges, LabelFile, ReadOptions};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let (path, out) = (folder.path().join("train.csv"), folder.path().join("fixed.csv"));
    /// std::fs::write(&path, "file;label\na.png; cat\nb.png;dog\n")?;
    ///
    /// let labels = LabelFile::read(&path, &ReadOptions::default())?;
    /// let given = labels.column(&Classes::Observed)?;
    /// let changes = LabelChanges { labels: BTreeMap::from([(0, 1)]), ..LabelChanges::default() };
    /// labels.rewrite(&given, &changes, &out)?;
    /// assert_eq!(std::fs::read_to_string(&out)?, "file;label\na.png; dog\nb.png;dog\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Rewriting`] at a row or a class that does not exist, at labels in several files, a format that is only read
    /// (Arrow), rows to be left out of an array, a label that does not fit its element, and where the file has changed since
    /// it was read; whatever keeps `out` from being written. [`Error::Rewriting`], too, where the written file, read again as
    /// this one was, has other labels than it must have. `out` stays as it was then.
    pub fn rewrite(&self, given: &LabelColumn, changes: &LabelChanges, out: impl AsRef<Path>) -> Result<()> {
        let out = out.as_ref();
        let edits = self.edits(given, changes)?;
        let write = |file: &mut (dyn Write + Send)| self.write_edited(&edits, file);
        let check = |written: &Path| self.check_written(&edits, written, out);
        write_checked(out, &suffix(self.path()), |cause| Error::io(out)(cause), write, check)
    }

    fn edits<'a>(&'a self, given: &LabelColumn, changes: &'a LabelChanges) -> Result<Edits<'a>> {
        let rows = self.samples();
        let refuse = |problem: String| Error::Rewriting { path: self.path().into(), problem };
        let places: Vec<usize> = changes.labels.keys().chain(&changes.left_out).copied().collect();
        if let Some(row) = places.into_iter().find(|row| *row >= rows) {
            return Err(refuse(format!("there is no row {row}: the rows are 0 to {}", rows - 1)));
        }
        if given.samples() != rows {
            return Err(refuse(format!("the file has {rows} labels, and {} were given", given.samples())));
        }
        let classes = given.labels.class_count();
        let mut labels = std::collections::BTreeMap::new();
        for (&row, &class) in &changes.labels {
            if class as usize >= classes {
                return Err(refuse(format!(
                    "row {row}: there is no class {class}: the classes are 0 to {}",
                    classes - 1
                )));
            }
            let before = self.unlabelled().partition_point(|missing| *missing < row);
            let has_label = self.unlabelled().get(before) != Some(&row);
            let old = has_label.then(|| self.values().text(row - before).to_string());
            labels.insert(row, Edit { old, new: given.written(&[class]).text(0).to_string() });
        }
        let (marks, left_out) = (self.unlabelled_as(), &changes.left_out[..]);
        let model = (0..).zip(self.unlabelled()).find(|(row, missing)| row != *missing);
        let model = model.map_or(self.unlabelled().len(), |(row, _)| row);
        Ok(Edits { path: self.path(), rows, labels, marks, model, left_out })
    }

    fn write_edited(&self, edits: &Edits<'_>, out: &mut (dyn Write + Send)) -> Result<()> {
        let [path] = &self.understanding().files[..] else {
            return Err(edits.refusal("the labels are in several files: write them as one table first"));
        };
        let choice = self.choice();
        match Format::by_extension(path) {
            Some(Format::Npy) => arrays::write(&npy::open(path)?, edits, out),
            Some(Format::Safetensors) => arrays::write(&safetensors::open(path, choice, Wanted::Labels)?.0, edits, out),
            Some(Format::Npz) => npz::write(path, choice, edits, out),
            format => self.write_table(path, format, edits, out),
        }
    }

    #[cfg(feature = "tables")]
    fn write_table(
        &self,
        path: &Path,
        format: Option<Format>,
        edits: &Edits<'_>,
        out: &mut (dyn Write + Send),
    ) -> Result<()> {
        use crate::labels::rewriting::{json, text};

        let choice = self.choice();
        let name = self.column_name().unwrap_or("0");
        let number = || {
            let columns = &self.understanding().columns;
            let place = columns.iter().position(|column| column.role == crate::table::role::Role::Label);
            place.ok_or_else(|| edits.refusal("the column of labels is not known"))
        };
        match format {
            Some(format @ (Format::Csv | Format::Tsv | Format::Text)) => {
                text::write((path, format, choice), number()?, edits, out)
            }
            Some(Format::Json | Format::JsonLines) => json::write(path, choice, name, edits, out),
            #[cfg(feature = "parquet")]
            Some(Format::Parquet) => crate::labels::rewriting::parquet::write(path, choice, number()?, edits, out),
            _ => Err(edits.refusal("labels in Arrow files are only read: write the table as Parquet first")),
        }
    }

    #[cfg(not(feature = "tables"))]
    fn write_table(
        &self,
        _path: &Path,
        _format: Option<Format>,
        edits: &Edits<'_>,
        _out: &mut (dyn Write + Send),
    ) -> Result<()> {
        Err(edits.refusal("labels in texts and tables are written by the feature tables"))
    }
}
