//! How many samples each class gets.

/// Sizes of `classes` classes, `(k,)`, at least 1 each and `samples` ≥ `classes` in all: geometrically falling from the
/// first to the last, which is `imbalance` times smaller, as near as whole numbers allow.
pub(crate) fn long_tail(samples: usize, classes: usize, imbalance: f64) -> Vec<usize> {
    let last = classes.saturating_sub(1).max(1) as f64;
    let weights: Vec<f64> = (0..classes).map(|class| imbalance.powf(-(class as f64) / last)).collect();
    let total: f64 = weights.iter().sum();
    let (mut sizes, mut left) = (Vec::with_capacity(classes), samples);
    let mut cumulated = 0.0;
    for (class, weight) in weights.iter().enumerate() {
        cumulated += weight;
        let end = (samples as f64 * (cumulated / total)).round() as usize;
        let others = classes - class - 1;
        let size = end.saturating_sub(samples - left).clamp(1, left - others);
        sizes.push(if others == 0 { left } else { size });
        left -= size.min(left);
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::long_tail;

    /// The last class has 3,112 samples: half a sample, by which a size is rounded, is 1.6e-4 of that.
    const WHOLE_SAMPLES: f64 = 1e-3;

    #[test]
    fn sizes_sum_to_the_samples_and_no_class_is_empty() {
        for (samples, classes, imbalance) in [(1, 1, 1.0), (10, 10, 1e9), (1000, 7, 100.0), (1_281_167, 1000, 256.0)] {
            let sizes = long_tail(samples, classes, imbalance);
            assert_eq!(sizes.iter().sum::<usize>(), samples, "{sizes:?}");
            assert!(sizes.iter().all(|size| *size > 0), "{sizes:?}");
        }
    }

    #[test]
    fn the_first_class_is_as_many_times_larger_as_asked() {
        let sizes = long_tail(1_000_000, 50, 20.0);
        let ratio = sizes[0] as f64 / sizes[49] as f64;
        assert!((ratio / 20.0 - 1.0).abs() < WHOLE_SAMPLES, "{ratio}");
        assert_eq!(long_tail(12, 4, 1.0), [3, 3, 3, 3]);
    }
}
