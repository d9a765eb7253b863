//! The density of ratios: a Gaussian kernel estimate, reflected at its right end.

use mislabel_core::{Error, Result};

/// How wide the kernel is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Bandwidth {
    /// h = 0.9 · min(σ, IQR / 1.34) · n^(−1/5) (Silverman 1986, equation 3.31); σ alone where the IQR is 0.
    #[default]
    Silverman,
    /// h = 1.06 · σ · n^(−1/5) (Scott 1992); wide where the right tail is long.
    Scott,
    /// A fixed standard deviation of the kernel, in units of χ.
    Fixed(f64),
}

/// A density over the ratios, `p(χ)`, in units of 1/χ: it integrates to 1 over χ.
///
/// `p(χ) = 1/(n h) Σ_i [φ((χ − χ_i)/h) + φ((χ − (2r − χ_i))/h)]` for χ ≤ r = max χ_i, and 0 above r: the mass that
/// the kernels put beyond the largest ratio is reflected back. (The released code estimates the density of ratios
/// scaled to [0, 1] and omits the 1/(max − min) of that change of variable; here there is no change of variable.)
///
/// The ratios are binned linearly on a grid of step h/16 and the bins convolved with a kernel cut at 6 h, so that
/// the cost is O(n + grid), within 0.1% of the sum's peak. The grid has at most 2¹⁸ points; ratios beyond its reach
/// around the median (about 8,000 h) count at its edges.
#[derive(Clone, Debug)]
pub struct RatioDensity {
    right: f64,
    step: f64,
    bandwidth: f64,
    /// Densities at `right − i · step`.
    grid: Vec<f64>,
}

/// Grid steps per bandwidth.
const RESOLUTION: usize = 16;
/// Kernel cut-off in bandwidths: φ(6) / φ(0) = 1.5e-8.
const REACH: usize = 6;
const MOST_POINTS: usize = 1 << 18;

impl RatioDensity {
    /// The density of `ratios`, `(n,)`, with n ≥ 2.
    ///
    /// # Errors
    /// [`Error::NotFinite`] naming a ratio, [`Error::Undefined`] with fewer than two ratios or when all are equal,
    /// [`Error::Parameter`] for a fixed bandwidth that is not finite and positive.
    pub fn fit(ratios: &[f64], bandwidth: Bandwidth) -> Result<Self> {
        if let Some(row) = ratios.iter().position(|ratio| !ratio.is_finite()) {
            return Err(Error::NotFinite { what: "the ratio", row, column: 0, value: ratios[row] });
        }
        let mut sorted = ratios.to_vec();
        sorted.sort_by(f64::total_cmp);
        if sorted.len() < 2 || sorted[0] == sorted[sorted.len() - 1] {
            let reason = "it needs at least two ratios that are not all equal";
            return Err(Error::Undefined { quantity: "the density of the ratios", reason });
        }
        let bandwidth = bandwidth.of(&sorted)?;
        Ok(Self::binned(&sorted, bandwidth))
    }

    /// p at `ratio`, interpolated linearly between grid points; 0 outside the grid.
    pub fn at(&self, ratio: f64) -> f64 {
        let position = (self.right - ratio) / self.step;
        if !(0.0..=(self.grid.len() - 1) as f64).contains(&position) {
            return 0.0;
        }
        let cell = position as usize;
        let next = self.grid.get(cell + 1).copied().unwrap_or(0.0);
        self.grid[cell] + (position - cell as f64) * (next - self.grid[cell])
    }

    /// The kernel's standard deviation h, in units of χ.
    pub fn bandwidth(&self) -> f64 {
        self.bandwidth
    }

    /// The grid points, ascending.
    pub(crate) fn points(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        (0..self.grid.len()).rev().map(|i| self.right - i as f64 * self.step)
    }

    pub(crate) fn step(&self) -> f64 {
        self.step
    }

    fn binned(sorted: &[f64], bandwidth: f64) -> Self {
        let step = bandwidth / RESOLUTION as f64;
        let margin = REACH * RESOLUTION;
        let reach = step * ((MOST_POINTS - margin) / 2 - 1) as f64;
        let median = sorted[sorted.len() / 2];
        let (least, right) = (sorted[0].max(median - reach), sorted[sorted.len() - 1].min(median + reach));
        let mut bins = vec![0.0; ((right - least) / step) as usize + 2 + margin];
        for ratio in sorted {
            let position = (right - ratio.clamp(least, right)) / step;
            let (cell, share) = (position as usize, position.fract());
            bins[cell] += 1.0 - share;
            bins[cell + 1] += share;
        }
        let grid = convolved(&bins, 1.0 / (sorted.len() as f64 * bandwidth));
        Self { right, step, bandwidth, grid }
    }
}

/// The bins convolved with the kernel on both sides of the reflecting end, which is bin 0.
fn convolved(bins: &[f64], scale: f64) -> Vec<f64> {
    let kernel: Vec<f64> = (0..=REACH * RESOLUTION).map(|i| scale * normal(i as f64 / RESOLUTION as f64)).collect();
    let mut grid = vec![0.0; bins.len()];
    for (bin, &count) in bins.iter().enumerate().filter(|(_, count)| **count > 0.0) {
        for (offset, &weight) in kernel.iter().enumerate() {
            let value = count * weight;
            if let Some(point) = grid.get_mut(bin + offset) {
                *point += value;
            }
            // The mirrored bin lies at −bin; bin 0 is its own mirror and so counts twice.
            if offset > 0 && offset <= bin {
                grid[bin - offset] += value;
            }
            if offset >= bin && offset - bin < grid.len() {
                grid[offset - bin] += value;
            }
        }
    }
    grid
}

impl Bandwidth {
    fn of(self, sorted: &[f64]) -> Result<f64> {
        let n = sorted.len() as f64;
        let (mean, shrink) = (sorted.iter().sum::<f64>() / n, n.powf(-0.2));
        let deviation = (sorted.iter().map(|ratio| (ratio - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let quartiles = sorted[3 * sorted.len() / 4] - sorted[sorted.len() / 4];
        let value = match self {
            Self::Silverman if quartiles > 0.0 => 0.9 * deviation.min(quartiles / 1.34) * shrink,
            Self::Silverman => 0.9 * deviation * shrink,
            Self::Scott => 1.06 * deviation * shrink,
            Self::Fixed(value) => value,
        };
        // Below the resolution of the ratios themselves a kernel is a spike between two floats.
        let least = f64::EPSILON * sorted[sorted.len() - 1].abs().max(sorted[0].abs()) * (RESOLUTION * 2) as f64;
        match self {
            Self::Fixed(_) if !(value.is_finite() && value > 0.0) => {
                Err(Error::parameter("bandwidth", value, "finite and positive"))
            }
            _ => Ok(value.max(least)),
        }
    }
}

fn normal(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Binning, cut-off and interpolation together stay within this share of the density's peak.
    const OF_PEAK: f64 = 1e-3;

    /// A sum of steps counts the end at the largest ratio in full, half a step too much: 0.0013 here, worked out apart.
    const STEPS: f64 = 0.02;

    /// Of 1,001 ratios 1,000 lie evenly within ½: a density of 1.998, and binning is within [`OF_PEAK`] of that.
    const LEVEL: f64 = 0.05;

    /// The sum of kernels as written.
    fn naive(ratios: &[f64], bandwidth: f64, at: f64) -> f64 {
        let right = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let kernels = |x: f64| normal((at - x) / bandwidth) + normal((at - (2.0 * right - x)) / bandwidth);
        if at > right {
            0.0
        } else {
            ratios.iter().map(|x| kernels(*x)).sum::<f64>() / (ratios.len() as f64 * bandwidth)
        }
    }

    proptest! {
        #[test]
        fn the_binned_density_matches_the_sum_of_kernels(ratios in prop::collection::vec(0.1..3.0_f64, 2..60), at in 0.0..3.5_f64) {
            prop_assume!(ratios.iter().any(|ratio| *ratio != ratios[0]));
            let density = RatioDensity::fit(&ratios, Bandwidth::Silverman).unwrap();
            let peak = density.grid.iter().copied().fold(0.0, f64::max);
            let expected = naive(&ratios, density.bandwidth(), at);
            prop_assert!((density.at(at) - expected).abs() < OF_PEAK * peak, "{} against {expected}", density.at(at));
        }
    }

    #[test]
    fn the_density_integrates_to_one_over_the_ratios_themselves() {
        // Ratios of range 40, not 1: a forgotten 1/(max − min) would show as an integral of 40.
        let ratios: Vec<f64> = (0..500).map(|i| 1.0 + 40.0 * (i as f64 / 499.0).powi(2)).collect();
        let density = RatioDensity::fit(&ratios, Bandwidth::Silverman).unwrap();
        let integral: f64 = density.points().map(|point| density.at(point) * density.step()).sum();
        assert!((integral - 1.0).abs() < STEPS, "{integral}");
    }

    #[test]
    fn one_ratio_far_out_does_not_exhaust_memory_or_flatten_the_rest() {
        let mut ratios: Vec<f64> = (0..1000).map(|i| 0.5 + 0.0005 * i as f64).collect();
        ratios.push(1e12);
        let density = RatioDensity::fit(&ratios, Bandwidth::Silverman).unwrap();
        assert!(density.grid.len() <= MOST_POINTS);
        assert!((density.at(0.75) - 2.0).abs() < LEVEL, "{}", density.at(0.75));
    }

    #[test]
    fn too_few_or_equal_ratios_and_bad_bandwidths_are_errors() {
        let fit = |ratios: &[f64], bandwidth| RatioDensity::fit(ratios, bandwidth);
        assert!(matches!(fit(&[1.0], Bandwidth::Scott), Err(Error::Undefined { .. })));
        assert!(matches!(fit(&[1.0, 1.0], Bandwidth::Scott), Err(Error::Undefined { .. })));
        assert!(matches!(fit(&[1.0, f64::NAN], Bandwidth::Scott), Err(Error::NotFinite { row: 1, .. })));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(fit(&[1.0, 2.0], Bandwidth::Fixed(bad)), Err(Error::Parameter { .. })));
        }
        let next = 1.0 + f64::EPSILON;
        assert!(fit(&[1.0, next], Bandwidth::Silverman).unwrap().at(1.0).is_finite());
    }
}
