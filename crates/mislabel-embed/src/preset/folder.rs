//! A model with the files beside it.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::preset::draft::Draft;
#[cfg(feature = "images")]
use crate::preset::processors;
use crate::preset::setting::Told;
use crate::preset::{file, sentences, timm};
use crate::tokens::tokenizer::truncation;

/// The name of the file that most exports have.
const USUAL: &str = "model.onnx";
/// The folder in which Hugging Face keeps exports.
const BELOW: &str = "onnx";

/// A model with the folders that may tell how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelFolder {
    pub(crate) model: PathBuf,
    folders: Vec<PathBuf>,
}

impl ModelFolder {
    /// The model at `path`: a file, or a folder with `model.onnx`, with one other `.onnx`, or with a folder `onnx` of that kind.
    ///
    /// # Errors
    /// [`Error::Io`] where nothing is, [`Error::Model`] where there is a choice, or no model.
    pub(crate) fn find(path: &Path) -> Result<Self> {
        let about = std::fs::metadata(path).map_err(Error::io(path))?;
        if about.is_dir() {
            let model = in_folder(path)?;
            return Ok(Self { model, folders: vec![path.into(), path.join(BELOW)] });
        }
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut folders = vec![parent.clone()];
        if parent.file_name().is_some_and(|name| name == BELOW) {
            folders.push(parent.join(".."));
        }
        Ok(Self { model: path.into(), folders })
    }

    /// The first file called `name` in one of the folders.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        self.folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// What the files beside the model say on pictures.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::Model`] for a file that is not understood.
    #[cfg(feature = "images")]
    pub(crate) fn on_pictures(&self) -> Result<Draft> {
        let own = self.own()?;
        let processor = self.said(processors::FILE, processors::draft)?;
        Ok(own.or(processor).or(self.said(timm::FILE, timm::draft)?))
    }

    /// What the files beside the model say on texts.
    ///
    /// The limit is the one that the sentence encoder was made with, before those of its parts; `padding` of `tokenizer.json`
    /// does not count.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::Model`] for a file that is not understood.
    pub(crate) fn on_texts(&self) -> Result<Draft> {
        let json = self.file("tokenizer.json");
        let config = self.said("tokenizer_config.json", |text| sentences::tokenizer_config(text, json.is_some()))?;
        // transformers takes the limit of the first file that has one, and the side of this one.
        let side = Draft { truncation_side: config.truncation_side.clone(), ..Draft::default() };
        let sources = [
            self.own()?,
            self.said("1_Pooling/config.json", sentences::pooling)?,
            self.said("modules.json", sentences::modules)?,
            self.said("sentence_bert_config.json", sentences::sentence_bert)?,
            side,
            self.said("tokenizer.json", tokenizer)?,
            config,
            self.said(timm::FILE, sentences::kind)?,
            self.said(timm::FILE, timm::draft)?,
        ];
        let found = json.or_else(|| self.file("vocab.txt"));
        let tokenizer = found.map(|path| Told::new(path, "the folder of the model"));
        let beside = Draft { tokenizer, ..Draft::default() };
        Ok(sources.into_iter().fold(Draft::default(), Draft::or).or(beside))
    }

    /// The preset beside the model, with its name.
    fn own(&self) -> Result<Draft> {
        let path = self.model.with_extension("toml");
        if path.is_file() { file::preset(&path) } else { Ok(Draft::default()) }
    }

    fn said(&self, name: &str, draft: impl Fn(&str) -> Result<Draft, String>) -> Result<Draft> {
        let Some(path) = self.file(name) else { return Ok(Draft::default()) };
        let text = std::fs::read_to_string(&path).map_err(Error::io(&path))?;
        draft(&text).map_err(|problem| Error::Model { path, problem })
    }
}

/// The limit of `tokenizer.json`.
fn tokenizer(text: &str) -> Result<Draft, String> {
    let from = "tokenizer.json: truncation";
    let (most, side) = truncation(text);
    Ok(Draft {
        max_tokens: most.map(|most| Told::new(most, from)),
        truncation_side: side.map(|side| Told::new(side, from)),
        ..Draft::default()
    })
}

fn in_folder(folder: &Path) -> Result<PathBuf> {
    let places = [folder.to_owned(), folder.join(BELOW)];
    if let Some(usual) = places.iter().map(|place| place.join(USUAL)).find(|path| path.is_file()) {
        return Ok(usual);
    }
    let entries = places.iter().filter_map(|place| std::fs::read_dir(place).ok()).flatten().flatten();
    let is_model = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "onnx");
    let mut models: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_model).collect();
    models.sort_unstable();
    let problem = match models.len() {
        1 => return Ok(models.remove(0)),
        0 => "there is no .onnx file in it".into(),
        _ => {
            let name = |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).display().to_string();
            let names: Vec<String> = models.iter().map(name).collect();
            format!("there are several models in it: name one of {}", names.join(", "))
        }
    };
    Err(Error::Model { path: folder.into(), problem })
}
