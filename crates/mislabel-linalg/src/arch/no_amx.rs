//! What stands for the matrix unit on machines that cannot have one.

/// Never there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MatrixUnit {}

/// Rows of bytes for a unit that is never there.
#[derive(Clone, Debug, Default)]
pub(crate) struct TiledRows;

impl MatrixUnit {
    /// Nothing.
    pub(crate) fn get() -> Option<Self> {
        None
    }

    pub(crate) fn multiply(self, _: &TiledRows, _: &TiledRows, _: &mut [i32]) {
        match self {}
    }
}

impl TiledRows {
    pub(crate) fn left(_: &[i8], _: usize) -> Self {
        Self
    }

    pub(crate) fn replace_right(&mut self, _: &[i8], _: usize) {}

    pub(crate) fn padded(&self) -> usize {
        0
    }
}
