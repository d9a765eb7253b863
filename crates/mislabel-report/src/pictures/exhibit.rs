//! What a sample shows, ready for the page.

use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Result, Run};
use mislabel_methods::Dataset;
use ndarray::Array2;
use png::ColorType;
use rayon::prelude::*;
use serde::Serialize;

use crate::options::{PixelForm, Samples};
use crate::pictures::picture::Picture;
use crate::pictures::portable::{gray, png};

/// Values of a row that are shown.
const VALUES: usize = 12;

/// What a sample shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Exhibit {
    /// Its picture.
    pub picture: Option<Picture>,
    /// Why there is no picture, where there should be one.
    pub missing: Option<String>,
    /// Its text, shortened.
    pub text: Option<String>,
    /// The first of its values.
    pub values: Option<Vec<f32>>,
}

/// How large samples are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// As a suspect.
    Large,
    /// As a neighbor of one.
    Small,
}

impl Size {
    /// Pixels along the longer side of a picture.
    #[cfg(feature = "images")]
    fn side(self) -> u32 {
        match self {
            Self::Large => 200,
            Self::Small => 72,
        }
    }

    /// Characters of a text.
    fn characters(self) -> usize {
        match self {
            Self::Large => 600,
            Self::Small => 140,
        }
    }
}

/// What the samples of a dataset show.
#[derive(Clone, Copy)]
pub(crate) struct Exhibits<'a> {
    samples: Samples<'a>,
    source: Option<&'a dyn EmbeddingSource>,
}

impl<'a> Exhibits<'a> {
    /// Checks that `samples` are of as many as `data` has, and pixels as many as there are features.
    pub(crate) fn new<'d: 'a>(samples: Samples<'a>, data: &Dataset<'d>) -> Result<Self> {
        if let Some(images) = samples.images {
            same_length("pictures of the samples", data.len(), images.len())?;
        }
        if let Some(texts) = samples.texts {
            same_length("texts of the samples", data.len(), texts.len())?;
        }
        if let (Some(form), Some(source)) = (samples.pixels, data.embeddings()) {
            same_length("pixels of a sample", source.shape().1, form.height * form.width)?;
        }
        Ok(Self { samples, source: data.embeddings() })
    }

    /// What sample `row` shows. A picture that cannot be read is missing, and says why.
    pub(crate) fn of(&self, row: usize, size: Size) -> Result<Exhibit> {
        let mut exhibit = Exhibit::default();
        if let Some(images) = self.samples.images {
            match thumbnail(&images[row], size) {
                Ok(picture) => exhibit.picture = Some(picture),
                Err(reason) => exhibit.missing = Some(reason),
            }
        }
        if let Some(texts) = self.samples.texts {
            exhibit.text = Some(shortened(&texts[row], size.characters()));
        }
        if let Some(values) = self.values(row)? {
            match self.samples.pixels {
                Some(form) => exhibit.picture = Some(drawn(form, &values)),
                None => exhibit.values = Some(values.into_iter().take(VALUES).collect()),
            }
        }
        Ok(exhibit)
    }

    /// The embedding of sample `row`, where it says something to people.
    fn values(&self, row: usize) -> Result<Option<Vec<f32>>> {
        let wanted = self.samples.numbers || self.samples.pixels.is_some();
        let Some(source) = self.source.filter(|_| wanted) else { return Ok(None) };
        let mut values = Array2::zeros((1, source.shape().1));
        source.read_rows(row, values.view_mut())?;
        Ok(Some(values.into_raw_vec_and_offset().0))
    }

    /// What the samples `rows` show.
    pub(crate) fn of_all(&self, rows: &[u32], size: Size, run: &Run<'_>) -> Result<Vec<Exhibit>> {
        let stage = run.stage("drawing samples", rows.len());
        let draw = |row: &u32| {
            let exhibit = self.of(*row as usize, size)?;
            stage.advance(1)?;
            Ok(exhibit)
        };
        rows.par_iter().map(draw).collect()
    }
}

fn drawn(form: PixelForm, values: &[f32]) -> Picture {
    let pixels = gray(values.iter().copied(), form.ink);
    let bytes = png(form.width, form.height, ColorType::Grayscale, &pixels);
    Picture::new(form.width as u32, form.height as u32, "image/png", &bytes)
}

/// `text` cut to so many characters.
fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

#[cfg(feature = "images")]
fn thumbnail(path: &std::path::Path, size: Size) -> Result<Picture, String> {
    crate::pictures::thumbnail::thumbnail(path, size.side())
}

#[cfg(not(feature = "images"))]
fn thumbnail(_: &std::path::Path, _: Size) -> Result<Picture, String> {
    Err("this program was built without the feature images of mislabel-report".into())
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("éé", 2), "éé");
        assert_eq!(shortened("ééé", 2), "éé…");
    }
}
