//! One class, fitted.

use mislabel_core::stored::{Reader, Writer};
use mislabel_core::{Error, Result};

use crate::classes::own_model::OwnModel;
use crate::fitting::class_model::ClassModel;

const MARK: &[u8; 8] = b"MLCLASS1";

/// How one class reconstructs samples of other classes, and, where it has two samples or more, its own.
#[derive(Debug)]
pub struct FittedClass {
    pub(crate) count: u64,
    /// The mean of the rows as they come, each divided by its length, `(d,)`.
    pub(crate) mean: Vec<f64>,
    pub(crate) model: ClassModel,
    pub(crate) own: Option<OwnModel>,
}

impl FittedClass {
    /// The number of samples it was fitted on.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number of features d.
    pub fn features(&self) -> usize {
        self.mean.len()
    }

    /// The model of its own samples; `None` for a class of fewer than two, and after [`from_bytes`](Self::from_bytes).
    pub fn own(&self) -> Option<&OwnModel> {
        self.own.as_ref()
    }

    /// The class without the model of its own samples as bytes, little endian: a mark, d, n_c and the number of directions r in
    /// 64 bits; the mean, the factor of what no direction carries, and those of the directions in f64; the directions, row
    /// after row, in f32.
    pub fn to_bytes(&self) -> Vec<u8> {
        let model = &self.model;
        let mut out = Writer::new(MARK);
        out.count(self.mean.len() as u64).count(self.count).count(model.factors.len() as u64);
        out.doubles(self.mean.iter().copied()).doubles([model.tail]).doubles(model.factors.iter().copied());
        out.floats(&model.directions);
        out.bytes()
    }

    /// The class from [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// [`Error::Source`] saying what is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::new(MARK, "the model of a class", bytes)?;
        let (d, count, rank) = (input.count()?, input.count()?, input.count()?);
        let (d, rank) = (usize::try_from(d).map_err(Error::other)?, usize::try_from(rank).map_err(Error::other)?);
        let (mean, tail, factors) = (input.doubles(d)?, input.doubles(1)?[0], input.doubles(rank)?);
        let directions = input.floats(d.saturating_mul(rank))?;
        input.end()?;
        if d == 0 || !(0.0..=1.0).contains(&tail) || factors.iter().any(|factor| !(0.0..=1.0).contains(factor)) {
            return Err(Error::other("the model of a class is damaged: its factors are not between 0 and 1"));
        }
        Ok(Self { count, mean, model: ClassModel { directions, factors, tail, ..ClassModel::default() }, own: None })
    }
}
