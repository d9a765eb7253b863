//! Pictures in tar files and tables, one at a time.

use mislabel::app::PackedPictures;
use mislabel::embed::{Content, Source};

/// Samples of a source of which any is found without the others.
pub(crate) struct PackedSamples {
    source: Box<dyn Source>,
    /// The number of every row in the source.
    numbers: Vec<usize>,
}

impl PackedSamples {
    pub(crate) fn new(source: Box<dyn Source>, numbers: Vec<usize>) -> Self {
        Self { source, numbers }
    }

    /// Whether the first picture lies in a file with others.
    pub(crate) fn are_packed(&self) -> bool {
        let first = self.numbers.first().and_then(|number| self.source.content(*number));
        matches!(first, Some(Content::Part { .. } | Content::Bytes(_)))
    }
}

impl PackedPictures for PackedSamples {
    fn picture(&self, row: usize) -> Result<Vec<u8>, String> {
        let content = self.numbers.get(row).and_then(|number| self.source.content(*number));
        match content.ok_or("there is no such sample")? {
            // What is said of files elsewhere is not followed.
            Content::File(_) => Err("the table has the path of this picture, not the picture".into()),
            content => content.read().map_err(|skip| skip.message),
        }
    }
}
