//! `preprocessor_config.json` of Hugging Face.

use std::fmt::Display;

use serde::Deserialize;

use crate::preset::draft::Draft;
use crate::preset::setting::Told;
use crate::preset::values::{Crop, CropRounding, Interpolation, PerChannel, Resize};

/// The name of the file.
pub(crate) const FILE: &str = "preprocessor_config.json";

/// What the classes that read these files do where a file is silent: a side alone is that of a square, or the shorter edge; the
/// filter.
const CLASSES: [(&str, bool, Interpolation); 8] = [
    ("CLIP", false, Interpolation::Bicubic),
    ("ViT", true, Interpolation::Bilinear),
    ("Bit", false, Interpolation::Bicubic),
    ("DeiT", true, Interpolation::Bicubic),
    ("Siglip", true, Interpolation::Bicubic),
    ("Beit", true, Interpolation::Bicubic),
    ("MobileNetV1", false, Interpolation::Bilinear),
    ("MobileNetV2", false, Interpolation::Bilinear),
];

#[derive(Debug, Deserialize)]
struct File {
    image_processor_type: Option<String>,
    feature_extractor_type: Option<String>,
    do_resize: Option<bool>,
    size: Option<Size>,
    resample: Option<u8>,
    crop_pct: Option<f64>,
    do_center_crop: Option<bool>,
    crop_size: Option<Size>,
    do_rescale: Option<bool>,
    rescale_factor: Option<f64>,
    do_normalize: Option<bool>,
    image_mean: Option<[f32; 3]>,
    image_std: Option<[f32; 3]>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum Size {
    Side(usize),
    Exact { height: usize, width: usize },
    Short { shortest_edge: usize },
}

/// The class that a file is of, as far as it is known here.
#[derive(Clone, Copy)]
struct Class {
    name: &'static str,
    is_square: bool,
    interpolation: Interpolation,
}

/// What the file with this `text` says.
///
/// # Errors
/// What cannot be understood.
pub(crate) fn draft(text: &str) -> Result<Draft, String> {
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let class = file.class();
    if let Some(share) = file.crop_pct {
        return Err(format!(
            "crop_pct = {share} resizes in a way of its own: write image.resize and image.crop into a preset file"
        ));
    }
    let resize = file.resize(class)?;
    let interpolation = file.interpolation(class)?;
    let crop = file.crop(resize.as_ref().map(|told| told.value))?;
    let is_normalized = file.do_normalize.unwrap_or(true);
    let plain = |value: [f32; 3]| (!is_normalized).then(|| told(PerChannel(value), "do_normalize = false"));
    let stated = |value: Option<[f32; 3]>, key| value.map(|value| told(PerChannel(value), key));
    Ok(Draft {
        resize,
        interpolation,
        crop,
        crop_rounding: Some(told(CropRounding::Floor, "as Hugging Face crops")),
        scale: file.scale(),
        mean: plain([0.0; 3]).or(stated(file.image_mean, "image_mean")),
        std: plain([1.0; 3]).or(stated(file.image_std, "image_std")),
        ..Draft::default()
    })
}

/// `value` as the file tells it: `key`, or why.
fn told<T>(value: T, key: impl Display) -> Told<T> {
    Told::new(value, format!("{FILE}: {key}"))
}

impl File {
    fn class(&self) -> Option<Class> {
        let stated = self.image_processor_type.as_ref().or(self.feature_extractor_type.as_ref())?;
        let stem = ["ImageProcessorFast", "ImageProcessor", "FeatureExtractor"]
            .iter()
            .find_map(|end| stated.strip_suffix(end))?;
        let found = CLASSES.iter().find(|(name, _, _)| *name == stem)?;
        Some(Class { name: found.0, is_square: found.1, interpolation: found.2 })
    }

    fn resize(&self, class: Option<Class>) -> Result<Option<Told<Resize>>, String> {
        if self.do_resize == Some(false) {
            return Ok(Some(told(Resize::Keep, "do_resize = false")));
        }
        Ok(match (self.size, class) {
            (None, _) => None,
            (Some(Size::Exact { height, width }), _) => Some(told(Resize::Exact(height, width), "size")),
            (Some(Size::Short { shortest_edge }), _) => Some(told(Resize::ShortEdge(shortest_edge), "size")),
            (Some(Size::Side(side)), Some(Class { name, is_square, .. })) => {
                let resize = if is_square { Resize::Exact(side, side) } else { Resize::ShortEdge(side) };
                Some(told(resize, format_args!("size, as {name}ImageProcessor takes it")))
            }
            (Some(Size::Side(side)), None) => {
                return Err(format!(
                    "size = {side} may be the shorter edge, or height and width: write image.resize = {{ short_edge = {side} }} \
                     or {{ height = {side}, width = {side} }} into a preset file"
                ));
            }
        })
    }

    fn interpolation(&self, class: Option<Class>) -> Result<Option<Told<Interpolation>>, String> {
        let Some(resample) = self.resample else {
            return Ok(class.map(|class| {
                told(class.interpolation, format_args!("no resample, the default of {}ImageProcessor", class.name))
            }));
        };
        // The numbers of Pillow.
        let filter = match resample {
            0 => Interpolation::Nearest,
            1 => Interpolation::Lanczos,
            2 => Interpolation::Bilinear,
            3 => Interpolation::Bicubic,
            4 => Interpolation::Box,
            5 => Interpolation::Hamming,
            other => return Err(format!("resample = {other}: expected 0 to 5")),
        };
        Ok(Some(told(filter, format_args!("resample = {resample}"))))
    }

    fn crop(&self, resize: Option<Resize>) -> Result<Option<Told<Crop>>, String> {
        let middle = |height, width| Ok(Some(told(Crop::Middle(height, width), "crop_size")));
        match (self.do_center_crop, self.crop_size) {
            (Some(false), _) => Ok(Some(told(Crop::All, "do_center_crop = false"))),
            (_, Some(Size::Side(side))) => middle(side, side),
            (_, Some(Size::Exact { height, width })) => middle(height, width),
            (_, Some(Size::Short { .. })) => Err("crop_size: expected height and width".into()),
            (None, None) if matches!(resize, Some(Resize::Exact(..))) => Ok(Some(told(Crop::All, "no crop_size"))),
            (_, None) => Ok(None),
        }
    }

    fn scale(&self) -> Option<Told<f32>> {
        match (self.do_rescale, self.rescale_factor) {
            (Some(false), _) => Some(told(1.0, "do_rescale = false")),
            // The factor is written with all digits of 1 / 255, or with fewer.
            (_, Some(factor)) if (factor * 255.0 - 1.0).abs() < 1e-4 => Some(told(255.0, "rescale_factor")),
            (_, Some(factor)) => Some(told((1.0 / factor) as f32, "rescale_factor")),
            (_, None) => Some(told(255.0, "no rescale_factor, the default is 1/255")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_clip_is_understood() {
        let found = draft(
            r#"{"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_normalize": true, "do_resize": true,
            "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48, 0.45, 0.40], "image_std": [0.26, 0.26, 0.27],
            "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 224}}"#,
        )
        .unwrap();
        assert_eq!(found.resize, Some(Told::new(Resize::ShortEdge(224), "preprocessor_config.json: size")));
        assert_eq!(found.interpolation.unwrap().value, Interpolation::Bicubic);
        assert_eq!(found.crop.unwrap().value, Crop::Middle(224, 224));
        assert_eq!(found.crop_rounding.unwrap().value, CropRounding::Floor);
        assert_eq!(found.scale.unwrap().value, 255.0);
        assert_eq!(found.mean.unwrap().value, PerChannel([0.48, 0.45, 0.40]));
    }

    #[test]
    fn a_side_alone_is_what_its_class_takes_it_for() {
        let found = |class: &str| {
            draft(&format!(r#"{{"feature_extractor_type": "{class}FeatureExtractor", "size": 224}}"#)).unwrap()
        };
        assert_eq!(found("ViT").resize.unwrap().value, Resize::Exact(224, 224));
        assert_eq!(found("ViT").interpolation.unwrap().value, Interpolation::Bilinear);
        assert_eq!(found("CLIP").resize.unwrap().value, Resize::ShortEdge(224));
        assert!(draft(r#"{"size": 224}"#).unwrap_err().contains("may be the shorter edge"));
    }

    #[test]
    fn what_is_turned_off_is_off_and_what_is_silent_is_unknown() {
        let found = draft(r#"{"do_resize": false, "do_rescale": false, "do_normalize": false}"#).unwrap();
        assert_eq!(found.resize.unwrap().value, Resize::Keep);
        assert_eq!((found.scale.unwrap().value, found.mean.unwrap().value), (1.0, PerChannel([0.0; 3])));
        let silent = draft("{}").unwrap();
        assert_eq!((silent.resize, silent.interpolation, silent.mean), (None, None, None));
    }

    #[test]
    fn what_would_be_read_wrongly_is_refused() {
        for text in [r#"{"crop_pct": 0.9}"#, r#"{"resample": 9}"#, r#"{"image_mean": [1]}"#, "?"] {
            assert!(draft(text).is_err(), "{text}");
        }
    }
}
