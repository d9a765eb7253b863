//! Pictures to rows of tiny graphs.

use mislabel_embed::{Embedder as _, Sample, SkipReason};

use crate::fixture::{AS_THEY_ARE, bits, embedded, folder, photos, pictures, plain, row, rows, setting};
use crate::graphs::{ANY, channel_means, means_of_bytes, two_outputs, weights_beside};

/// Sums of sixteen numbers are rounded.
fn near(found: &[f32], expected: &[f32]) {
    let is_near = |(one, other): (&f32, &f32)| (one - other).abs() < 1e-6;
    assert!(found.len() == expected.len() && found.iter().zip(expected).all(is_near), "{found:?} {expected:?}");
}

#[test]
fn bytes_are_scaled_and_the_mean_taken_off() {
    let preset = "[image]\nresize = \"none\"\ncrop = 4\nmean = [0.5, 0, 0.2]\nstd = [0.5, 1, 0.1]\n";
    let model = folder([("m.onnx", &*channel_means(&ANY)), ("m.toml", preset.as_bytes())]);
    let model = pictures(&model.path().join("m.onnx"), None).unwrap();
    near(&row(&model, &plain(6, 4, [255, 51, 102])), &[1.0, 0.2, 2.0]);
    let preset = "[image]\nresize = \"none\"\ncrop = 4\nscale = 1\nmean = [127, 127, 127]\nstd = [128, 128, 128]\n";
    let model = folder([("m.onnx", &*channel_means(&ANY)), ("m.toml", preset.as_bytes())]);
    let model = pictures(model.path(), None).unwrap();
    assert_eq!(row(&model, &plain(4, 4, [127, 255, 63])), [0.0, 1.0, -0.5]);
}

#[test]
fn channels_stand_and_follow_as_the_graph_has_them() {
    let preset = format!("{AS_THEY_ARE}[input]\nchannels = \"bgr\"\n");
    let model = folder([("m.onnx", &*channel_means(&ANY)), ("m.toml", preset.as_bytes())]);
    let model = pictures(model.path(), None).unwrap();
    near(&row(&model, &plain(4, 4, [255, 0, 51])), &[0.2, 0.0, 1.0]);
    // Bytes, channels last, a size of its own: nothing but the size that pictures are brought to is left to say.
    let preset = "[image]\nresize = { height = 4, width = 4, filter = \"bilinear\" }\n";
    let model = folder([("m.onnx", &*means_of_bytes()), ("m.toml", preset.as_bytes())]);
    let model = pictures(model.path(), None).unwrap();
    assert_eq!(setting(&model, "input.layout"), "input.layout = nhwc (the graph)");
    assert_eq!(row(&model, &plain(40, 20, [255, 0, 51])), [255.5, 0.5, 51.5]);
    assert!(!model.settings().iter().any(|setting| setting.name == "image.mean"));
}

#[test]
fn the_output_is_named_or_the_first_with_a_usual_name() {
    let output = |names: [&str; 2], more: &str| {
        let preset = format!("{AS_THEY_ARE}[output]\npool = \"mean\"\n{more}");
        let model = folder([("m.onnx", &*two_outputs(names)), ("m.toml", preset.as_bytes())]);
        let model = pictures(model.path(), None).unwrap();
        (row(&model, &plain(4, 4, [0, 255, 255])), setting(&model, "output.name"))
    };
    let (found, from) = output(["other", "image_embeds"], "");
    assert_eq!(found[1..], [-1.0, -1.0]);
    assert_eq!(from, "output.name = image_embeds (the first output with a usual name)");
    assert_eq!(output(["other", "image_embeds"], "name = \"other\"").0, [0.0, 1.0, 1.0]);
    let (found, _) = output(["a", "b"], "name = \"a\"\nnormalize = true");
    assert_eq!(found, [0.0, 0.5_f32.sqrt(), 0.5_f32.sqrt()]);
}

#[test]
fn weights_beside_the_model_are_read() {
    let weights: Vec<u8> = [1.0_f32, 2.0, 3.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let files = [("m.onnx", &*weights_beside()), ("m.toml", AS_THEY_ARE.as_bytes()), ("weights.data", &*weights)];
    let model = pictures(folder(files).path(), None).unwrap();
    assert_eq!(row(&model, &plain(4, 4, [0, 0, 255])), [1.0, 2.0, 4.0]);
}

#[test]
fn a_picture_that_cannot_be_cut_is_left_out_and_the_others_have_rows() {
    let model = folder([("m.onnx", &*channel_means(&ANY)), ("m.toml", AS_THEY_ARE.as_bytes())]);
    let model = pictures(model.path(), None).unwrap();
    let skip = model.prepare(&plain(3, 9, [0; 3])).unwrap_err();
    assert_eq!(skip.message, "3 × 9 pixels are fewer than the 4 × 4 that are cut out");
    assert_eq!(model.prepare(&Sample::Text("a".into())).unwrap_err().reason, SkipReason::Refused);
}

#[test]
fn rows_are_the_same_bits_on_any_number_of_threads_and_kept() {
    let samples = tempfile::tempdir().unwrap();
    for number in 0..50_u32 {
        let at =
            |x, y| image::Rgb([x * 7 + number, y * 5 + 3 * number, x * y + number].map(|value| (value % 256) as u8));
        let path = samples.path().join(format!("{number:02}.png"));
        image::RgbImage::from_fn(20 + number % 7, 21, at).save(path).unwrap();
    }
    let model = folder([("m.onnx", &*channel_means(&ANY))]);
    let model = pictures(&model.path().join("m.onnx"), Some("clip")).unwrap();
    let cache = tempfile::tempdir().unwrap();
    let one = embedded(&photos(samples.path()), &model, 1, None);
    let two = embedded(&photos(samples.path()), &model, 2, Some(cache.path()));
    let kept = embedded(&photos(samples.path()), &model, 3, Some(cache.path()));
    assert_eq!((one.computed(), two.computed(), kept.computed()), (50, 50, 0));
    assert_eq!(bits(&rows(&one)), bits(&rows(&two)));
    assert_eq!(bits(&rows(&one)), bits(&rows(&kept)));
}
