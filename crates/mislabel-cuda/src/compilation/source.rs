//! The kernels' text and what is known of every kernel before it is compiled.

/// Text that several kernel files include, by file name.
pub(crate) const HEADERS: &[(&str, &str)] = &[
    ("autoencoder_network.cuh", include_str!("../../kernels/autoencoder_network.cuh")),
    ("autoencoder_summary.cuh", include_str!("../../kernels/autoencoder_summary.cuh")),
    ("device.cuh", include_str!("../../kernels/device.cuh")),
    ("product.cuh", include_str!("../../kernels/product.cuh")),
    ("row_summary.cuh", include_str!("../../kernels/row_summary.cuh")),
];

/// One `.cu` file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its name in `kernels/`.
    pub(crate) file: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
    /// Its kernels.
    pub(crate) kernels: &'static [&'static str],
}

/// One kernel: an `extern "C" __global__` function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kernel {
    /// The file it is in.
    pub(crate) source: &'static Source,
    /// Its name there.
    pub(crate) name: &'static str,
}

/// How many blocks of how many threads run a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    /// Blocks along x, y and z.
    pub(crate) blocks: [u32; 3],
    /// Threads of a block, along x.
    pub(crate) threads: u32,
    /// Bytes of dynamic shared memory of a block.
    pub(crate) shared: u32,
}
