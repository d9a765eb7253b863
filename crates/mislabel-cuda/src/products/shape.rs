//! The shape of the products that the kernels of `product.cuh` compute.

use crate::device::cuda::Cuda;

/// Rows of one block of threads.
pub(crate) const ROWS: usize = 128;

/// Columns of one tile.
pub(crate) const COLUMNS: usize = 256;

/// Threads of a block.
pub(crate) const THREADS: u32 = 256;

const STAGES: usize = 3;

/// Features of the wider stage: all rows are padded to a multiple of it.
const WIDE: usize = 64;

/// Features of a row on the device: `features`, and zeros.
pub(crate) fn padded(features: usize) -> usize {
    features.next_multiple_of(WIDE)
}

/// How many features pass through shared memory at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StageWidth {
    /// 64 of them: whole lines of the cache and half the barriers.
    Wide,
    /// 32, for devices with less shared memory.
    Narrow,
}

impl StageWidth {
    /// The widest for a device, when an epilogue needs `beside` bytes of shared memory too.
    pub(crate) fn of(cuda: &Cuda, beside: u32) -> Self {
        if Self::Wide.shared() + beside <= cuda.shared_memory() { Self::Wide } else { Self::Narrow }
    }

    /// Bytes of shared memory that the stages take.
    pub(crate) fn shared(self) -> u32 {
        let width = if self == Self::Wide { WIDE } else { WIDE / 2 };
        (STAGES * (ROWS + COLUMNS) * 2 * width) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_those_of_the_kernels() {
        let text = include_str!("../../kernels/product.cuh");
        for (name, value) in [("ROWS", ROWS), ("COLUMNS", COLUMNS), ("THREADS", THREADS as usize), ("STAGES", STAGES)] {
            assert!(text.contains(&format!("constexpr int {name} = {value};")), "{name}");
        }
    }
}
