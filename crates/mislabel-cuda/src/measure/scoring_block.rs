//! Scoring under autoencoders as the benches measure it: by the kernel for one inner layer.

#![expect(unsafe_code, reason = "launches a kernel")]

use std::fmt;

use mislabel_reconstruct::Autoencoder;
use mislabel_reconstruct::backend::Architecture;

use crate::autoencoder::kernels::{Measure, ScoredRows, ScoringNetworks, Shallow};
use crate::autoencoder::layout::bf16;
use crate::autoencoder::packing::Packing;
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Error, Result};

/// A block of random rows and random networks of one inner layer, one for every class.
pub struct ScoringBlock {
    cuda: Cuda,
    shallow: Shallow,
    networks: ScoringNetworks,
    rows: ScoredRows,
    /// Rows, features, classes, inner values.
    sizes: (usize, usize, usize, usize),
}

impl fmt::Debug for ScoringBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScoringBlock").field("cuda", &self.cuda).field("sizes", &self.sizes).finish_non_exhaustive()
    }
}

impl ScoringBlock {
    /// `n` rows of `features` under `classes` networks of `method`; `random` gives numbers about 0.
    ///
    /// # Errors
    /// [`Error::Size`] where the networks or the device want the general kernel, and those of using the device.
    pub fn new(
        cuda: &Cuda,
        method: &Autoencoder,
        (n, features, classes): (usize, usize, usize),
        mut random: impl FnMut() -> f32,
    ) -> Result<Self> {
        let architecture = Architecture::of(method, features);
        let packing = Packing::new(&architecture, cuda.shared_memory() as usize)?;
        let (plain_count, bias_count) = packing.counts(&architecture);
        let Packing::Shallow(shallow) = packing else {
            return Err(Error::Size { what: "a network's inner layer", value: method.latent, most: 96 });
        };
        let mut halves = |count: usize, scale: f32| (0..count).map(|_| bf16(scale * random())).collect::<Vec<u16>>();
        let table: Vec<u32> = (0..classes as u32).flat_map(|class| [class, 1]).collect();
        let networks = ScoringNetworks {
            classes: DeviceBuffer::of(cuda, "the classes", &table)?,
            plain: DeviceBuffer::of(cuda, "the networks", &halves(classes * plain_count, 0.1))?,
            biases: DeviceBuffer::zeros(cuda, "the networks", classes * bias_count)?,
            networks: classes,
            plain_count,
            bias_count,
        };
        let mut rows = ScoredRows::new(cuda, n, shallow.whole, n)?;
        rows.rows.upload("the rows", &halves(n * shallow.whole, 1.0))?;
        let sizes = (n, features, classes, method.latent);
        Ok(Self { cuda: cuda.clone(), shallow, networks, rows, sizes })
    }

    /// Multiplications and additions of the two products of every row and class.
    pub fn operations(&self) -> f64 {
        let (n, features, classes, latent) = self.sizes;
        4.0 * (n * features) as f64 * (classes * latent) as f64
    }

    /// Starts scoring all rows under all classes.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn score(&mut self) -> Result<()> {
        let measure = Measure { n: self.sizes.0, parts: 1, fold: 0 };
        // SAFETY: `new` made as many networks as the classes name.
        unsafe { self.shallow.score(&self.cuda, &self.networks, measure, &mut self.rows) }
    }
}
