//! Given labels beside the true ones.

use std::path::PathBuf;

use clap::Args;
use mislabel::io::LabelFile;

use crate::failure::Result;
use crate::inputs::files::{LabelForm, LabelPlace, check_lengths};
use crate::inputs::labelled_rows::LabelledRows;

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

    /// The files of the given labels and of the true ones.
    pub(crate) fn files(&self, form: &LabelForm) -> Result<KnownFiles> {
        self.files_beside(form.read_partly(self.given().expect("such commands demand the option"))?, form)
    }

    /// The file of the `given` labels and that of the true ones.
    pub(crate) fn files_beside(&self, given: LabelFile, form: &LabelForm) -> Result<KnownFiles> {
        let truth = form.read_partly(LabelPlace { path: &self.true_labels, key: self.true_labels_key.as_deref() })?;
        check_lengths(&truth, &given)?;
        let rows = LabelledRows::of(&[&given, &truth], form)?;
        Ok(KnownFiles { given, truth, rows })
    }
}

/// The files of given labels and of true ones, which are equally many.
pub(crate) struct KnownFiles {
    pub(crate) given: LabelFile,
    pub(crate) truth: LabelFile,
    /// The rows that have both labels.
    pub(crate) rows: LabelledRows,
}

impl KnownFiles {
    /// The files with the rows alone that have both labels.
    pub(crate) fn labelled(&self) -> [LabelFile; 2] {
        [&self.given, &self.truth].map(|file| match self.rows.left_out() {
            0 => file.clone(),
            _ => file.of_samples(&self.rows.kept),
        })
    }
}
