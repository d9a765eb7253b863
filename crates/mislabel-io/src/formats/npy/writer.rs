//! Arrays written as `.npy` files.

use std::path::Path;

use half::f16;
use ndarray::{ArrayView, Dimension};

use crate::error::{Error, Result};
use crate::storage::atomic_file::write_atomically;

/// A number that `.npy` files hold; the trait is sealed.
pub trait NpyElement: Copy + private::Sealed {
    /// The type as NumPy writes it, such as `<f4`.
    const DESCR: &'static str;

    /// Appends the value, least byte first.
    fn append(self, bytes: &mut Vec<u8>);
}

mod private {
    pub trait Sealed {}
}

macro_rules! npy_element {
    ($($number:ty, $descr:literal;)*) => {$(
        impl private::Sealed for $number {}
        impl NpyElement for $number {
            const DESCR: &'static str = $descr;

            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

npy_element! { u8, "|u1"; u32, "<u4"; i64, "<i8"; f16, "<f2"; f32, "<f4"; f64, "<f8"; }

impl private::Sealed for bool {}
impl NpyElement for bool {
    const DESCR: &'static str = "|b1";

    fn append(self, bytes: &mut Vec<u8>) {
        bytes.push(self.into());
    }
}

/// Writes `array`, of any shape and memory layout, as a `.npy` file in row order, version 1.
///
/// The file is written beside `path` and renamed when complete.
///
/// ```
/// use mislabel_io::{ReadOptions, Classes, LabelFile, write_npy};
/// use ndarray::array;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("labels.npy");
/// write_npy(&path, array![2_i64, 0, 1].view())?;
/// let labels = LabelFile::read(&path, &ReadOptions::default())?.column(&Classes::Observed)?.labels;
/// assert_eq!(labels.values(), [2, 0, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Io`] when the system refuses, [`Error::NotAFile`] when `path` is a directory.
pub fn write_npy<T: NpyElement, D: Dimension>(path: impl AsRef<Path>, array: ArrayView<'_, T, D>) -> Result<()> {
    let path = path.as_ref();
    write_atomically(path, |out| {
        let mut bytes = header(T::DESCR, array.shape());
        for &value in &array {
            value.append(&mut bytes);
            if bytes.len() >= 1 << 16 {
                out.write_all(&bytes).map_err(Error::io(path))?;
                bytes.clear();
            }
        }
        out.write_all(&bytes).map_err(Error::io(path))
    })
}

/// The header, padded so that the data start at a multiple of 64 bytes, as NumPy has it.
pub(crate) fn header(descr: &str, shape: &[usize]) -> Vec<u8> {
    const ALIGNMENT: usize = 64;
    const FIXED: usize = 10;
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let axes = if shape.len() > 1 { axes.trim_end_matches(", ") } else { axes.trim_end() };
    let mut dictionary = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({axes}), }}");
    let length = (FIXED + dictionary.len() + 1).next_multiple_of(ALIGNMENT) - FIXED;
    dictionary.push_str(&" ".repeat(length - 1 - dictionary.len()));
    dictionary.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&u16::try_from(length).expect("a few axes make a short header").to_le_bytes());
    bytes.extend_from_slice(dictionary.as_bytes());
    bytes
}
