//! The file or folder of a dataset.

use std::path::Path;

#[cfg(feature = "parquet")]
use super::features;
use super::metadata::{self, NAME};
use crate::error::{Error, Result};
use crate::files::input;
use crate::formats::image_folder;
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};

#[cfg(feature = "parquet")]
const EXPECTED: &str = "the file metadata.csv, the file metadata.jsonl, or the extension parquet";
#[cfg(not(feature = "parquet"))]
const EXPECTED: &str = "the file metadata.csv or metadata.jsonl (parquet needs the feature `parquet`)";
/// Files that the loader of image folders looks for.
const METADATA: [&str; 2] = ["metadata.csv", "metadata.jsonl"];

fn refuse<T>(path: &Path) -> Result<T> {
    Err(Error::Extension { path: path.into(), format: NAME, expected: EXPECTED })
}

fn is_metadata(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| METADATA.contains(&name))
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    if input::is_folder(path)? {
        for file in METADATA.iter().map(|name| path.join(name)) {
            if input::is_file(&file)? {
                return metadata::read(&file, options);
            }
        }
        if input::is_file(&path.join("dataset_info.json"))? {
            return Err(Error::malformed(path)("this is a folder of save_to_disk: write it with Dataset.to_parquet"));
        }
        return image_folder::read(path, options);
    }
    match input::extension(path).as_str() {
        #[cfg(feature = "parquet")]
        "parquet" => features::read(path, options),
        "csv" | "jsonl" => metadata::read(path, options),
        _ => refuse(path),
    }
}

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    match input::extension(path).as_str() {
        #[cfg(feature = "parquet")]
        "parquet" => features::write(set, path, options),
        "csv" | "jsonl" if is_metadata(path) => metadata::write(set, path, options),
        _ => refuse(path),
    }
}
