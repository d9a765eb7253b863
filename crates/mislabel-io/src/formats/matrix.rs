//! The matrix in a file, whatever its format.

use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::Result;
use crate::formats::extension::Format;
use crate::formats::npy::reader as npy;
#[cfg(feature = "parquet")]
use crate::formats::parquet::features as parquet;
use crate::formats::{delimited, npz, safetensors};
use crate::storage::element::Element;
use crate::storage::matrix::Matrix;

/// The matrix in a file of any format that holds one; numbers of tables become `element`, [`Element::F32`] or, where
/// the table has more digits, [`Element::F64`].
pub(crate) fn matrix(path: &Path, choice: &ReadOptions, element: Element) -> Result<Matrix> {
    use Format::{Csv, Npy, Npz, Parquet, Safetensors, Tsv};
    let known = "npy, npz, safetensors, csv, tsv, parquet";
    match Format::of(path, &[Npy, Npz, Safetensors, Csv, Tsv, Parquet], known)? {
        Npy => Matrix::new(npy::open(path)?),
        Npz => Matrix::new(npz::open(path, choice)?),
        Safetensors => Matrix::new(safetensors::open(path, choice)?),
        Tsv => delimited::matrix(path, b'\t', choice, element),
        #[cfg(feature = "parquet")]
        Parquet => parquet::matrix(path, choice, element),
        _ => delimited::matrix(path, b',', choice, element),
    }
}
