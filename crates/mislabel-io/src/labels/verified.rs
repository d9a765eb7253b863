//! Verified labels in files: the number of a sample and the label someone found for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mislabel_core::VerifiedLabels;

#[cfg(feature = "tables")]
use crate::choice::Header;
use crate::choice::{ReadOptions, Unlabelled};
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::labels::class_lookup::ClassLookup;
use crate::labels::column::LabelColumn;
use crate::labels::file::LabelFile;
use crate::labels::values::LabelValues;

/// A file of verified labels that has been read but not yet joined to the samples and classes of a dataset.
///
/// The file has the columns `index`, the sample's number in the data from 0 on, and `true_label`, an integer or a class
/// name as the given labels are; other columns are ignored, so a table of label issues does in which someone has filled
/// in `true_label`. Formats: `.csv` and `.tsv` (without a header line only if there are just these two columns, in this
/// order; rows where `true_label` is blank are not verified yet, and not counted where an error names a row), `.jsonl`,
/// `.json`, `.arrow`, `.parquet`, `.npz`, `.safetensors`.
///
/// ```
/// use mislabel_io::{ReadOptions, Classes, LabelFile, VerifiedFile};
///
/// let folder = tempfile::tempdir()?;
/// let (given, review) = (folder.path().join("given.txt"), folder.path().join("review.csv"));
/// std::fs::write(&given, "dog\ncat\ndog\n")?;
/// std::fs::write(&review, "index,true_label\n2,cat\n1,cat\n")?;
/// let given = LabelFile::read(&given, &ReadOptions::default())?.column(&Classes::Observed)?;
///
/// let verified = VerifiedFile::read(&review, &ReadOptions::default())?.labels(&given)?;
/// assert_eq!(verified.samples(), [1, 2]);
/// assert_eq!(verified.label_errors(&given.labels).filter(|(_, wrong)| *wrong).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VerifiedFile {
    path: PathBuf,
    samples: Vec<usize>,
    labels: LabelValues,
}

const INDEX: &str = "index";
const TRUE_LABEL: &str = "true_label";

impl VerifiedFile {
    /// Reads the file at `path`; its extension tells the format. Of `choice`, only the header and the memory count.
    ///
    /// # Errors
    /// Whatever is wrong with the file; [`Error::Missing`] without one of the two columns, [`Error::Value`] at an index
    /// that is no number of a sample or a label that is none.
    pub fn read(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        let path = path.as_ref();
        let (indices, labels) = match Format::by_extension(path) {
            Some(Format::Npz | Format::Safetensors) => arrays(path, choice)?,
            _ => table_columns(path, choice)?,
        };
        if indices.len() != labels.len() {
            let (expected, found) = (indices.len(), labels.len());
            let cause = mislabel_core::Error::LengthMismatch { what: TRUE_LABEL, expected, found };
            return Err(Error::Content { path: path.into(), cause });
        }
        Ok(Self { path: path.into(), samples: samples(path, &indices)?, labels })
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The verified labels over the samples and classes of the `given` labels. Those of samples without a given label are left
    /// out, since there is no label that they could verify: [`joined`](Self::joined) takes them for labels.
    ///
    /// # Errors
    /// [`Error::Content`] at a sample that the given labels lack or one that is verified twice, [`Error::Value`] at a
    /// label that is not one of their classes.
    pub fn labels(&self, given: &LabelColumn) -> Result<VerifiedLabels> {
        let labels = self.classes(given)?;
        self.of_labelled(given, &labels, |sample| given.unlabelled.binary_search(&sample).is_err())
    }

    /// The `given` labels, with the verified one for each sample that has none, and the verified labels over these.
    ///
    /// ```
    /// use mislabel_io::{Classes, LabelFile, ReadOptions, Unlabelled, VerifiedFile};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let (given, review) = (folder.path().join("given.txt"), folder.path().join("review.csv"));
    /// std::fs::write(&given, "dog\ncat\nNA\nNA\n")?;
    /// std::fs::write(&review, "index,true_label\n2,cat\n0,dog\n")?;
    /// let choice = ReadOptions { unlabelled: Unlabelled::Keep, ..ReadOptions::default() };
    /// let given = LabelFile::read(&given, &choice)?.column(&Classes::Observed)?;
    ///
    /// let joined = VerifiedFile::read(&review, &choice)?.joined(&given)?;
    /// assert_eq!(joined.given.labels.values(), [1, 0, 0]);
    /// assert_eq!((joined.given.unlabelled, joined.filled), (vec![3], vec![2]));
    /// assert_eq!((joined.verified.samples(), joined.known.samples()), (&[0][..], &[0, 2][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`labels`](Self::labels).
    pub fn joined(&self, given: &LabelColumn) -> Result<JoinedLabels> {
        let labels = self.classes(given)?;
        let lacks = |sample: usize| given.unlabelled.binary_search(&sample).is_ok();
        let filled: BTreeMap<usize, u32> =
            self.samples.iter().copied().zip(labels.iter().copied()).filter(|(sample, _)| lacks(*sample)).collect();
        let joined = given.filled(&filled).map_err(Error::content(&self.path))?;
        let verified = self.of_labelled(&joined, &labels, |sample| !lacks(sample))?;
        let known = self.of_labelled(&joined, &labels, |_| true)?;
        Ok(JoinedLabels { given: joined, verified, known, filled: filled.into_keys().collect() })
    }

    /// The class of every row.
    fn classes(&self, given: &LabelColumn) -> Result<Vec<u32>> {
        let classes = ClassLookup::of(given);
        let class = |row: usize| {
            let value = self.labels.text(row).to_string();
            classes.named(&value).ok_or_else(|| Error::Value {
                path: self.path.clone(),
                row,
                column: TRUE_LABEL.into(),
                value,
                requirement: "be one of the classes of the given labels",
            })
        };
        (0..self.labels.len()).map(class).collect()
    }

    /// The verified `labels` of the samples that are `wanted`, which are numbered among those with a `given` label.
    fn of_labelled(
        &self,
        given: &LabelColumn,
        labels: &[u32],
        wanted: impl Fn(usize) -> bool,
    ) -> Result<VerifiedLabels> {
        let place = |sample: usize| sample - given.unlabelled.partition_point(|missing| *missing < sample);
        let pairs = self.samples.iter().copied().zip(labels.iter().copied()).filter(|(sample, _)| wanted(*sample));
        let (samples, labels) = pairs.map(|(sample, label)| (place(sample), label)).unzip();
        VerifiedLabels::new(samples, labels, &given.labels).map_err(Error::content(&self.path))
    }
}

/// Given labels with the verified labels of the samples that had none.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct JoinedLabels {
    /// The labels, given or verified.
    pub given: LabelColumn,
    /// The verified labels of samples with a given label, over the samples of `given`: they tell how labels were given.
    pub verified: VerifiedLabels,
    /// All verified labels, over the samples of `given`: nothing about these samples is left to ask.
    pub known: VerifiedLabels,
    /// The samples that have their verified label for want of a given one, ascending.
    pub filled: Vec<usize>,
}

/// The two columns of a table, by their names or, in a table of two columns without a header, by their places; rows
/// whose label is still to be filled in are left out.
#[cfg(feature = "tables")]
fn table_columns(path: &Path, choice: &ReadOptions) -> Result<(LabelValues, LabelValues)> {
    use crate::labels::missing::is_missing;
    use crate::table::named::{self, cells, table};

    let choice = &ReadOptions { array: None, exclude: Vec::new(), ..choice.clone() };
    if Format::by_extension(path) == Some(Format::Text) {
        return Err(Error::Extension {
            path: path.into(),
            known: "csv, tsv, jsonl, ndjson, json, arrow, parquet, npz, safetensors",
        });
    }
    let mut table = table(path, choice)?;
    let is_ours = |name: &str| name.trim() == INDEX || name.trim() == TRUE_LABEL;
    if choice.header == Header::Auto && !table.columns.iter().any(|column| is_ours(&column.name)) {
        // Of a header these names are known.
        table = named::table(path, &ReadOptions { header: Header::Absent, ..choice.clone() })?;
    }
    let by_place = !table.has_names() && table.columns.len() == 2;
    let names = if by_place { ["0", "1"] } else { [INDEX, TRUE_LABEL] };
    let mut columns = cells(&table, &names, choice)?;
    let (labels, indices) = (columns.pop().unwrap_or_default(), columns.pop().unwrap_or_default());
    if labels.is_empty() {
        return Err(Error::EmptyFile { path: path.into() });
    }
    let filled = |(index, label): (Option<String>, Option<String>)| {
        label.filter(|label| !is_missing(label)).map(|label| (index.unwrap_or_default(), label))
    };
    let (indices, labels): (Vec<String>, Vec<String>) = indices.into_iter().zip(labels).filter_map(filled).unzip();
    if labels.is_empty() {
        return Ok((LabelValues::Integers(Vec::new()), LabelValues::Integers(Vec::new())));
    }
    let indices = LabelValues::from_text(path, INDEX, indices.clone()).unwrap_or(LabelValues::Strings(indices));
    Ok((indices, LabelValues::from_text(path, TRUE_LABEL, labels)?))
}

#[cfg(not(feature = "tables"))]
fn table_columns(path: &Path, _: &ReadOptions) -> Result<(LabelValues, LabelValues)> {
    Err(Error::Extension { path: path.into(), known: "npz, safetensors (others need the feature tables)" })
}

fn arrays(path: &Path, choice: &ReadOptions) -> Result<(LabelValues, LabelValues)> {
    let unlabelled = Unlabelled::Refuse;
    let column = |name: &str| {
        let choice = ReadOptions {
            array: Some(name.into()),
            exclude: Vec::new(),
            unlabelled: unlabelled.clone(),
            ..choice.clone()
        };
        Ok::<_, Error>(LabelFile::read(path, &choice)?.values().clone())
    };
    Ok((column(INDEX)?, column(TRUE_LABEL)?))
}

fn samples(path: &Path, indices: &LabelValues) -> Result<Vec<usize>> {
    let sample = |row: usize| match indices {
        LabelValues::Integers(values) => usize::try_from(values[row]).ok(),
        LabelValues::Strings(values) => values[row].parse().ok(),
    };
    let refuse = |row: usize| Error::Value {
        path: path.into(),
        row,
        column: INDEX.into(),
        value: indices.text(row).to_string(),
        requirement: "be the number of a sample, from 0 on",
    };
    (0..indices.len()).map(|row| sample(row).ok_or_else(|| refuse(row))).collect()
}
