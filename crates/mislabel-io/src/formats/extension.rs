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
    Json,
    JsonLines,
    Arrow,
    Parquet,
}

impl Format {
    /// The format of `path` by its extension, in upper or lower case, if it is one of `allowed`.
    ///
    /// `known` lists the extensions of `allowed` for the message.
    pub(crate) fn of(path: &Path, allowed: &[Self], known: &'static str) -> Result<Self> {
        let format = Self::by_extension(path).filter(|format| allowed.contains(format));
        format.ok_or_else(|| Error::Extension { path: path.into(), known })
    }

    /// The format that the extension of `path` names; `.gz` and `.zst` at the end of a text format count for nothing.
    pub(crate) fn by_extension(path: &Path) -> Option<Self> {
        let extension = lower_extension(path);
        let unpacked = path.with_extension("");
        match extension.as_str() {
            "npy" => Some(Self::Npy),
            "npz" => Some(Self::Npz),
            "safetensors" => Some(Self::Safetensors),
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "txt" | "dat" | "data" => Some(Self::Text),
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "arrow" | "feather" | "ipc" | "ftr" if cfg!(feature = "tables") => Some(Self::Arrow),
            "parquet" | "pq" if cfg!(feature = "parquet") => Some(Self::Parquet),
            "gz" | "zst" | "zstd" if cfg!(feature = "tables") => {
                Self::by_extension(&unpacked).filter(|format| format.is_text())
            }
            _ => None,
        }
    }

    /// Whether it is text, which may be packed.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv | Self::Text | Self::Json | Self::JsonLines)
    }

    #[cfg(feature = "tables")]
    /// Whether a folder of such files is one table or array; a folder often has notes as `.txt` or `.json` beside those.
    pub(crate) fn is_sharded(self) -> bool {
        !matches!(self, Self::Text | Self::Json | Self::Npz | Self::Safetensors)
    }
}

/// The end of the name of `path` that tells its format: `.csv`, `.csv.gz`.
pub(crate) fn suffix(path: &Path) -> String {
    let Some(extension) = path.extension() else { return String::new() };
    let packed = matches!(lower_extension(path).as_str(), "gz" | "zst" | "zstd");
    let before = if packed { suffix(&path.with_extension("")) } else { String::new() };
    format!("{before}.{}", extension.to_string_lossy())
}

fn lower_extension(path: &Path) -> String {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_lowercase()
}
