//! What methods read beside embeddings and labels.

use mislabel::io::{ClassMatch, Classes, LabelColumn, LabelFile, Understanding, match_classes};
use mislabel::methods::{Dataset, Entry, PartialDataset};

use crate::failure::Result;
use crate::inputs::files::{LabelForm, check_classes, check_count};
use crate::inputs::predictions::{ClassTexts, PredictionFile};
use crate::options::MethodOptions;
use crate::options::understood::understands;

/// The files of methods beside embeddings and labels, and the classes that they are of.
pub(crate) struct MethodFiles {
    predictions: Option<PredictionFile>,
    class_texts: Option<ClassTexts>,
    classes: ClassMatch,
}

impl MethodFiles {
    /// The file of predictions that `options` name, if one of `methods` understands them.
    pub(crate) fn predictions(
        methods: &[&Entry],
        options: &MethodOptions,
        form: &LabelForm,
        labels: &LabelFile,
        leave_out: &[String],
    ) -> Result<Option<PredictionFile>> {
        match methods.iter().any(|method| understands(method.name, "pred-probs")) {
            true => options.predictions.open(&form.reading, labels, leave_out, options.reconstruction.memory),
            false => Ok(None),
        }
    }

    /// The files with these `predictions`, and the classes matched with those of `labels`.
    pub(crate) fn with(
        predictions: Option<PredictionFile>,
        methods: &[&Entry],
        options: &MethodOptions,
        form: &LabelForm,
        labels: &[&LabelFile],
    ) -> Result<Self> {
        let understood = methods.iter().any(|method| understands(method.name, "class-texts"));
        let class_texts = understood.then(|| options.predictions.class_texts()).transpose()?.flatten();
        let names = form.names()?;
        let classes = match (&predictions, &class_texts) {
            (Some(file), _) => match_classes(labels, &file.columns()?, names.as_ref())?,
            (None, Some(texts)) => match_classes(labels, &texts.rows(), names.as_ref())?,
            (None, None) => ClassMatch::of(names.map_or(Classes::Observed, Classes::Names)),
        };
        let predictions = match classes.order.clone() {
            Some(order) => predictions.map(|file| file.with_columns(order)),
            None => predictions,
        };
        Ok(Self { predictions, class_texts, classes })
    }

    /// Which classes labels are over.
    pub(crate) fn classes(&self) -> &ClassMatch {
        &self.classes
    }

    /// What was read as what.
    pub(crate) fn understanding(&self) -> Option<&Understanding> {
        self.predictions.as_ref().map(PredictionFile::understanding)
    }

    /// Checks that the predictions have a row per sample, and that labels are of two classes at least.
    pub(crate) fn check(&self, given: &LabelColumn, labels: &LabelFile) -> Result<()> {
        if let Some(file) = &self.predictions {
            check_count(labels, file.path(), file.shape().0, "predictions")?;
        }
        check_classes(&given.labels, labels.path())
    }

    /// The partly labelled `data` with what is in the files.
    pub(crate) fn add_to_partial<'a>(&'a self, mut data: PartialDataset<'a>) -> PartialDataset<'a> {
        if let Some(file) = &self.predictions {
            data = data.with_predictions(file.as_predictions());
        }
        if let Some(texts) = &self.class_texts {
            data = data.with_class_texts(texts.embeddings.view());
        }
        data
    }

    /// `data` with what is in the files.
    pub(crate) fn add_to<'a>(&'a self, mut data: Dataset<'a>) -> Result<Dataset<'a>> {
        if let Some(file) = &self.predictions {
            data = data.with_predictions(file.as_predictions())?;
        }
        if let Some(texts) = &self.class_texts {
            data = data.with_class_texts(texts.embeddings.view())?;
        }
        Ok(data)
    }
}
