//! From what a graph gives to rows.

use crate::onnx::graph::Numbers;
use crate::preset::values::{Layout, Pool};

/// Lengths below this are taken for it, as sentence encoders do.
const LEAST_LENGTH: f64 = 1e-12;

/// How what a graph gives becomes rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pooling {
    pub(crate) pool: Pool,
    /// Where the channels of places stand, for outputs of four axes.
    pub(crate) layout: Layout,
    /// Whether rows get unit length.
    pub(crate) normalize: bool,
}

impl Pooling {
    /// The rows of `count` samples, one after the other: `(count · d,)`.
    ///
    /// All tokens count: nothing is ever padded, so that the mean over tokens is that over the mask.
    ///
    /// # Errors
    /// A shape that gives no rows in this way.
    pub(crate) fn rows(self, given: Numbers, count: usize) -> Result<Vec<f32>, String> {
        let Numbers { shape, values } = given;
        if shape.first() != Some(&count) {
            return Err(format!("the output has the shape {shape:?}, expected {count} in front"));
        }
        let mut rows = match (shape[1..].as_ref(), self.pool, self.layout) {
            ([_], _, _) => values,
            // One place: there is nothing to choose.
            ([_, 1, 1] | [1, 1, _], _, _) => values,
            ([_, d], Pool::Mean, _) => means(&values, shape[1], *d),
            ([tokens, d], Pool::Cls, _) if tokens * d > 0 => {
                values.chunks_exact(tokens * d).flat_map(|one| &one[..*d]).copied().collect()
            }
            ([c, h, w], Pool::Mean, Layout::Nchw) => {
                values.chunks_exact((h * w).max(1)).take(count * c).map(mean).collect()
            }
            ([h, w, d], Pool::Mean, Layout::Nhwc) => means(&values, h * w, *d),
            _ => {
                return Err(format!(
                    "the output has the shape {shape:?}: several rows for a sample, and output.pool does not say which; usual \
                     are \"mean\" (preset sentence-transformers) and \"cls\""
                ));
            }
        };
        if self.normalize && count > 0 {
            let d = rows.len() / count;
            rows.chunks_exact_mut(d.max(1)).for_each(to_unit_length);
        }
        Ok(rows)
    }
}

fn mean(values: &[f32]) -> f32 {
    (values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64) as f32
}

/// The means of `each` rows of length `d`.
fn means(values: &[f32], each: usize, d: usize) -> Vec<f32> {
    let mean = |rows: &[f32]| {
        let mut sums = vec![0.0_f64; d];
        for row in rows.chunks_exact(d.max(1)) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        sums.into_iter().map(|sum| (sum / each as f64) as f32).collect::<Vec<f32>>()
    };
    values.chunks_exact((each * d).max(1)).flat_map(mean).collect()
}

fn to_unit_length(row: &mut [f32]) {
    let length = row.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt();
    row.iter_mut().for_each(|value| *value = (f64::from(*value) / length.max(LEAST_LENGTH)) as f32);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(shape: &[usize], pool: Pool, layout: Layout, normalize: bool) -> Result<Vec<f32>, String> {
        let count: usize = shape.iter().product();
        let given = Numbers { shape: shape.to_vec(), values: (1..=count).map(|value| value as f32).collect() };
        Pooling { pool, layout, normalize }.rows(given, 2)
    }

    #[test]
    fn rows_come_from_outputs_of_every_shape() {
        let of = |shape: &[usize], pool, layout| rows(shape, pool, layout, false).unwrap();
        assert_eq!(of(&[2, 2], Pool::Mean, Layout::Nchw), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(of(&[2, 2, 2], Pool::Mean, Layout::Nchw), [2.0, 3.0, 6.0, 7.0]);
        assert_eq!(of(&[2, 2, 2], Pool::Cls, Layout::Nchw), [1.0, 2.0, 5.0, 6.0]);
        assert_eq!(of(&[2, 2, 2, 2], Pool::Mean, Layout::Nchw), [2.5, 6.5, 10.5, 14.5]);
        assert_eq!(of(&[2, 2, 2, 2], Pool::Mean, Layout::Nhwc), [4.0, 5.0, 12.0, 13.0]);
        assert_eq!(of(&[2, 3, 1, 1], Pool::None, Layout::Nchw), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(of(&[2, 1, 1, 3], Pool::None, Layout::Nhwc), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn rows_get_unit_length_and_zeros_stay() {
        assert_eq!(rows(&[2, 2], Pool::None, Layout::Nchw, true).unwrap()[2..], [0.6, 0.8]);
        let zeros = Numbers { shape: vec![1, 2], values: vec![0.0; 2] };
        let pooling = Pooling { pool: Pool::None, layout: Layout::Nchw, normalize: true };
        assert_eq!(pooling.rows(zeros, 1).unwrap(), [0.0, 0.0]);
    }

    #[test]
    fn several_rows_for_a_sample_need_a_word() {
        let message = rows(&[2, 3, 2], Pool::None, Layout::Nchw, false).unwrap_err();
        assert!(message.contains("\"mean\"") && message.contains("\"cls\""), "{message}");
        assert!(rows(&[3, 2], Pool::None, Layout::Nchw, false).unwrap_err().contains("expected 2 in front"));
    }
}
