//! What methods read beside embeddings and labels.

use mislabel::methods::{Dataset, Entry, Predictions};

use crate::failure::Result;
use crate::inputs::predictions::{ClassTexts, PredictionFile};
use crate::inputs::side_file::SideFile;
use crate::options::MethodOptions;
use crate::options::understood::understands;

/// The files of methods beside embeddings and labels.
pub(crate) struct MethodFiles {
    predictions: Option<PredictionFile>,
    class_texts: Option<ClassTexts>,
}

impl MethodFiles {
    /// Opens what `options` name and one of `methods` understands.
    pub(crate) fn open(methods: &[&Entry], options: &MethodOptions) -> Result<Self> {
        let understood = |option: &str| methods.iter().any(|method| understands(method.name, option));
        let memory = options.reconstruction.memory;
        let predictions = understood("pred-probs").then(|| options.predictions.open(memory)).transpose()?.flatten();
        let class_texts = understood("class-texts").then(|| options.predictions.class_texts()).transpose()?.flatten();
        Ok(Self { predictions, class_texts })
    }

    /// The file that tells the classes, if there is one.
    pub(crate) fn side_file(&self) -> Option<SideFile<'_>> {
        if let Some(file) = &self.predictions {
            let (samples, classes) = file.shape();
            return Some(SideFile { path: file.path(), samples: Some(samples), classes });
        }
        let texts = self.class_texts.as_ref()?;
        Some(SideFile { path: &texts.path, samples: None, classes: texts.embeddings.nrows() })
    }

    /// `data` with what is in the files.
    pub(crate) fn add_to<'a>(&'a self, mut data: Dataset<'a>) -> Result<Dataset<'a>> {
        if let Some(file) = &self.predictions {
            data = data.with_predictions(match file {
                PredictionFile::Probabilities(file) => Predictions::Probabilities(file),
                PredictionFile::Logits(file) => Predictions::Logits(file),
            })?;
        }
        if let Some(texts) = &self.class_texts {
            data = data.with_class_texts(texts.embeddings.view())?;
        }
        Ok(data)
    }
}
