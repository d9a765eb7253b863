//! Presets by name: numbers that papers and their code state, no weights.

use crate::preset::draft::Draft;
use crate::preset::setting::Told;
use crate::preset::values::{Crop, CropRounding, Interpolation, PerChannel, Pool, Resize};

/// The presets that have a name.
pub(crate) const NAMES: [&str; 5] = ["clip", "dinov2", "imagenet", "efficientnet-lite", "sentence-transformers"];

/// Mean and standard deviation of the colors of ImageNet.
const IMAGENET: ([f32; 3], [f32; 3]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
/// The same of CLIP's training data.
const CLIP: ([f32; 3], [f32; 3]) =
    ([0.481_454_66, 0.457_827_5, 0.408_210_73], [0.268_629_54, 0.261_302_6, 0.275_777_1]);
/// EfficientNet-Lite takes bytes less 127, over 128.
const LITE: ([f32; 3], [f32; 3]) = ([127.0; 3], [128.0; 3]);

/// The preset called `name`.
pub(crate) fn built_in(name: &str) -> Option<Draft> {
    use Interpolation::{Bicubic, Bilinear};
    let pictures =
        |short_edge, interpolation, scale, (mean, std)| Pictures { short_edge, interpolation, scale, mean, std };
    let preset = match name {
        "clip" => pictures(224, Bicubic, 255.0, CLIP).draft(name),
        "dinov2" => pictures(256, Bicubic, 255.0, IMAGENET).draft(name),
        "imagenet" => pictures(256, Bilinear, 255.0, IMAGENET).draft(name),
        "efficientnet-lite" => pictures(256, Bicubic, 1.0, LITE).draft(name),
        "sentence-transformers" => Draft {
            pool: Some(Told::new(Pool::Mean, from(name))),
            normalize: Some(Told::new(true, from(name))),
            ..Draft::default()
        },
        _ => return None,
    };
    Some(preset)
}

fn from(name: &str) -> String {
    format!("preset {name}")
}

/// What differs between presets of pictures: all take 224 pixels from the middle.
struct Pictures {
    short_edge: usize,
    interpolation: Interpolation,
    scale: f32,
    mean: [f32; 3],
    std: [f32; 3],
}

impl Pictures {
    fn draft(self, name: &str) -> Draft {
        Draft {
            resize: Some(Told::new(Resize::ShortEdge(self.short_edge), from(name))),
            interpolation: Some(Told::new(self.interpolation, from(name))),
            crop: Some(Told::new(Crop::Middle(224, 224), from(name))),
            crop_rounding: Some(Told::new(CropRounding::HalfEven, from(name))),
            scale: Some(Told::new(self.scale, from(name))),
            mean: Some(Told::new(PerChannel(self.mean), from(name))),
            std: Some(Told::new(PerChannel(self.std), from(name))),
            ..Draft::default()
        }
    }
}
