//! What cannot be used says what is wrong and what to do, in a line.

use std::path::Path;

use crate::fixture::{AS_THEY_ARE, VOCABULARY, folder, pictures, texts};
use crate::graphs::{ANY, channel_means, token_graph, token_numbers, two_outputs, weights_beside};
use crate::proto::Axis::{self, Fixed, Varies};

fn refused(files: &[(&str, &[u8])], preset: Option<&str>) -> String {
    let folder = folder(files.iter().copied());
    let message = pictures(folder.path(), preset).unwrap_err().to_string();
    message.replace(&*folder.path().to_string_lossy(), "F")
}

fn refused_graph(axes: [Axis; 4]) -> String {
    refused(&[("m.onnx", &channel_means(&axes)), ("m.toml", AS_THEY_ARE.as_bytes())], None)
}

#[test]
fn a_model_that_nothing_is_known_of_names_the_usual_values() {
    let message = refused(&[("m.onnx", &channel_means(&ANY))], None);
    for expected in
        ["F/m.onnx: image.resize: usual are", "\"bicubic\"", "image.crop", "(preset imagenet)", "(preset clip)"]
    {
        assert!(message.contains(expected), "{message}");
    }
    assert!(!message.contains('\n'));
}

#[test]
fn graphs_that_take_something_else_are_refused() {
    for (axes, expected) in [
        ([Varies("n"), Fixed(1), Varies("h"), Varies("w")], "pixels f32 (?, 1, ?, ?) does not take three channels"),
        ([Fixed(4), Fixed(3), Varies("h"), Varies("w")], "exactly 4 pictures at once: export it with dynamic axes"),
        (
            [Varies("n"), Fixed(3), Fixed(5), Fixed(5)],
            "the graph takes pictures of 5 × 5 pixels, and the settings make them 4 × 4",
        ),
        ([Varies("n"), Varies("c"), Varies("h"), Varies("w")], "input.layout: \"nchw\" or \"nhwc\""),
    ] {
        let message = refused_graph(axes);
        assert!(message.contains(expected), "{message}");
    }
    let layout = format!("{AS_THEY_ARE}[input]\nlayout = \"nhwc\"\n");
    let message = refused(&[("m.onnx", &channel_means(&ANY)), ("m.toml", layout.as_bytes())], None);
    assert_eq!(message, "F/m.onnx: input.layout = nhwc, but the graph has nchw");
    let message = refused(&[("m.onnx", &token_numbers(9)), ("m.toml", AS_THEY_ARE.as_bytes())], None);
    assert!(
        message.contains("it takes no pictures, which have four axes: the inputs are input_ids i32 (?, ?)"),
        "{message}"
    );
}

#[test]
fn files_that_are_no_models_or_miss_a_part_are_refused() {
    let own = ("m.toml", AS_THEY_ARE.as_bytes());
    assert!(refused(&[("m.onnx", b"no model"), own], None).starts_with("F/m.onnx: rten 0.27 cannot read it"));
    let message = refused(&[("m.onnx", &weights_beside()), own], None);
    assert!(message.starts_with("F/m.onnx: its weights are in F/weights.data, which cannot be read"), "{message}");
    let message = refused(&[("a.onnx", b""), ("onnx/b.onnx", b"")], None);
    assert_eq!(message, "F: there are several models in it: name one of a.onnx, onnx/b.onnx");
    assert_eq!(refused(&[("a.txt", b"")], None), "F: there is no .onnx file in it");
    let message = refused(&[("m.onnx", &channel_means(&ANY))], Some("resnet"));
    assert!(message.contains("no such preset: expected one of clip, dinov2, imagenet"), "{message}");
    let message = refused(&[("m.onnx", &channel_means(&ANY)), ("preprocessor_config.json", b"{\"size\": 224}")], None);
    assert!(message.starts_with("F/preprocessor_config.json: size = 224 may be the shorter edge"), "{message}");
    assert!(pictures(Path::new("nowhere.onnx"), None).unwrap_err().to_string().starts_with("nowhere.onnx: "));
}

#[test]
fn outputs_that_leave_a_choice_are_named() {
    let own = ("m.toml", AS_THEY_ARE.as_bytes());
    let message = refused(&[("m.onnx", &two_outputs(["a", "b"])), own], None);
    assert!(message.contains("output.name in a preset file: the outputs are a f32 (?, 3, ?, ?), b f32"), "{message}");
    let message = refused(&[("m.onnx", &two_outputs(["a", "embedding"])), own], None);
    assert!(message.contains("has the shape [1, 3, 4, 4]: several rows for a sample"), "{message}");
    let wrong = format!("{AS_THEY_ARE}[output]\nname = \"c\"\n");
    let message = refused(&[("m.onnx", &two_outputs(["a", "b"])), ("m.toml", wrong.as_bytes())], None);
    assert!(message.contains("output.name = \"c\" (m.toml), but the outputs are a"), "{message}");
}

#[test]
fn models_of_texts_say_what_is_missing_too() {
    let graph = token_numbers(11);
    let refused = |files: &[(&str, &[u8])]| {
        let folder = folder(files.iter().copied());
        let message = texts(folder.path()).unwrap_err().to_string();
        message.replace(&*folder.path().to_string_lossy(), "F")
    };
    let vocabulary = ("vocab.txt", VOCABULARY.as_bytes());
    let lower: (&str, &[u8]) = ("tokenizer_config.json", b"{\"do_lower_case\": true, \"model_max_length\": 8}");
    let own: (&str, &[u8]) = ("m.toml", b"[text]\nlower_case = true\n");
    for (files, expected) in [
        (vec![("m.onnx", &*graph)], "there is no tokenizer.json and no vocab.txt beside it"),
        (
            vec![("m.onnx", &*graph), vocabulary],
            "F/vocab.txt: whether it is a vocabulary of small letters is not known",
        ),
        (vec![("m.onnx", &*graph), vocabulary, own], "--max-tokens, usual are 128, 256, 512"),
        (vec![("m.onnx", &*graph), vocabulary, lower], "output.pool does not say which; usual are \"mean\""),
        (
            vec![("m.onnx", &*token_graph(11, [Varies("n"), Fixed(128)])), vocabulary, lower],
            "takes texts of exactly 128 tokens: export it with dynamic axes",
        ),
        (vec![("m.onnx", &*channel_means(&ANY)), vocabulary, lower], "no input is one of tokens, of two axes"),
        (
            vec![("m.onnx", &*graph), vocabulary, ("modules.json", br#"[{"type": "x.models.Dense"}]"#)],
            "F/modules.json: the module Dense comes after the model",
        ),
        (vec![("m.onnx", &*graph), ("vocab.txt", b"a\nb"), lower], "F/vocab.txt: no line of it is [UNK]"),
    ] {
        let message = refused(&files);
        assert!(message.contains(expected), "{message}");
    }
}
