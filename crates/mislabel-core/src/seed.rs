//! Splitting one seed into independent streams.

/// A seed for the stream named by `parts` (a class, a fold, a block …) under the user's `seed`.
///
/// Work that is split by data, never by thread, and seeded this way gives the same result on any number of threads.
/// SplitMix64's finaliser (Steele, Lea & Flood 2014) absorbs the seed and then every part.
///
/// ```
/// use mislabel_core::split_seed;
///
/// assert_eq!(split_seed(51, &[0, 3]), split_seed(51, &[0, 3]));
/// assert_ne!(split_seed(51, &[0, 3]), split_seed(51, &[3, 0]));
/// ```
pub fn split_seed(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(mix(seed), |state, &part| mix(state ^ mix(part.wrapping_add(0xA5A5_A5A5_A5A5_A5A5))))
}

fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
