//! What a kernel is given.

use crate::device::memory::Memory;

/// One argument of a kernel.
#[derive(Debug)]
pub(crate) enum Argument<'a> {
    /// A buffer that the kernel only reads.
    Read(&'a Memory),
    /// A buffer that it writes, or reads and writes.
    Write(&'a mut Memory),
    /// `uint32`
    U32(u32),
    /// `float`
    #[allow(dead_code, reason = "one of the three types of scalars, whether or not a kernel of today takes one")]
    F32(f32),
    /// `double`
    F64(f64),
}
