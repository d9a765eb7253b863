//! Folders with models, and rows of them.

use std::fs;
use std::path::{Path, PathBuf};

use mislabel_core::{EmbeddingSource as _, Run};
use mislabel_embed::{
    EmbedOptions, Embedded, Embedder, Error, ImageFolder, ModelOptions, Onnx, Picture, Prepared, Sample, Source,
    Storage, TextLines, embed,
};
use ndarray::Array2;
use tempfile::TempDir;

/// A preset that takes pictures of 4 by 4 pixels as they are, in numbers up to 1.
pub(crate) const AS_THEY_ARE: &str = "[image]\nresize = \"none\"\ncrop = 4\nmean = [0, 0, 0]\nstd = [1, 1, 1]\n";

/// A vocabulary of five special tokens and some words.
pub(crate) const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\n##d\n!";

/// A folder with these files.
pub(crate) fn folder<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// The model of pictures at `path`, and what else is said of it.
pub(crate) fn pictures(path: &Path, preset: Option<&str>) -> Result<Onnx, Error> {
    Onnx::of_pictures(path, &ModelOptions { preset: preset.map(Into::into), ..ModelOptions::default() })
}

pub(crate) fn texts(path: &Path) -> Result<Onnx, Error> {
    Onnx::of_texts(path, &ModelOptions::default())
}

/// A setting as it is printed, with where it comes from.
pub(crate) fn setting(model: &Onnx, name: &str) -> String {
    let found = model.settings().iter().find(|setting| setting.name == name);
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", model.settings())).to_string()
}

/// The row of one sample.
pub(crate) fn row(model: &Onnx, sample: &Sample) -> Vec<f32> {
    let mut rows = Array2::zeros((1, model.dimension()));
    model.embed(&[model.prepare(sample).unwrap()], rows.view_mut()).unwrap();
    rows.into_raw_vec_and_offset().0
}

/// A picture of one color.
pub(crate) fn plain(width: usize, height: usize, color: [u8; 3]) -> Sample {
    Sample::Picture(Picture::new(width, height, color.repeat(width * height)).unwrap())
}

pub(crate) fn tokens(model: &Onnx, text: &str) -> Vec<u32> {
    match model.prepare(&Sample::Text(text.into())).unwrap() {
        Prepared::Tokens(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

/// All rows.
pub(crate) fn rows(embedded: &Embedded) -> Array2<f32> {
    let mut rows = Array2::zeros(embedded.shape());
    embedded.read_rows(0, rows.view_mut()).unwrap();
    rows
}

/// The samples of `source`, embedded on so many threads, with a cache where a folder is named.
pub(crate) fn embedded(source: &dyn Source, model: &dyn Embedder, threads: usize, cache: Option<&Path>) -> Embedded {
    let storage = cache.map_or(Storage::Temporary(std::env::temp_dir()), |cache| Storage::Folder(cache.into()));
    let options = EmbedOptions { most_bad: 1.0, ..EmbedOptions::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| embed(source, model, &storage, &options, &Run::quiet())).unwrap()
}

pub(crate) fn lines(folder: &TempDir, texts: &[&str]) -> TextLines {
    let path = folder.path().join("lines.txt");
    fs::write(&path, texts.join("\n")).unwrap();
    TextLines::open(&path).unwrap()
}

pub(crate) fn photos(path: &Path) -> ImageFolder {
    ImageFolder::open(path, None).unwrap()
}

pub(crate) fn bits(rows: &Array2<f32>) -> Vec<u32> {
    rows.iter().map(|value| value.to_bits()).collect()
}

pub(crate) fn cosine(one: &[f32], other: &[f32]) -> f64 {
    let product =
        |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}

/// The folder that `scripts/embed-models` made.
pub(crate) fn models() -> PathBuf {
    let named = std::env::var_os("MISLABEL_EMBED_MODELS");
    named.unwrap_or_else(|| panic!("MISLABEL_EMBED_MODELS is to name the folder that scripts/embed-models made")).into()
}

/// The rows in an array of NumPy, `(n, d)`, of f32.
pub(crate) fn expected(name: &str) -> Array2<f32> {
    let path = models().join("expected").join(name);
    let file = mislabel_io::EmbeddingFile::open(&path, &mislabel_io::ReadOptions::default()).unwrap();
    let mut rows = Array2::zeros(file.shape());
    file.read_rows(0, rows.view_mut()).unwrap();
    rows
}
