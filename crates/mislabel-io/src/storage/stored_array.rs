//! Arrays of any rank as they lie in a file, or as they came out of an archive.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::storage::element::{Element, decode};
use crate::storage::mapping::Mapping;

/// Where the bytes are.
#[derive(Debug)]
pub(crate) enum Storage {
    Mapped(Mapping),
    Owned(Vec<u8>),
    /// Mapped, of a file that nobody else sees.
    Temporary(Mapping),
}

/// Where the data of an open file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backing {
    /// In the file itself, which is mapped.
    File,
    /// In so many bytes of memory.
    Memory(u64),
    /// In a temporary file of so many bytes, which is mapped.
    TemporaryFile(u64),
}

impl Storage {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(mapping) | Self::Temporary(mapping) => mapping,
            Self::Owned(bytes) => bytes,
        }
    }

    fn residence(&self) -> Backing {
        match self {
            Self::Mapped(_) => Backing::File,
            Self::Owned(bytes) => Backing::Memory(bytes.len() as u64),
            Self::Temporary(mapping) => Backing::TemporaryFile(mapping.len() as u64),
        }
    }
}

/// How the elements of an array lie in its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) element: Element,
    pub(crate) big_endian: bool,
    pub(crate) fortran_order: bool,
    pub(crate) shape: Vec<usize>,
}

impl Layout {
    /// Elements in all; `None` when the product overflows.
    fn count(&self) -> Option<usize> {
        self.shape.iter().try_fold(1_usize, |product, &axis| product.checked_mul(axis))
    }

    /// Bytes in all; `None` when the product overflows.
    pub(crate) fn bytes(&self) -> Option<usize> {
        self.count()?.checked_mul(self.element.size()?)
    }
}

/// An array whose bytes are as many as its shape says.
#[derive(Debug)]
pub(crate) struct StoredArray {
    path: PathBuf,
    storage: Storage,
    data: Range<usize>,
    layout: Layout,
}

impl StoredArray {
    /// Joins a layout with the bytes `data` of `storage`, if they are exactly as many as it takes.
    pub(crate) fn new(path: &Path, storage: Storage, data: Range<usize>, layout: Layout) -> Result<Self> {
        let Some(expected) = layout.bytes() else {
            let requirement = "have fewer elements than memory has addresses";
            return Err(Error::Shape { path: path.into(), shape: layout.shape, requirement });
        };
        let found = storage.bytes().get(data.clone()).map_or(0, <[u8]>::len);
        if found != expected {
            return Err(Error::WrongLength { path: path.into(), expected: expected as u64, found: found as u64 });
        }
        Ok(Self { path: path.into(), storage, data, layout })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.storage.bytes()[self.data.clone()]
    }

    /// All bytes that the array lies in, and where its own start.
    pub(crate) fn whole(&self) -> (&[u8], usize) {
        (self.storage.bytes(), self.data.start)
    }

    pub(crate) fn residence(&self) -> Backing {
        self.storage.residence()
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The one column of an array of shape `(n,)` or `(n, 1)`, n ≥ 1, as its length.
    pub(crate) fn column_length(&self) -> Result<usize> {
        match self.layout.shape[..] {
            [n] | [n, 1] if n > 0 => Ok(n),
            [_, k] if k > 1 => self.refuse_shape("have one axis, a label per sample; write the class index of each row (argmax) instead of a column per class"),
            _ => self.refuse_shape("have one axis, of at least one label"),
        }
    }

    pub(crate) fn refuse_shape<T>(&self, requirement: &'static str) -> Result<T> {
        Err(Error::Shape { path: self.path.clone(), shape: self.layout.shape.clone(), requirement })
    }

    pub(crate) fn refuse_element<T>(&self, reason: &'static str) -> Result<T> {
        Err(Error::Element { path: self.path.clone(), element: format!("{:?}", self.layout.element), reason })
    }

    /// Element `index` (in the order of the file) of a numeric array as an exact integer, or else as a float.
    pub(crate) fn integer(&self, index: usize) -> Result<i64, f64> {
        let size = self.layout.element.size().unwrap_or(0);
        let cell = &self.bytes()[index * size..(index + 1) * size];
        let whole = |mut cell: [u8; 8]| {
            if self.layout.big_endian {
                cell.reverse();
            }
            cell
        };
        match (self.layout.element, <[u8; 8]>::try_from(cell)) {
            (Element::I64, Ok(cell)) => return Ok(i64::from_le_bytes(whole(cell))),
            (Element::U64, Ok(cell)) => {
                let value = u64::from_le_bytes(whole(cell));
                return i64::try_from(value).map_err(|_| value as f64);
            }
            _ => {}
        }
        let mut value = [0.0_f64];
        decode(self.layout.element, self.layout.big_endian, cell, &mut value);
        whole_number(value[0]).ok_or(value[0])
    }

    /// Element `index` of an array of u64.
    pub(crate) fn unsigned(&self, index: usize) -> Option<u64> {
        let size = self.layout.element.size().filter(|_| self.layout.element == Element::U64)?;
        let cell = <[u8; 8]>::try_from(&self.bytes()[index * size..(index + 1) * size]).ok()?;
        Some(if self.layout.big_endian { u64::from_be_bytes(cell) } else { u64::from_le_bytes(cell) })
    }

    /// Element `index` of a text array, without its padding; `None` when it is not Unicode.
    pub(crate) fn text(&self, index: usize) -> Option<String> {
        let size = self.layout.element.size()?;
        let cell = &self.bytes()[index * size..(index + 1) * size];
        if matches!(self.layout.element, Element::Bytes(_)) {
            let padding = cell.iter().rev().take_while(|&&byte| byte == 0).count();
            return String::from_utf8(cell[..size - padding].to_vec()).ok();
        }
        let point = |cell: &[u8; 4]| match self.layout.big_endian {
            true => u32::from_be_bytes(*cell),
            false => u32::from_le_bytes(*cell),
        };
        let (points, _) = cell.as_chunks::<4>();
        let padding = points.iter().rev().take_while(|cell| **cell == [0; 4]).count();
        points[..points.len() - padding].iter().map(|cell| char::from_u32(point(cell))).collect()
    }
}

/// `value` as an integer if it is one that f64 holds exactly.
pub(crate) fn whole_number(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}
