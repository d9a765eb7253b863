//! What methods read beside embeddings and labels.

use mislabel::io::{
    ClassMatch, ClassNames, Classes, LabelColumn, LabelFile, LabelForm as Form, Understanding, match_classes,
};
use mislabel::methods::{Dataset, Entry, PartialDataset};

use crate::failure::{Failure, Result};
use crate::inputs::class_texts::ClassTexts;
use crate::inputs::files::{LabelForm, check_classes, check_count};
use crate::inputs::predictions::PredictionFile;
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
        let names = form.names()?;
        let wanted = || class_names(labels, names.as_ref());
        let class_texts = understood.then(|| options.predictions.class_texts(wanted)).transpose()?.flatten();
        let classes = match (&predictions, &class_texts) {
            (Some(file), _) => match_classes(labels, &file.columns()?, names.as_ref())?,
            (None, Some(texts)) => match_classes(labels, &texts.rows(), names.as_ref())?,
            (None, None) => ClassMatch::of(names.map_or(Classes::Observed, Classes::Names)),
        };
        let (predictions, class_texts) = match (classes.order.clone(), predictions) {
            (Some(order), Some(file)) => (Some(file.with_columns(order)), class_texts),
            (Some(order), None) => (None, class_texts.map(|texts| texts.with_rows(&order))),
            (None, predictions) => (predictions, class_texts),
        };
        Ok(Self { predictions, class_texts, classes })
    }

    /// Which classes labels are over.
    pub(crate) fn classes(&self) -> &ClassMatch {
        &self.classes
    }

    /// What was read as what.
    pub(crate) fn understanding(&self) -> impl Iterator<Item = &Understanding> {
        let texts = self.class_texts.as_ref().and_then(|texts| texts.understanding.as_ref());
        self.predictions.as_ref().map(PredictionFile::understanding).into_iter().chain(texts)
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

/// The names of the classes of `labels`, in their order; `names` are those that the arguments give.
fn class_names(labels: &[&LabelFile], names: Option<&ClassNames>) -> Result<Vec<String>> {
    if let Some(names) = names.or_else(|| labels.iter().find_map(|file| file.named_classes())) {
        return Ok(names.as_slice().to_vec());
    }
    let columns = LabelFile::columns(labels, &Classes::Observed)?;
    let known = columns.first().filter(|column| column.form == Form::Strings);
    known.and_then(|column| column.labels.class_names()).map(<[String]>::to_vec).ok_or_else(|| {
        let problem =
            "--class-texts: the labels are numbers, and their classes have no names: --class-names gives them";
        Failure::Arguments(problem.into())
    })
}
