//! What a method found in a dataset, as one HTML page that opens from disk, as SVG figures, and as values.
//!
//! A table of label issues says which labels to doubt. A person who must decide wants to see them: how many there are and how
//! sure that is, which classes are confused, what the suspect samples look like, and why each is suspect. [`ReportPage`]
//! gathers this from a [`Report`](mislabel_methods::Report) and its [`Dataset`](mislabel_methods::Dataset) as plain values.
//! [`html`](ReportPage::html) makes one file of them: pictures lie inside, nothing is asked of the network, and everything can
//! be read without JavaScript, in the dark, on paper and by a screen reader. [`figures`](ReportPage::figures) gives the drawings.
//!
//! ```
//! use mislabel_core::{Embeddings, NoiseModel, Run};
//! use mislabel_methods::{Dataset, detect};
//! use mislabel_noise::Symmetric;
//! use mislabel_report::{Origin, PixelForm, ReportOptions, ReportPage, Samples};
//!
//! let digits = mislabel_datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let data = Dataset::new(&noisy.given).with_embeddings(&embeddings)?;
//! let report = detect("rer", &data, &Run::quiet())?;
//!
//! let (height, width) = digits.image_shape;
//! let samples = Samples { pixels: Some(PixelForm { height, width, ink: 16.0 }), ..Samples::default() };
//! let options = ReportOptions { title: "Digits".into(), ..ReportOptions::default() };
//! let page = ReportPage::new(&report, &data, &samples, &options, Origin::default(), &Run::quiet())?;
//! assert_eq!(page.summary.flagged, report.issues.flagged());
//! assert!(page.html().contains("<h1>Digits</h1>"));
//! assert!(page.figures().iter().any(|figure| figure.name() == "confusion"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Pictures
//! The feature `images` shows files of pictures: PNG, JPEG, WebP, GIF and BMP, told by their content. Each is decoded, turned
//! upright and written anew at most 200 pixels wide, so that nothing else in the file (where a photo was taken) gets into the
//! page. Without the feature, pictures are said to be missing. Embeddings that are pixels ([`PixelForm`]) need no feature.
//!
//! # Safety of the page
//! Names, texts and paths are data of strangers. They are escaped; characters that are invisible or turn text around are
//! written as escapes. A Content-Security-Policy in the page allows one script and one style sheet, each by its hash, and
//! pictures that lie in the page, and nothing else.

mod document;
mod drawing;
mod error;
mod file_numbers;
mod findings;
mod options;
mod page;
mod pictures;
mod words;

pub use drawing::figure::Figure;
pub use error::{Error, Result};
pub use findings::classes::ClassRow;
pub use findings::confusion::{ConfusedLabels, Confusion};
pub use findings::distribution::Histogram;
pub use findings::duplicates::{Copies, CopyFacts, LabeledCopy};
pub use findings::facts::DataFacts;
pub use findings::importance::{ClassImportance, ImportanceView, MeasuredSample};
pub use findings::provenance::Provenance;
pub use findings::review_effort::{ReviewEffort, ReviewStep};
pub use findings::sample_map::SampleMap;
pub use findings::summary::{Share, Summary, VerifiedShare};
pub use findings::suspects::Suspect;
pub use options::{Input, Origin, PixelForm, ReportOptions, Samples};
pub use page::ReportPage;
pub use pictures::exhibit::Exhibit;
pub use pictures::picture::Picture;
