//! What a report contains, and where it comes from.

use std::path::PathBuf;

use serde::Serialize;

/// What a report contains.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportOptions {
    /// The title of the page.
    pub title: String,
    /// How many of the most suspect samples the gallery shows; default 100.
    pub top: usize,
    /// Near samples of either kind that an explanation shows; default 3.
    pub nearest: usize,
    /// The most points of the map; default 20,000. With 0 there is no map.
    pub map_points: usize,
    /// Classes whose most and least important samples are shown; default 6. With 0 there is no view of importance.
    pub important_classes: usize,
    /// Decides which samples stand for all where not all are used.
    pub seed: u64,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { title: "Label report".into(), top: 100, nearest: 3, map_points: 20_000, important_classes: 6, seed: 0 }
    }
}

/// What the samples of a dataset show, for people to see.
///
/// ```
/// use mislabel_report::{PixelForm, Samples};
///
/// let texts = vec!["a happy movie".to_owned(), "dull".to_owned()];
/// let reviews = Samples { texts: Some(&texts), ..Samples::default() };
/// let digits = Samples { pixels: Some(PixelForm { height: 8, width: 8, ink: 16.0 }), ..Samples::default() };
/// # let _ = (reviews, digits);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Samples<'a> {
    /// The file of the picture of every sample, `(n,)`.
    pub images: Option<&'a [PathBuf]>,
    /// The text of every sample, `(n,)`.
    pub texts: Option<&'a [String]>,
    /// The embeddings are pixels of this form.
    pub pixels: Option<PixelForm>,
    /// Whether the values of the embeddings say something to people, as those of a table do.
    pub numbers: bool,
}

/// Rows of numbers that are pictures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PixelForm {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels in a row.
    pub width: usize,
    /// The value of the darkest pixel; 0 is white.
    pub ink: f32,
}

/// Where a report comes from; nothing in it changes a figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Origin {
    /// The command that made it.
    pub command: Option<String>,
    /// When it was made, as text.
    pub made: Option<String>,
    /// The seed of the method.
    pub seed: Option<u64>,
    /// What was read, and as what.
    pub inputs: Vec<Input>,
    /// More on what was read as what, in lines: columns, classes, what may be wrong.
    pub reading: Option<String>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// What it is to the method: embeddings, labels.
    pub role: String,
    /// Its path.
    pub path: String,
    /// What was read from it, as what.
    pub read_as: String,
}
