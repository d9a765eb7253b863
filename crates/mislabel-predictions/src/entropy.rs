//! What one row of predictions says: the predicted class, and how sure it is.

use ndarray::ArrayView1;

/// The predicted class of one row, its probability, and the entropy of the row in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RowSummary {
    pub(crate) class: u32,
    pub(crate) confidence: f64,
    pub(crate) entropy: f64,
}

/// Of finite logits, `(k,)`, k ≥ 1. `preferred` wins ties for the greatest, else the earliest class does.
///
/// Relative to the greatest logit every term is exp of something at most 0, so that no logit is too large:
/// H = log Z + Σ p_c (max − l_c) with Z = Σ exp(l_c − max).
pub(crate) fn of_logits(row: ArrayView1<'_, f32>, preferred: Option<usize>) -> RowSummary {
    let class = greatest(row.iter().map(|logit| f64::from(*logit)), preferred);
    let greatest = f64::from(row[class]);
    let (mut total, mut moment) = (0.0, 0.0);
    for logit in row {
        let below = greatest - f64::from(*logit);
        let weight = (-below).exp();
        total += weight;
        // A weight of 0 may meet a distance beyond f64: no term.
        moment += if weight > 0.0 { weight * below } else { 0.0 };
    }
    let entropy = total.ln() + moment / total;
    RowSummary { class: class as u32, confidence: 1.0 / total, entropy: entropy.max(0.0) }
}

/// Of probabilities, `(k,)`, that sum to 1 within the tolerance of a probability source; they are normalized first.
pub(crate) fn of_probabilities(row: ArrayView1<'_, f64>, preferred: Option<usize>) -> RowSummary {
    let class = greatest(row.iter().copied(), preferred);
    let total: f64 = row.iter().sum();
    let term = |p: &f64| if *p > 0.0 { -(p / total) * (p / total).ln() } else { 0.0 };
    let entropy: f64 = row.iter().map(term).sum();
    RowSummary { class: class as u32, confidence: (row[class] / total).min(1.0), entropy: entropy.max(0.0) }
}

fn greatest(values: impl Iterator<Item = f64> + Clone, preferred: Option<usize>) -> usize {
    let (mut class, mut greatest) = (0, f64::NEG_INFINITY);
    for (other, value) in values.clone().enumerate() {
        if value > greatest {
            (class, greatest) = (other, value);
        }
    }
    match preferred {
        Some(preferred) if values.clone().nth(preferred) == Some(greatest) => preferred,
        _ => class,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Rounding of a few exponentials, logarithms and products of doubles.
    const ROUNDING: f64 = 1e-12;

    #[test]
    fn the_greatest_finite_logits_have_finite_entropy() {
        let row = of_logits(array![f32::MAX, f32::MIN, f32::MAX].view(), None);
        assert!((row.entropy - 2.0_f64.ln()).abs() < ROUNDING, "{row:?}");
        assert_eq!((row.class, row.confidence), (0, 0.5));
    }

    #[test]
    fn ties_go_to_the_preferred_class_and_else_to_the_first() {
        assert_eq!(of_logits(array![1.0, 3.0, 3.0].view(), Some(2)).class, 2);
        assert_eq!(of_logits(array![1.0, 3.0, 3.0].view(), Some(0)).class, 1);
        assert_eq!(of_probabilities(array![0.5, 0.5].view(), Some(1)).class, 1);
    }

    #[test]
    fn logits_and_their_softmax_have_the_same_summary() {
        let logits = array![0.3_f32, -2.0, 1.7, 0.0];
        let exponentials = logits.mapv(|logit| f64::from(logit).exp());
        let from_logits = of_logits(logits.view(), None);
        let from_softmax = of_probabilities((&exponentials / exponentials.sum()).view(), None);
        assert_eq!(from_logits.class, from_softmax.class);
        assert!((from_logits.entropy - from_softmax.entropy).abs() < ROUNDING);
        assert!((from_logits.confidence - from_softmax.confidence).abs() < ROUNDING);
    }
}
