//! File formats, told by their extensions.

use std::path::Path;

use crate::error::{Error, Result};

/// A file format that holds arrays or tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Npy,
    Npz,
    Safetensors,
    Csv,
    Tsv,
    Text,
    JsonLines,
    Parquet,
}

impl Format {
    /// The format of `path` by its extension, in upper or lower case, if it is one of `allowed`.
    ///
    /// `known` lists the extensions of `allowed` for the message.
    pub(crate) fn of(path: &Path, allowed: &[Self], known: &'static str) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_lowercase();
        let format = match extension.as_str() {
            "npy" => Some(Self::Npy),
            "npz" => Some(Self::Npz),
            "safetensors" => Some(Self::Safetensors),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "txt" => Some(Self::Text),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "parquet" | "pq" if cfg!(feature = "parquet") => Some(Self::Parquet),
            _ => None,
        };
        format.filter(|format| allowed.contains(format)).ok_or_else(|| Error::Extension { path: path.into(), known })
    }
}
