//! The types of elements that files hold, and their conversion to floats.

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

/// The type of one element as it lies in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    Bf16,
    F32,
    F64,
    /// NumPy's `<U`: this many UCS-4 characters, padded with zeros.
    Characters(usize),
    /// NumPy's `|S`: this many bytes, padded with zeros.
    Bytes(usize),
}

impl Element {
    /// Bytes per element; `None` where the count overflows.
    pub(crate) fn size(self) -> Option<usize> {
        match self {
            Self::Bool | Self::U8 | Self::I8 => Some(1),
            Self::U16 | Self::I16 | Self::F16 | Self::Bf16 => Some(2),
            Self::U32 | Self::I32 | Self::F32 => Some(4),
            Self::U64 | Self::I64 | Self::F64 => Some(8),
            Self::Characters(count) => count.checked_mul(4),
            Self::Bytes(count) => Some(count),
        }
    }

    /// The type in words.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Characters(_) | Self::Bytes(_) => "text".into(),
            Self::Bool => "booleans".into(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Characters(_) | Self::Bytes(_))
    }

    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::Bf16 | Self::F32 | Self::F64)
    }
}

/// A float that elements are converted to.
pub(crate) trait Decoded: Copy + Default + Send {
    fn from_integer(value: i64) -> Self;
    fn from_unsigned(value: u64) -> Self;
    fn from_single(value: f32) -> Self;
    fn from_double(value: f64) -> Self;
    fn from_halves(from: &[f16], to: &mut [Self]);
    fn from_brain_halves(from: &[bf16], to: &mut [Self]);
    fn is_finite(self) -> bool;
}

macro_rules! decoded {
    ($float:ty, $halves:ident) => {
        impl Decoded for $float {
            fn from_integer(value: i64) -> Self {
                value as Self
            }
            fn from_unsigned(value: u64) -> Self {
                value as Self
            }
            fn from_single(value: f32) -> Self {
                value as Self
            }
            fn from_double(value: f64) -> Self {
                value as Self
            }
            fn from_halves(from: &[f16], to: &mut [Self]) {
                from.$halves(to);
            }
            fn from_brain_halves(from: &[bf16], to: &mut [Self]) {
                from.$halves(to);
            }
            fn is_finite(self) -> bool {
                self.is_finite()
            }
        }
    };
}

decoded!(f32, convert_to_f32_slice);
decoded!(f64, convert_to_f64_slice);

/// Converts the numbers in `bytes` to floats, as many as `out` has room for.
///
/// `bytes` holds at least `out.len()` elements, and `element` is not text.
pub(crate) fn decode<V: Decoded>(element: Element, big_endian: bool, bytes: &[u8], out: &mut [V]) {
    /// The cell with its least byte first.
    fn little<const N: usize>(mut cell: [u8; N], big_endian: bool) -> [u8; N] {
        if big_endian {
            cell.reverse();
        }
        cell
    }
    let big = big_endian;
    match element {
        Element::Bool => each(bytes, out, |[byte]| V::from_unsigned(u64::from(byte != 0))),
        Element::U8 => each(bytes, out, |[byte]| V::from_unsigned(byte.into())),
        Element::I8 => each(bytes, out, |cell| V::from_integer(i8::from_le_bytes(cell).into())),
        Element::U16 => each(bytes, out, |cell| V::from_unsigned(u16::from_le_bytes(little(cell, big)).into())),
        Element::I16 => each(bytes, out, |cell| V::from_integer(i16::from_le_bytes(little(cell, big)).into())),
        Element::U32 => each(bytes, out, |cell| V::from_unsigned(u32::from_le_bytes(little(cell, big)).into())),
        Element::I32 => each(bytes, out, |cell| V::from_integer(i32::from_le_bytes(little(cell, big)).into())),
        Element::U64 => each(bytes, out, |cell| V::from_unsigned(u64::from_le_bytes(little(cell, big)))),
        Element::I64 => each(bytes, out, |cell| V::from_integer(i64::from_le_bytes(little(cell, big)))),
        Element::F32 => each(bytes, out, |cell| V::from_single(f32::from_le_bytes(little(cell, big)))),
        Element::F64 => each(bytes, out, |cell| V::from_double(f64::from_le_bytes(little(cell, big)))),
        Element::F16 => halves(bytes, out, |cell| f16::from_le_bytes(little(cell, big)), V::from_halves),
        Element::Bf16 => halves(bytes, out, |cell| bf16::from_le_bytes(little(cell, big)), V::from_brain_halves),
        Element::Characters(_) | Element::Bytes(_) => out.fill(V::from_double(f64::NAN)),
    }
}

fn each<const N: usize, V>(bytes: &[u8], out: &mut [V], value: impl Fn([u8; N]) -> V) {
    let (cells, _) = bytes.as_chunks::<N>();
    for (out, cell) in out.iter_mut().zip(cells) {
        *out = value(*cell);
    }
}

/// Halves are lined up in a small buffer (the file may not align them), then converted by vector instructions.
fn halves<H: Copy + Default, V>(bytes: &[u8], out: &mut [V], half: impl Fn([u8; 2]) -> H, convert: fn(&[H], &mut [V])) {
    const AT_ONCE: usize = 256;
    let mut buffer = [H::default(); AT_ONCE];
    for (cells, out) in bytes.chunks(2 * AT_ONCE).zip(out.chunks_mut(AT_ONCE)) {
        let buffer = &mut buffer[..out.len()];
        each(cells, buffer, &half);
        convert(buffer, out);
    }
}
