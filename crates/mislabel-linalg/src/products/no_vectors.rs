//! What stands for vector instructions on bytes where the feature `byte-vectors` is off: none.

use std::convert::Infallible;

/// No vector instructions.
pub(crate) struct Vectors(Infallible);

/// No left side.
pub(crate) struct Left(Infallible);

/// No right side.
pub(crate) struct Right;

impl Vectors {
    pub(crate) fn get() -> Option<Self> {
        None
    }

    pub(crate) fn name(&self) -> &str {
        match self.0 {}
    }

    pub(crate) fn left(&self, _: &[u8], _: usize) -> Left {
        match self.0 {}
    }

    pub(crate) fn right(&self, _: &[i8], _: usize) -> Right {
        match self.0 {}
    }

    pub(crate) fn multiply(&self, _: &Left, _: &Right, _: &mut Vec<i32>) {
        match self.0 {}
    }
}

impl Left {
    pub(crate) fn width(&self) -> usize {
        match self.0 {}
    }
}
