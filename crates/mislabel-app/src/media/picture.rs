//! The picture of a sample, as a browser gets it.

use std::sync::{Arc, Mutex, PoisonError};

use image::ImageFormat;
use mislabel_review::{Media, Samples};

use crate::media::cache::Cache;
use crate::media::file::Root;
use crate::media::gray::{gray, range};
use crate::media::kind::kind;
use crate::media::packed::PackedPictures;
use crate::media::thumbnail::{dimensions, thumbnail};

/// Files up to this size are shown as they are.
const SMALL: usize = 64 << 10;

/// A picture and its content type.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Arc<Vec<u8>>,
}

/// Pictures of samples.
#[derive(Debug)]
pub(crate) struct Pictures {
    root: Root,
    cache: Mutex<Cache>,
    /// The ends of the numbers, where samples are rows of numbers.
    range: (f32, f32),
}

impl Pictures {
    pub(crate) fn new(root: Root, samples: &Samples) -> Self {
        let range = match samples.media() {
            Media::Numbers(numbers) => range(numbers),
            _ => (0.0, 1.0),
        };
        Self { root, cache: Mutex::default(), range }
    }

    /// The picture of sample `row`, small or `full`; else why there is none.
    ///
    /// Where pictures are `packed`, none comes from a file of its own.
    pub(crate) fn picture(
        &self,
        samples: &Samples,
        packed: Option<&dyn PackedPictures>,
        row: u32,
        full: bool,
    ) -> Result<Picture, String> {
        match samples.media() {
            _ if row as usize >= samples.len() => Err("there is no such sample".into()),
            Media::Files(paths) => {
                let path = paths.get(row as usize);
                let bytes = || packed.map_or_else(|| self.root.read(path), |packed| packed.picture(row as usize));
                self.of_bytes(bytes, row, full)
            }
            Media::Numbers(numbers) => {
                let png = gray(numbers, row as usize, self.range).ok_or("the samples are no images")?;
                Ok(Picture { content_type: ImageFormat::Png.to_mime_type(), bytes: Arc::new(png) })
            }
            _ => Err("the samples are no images".into()),
        }
    }

    fn of_bytes(
        &self,
        bytes: impl FnOnce() -> Result<Vec<u8>, String>,
        row: u32,
        full: bool,
    ) -> Result<Picture, String> {
        let jpeg = |bytes| Picture { content_type: ImageFormat::Jpeg.to_mime_type(), bytes };
        if !full && let Some(bytes) = self.lock().get(row) {
            return Ok(jpeg(bytes));
        }
        let bytes = bytes()?;
        let format = kind(&bytes).ok_or("the file is no PNG, JPEG, WebP, GIF or BMP image")?;
        dimensions(&bytes, format)?;
        if full || bytes.len() <= SMALL {
            return Ok(Picture { content_type: format.to_mime_type(), bytes: Arc::new(bytes) });
        }
        let small = Arc::new(thumbnail(&bytes, format)?);
        self.lock().insert(row, Arc::clone(&small));
        Ok(jpeg(small))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
