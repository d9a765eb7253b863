//! Trained networks in a file.
//!
//! Little-endian: the mark `MLAECODR`, the version (u32), then the body, then CRC-32 of everything before it. The body
//! holds the shape (number of encoder widths and the widths, u64 each; three activations, tied: u8 each), the scaling
//! steps (their number, then for each a kind and its numbers, f64), the number of classes, and for every class the
//! number of its networks and their parameters (f32). Every count is held against the bytes that are left before
//! anything is allocated.

use std::path::Path;

use mislabel_core::{Error, Labels, Result};

use super::model::AutoencoderModel;
use super::network::architecture::{Architecture, Shape};
use super::params::Activation;
use super::samples::fitted_scaling::{FittedScaling, FittedStep};

const MARK: &[u8; 8] = b"MLAECODR";
const VERSION: u32 = 1;
const DAMAGED: &str = "the autoencoder file is damaged: its parts do not fit together";
const ACTIVATIONS: [Activation; 4] = [Activation::Identity, Activation::Relu, Activation::Tanh, Activation::Sigmoid];

impl AutoencoderModel {
    /// Writes the model to the file at `path`, replacing what was there: a file beside it is written and, when
    /// complete, renamed, so that a failure or an interruption leaves what was at `path` before.
    ///
    /// # Errors
    /// What the file system reports.
    #[cfg(feature = "files")]
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let write = |file: &mut (dyn std::io::Write + Send)| file.write_all(&self.to_bytes()).map_err(Error::other);
        mislabel_checkpoint::write_atomically(path.as_ref(), Error::other, write)
    }

    /// Reads a model from a file of [`to_bytes`](Self::to_bytes); it gives the same errors to the last bit.
    ///
    /// # Errors
    /// What the file system reports, and as [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::from_bytes(&std::fs::read(path).map_err(Error::other)?)
    }

    /// The model as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = [MARK.as_slice(), &VERSION.to_le_bytes()].concat();
        let shape = &self.architecture.shape;
        put_count(&mut out, shape.widths.len());
        shape.widths.iter().for_each(|width| put_count(&mut out, *width));
        out.extend(shape.activations.map(|activation| activation as u8));
        out.push(u8::from(shape.tied));
        put_count(&mut out, self.scaling.0.len());
        for step in &self.scaling.0 {
            let FittedStep::Affine { offset, factor, clip } = step else {
                out.push(0);
                continue;
            };
            out.push(1 + u8::from(*clip));
            out.extend(offset.iter().chain(factor).flat_map(|value| value.to_le_bytes()));
        }
        put_count(&mut out, self.networks.len());
        for networks in &self.networks {
            put_count(&mut out, networks.len());
            out.extend(networks.iter().flatten().flat_map(|value| value.to_le_bytes()));
        }
        let check = crc32(&out);
        out.extend(check.to_le_bytes());
        out
    }

    /// The model from the bytes of [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// [`Error::Source`] saying whether the bytes are no autoencoder file, of a newer version, cut short or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let refuse = |reason: &'static str| Err(Error::other(reason));
        let Some(rest) = bytes.strip_prefix(MARK) else { return refuse("this is no autoencoder file") };
        let Some((version, rest)) = rest.split_first_chunk() else {
            return refuse("the autoencoder file is cut short");
        };
        let version = u32::from_le_bytes(*version);
        if version != VERSION {
            let message = format!("the autoencoder file has version {version}; this program reads version {VERSION}");
            return Err(Error::other(message));
        }
        let Some((body, check)) = rest.split_last_chunk() else { return refuse("the autoencoder file is cut short") };
        if crc32(&bytes[..bytes.len() - check.len()]) != u32::from_le_bytes(*check) {
            return refuse("the autoencoder file is cut short or damaged: its checksum is wrong");
        }
        model(&mut Reader(body)).map_or_else(|| refuse(DAMAGED), Ok)
    }
}

/// The body's model, or `None` where it contradicts itself.
fn model(reader: &mut Reader<'_>) -> Option<AutoencoderModel> {
    let count = reader.count(8)?;
    let widths = (0..count).map(|_| reader.number()).collect::<Option<Vec<usize>>>()?;
    let activations = [reader.activation()?, reader.activation()?, reader.activation()?];
    let tied = reader.flag()?;
    // The weights of every layer are bytes of the body: a product that overflows or exceeds them is no shape.
    let weights = |pair: &[usize]| pair[0].checked_mul(pair[1]).filter(|weights| *weights <= reader.0.len());
    let sound = widths.len() >= 2 && !widths.contains(&0) && widths.windows(2).all(|pair| weights(pair).is_some());
    let architecture = sound.then(|| Architecture::new(Shape { widths, activations, tied }))?;
    let steps = reader.count(1)?;
    let step = |_| reader.step(architecture.features());
    let scaling = FittedScaling((0..steps).map(step).collect::<Option<Vec<_>>>()?);
    let classes = reader.count(8)?;
    let networks = |_| {
        let networks = reader.count(4 * architecture.parameters)?;
        (0..networks).map(|_| reader.parameters(architecture.parameters)).collect()
    };
    let networks = (0..classes).map(networks).collect::<Option<Vec<Vec<_>>>>()?;
    let whole = reader.0.is_empty() && classes <= Labels::MOST_CLASSES;
    whole.then_some(AutoencoderModel { architecture, scaling, networks })
}

/// What is left of the body.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<usize> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(u64::from_le_bytes(*bytes)).ok()
    }

    /// A number of things of at least `size` bytes each, all of which must still be there.
    fn count(&mut self, size: usize) -> Option<usize> {
        self.number().filter(|count| count.checked_mul(size).is_some_and(|bytes| bytes <= self.0.len()))
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn flag(&mut self) -> Option<bool> {
        self.byte().filter(|byte| *byte < 2).map(|byte| byte == 1)
    }

    fn activation(&mut self) -> Option<Activation> {
        ACTIVATIONS.get(usize::from(self.byte()?)).copied()
    }

    fn step(&mut self, features: usize) -> Option<FittedStep> {
        let clip = match self.byte()? {
            0 => return Some(FittedStep::UnitNorm),
            1 => false,
            2 => true,
            _ => return None,
        };
        let (offset, factor) = (self.doubles(features)?, self.doubles(features)?);
        Some(FittedStep::Affine { offset, factor, clip })
    }

    fn doubles(&mut self, count: usize) -> Option<Vec<f64>> {
        let (values, _) = self.take(count.checked_mul(8)?)?.as_chunks();
        let values: Vec<f64> = values.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        values.iter().all(|value| value.is_finite()).then_some(values)
    }

    fn parameters(&mut self, count: usize) -> Option<Vec<f32>> {
        let (values, _) = self.take(count.checked_mul(4)?)?.as_chunks();
        let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        values.iter().all(|value| value.is_finite()).then_some(values)
    }
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u64).to_le_bytes());
}

/// CRC-32 as in zip files (polynomial 0xEDB88320).
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = crc_table();
    !bytes.iter().fold(!0, |crc, byte| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8))
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let (mut value, mut bit) = (i as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[i] = value;
        i += 1;
    }
    table
}
