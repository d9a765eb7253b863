//! EfficientNet-Lite0 beside Pillow and ONNX Runtime, on pictures of every kind.

use std::fs;

use mislabel_embed::Onnx;
use ndarray::Array2;

use crate::fixture::{bits, cosine, embedded, expected, folder, models, photos, pictures, rows};

/// What the model takes, with the filter and the rounding left open.
const LITE0: &str = "[image]\nresize = { short_edge = 256, filter = \"FILTER\" }\ncrop = 224\ncrop_rounding = \"ROUNDING\"\n\
                     scale = 1\nmean = [127, 127, 127]\nstd = [128, 128, 128]\n";
/// Greatest difference of rows of the same pixels: the engines sum in another order.
const ENGINE: f32 = 2e-5;
/// Least cosine for ordinary pictures: decoders and resizers round differently.
const ORDINARY: f64 = 0.9995;
/// Least cosine for extreme ones: of two colors, of 3 × 3 pixels, of 2000 × 30.
const EXTREME: f64 = 0.995;
const EXTREMES: [&str; 3] = ["one-bit.png", "tiny.png", "strip.png"];

fn lite0(filter: &str, rounding: &str) -> Onnx {
    let preset = LITE0.replace("FILTER", filter).replace("ROUNDING", rounding);
    let preset = folder([("preset.toml", preset.as_bytes())]);
    let path = preset.path().join("preset.toml");
    pictures(&models().join("efficientnet-lite0"), Some(path.to_str().unwrap())).unwrap()
}

fn names() -> Vec<String> {
    fs::read_to_string(models().join("expected/photos.txt")).unwrap().lines().map(Into::into).collect()
}

fn photo_rows(model: &Onnx) -> Array2<f32> {
    let found = embedded(&photos(&models().join("photos")), model, 2, None);
    assert_eq!(found.samples().iter().map(|sample| sample.name.clone()).collect::<Vec<_>>(), names());
    rows(&found)
}

/// The cosines of rows and those that are expected, by the name of the picture.
fn cosines(found: &Array2<f32>, expected: &Array2<f32>) -> Vec<(String, f64)> {
    let pairs = found.outer_iter().zip(expected.outer_iter());
    let cosines = pairs.map(|(one, other)| cosine(&one.to_vec(), &other.to_vec()));
    names().into_iter().zip(cosines).collect()
}

fn check(filter: &str, rounding: &str, reference: &str) {
    let found = cosines(&photo_rows(&lite0(filter, rounding)), &expected(reference));
    println!("{reference}: {found:.5?}");
    for (name, cosine) in found {
        let least = if EXTREMES.contains(&&*name) { EXTREME } else { ORDINARY };
        assert!(cosine >= least, "{reference} {name} {cosine}");
    }
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn rows_of_the_same_pixels_are_those_of_onnx_runtime() {
    let preset = folder([(
        "preset.toml",
        LITE0.replace("{ short_edge = 256, filter = \"FILTER\" }", "\"none\"").replace("ROUNDING", "floor").as_bytes(),
    )]);
    let path = preset.path().join("preset.toml");
    let model = pictures(&models().join("efficientnet-lite0"), path.to_str()).unwrap();
    let found = rows(&embedded(&photos(&models().join("crops")), &model, 2, None));
    // The names of crops have another order.
    let mut order: Vec<usize> = (0..names().len()).collect();
    order.sort_by_key(|number| format!("{}.png", names()[*number]));
    let expected = expected("floor.npy").select(ndarray::Axis(0), &order);
    let difference = (&found - &expected).mapv(f32::abs).iter().copied().fold(0.0, f32::max);
    println!("greatest difference {difference:e} of {}", expected.iter().copied().fold(0.0, f32::max));
    assert!(difference <= ENGINE, "{difference}");
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn pictures_of_every_kind_have_the_rows_of_pillow_and_onnx_runtime() {
    check("bicubic", "half-even", "bicubic.npy");
    check("bilinear", "half-even", "bilinear.npy");
    check("bicubic", "floor", "floor.npy");
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn another_filter_and_another_mean_show() {
    let bilinear = cosines(&photo_rows(&lite0("bilinear", "half-even")), &expected("bicubic.npy"));
    let china = bilinear.iter().find(|(name, _)| name == "china.jpg").unwrap().1;
    println!("bilinear in place of bicubic, china.jpg: {china:.5}");
    assert!(china < 0.998, "{china}");
    let model = pictures(&models().join("efficientnet-lite0"), Some("imagenet")).unwrap();
    let imagenet = cosines(&photo_rows(&model), &expected("bilinear.npy"));
    println!("mean of ImageNet: {imagenet:.5?}");
    assert!(imagenet.iter().all(|(_, cosine)| *cosine < 0.998), "{imagenet:?}");
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn rows_of_photographs_are_the_same_bits_on_any_number_of_threads() {
    let model = pictures(&models().join("efficientnet-lite0"), Some("efficientnet-lite")).unwrap();
    let place = photos(&models().join("photos"));
    let of = |threads| bits(&rows(&embedded(&place, &model, threads, None)));
    assert_eq!(of(1), of(3));
}
