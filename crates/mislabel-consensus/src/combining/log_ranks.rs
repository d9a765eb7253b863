//! Rankings on a scale on which the most suspect samples count most.

use mislabel_core::LabelQuality;
use ndarray::Array1;

/// −ln(rank/n) of every sample, `(n,)`: ln n for the most suspect, 0 for the least, ties at their mean rank. Over samples
/// it is exponentially distributed with mean 1, whatever the member's own scale. O(n log n).
///
/// Qualities that are the same in f32 tie: what rounding in another order of the samples may change is no opinion.
pub(crate) fn log_ranks(quality: &LabelQuality) -> Array1<f64> {
    let values: Vec<f32> = quality.as_slice().iter().map(|quality| *quality as f32).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let n = values.len() as f64;
    let mut ranks = Array1::zeros(values.len());
    let mut first = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = first as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|&row| ranks[row] = (n / mean).ln());
        first += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_mean_rank() {
        let ranks = log_ranks(&LabelQuality::new(vec![0.5, 0.1, 0.5, 1.0]).unwrap());
        let wanted = [2.5, 1.0, 2.5, 4.0].map(|rank: f64| (4.0 / rank).ln());
        assert_eq!(ranks.to_vec(), wanted);
    }
}
