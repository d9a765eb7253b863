//! Thrift's compact protocol, as far as the sizes in Parquet headers need it.
//!
//! A struct is a run of fields, each a byte of type and distance from the last field's number, ended by a zero byte;
//! integers are zigzag varints. See the [specification].
//!
//! [specification]: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

/// Structures may nest this deep; Parquet's own headers nest four levels.
const DEEPEST: usize = 32;

pub(crate) const I32: u8 = 5;
pub(crate) const LIST: u8 = 9;
pub(crate) const STRUCT: u8 = 12;

/// A place in a thrift message; every method answers `None` where the bytes are not thrift.
pub(crate) struct Thrift<'a> {
    bytes: &'a [u8],
    pub(crate) offset: usize,
}

impl<'a> Thrift<'a> {
    pub(crate) fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset }
    }

    /// Walks a struct: hands every field's number and type to `visit`, which reads the value and answers
    /// `Some(true)`, or leaves it to be skipped and answers `Some(false)`.
    pub(crate) fn fields(&mut self, mut visit: impl FnMut(&mut Self, i16, u8) -> Option<bool>) -> Option<()> {
        let mut number = 0_i16;
        loop {
            let head = self.byte()?;
            let (distance, kind) = (head >> 4, head & 15);
            if kind == 0 {
                return Some(());
            }
            number = match distance {
                0 => i16::try_from(self.integer()?).ok()?,
                distance => number.checked_add(distance.into())?,
            };
            if !visit(self, number, kind)? {
                self.skip(kind, 0)?;
            }
        }
    }

    /// The type and the count of a list, of which each element takes at least a byte.
    pub(crate) fn list(&mut self) -> Option<(u8, usize)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => usize::try_from(self.varint()?).ok()?,
            count => count.into(),
        };
        (count <= self.bytes.len() - self.offset).then_some((head & 15, count))
    }

    pub(crate) fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub(crate) fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.offset)?;
        self.offset += 1;
        Some(byte)
    }

    fn advance(&mut self, count: usize) -> Option<()> {
        self.offset = self.offset.checked_add(count).filter(|&end| end <= self.bytes.len())?;
        Some(())
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        const TRUE: u8 = 1;
        const FALSE: u8 = 2;
        if depth > DEEPEST {
            return None;
        }
        match kind {
            // In a field, the type of a boolean is its value.
            TRUE | FALSE if depth == 0 => Some(()),
            TRUE | FALSE | 3 => self.advance(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.advance(8),
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.advance(length)
            }
            LIST | 10 => {
                let (kind, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip(kind, depth + 1))
            }
            STRUCT => self.skip_struct(depth + 1),
            _ => None,
        }
    }

    fn skip_struct(&mut self, depth: usize) -> Option<()> {
        loop {
            let head = self.byte()?;
            let kind = head & 15;
            if kind == 0 {
                return Some(());
            }
            if head >> 4 == 0 {
                self.varint()?;
            }
            // Booleans among fields have no byte of their own.
            if kind > 2 {
                self.skip(kind, depth)?;
            }
        }
    }
}
