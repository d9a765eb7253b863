//! Pictures and folders to try things on.

use std::fs;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use mislabel_core::{EmbeddingSource as _, Run};
use mislabel_embed::{
    EmbedOptions, Embedded, Error, FirstLookAtPictures, FirstLookAtTexts, ImageFolder, Source, Storage, embed,
};
use ndarray::Array2;
use tempfile::TempDir;

/// A picture that differs for every `seed`.
pub(crate) fn picture(seed: u32, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |a: u32, b: u32| ((x * (a + seed % 7) + y * (b + seed % 5) + 31 * seed) % 256) as u8;
        Rgb([wave(3, 1), wave(1, 4), wave(2, 2)])
    })
}

/// Writes `image` to `path` below `folder`, in the format that the name tells.
pub(crate) fn save(folder: &TempDir, path: &str, image: &RgbImage) {
    image.save(made(folder, path)).unwrap();
}

/// Writes `bytes` to `path` below `folder`.
pub(crate) fn write(folder: &TempDir, path: &str, bytes: impl AsRef<[u8]>) {
    fs::write(made(folder, path), bytes).unwrap();
}

fn made(folder: &TempDir, path: &str) -> PathBuf {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

/// The bytes of a picture as PNG.
pub(crate) fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A folder of `classes` with `each` pictures.
pub(crate) fn photos(classes: &[&str], each: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, class) in classes.iter().enumerate() {
        for one in 0..each {
            save(&folder, &format!("{class}/{one:04}.png"), &picture(number as u32 * each + one, 40, 30));
        }
    }
    folder
}

/// The first look at `source`, kept nowhere.
pub(crate) fn look(source: &dyn Source) -> Result<Embedded, Error> {
    look_with(source, &EmbedOptions { most_bad: 1.0, ..EmbedOptions::default() })
}

pub(crate) fn look_with(source: &dyn Source, options: &EmbedOptions) -> Result<Embedded, Error> {
    let storage = Storage::Temporary(std::env::temp_dir());
    embed(source, &FirstLookAtPictures, &storage, options, &Run::quiet())
}

/// The first look at texts in `source`, kept nowhere.
pub(crate) fn read(source: &dyn Source) -> Result<Embedded, Error> {
    let storage = Storage::Temporary(std::env::temp_dir());
    embed(source, &FirstLookAtTexts, &storage, &EmbedOptions::default(), &Run::quiet())
}

pub(crate) fn folder(path: &Path) -> ImageFolder {
    ImageFolder::open(path, None).unwrap()
}

/// All rows.
pub(crate) fn rows(embedded: &Embedded) -> Array2<f32> {
    let mut rows = Array2::zeros(embedded.shape());
    embedded.read_rows(0, rows.view_mut()).unwrap();
    rows
}

/// The names of the samples, with their labels.
pub(crate) fn names(embedded: &Embedded) -> Vec<(&str, &str)> {
    embedded.samples().iter().map(|sample| (sample.name.as_str(), sample.label.as_deref().unwrap_or("-"))).collect()
}

/// The names and reasons of those that were skipped.
pub(crate) fn skipped(embedded: &Embedded) -> Vec<(&str, &str)> {
    embedded.skipped().iter().map(|one| (one.name.as_str(), one.skip.reason.name())).collect()
}
