//! Rows brought to the scale on which they are compared, as sums of bf16 planes.

#![expect(unsafe_code, reason = "launches kernels")]

use crate::compilation::source::{Grid, Kernel, Source};
use crate::device::argument::Argument;
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Error, Result, counted, same_length};
use crate::products::shape::padded;

pub(crate) const SOURCE: Source =
    Source { file: "rows.cu", text: include_str!("../../kernels/rows.cu"), kernels: &["prepare_rows"] };

const PREPARE: Kernel = Kernel { source: &SOURCE, name: "prepare_rows" };

/// Rows that one block of threads prepares, a warp each.
const ROWS: u32 = 8;

/// Rows on the device, each the sum of `terms` rows of bf16.
#[derive(Debug)]
pub(crate) struct Planes {
    /// `(terms, rows, padded)`, as bits.
    pub(crate) values: DeviceBuffer<u16>,
    /// ‖x‖² of every row, `(rows,)`.
    pub(crate) norms: DeviceBuffer<f32>,
    pub(crate) terms: usize,
    pub(crate) rows: usize,
    pub(crate) padded: usize,
}

impl Planes {
    /// Room for `rows` rows of `features` values.
    pub(crate) fn zeros(cuda: &Cuda, rows: usize, features: usize, terms: usize) -> Result<Self> {
        let padded = padded(features);
        let values = DeviceBuffer::unwritten(cuda, "the rows", terms * rows * padded)?;
        let norms = DeviceBuffer::unwritten(cuda, "the rows' lengths", rows)?;
        Ok(Self { values, norms, terms, rows, padded })
    }
}

/// Prepares the first `count` of the rows `raw`, `(rows, d)`, less `center`, `(d,)`, after dividing by `unit`, or by
/// each row's own length where there is none, into `planes`.
pub(crate) fn prepare(
    cuda: &Cuda,
    raw: &DeviceBuffer<f32>,
    count: usize,
    center: &DeviceBuffer<f64>,
    unit: Option<f64>,
    planes: &mut Planes,
) -> Result<()> {
    let (rows, d) = (planes.rows, center.len());
    same_length("raw rows", rows * d, raw.len())?;
    same_length("a padded row", padded(d), planes.padded)?;
    if count > rows {
        return Err(Error::Length { what: "raw rows", expected: count, found: rows });
    }
    let count = counted("rows", count)?;
    let (rows, d, padded) = (counted("rows", rows)?, counted("features", d)?, counted("features", planes.padded)?);
    let grid = Grid { blocks: [count.div_ceil(ROWS), 1, 1], threads: 32 * ROWS, shared: 0 };
    let arguments = &mut [
        raw.read(),
        center.read(),
        Argument::F64(unit.unwrap_or(0.0)),
        Argument::U32(count),
        Argument::U32(rows),
        Argument::U32(d),
        Argument::U32(padded),
        Argument::U32(counted("terms", planes.terms)?),
        planes.values.write(),
        planes.norms.write(),
    ];
    // SAFETY: the lengths of `raw` and `center` are checked above, `Planes` keeps those of its own.
    unsafe { cuda.launch(&PREPARE, grid, arguments) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A squared length is summed in doubles and rounded to f32 once, by at most 2⁻²⁴ = 6e-8 of it.
    const NORM: f64 = 1e-6;

    #[test]
    fn prepared_rows_are_scaled_centered_and_sum_up_from_their_planes() {
        let Some(cuda) = Cuda::emulated() else { return };
        let wave = |i: usize| (i as f32 * 0.7 + 0.4 + (i * i) as f32 * 0.01).sin();
        for (rows, d, terms, unit) in [(1, 1, 1, None), (9, 33, 2, None), (17, 64, 3, Some(2.5))] {
            let raw: Vec<f32> = (0..rows * d).map(wave).collect();
            let center: Vec<f64> = (0..d).map(|j| f64::from(wave(j + 7)) * 0.1).collect();
            let mut planes = Planes::zeros(&cuda, rows, d, terms).unwrap();
            let raw_buffer = DeviceBuffer::of(&cuda, "raw", &raw).unwrap();
            let center_buffer = DeviceBuffer::of(&cuda, "center", &center).unwrap();
            prepare(&cuda, &raw_buffer, rows, &center_buffer, unit, &mut planes).unwrap();

            let (values, norms) = (planes.values.download().unwrap(), planes.norms.download().unwrap());
            let tolerance = 2.0_f64.powi(-8 * terms as i32).max(1e-7);
            for row in 0..rows {
                let of_row = &raw[row * d..][..d];
                let length = of_row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
                let unit = unit.unwrap_or(length);
                let mut norm = 0.0;
                for j in 0..planes.padded {
                    let part = |term: usize| {
                        let bits = values[(term * rows + row) * planes.padded + j];
                        f64::from(f32::from_bits(u32::from(bits) << 16))
                    };
                    let sum: f64 = (0..terms).map(part).sum();
                    let expected = if j < d { f64::from(of_row[j]) / unit - center[j] } else { 0.0 };
                    assert!(
                        (sum - expected).abs() <= tolerance * expected.abs().max(1e-3),
                        "{row} {j} {sum} {expected}"
                    );
                    norm += sum * sum;
                }
                assert!((f64::from(norms[row]) - norm).abs() <= NORM * norm);
            }
        }
    }
}
