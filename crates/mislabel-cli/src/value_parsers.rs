//! Numbers on the command line, checked while they are parsed.

use mislabel::reconstruct::ClassSearch;
use mislabel::rer::{DifficultyScale, Threshold};

/// A number above 0.
pub(crate) fn positive(text: &str) -> Result<f64, String> {
    number(text, |value| value > 0.0, "it must be a positive number")
}

/// A number of at least 0.
pub(crate) fn not_negative(text: &str) -> Result<f64, String> {
    number(text, |value| value >= 0.0, "it must be a number of at least 0")
}

/// The shrinkage of reconstructors; beyond these bounds it overflows or vanishes beside rounding.
pub(crate) fn shrinkage(text: &str) -> Result<f64, String> {
    number(text, |value| (1e-6..=1e6).contains(&value), "it must be a number from 0.000001 to 1000000")
}

/// Which classes are searched.
pub(crate) fn search(text: &str) -> Result<ClassSearch, String> {
    match text {
        "all" => Ok(ClassSearch::All),
        "pruned" => Ok(ClassSearch::Pruned),
        _ => whole(text, 2, mislabel::core::Labels::MOST_CLASSES)
            .map(ClassSearch::Nearest)
            .map_err(|cause| format!("{cause}, or all, or pruned")),
    }
}

/// A share in [0, 1].
pub(crate) fn share(text: &str) -> Result<f64, String> {
    number(text, |value| (0.0..=1.0).contains(&value), "it must be a number from 0 to 1")
}

/// A share in [0, 1).
pub(crate) fn proper_share(text: &str) -> Result<f64, String> {
    number(text, |value| (0.0..1.0).contains(&value), "it must be a number from 0 to below 1")
}

/// A share in (0, 1].
pub(crate) fn positive_share(text: &str) -> Result<f64, String> {
    number(text, |value| value > 0.0 && value <= 1.0, "it must be a number above 0 and up to 1")
}

/// The steepness of instance-dependent noise.
pub(crate) fn steepness(text: &str) -> Result<f64, String> {
    number(text, |value| (0.0..=1000.0).contains(&value), "it must be a number from 0 to 1000")
}

/// A number of things of which there must be one; more than a million is a slip of the finger.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    whole(text, 1, 1_000_000)
}

/// A number of samples, which may be 0.
pub(crate) fn count_or_none(text: &str) -> Result<usize, String> {
    whole(text, 0, u32::MAX as usize)
}

/// A number of samples, of which there must be one; rows are numbered by 32 bits.
pub(crate) fn sample_count(text: &str) -> Result<usize, String> {
    whole(text, 1, u32::MAX as usize)
}

/// A number of classes, of which there must be two to make labels wrong.
pub(crate) fn class_count(text: &str) -> Result<usize, String> {
    whole(text, 2, mislabel::core::Labels::MOST_CLASSES)
}

/// The height and the width of a picture, such as 28x28.
pub(crate) fn picture_size(text: &str) -> Result<(usize, usize), String> {
    let (height, width) = text.split_once('x').ok_or("it must be two numbers with an x between them, such as 28x28")?;
    Ok((count(height)?, count(width)?))
}

/// A number of components; more than a million is a slip of the finger.
pub(crate) fn components(text: &str) -> Result<usize, String> {
    whole(text, 0, 1_000_000)
}

/// A number of clusters: with one there is nothing to tell apart.
pub(crate) fn clusters(text: &str) -> Result<usize, String> {
    whole(text, 2, 1_000_000)
}

/// A seed.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("it must be a whole number from 0 to {}", u64::MAX))
}

/// A number of threads: a system that is asked for many thousands refuses in unkind ways.
pub(crate) fn threads(text: &str) -> Result<usize, String> {
    whole(text, 1, 1024)
}

/// `published`, `mixture` or a positive number.
pub(crate) fn threshold(text: &str) -> Result<Threshold, String> {
    match text {
        "published" => Ok(Threshold::Published),
        "mixture" => Ok(Threshold::Mixture),
        _ => number(text, |value| value > 0.0, "it must be published, mixture or a positive number")
            .map(Threshold::Fixed),
    }
}

/// The name of a calibration, or its bounds as `low:high`.
pub(crate) fn calibration(text: &str) -> Result<DifficultyScale, String> {
    match text {
        "clip-vit-l-14" => return Ok(DifficultyScale::ClipVitL14),
        "clip-vit-b-32" => return Ok(DifficultyScale::ClipVitB32),
        "dinov2" => return Ok(DifficultyScale::DinoV2),
        "resnet-50" => return Ok(DifficultyScale::ResNet50),
        _ => {}
    }
    let bounds = text.split_once(':').and_then(|(low, high)| Some((finite(low)?, finite(high)?)));
    match bounds {
        Some((low, high)) if low < high => Ok(DifficultyScale::Custom { low, high }),
        _ => {
            Err("it must be clip-vit-l-14, clip-vit-b-32, dinov2, resnet-50, or bounds LOW:HIGH with LOW < HIGH".into())
        }
    }
}

/// A finite number for which `holds`.
fn number(text: &str, holds: impl Fn(f64) -> bool, requirement: &str) -> Result<f64, String> {
    finite(text).filter(|value| holds(*value)).ok_or_else(|| requirement.to_owned())
}

/// A whole number from `least` to `most`.
fn whole(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let value = text.parse().ok().filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| format!("it must be a whole number from {least} to {most}"))
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_nan_nor_infinity_is_a_number() {
        for text in ["nan", "inf", "-inf", "1e999", "", "1.0.0"] {
            assert!(positive(text).is_err() && share(text).is_err() && threshold(text).is_err(), "{text}");
        }
    }

    #[test]
    fn calibrations_have_names_or_ascending_bounds() {
        assert_eq!(calibration("dinov2"), Ok(DifficultyScale::DinoV2));
        assert_eq!(calibration("0.5:1.5"), Ok(DifficultyScale::Custom { low: 0.5, high: 1.5 }));
        for text in ["1:1", "2:1", "1", "a:b", "0:inf", "nan:1", "0:1:2"] {
            assert!(calibration(text).is_err(), "{text}");
        }
    }
}
