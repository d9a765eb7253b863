//! Embeddings of the classes: rows of a file, or texts that a model embeds.

use std::path::{Path, PathBuf};

use mislabel::io::{EmbeddingFile, PredictionColumns, ReadOptions, Understanding};
use mislabel::predictions::ZeroShot;
use ndarray::{Array2, Axis};

use crate::failure::{Failure, Result};
use crate::inputs::class_prompts::{ClassPrompts, is_template};
use crate::inputs::predictions::{check_key, of_file};

/// Text embeddings of the classes, `(k, d)`.
pub(crate) struct ClassTexts {
    path: PathBuf,
    pub(crate) embeddings: Array2<f32>,
    /// The classes of the rows, where these are known.
    names: Option<Vec<String>>,
    /// What was embedded, where a model did it.
    pub(crate) understanding: Option<Understanding>,
}

/// What the options say of them.
#[derive(Clone, Copy)]
pub(crate) struct ClassTextPlace<'a> {
    /// A file of rows or of texts, or a template.
    pub(crate) place: &'a Path,
    /// The array or column of the rows.
    pub(crate) key: Option<&'a str>,
    /// The model that embeds texts.
    pub(crate) model: Option<&'a Path>,
    pub(crate) preset: Option<&'a str>,
}

impl ClassTexts {
    /// Those at `place`; `classes` tells the names of the classes, for a template.
    pub(crate) fn read(place: ClassTextPlace<'_>, classes: impl FnOnce() -> Result<Vec<String>>) -> Result<Self> {
        let Some(model) = place.model else { return Self::of_file(place) };
        if place.key.is_some() {
            let problem = "--class-texts-key names rows in a file: it is of no use beside --text-model";
            return Err(Failure::Arguments(problem.into()));
        }
        let prompts = match place.place.to_str().filter(|text| is_template(text)) {
            Some(template) => ClassPrompts::of_template(template, classes()?),
            None => ClassPrompts::read(place.place)?,
        };
        let (rows, said) = embedded(model, place.preset, &prompts)?;
        let (names, embeddings) = prompts.means(rows);
        checked(place.place, &embeddings)?;
        let mut understanding = Understanding::default();
        understanding.files = vec![place.place.into()];
        understanding.format = format!("{} texts of {} classes", prompts.texts.len(), names.len());
        understanding.notes = prompts.examples().into_iter().chain(said).collect();
        Ok(Self { path: place.place.into(), embeddings, names: Some(names), understanding: Some(understanding) })
    }

    fn of_file(ClassTextPlace { place: path, key, .. }: ClassTextPlace<'_>) -> Result<Self> {
        if path.to_str().is_some_and(is_template) {
            let problem = "is a text, not a file of rows: --text-model names the model that embeds it";
            return Err(Failure::Arguments(format!("--class-texts {:?} {problem}", path.display().to_string())));
        }
        check_key(path, key, "class-texts-key")?;
        let choice = ReadOptions { array: key.map(Into::into), ..ReadOptions::default() };
        let file = EmbeddingFile::open(path, &choice)?;
        let embeddings = file.to_array().map_err(|cause| of_file(path, cause))?;
        checked(path, &embeddings)?;
        Ok(Self { path: path.into(), embeddings, names: None, understanding: None })
    }

    /// The rows, for the classes to be matched with: as the columns of predictions are.
    pub(crate) fn rows(&self) -> PredictionColumns {
        let (path, names) = (self.path.clone(), self.names.clone());
        PredictionColumns { path, count: self.embeddings.nrows(), names, largest: Vec::new() }
    }

    /// The same with row i taken from row `order[i]`.
    pub(crate) fn with_rows(self, order: &[usize]) -> Self {
        let names = self.names.map(|names| order.iter().map(|row| names[*row].clone()).collect());
        Self { embeddings: self.embeddings.select(Axis(0), order), names, ..self }
    }
}

/// Refuses rows that are none.
fn checked(path: &Path, embeddings: &Array2<f32>) -> Result<()> {
    ZeroShot::new(embeddings.clone()).map(|_| ()).map_err(|cause| of_file(path, cause))
}

/// A row of the model for every text, and what there is to say of the model.
#[cfg(feature = "onnx")]
fn embedded(path: &Path, preset: Option<&str>, prompts: &ClassPrompts) -> Result<(Array2<f32>, Vec<String>)> {
    use mislabel::embed::{Embedder as _, ModelOptions, Onnx, Sample};

    let options = ModelOptions { preset: preset.map(Into::into), max_tokens: None };
    let model = Onnx::of_texts(path, &options)?;
    let mut rows = Array2::zeros((prompts.texts.len(), model.dimension()));
    for ((name, text), row) in prompts.texts.iter().zip(rows.axis_chunks_iter_mut(Axis(0), 1)) {
        let prepared = model.prepare(&Sample::Text(text.clone())).map_err(|skip| {
            Failure::Arguments(format!("--class-texts: the text {text:?} of the class {name}: {}", skip.message))
        })?;
        model.embed(&[prepared], row)?;
    }
    let mut said = vec![format!("rows of {}", model.path().display())];
    said.extend(model.settings().iter().map(ToString::to_string));
    said.extend(model.notes().iter().cloned());
    let cut = model.truncated();
    said.extend((cut > 0).then(|| format!("{cut} texts have more tokens than the model takes, and are cut")));
    Ok((rows, said))
}

#[cfg(not(feature = "onnx"))]
fn embedded(_: &Path, _: Option<&str>, _: &ClassPrompts) -> Result<(Array2<f32>, Vec<String>)> {
    Err(Failure::Arguments(
        "this program was built without models: cargo install mislabel-cli --features onnx builds one that has --text-model"
            .into(),
    ))
}
