//! Sizes of memory as people read them.

use std::fmt;

/// A number of bytes, printed in the largest binary unit that divides it, else rounded up to hundredths of the largest
/// unit that it reaches.
pub(crate) struct Size(pub(crate) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
        match units.into_iter().find(|(_, power)| self.0 >> power > 0) {
            None => write!(f, "{}B", self.0),
            Some((unit, power)) if self.0.trailing_zeros() >= power => write!(f, "{}{unit}", self.0 >> power),
            Some((unit, power)) => {
                let hundredths = (self.0 as f64 / (1_u64 << power) as f64 * 100.0).ceil();
                write!(f, "{:.2}{unit}", hundredths / 100.0)
            }
        }
    }
}
