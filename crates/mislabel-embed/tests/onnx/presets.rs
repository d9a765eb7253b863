//! Settings, and where they come from.

use crate::fixture::{folder, pictures, setting};
use crate::graphs::{ANY, channel_means};
use crate::proto::Axis::{Fixed, Varies};

const PROCESSOR: &[u8] =
    br#"{"image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 256}, "resample": 3,
    "crop_size": {"height": 224, "width": 224}, "image_mean": [0.4, 0.4, 0.4], "image_std": [0.2, 0.2, 0.2]}"#;
const TIMM: &[u8] = br#"{"pretrained_cfg": {"input_size": [3, 160, 160], "interpolation": "bilinear", "crop_pct": 0.8,
    "mean": [0.1, 0.1, 0.1], "std": [0.3, 0.3, 0.3]}}"#;

#[test]
fn what_hugging_face_puts_beside_a_model_is_read_and_named() {
    let model = folder([("onnx/model.onnx", &*channel_means(&ANY)), ("preprocessor_config.json", PROCESSOR)]);
    for path in [model.path().to_owned(), model.path().join("onnx/model.onnx")] {
        let model = pictures(&path, None).unwrap();
        for expected in [
            "input.name = pixels (the only input of four axes)",
            "input.layout = nchw (the graph)",
            "image.resize = { short_edge = 256 } (preprocessor_config.json: size)",
            "image.filter = bicubic (preprocessor_config.json: resample = 3)",
            "image.crop = 224 (preprocessor_config.json: crop_size)",
            "image.crop_rounding = floor (preprocessor_config.json: as Hugging Face crops)",
            "image.scale = 255 (preprocessor_config.json: no rescale_factor, the default is 1/255)",
            "image.mean = [0.4, 0.4, 0.4] (preprocessor_config.json: image_mean)",
            "image.std = [0.2, 0.2, 0.2] (preprocessor_config.json: image_std)",
            "output.name = embedding (the only output)",
            "output.normalize = false (default)",
        ] {
            assert_eq!(setting(&model, expected.split(' ').next().unwrap()), expected);
        }
    }
}

#[test]
fn the_more_trusted_source_counts() {
    let own = b"[image]\ncrop = 200\n";
    let all = [
        ("m.onnx", &*channel_means(&ANY)),
        ("m.toml", own),
        ("preprocessor_config.json", PROCESSOR),
        ("config.json", TIMM),
    ];
    let resolved = |files: &[(&str, &[u8])], preset: Option<&str>| {
        let model = folder(files.iter().copied());
        let model = pictures(model.path(), preset).unwrap();
        ["image.crop", "image.filter"].map(|name| setting(&model, name))
    };
    let [crop, filter] = resolved(&all, None);
    assert_eq!(crop, "image.crop = 200 (m.toml)");
    assert_eq!(filter, "image.filter = bicubic (preprocessor_config.json: resample = 3)");
    let timm = resolved(&[all[0], all[3]], None);
    assert_eq!(
        timm,
        ["image.crop = 160 (config.json: input_size)", "image.filter = bilinear (config.json: interpolation)"]
    );
    assert_eq!(
        resolved(&all, Some("imagenet")),
        ["image.crop = 224 (preset imagenet)", "image.filter = bilinear (preset imagenet)"]
    );
}

#[test]
fn a_preset_may_be_a_file() {
    let preset = b"[image]\nresize = { height = 8, width = 6, filter = \"box\" }\nmean = [0, 0, 0]\nstd = [1, 1, 1]\n";
    let model = folder([("m.onnx", &*channel_means(&ANY)), ("own.toml", preset)]);
    let path = model.path().join("own.toml");
    let found = pictures(model.path(), Some(path.to_str().unwrap())).unwrap();
    assert_eq!(setting(&found, "image.resize"), "image.resize = { height = 8, width = 6 } (own.toml)");
    assert_eq!(setting(&found, "image.crop"), "image.crop = none (resize has height and width)");
}

#[test]
fn a_size_that_the_graph_fixes_is_the_crop() {
    let axes = [Varies("batch"), Fixed(3), Fixed(64), Fixed(48)];
    let preset = b"[image]\nresize = { short_edge = 80, filter = \"bicubic\" }\nmean = [0, 0, 0]\nstd = [1, 1, 1]\n";
    let model = folder([("m.onnx", &*channel_means(&axes)), ("m.toml", preset)]);
    let model = pictures(model.path(), None).unwrap();
    assert_eq!(setting(&model, "image.crop"), "image.crop = { height = 64, width = 48 } (the graph)");
    assert_eq!(
        setting(&model, "image.crop_rounding"),
        "image.crop_rounding = half-even (default: as torchvision crops)"
    );
}

#[test]
fn a_model_for_one_picture_at_a_time_is_used_so() {
    let axes = [Fixed(1), Fixed(3), Varies("height"), Varies("width")];
    let model = folder([("m.onnx", &*channel_means(&axes))]);
    let model = pictures(model.path(), Some("clip")).unwrap();
    assert_eq!(mislabel_embed::Embedder::batch_size(&model), 1);
}
