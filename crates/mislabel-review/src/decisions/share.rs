//! A share that was counted, with what chance leaves open.

use serde::Serialize;

/// Standard errors on either side that hold 95% of a normal distribution.
const NORMAL_95: f64 = 1.96;

/// `of` things were counted, `count` of them so; with the 95% interval of [Wilson 1927], which holds for few counts and for
/// shares near 0 and 1.
///
/// ```
/// use mislabel_review::Share;
///
/// let share = Share::new(9, 10).unwrap();
/// assert_eq!(share.share, 0.9);
/// assert!((share.low - 0.596).abs() < 0.001 && (share.high - 0.982).abs() < 0.001);
/// assert_eq!(Share::new(0, 0), None);
/// ```
///
/// [Wilson 1927]: https://doi.org/10.1080/01621459.1927.10502953
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Share {
    /// How many are so.
    pub count: usize,
    /// How many were counted.
    pub of: usize,
    /// `count` / `of`.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Share {
    /// `count` of `of`; `None` where nothing was counted.
    pub fn new(count: usize, of: usize) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let (n, share) = (of as f64, count as f64 / of as f64);
        let square = NORMAL_95 * NORMAL_95;
        let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
        let half = NORMAL_95 / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
        Some(Self { count, of, share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
    }
}
