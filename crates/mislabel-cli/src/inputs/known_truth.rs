//! Given labels beside the true ones.

use std::path::PathBuf;

use clap::Args;
use mislabel::io::{Classes, LabelColumn, LabelFile};

use crate::failure::Result;
use crate::inputs::files::{LabelForm, LabelPlace, check_lengths};

/// Given labels and the true ones.
#[derive(Args, Debug)]
pub(crate) struct KnownTruth {
    /// The given labels: an array or a table of any kind
    #[arg(id = "given", long = "given", value_name = "FILE", required = true)]
    given: Option<PathBuf>,
    /// Array or column of the given labels
    #[arg(long, value_name = "NAME")]
    pub(crate) given_key: Option<String>,
    /// The true labels
    #[arg(long, value_name = "FILE")]
    true_labels: PathBuf,
    /// Array or column of the true labels
    #[arg(long, value_name = "NAME")]
    true_labels_key: Option<String>,
}

impl KnownTruth {
    /// Where the given labels are; `None` where pictures or texts bring them.
    pub(crate) fn given(&self) -> Option<LabelPlace<'_>> {
        self.given.as_deref().map(|path| LabelPlace { path, key: self.given_key.as_deref() })
    }

    /// The given labels and the true ones, over the same `classes`.
    pub(crate) fn columns(&self, form: &LabelForm, classes: &Classes) -> Result<[LabelColumn; 2]> {
        let files = self.files(form)?;
        let columns = LabelFile::columns(&[&files[0], &files[1]], classes)?;
        Ok(columns.try_into().expect("two files have two columns"))
    }

    /// The files of the given labels and of the true ones, which are equally many.
    pub(crate) fn files(&self, form: &LabelForm) -> Result<[LabelFile; 2]> {
        self.files_beside(form.read(self.given().expect("such commands demand the option"))?, form)
    }

    /// The file of the `given` labels and that of the true ones, which are equally many.
    pub(crate) fn files_beside(&self, given: LabelFile, form: &LabelForm) -> Result<[LabelFile; 2]> {
        let truth = form.read(LabelPlace { path: &self.true_labels, key: self.true_labels_key.as_deref() })?;
        check_lengths(&truth, &given)?;
        Ok([given, truth])
    }
}
