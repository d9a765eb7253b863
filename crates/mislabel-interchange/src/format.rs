//! The formats by name.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::Result;
use crate::formats::{
    argilla, cleanlab, datumaro, fiftyone, hugging_face, image_folder, label_studio, labelbox, prodigy, scale, table,
};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};

/// A format that samples are written in and read from.
///
/// ```
/// use mislabel_interchange::{Classes, Format, ReadOptions, Sample, SampleSet, WriteOptions};
///
/// let mut sample = Sample::new("a");
/// (sample.index, sample.given, sample.suggested) = (Some(0), Some(0), Some(1));
/// let samples = SampleSet::new(Classes::new(["cat", "dog"])?, vec![sample])?;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("issues.jsonl");
/// let format: Format = "table".parse()?;
/// format.write(&samples, &path, &WriteOptions::default())?;
/// let text = std::fs::read_to_string(&path)?;
/// assert_eq!(text, "{\"index\":0,\"id\":\"a\",\"given_label\":\"cat\",\"suggested_label\":\"dog\"}\n");
/// assert_eq!(format.read(&path, &ReadOptions::default())?.samples, samples);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// CSV, TSV, JSON lines or Parquet with the columns of mislabel; the extension tells which.
    Table,
    /// A folder that is a `FiftyOneDataset`; reads CSV exports and `labels.json`, too.
    FiftyOne,
    /// A folder with a configuration and tasks; reads the exports JSON, JSON_MIN, CSV and TSV.
    LabelStudio,
    /// `metadata.csv`, `metadata.jsonl`, or Parquet with features.
    HuggingFace,
    /// The table of label issues of cleanlab, CSV or Parquet; reads the folder of a saved Datalab, too.
    Cleanlab,
    /// A folder for every class.
    ImageFolder,
    /// The XML of "CVAT for images 1.1".
    #[cfg(feature = "cvat")]
    Cvat,
    /// The JSON of Datumaro.
    Datumaro,
    /// NDJSON of Labelbox: written as pre-labels, read as exports.
    Labelbox,
    /// Tasks of Scale in batches, and items for Nucleus; reads tasks.
    Scale,
    /// `records.json` of Argilla 2.
    Argilla,
    /// JSON lines of Prodigy's choice interface.
    Prodigy,
}

/// A name that no format has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {0:?}: it must be one of {names}", names = Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat(String);

#[cfg(feature = "cvat")]
const COUNT: usize = 12;
#[cfg(not(feature = "cvat"))]
const COUNT: usize = 11;

impl Format {
    /// All formats.
    pub const ALL: [Self; COUNT] = [
        Self::Table,
        Self::FiftyOne,
        Self::LabelStudio,
        Self::HuggingFace,
        Self::Cleanlab,
        Self::ImageFolder,
        #[cfg(feature = "cvat")]
        Self::Cvat,
        Self::Datumaro,
        Self::Labelbox,
        Self::Scale,
        Self::Argilla,
        Self::Prodigy,
    ];

    /// The name on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::FiftyOne => "fiftyone",
            Self::LabelStudio => "label-studio",
            Self::HuggingFace => "huggingface",
            Self::Cleanlab => "cleanlab",
            Self::ImageFolder => "imagefolder",
            #[cfg(feature = "cvat")]
            Self::Cvat => "cvat",
            Self::Datumaro => "datumaro",
            Self::Labelbox => "labelbox",
            Self::Scale => "scale",
            Self::Argilla => "argilla",
            Self::Prodigy => "prodigy",
        }
    }

    /// Writes samples to `path`: a folder for FiftyOne, Label Studio, ImageFolder, Datumaro, Labelbox and Scale, a file
    /// for the others. Every file appears whole or not at all; a file of the same name is replaced.
    ///
    /// # Errors
    /// [`Error::Unwritable`](crate::Error::Unwritable) or [`Error::Unfit`](crate::Error::Unfit) where the format cannot
    /// hold a sample or a class name, [`Error::Escapes`](crate::Error::Escapes) at a path that leads out of its folder,
    /// [`Error::Extension`](crate::Error::Extension), [`Error::Io`](crate::Error::Io).
    pub fn write(self, samples: &SampleSet, path: impl AsRef<Path>, options: &WriteOptions) -> Result<Written> {
        let path = path.as_ref();
        match self {
            Self::Table => table::write(samples, path, options),
            Self::FiftyOne => fiftyone::write(samples, path, options),
            Self::LabelStudio => label_studio::write(samples, path, options),
            Self::HuggingFace => hugging_face::write(samples, path, options),
            Self::Cleanlab => cleanlab::write(samples, path, options),
            Self::ImageFolder => image_folder::write(samples, path, options),
            #[cfg(feature = "cvat")]
            Self::Cvat => crate::formats::cvat::write(samples, path, options),
            Self::Datumaro => datumaro::write(samples, path, options),
            Self::Labelbox => labelbox::write(samples, path, options),
            Self::Scale => scale::write(samples, path, options),
            Self::Argilla => argilla::write(samples, path, options),
            Self::Prodigy => prodigy::write(samples, path, options),
        }
    }

    /// Reads samples from `path`.
    ///
    /// What people decided becomes [`decisions`](crate::Sample::decisions): annotations that were submitted, labels that
    /// differ from the one that was sent, labels of samples with the reviewed tag. A label that nobody touched is none.
    ///
    /// # Errors
    /// [`Error::SeveralLabels`](crate::Error::SeveralLabels) at a sample with more than one label,
    /// [`Error::UnknownClass`](crate::Error::UnknownClass) at a label that is none of the classes,
    /// [`Error::TooLarge`](crate::Error::TooLarge), and whatever else is wrong with the file, with its place.
    pub fn read(self, path: impl AsRef<Path>, options: &ReadOptions) -> Result<Received> {
        let path = path.as_ref();
        match self {
            Self::Table => table::read(path, options),
            Self::FiftyOne => fiftyone::read(path, options),
            Self::LabelStudio => label_studio::read(path, options),
            Self::HuggingFace => hugging_face::read(path, options),
            Self::Cleanlab => cleanlab::read(path, options),
            Self::ImageFolder => image_folder::read(path, options),
            #[cfg(feature = "cvat")]
            Self::Cvat => crate::formats::cvat::read(path, options),
            Self::Datumaro => datumaro::read(path, options),
            Self::Labelbox => labelbox::read(path, options),
            Self::Scale => scale::read(path, options),
            Self::Argilla => argilla::read(path, options),
            Self::Prodigy => prodigy::read(path, options),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.into()))
    }
}
