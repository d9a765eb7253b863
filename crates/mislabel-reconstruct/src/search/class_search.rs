//! Which classes a sample is compared with.

/// How the best classes of every sample are found among all of them.
///
/// Whatever the choice, datasets of fewer than 32 classes or of at most 16,384 samples are scored under all classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum ClassSearch {
    /// Every class is evaluated in full, and the sum of errors is known of every sample.
    All,
    /// Every class is first judged by its components in eight bits. With the row x and the components A rounded to x̂
    /// and Â, ‖A(x − m)‖ differs from ‖Â(x̂ − m)‖ by at most ‖A‖·‖x − x̂‖ + ‖A − Â‖·‖x̂ − m‖, so that a bound on the
    /// error is certain; only classes that the bound does not rule out are evaluated in full. Products of bytes take a
    /// matrix unit (AMX) or vector instructions made for them (AVX-512 VNNI; dot products on ARM). Machines without
    /// judge by means and leading components: with r of them known, Δ_c² ≥ e_r − g_{r+1}·ρ_r, e_r the error so far,
    /// g_{r+1} the largest factor left and ρ_r what is left open of the squared distance. The least two errors and
    /// their class are bit for bit those of [`All`](Self::All); the sums over all classes are known of 16,384 samples,
    /// drawn with the seed.
    #[default]
    Pruned,
    /// Only the classes of this many nearest means, at least 2, are evaluated. How often that names another best class
    /// is measured on 16,384 samples, drawn with the seed
    /// ([`RowSample::disagreement`](mislabel_core::RowSample::disagreement)).
    Nearest(usize),
}
