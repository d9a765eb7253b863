//! A folder of `../shared/data`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::path::{Path, PathBuf};

use mislabel_core::ndarray::Array2;
use mislabel_core::{ErrorMask, Labels};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ProbabilityFile, ReadOptions};

/// One dataset: a folder of arrays. Every function panics where a file is absent or cannot be read.
#[derive(Clone, Debug)]
pub struct Dataset {
    folder: PathBuf,
}

impl Dataset {
    /// The dataset in the folder `name` of `../shared/data`.
    pub fn open(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
        assert!(folder.is_dir(), "there is no folder {}", folder.display());
        Self { folder }
    }

    /// The path of `file` in the folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// The number of names in `class_names.txt`.
    pub fn class_count(&self) -> usize {
        std::fs::read_to_string(self.path("class_names.txt")).unwrap().lines().count()
    }

    /// `embeddings.npy`, `(n, d)`.
    pub fn embeddings(&self) -> EmbeddingFile {
        EmbeddingFile::open(self.path("embeddings.npy"), &ReadOptions::default()).unwrap()
    }

    /// The rows of `embeddings.npy` in memory, `(n, d)`.
    pub fn rows(&self) -> Array2<f32> {
        self.embeddings().to_array().unwrap()
    }

    /// `pred_probs.npy`, `(n, k)`.
    pub fn probabilities(&self) -> ProbabilityFile {
        ProbabilityFile::open(self.path("pred_probs.npy"), &ReadOptions::default()).unwrap()
    }

    /// The labels in `files`, `(n,)` each, over the classes that `classes` says.
    pub fn labels<const N: usize>(&self, files: [&str; N], classes: &Classes) -> [Labels; N] {
        let files = files.map(|file| LabelFile::read(self.path(file), &ReadOptions::default()).unwrap());
        let columns = LabelFile::columns(&files.each_ref(), classes).unwrap();
        let labels: Vec<Labels> = columns.into_iter().map(|column| column.labels).collect();
        labels.try_into().unwrap()
    }

    /// The given labels `given_KIND.npy`, `(n,)`, and where they differ from `true_labels.npy`.
    pub fn given(&self, kind: &str) -> (Labels, ErrorMask) {
        let files = [format!("given_{kind}.npy"), "true_labels.npy".to_owned()];
        let classes = Classes::Count(self.class_count());
        let [given, truth] = self.labels(files.each_ref().map(String::as_str), &classes);
        let errors = ErrorMask::between(&given, &truth).unwrap();
        (given, errors)
    }
}
