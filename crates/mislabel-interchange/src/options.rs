//! What to read and write, beyond the path.

use std::path::PathBuf;

use crate::model::classes::Classes;
use crate::model::sample_set::SampleSet;

/// How samples are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// The classes of the dataset, in order; labels with other names are refused. `None` takes the classes that the file
    /// declares, or else those that occur, sorted: numbers by value, names by their bytes.
    pub classes: Option<Classes>,
    /// The field, column, question or control that holds the label, where it is not the usual one of the format.
    pub label_field: Option<String>,
    /// The tag that says that someone looked at a sample: the label that it has is then a decision.
    pub reviewed_tag: String,
    /// Files of more bytes than this are refused.
    pub most_bytes: u64,
}

impl Default for ReadOptions {
    /// Classes as found, the tag `reviewed`, files up to 4 GiB.
    fn default() -> Self {
        Self { classes: None, label_field: None, reviewed_tag: "reviewed".into(), most_bytes: 4 << 30 }
    }
}

/// How samples are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// Name of the dataset, project or batch in the tool.
    pub name: String,
    /// Whether reviewers see the suggested labels; without them they are not led.
    pub suggestions: bool,
    /// The folder that paths of media are relative to.
    pub media_root: Option<PathBuf>,
    /// What stands before the relative path of a media file to make its address; each tool has a default.
    pub address_prefix: Option<String>,
    /// Samples in one file or batch at most; `None` takes what the tool bears.
    pub batch: Option<usize>,
    /// Samples of a calibration batch of its own (Scale), drawn at random.
    pub calibration: usize,
    /// The seed of that draw.
    pub seed: u64,
}

impl Default for WriteOptions {
    /// Suggestions are shown; there is no calibration batch.
    fn default() -> Self {
        Self {
            name: "mislabel".into(),
            suggestions: true,
            media_root: None,
            address_prefix: None,
            batch: None,
            calibration: 0,
            seed: 51,
        }
    }
}

/// Samples that were read, and what to know about the reading.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// The samples.
    pub samples: SampleSet,
    /// What was left out, taken for something, or kept under another name; each with how often.
    pub notes: Vec<String>,
}

/// Files that were written, and what to know about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The files, in the order of writing.
    pub files: Vec<PathBuf>,
    /// What the format cannot hold, and the steps that follow.
    pub notes: Vec<String>,
}
