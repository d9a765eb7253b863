//! Rows of models, where the program was built with them.

#[cfg(feature = "onnx")]
use std::fs;

use crate::embedding::{photos, refused};
#[cfg(feature = "onnx")]
use crate::embedding::{succeed, text};
#[cfg(feature = "onnx")]
use crate::graphs::{ANY, channel_means, token_numbers};

#[cfg(not(feature = "onnx"))]
#[test]
fn a_program_without_models_says_how_to_build_one_with_them() {
    let message = refused(&photos(), "detect --images photos --model m.onnx --out issues.csv");
    assert!(message.contains("cargo install mislabel-cli --features onnx"), "{message}");
}

#[cfg(not(feature = "onnx"))]
#[test]
fn class_texts_need_a_program_with_models() {
    let message =
        refused(&photos(), "detect --method zero-shot --images photos --class-texts {} --text-model m --out o.csv");
    assert!(message.contains("builds one that has --text-model"), "{message}");
}

#[test]
fn a_template_needs_a_model_of_texts() {
    let message = refused(&photos(), "detect --method zero-shot --images photos --class-texts a_{} --out issues.csv");
    assert!(message.contains("\"a_{}\" is a text, not a file of rows: --text-model names the model"), "{message}");
}

#[test]
fn a_model_needs_samples() {
    let message = refused(&photos(), "detect --embeddings e.npy --labels l.csv --model m.onnx --out issues.csv");
    assert!(message.contains("--model makes rows of --images or --texts"), "{message}");
}

#[cfg(feature = "onnx")]
#[test]
fn pictures_have_rows_of_a_model_and_every_setting_is_printed_with_its_origin() {
    let folder = photos();
    fs::write(folder.path().join("m.onnx"), channel_means(&ANY)).unwrap();
    let message = refused(&folder, "embed --images photos --model m.onnx --out e.npy");
    assert!(message.contains("m.onnx: image.resize: usual are") && message.contains("image.mean"), "{message}");
    let said =
        succeed(&folder, "embed --images photos --model m.onnx --model-preset imagenet --out e.npy --manifest m.csv");
    for expected in [
        "60 rows of 3 numbers; 60 computed",
        "rows of m.onnx",
        "image.crop = 224 (preset imagenet)",
        "output.name = embedding (the only output)",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let again =
        succeed(&folder, "detect --method rer --images photos --model m.onnx --model-preset imagenet --out issues.csv");
    assert!(
        again.contains("image.mean = [0.485, 0.456, 0.406] (preset imagenet)") && !again.contains("first look"),
        "{again}"
    );
    let json = succeed(&folder, "embed --images photos --model m.onnx --model-preset imagenet --out f.npy --json");
    assert!(json.contains("\"computed\": 0") && json.contains("image.filter = bilinear (preset imagenet)"), "{json}");
    // Another preset is another cache.
    let other = succeed(&folder, "embed --images photos --model m.onnx --model-preset clip --out g.npy --json");
    assert!(other.contains("\"computed\": 60"), "{other}");
}

#[cfg(feature = "onnx")]
#[test]
fn a_check_writes_nothing_and_says_what_all_will_take() {
    let folder = photos();
    fs::write(folder.path().join("m.onnx"), channel_means(&ANY)).unwrap();
    let said = succeed(&folder, "embed --images photos --model m.onnx --model-preset clip --check --threads 1");
    for expected in [
        "Tried: 8 pictures, folders are classes of 60",
        "samples a second on 1 threads",
        "All 60: about",
        "(preset clip)",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["m.onnx", "photos"]);
    let message = refused(&folder, "embed --images photos --check --out e.npy");
    assert!(message.contains("cannot be used with"), "{message}");
}

/// A folder with a sentence encoder, `minilm`, whose tokens are numbers.
#[cfg(feature = "onnx")]
fn encoder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("minilm/model.onnx", &token_numbers(9));
    write("minilm/vocab.txt", b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\n");
    write("minilm/tokenizer_config.json", br#"{"do_lower_case": true, "model_max_length": 6}"#);
    write("minilm/1_Pooling/config.json", br#"{"pooling_mode_mean_tokens": true}"#);
    folder
}

#[cfg(feature = "onnx")]
#[test]
fn classes_are_texts_of_a_template_or_of_a_file_in_any_order() {
    let folder = encoder();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    write("t.csv", "text,label\nb a,a\nb d,d\nb a,d\nb d,a\nb a,a\nb d,d\n");
    write("classes.csv", "name,text\nd,b d\na,b a\nd,\"B D\"\n");
    let detect = |class_texts: &str, out: &str| {
        let line = format!(
            "detect --method zero-shot --texts t.csv --labels-key label --model minilm --class-texts {class_texts} \
             --text-model minilm --temperature 0.0001 --out {out}"
        );
        let said = succeed(&folder, &line);
        assert!(said.contains("text.max_tokens = 6 (tokenizer_config.json: model_max_length)"), "{said}");
        said
    };
    let said = detect("b_{}", "template.csv");
    assert!(said.contains("b_{}: 2 texts of 2 classes") && said.contains("a: \"b_a\""), "{said}");
    let said = detect("classes.csv", "file.csv");
    assert!(said.contains("classes.csv: 3 texts of 2 classes") && said.contains("d: \"b d\""), "{said}");
    let suggested = |name: &str| {
        let cell = |line: &str| line.split(',').nth(2).unwrap().to_owned();
        text(&folder, name).lines().skip(1).map(cell).collect::<Vec<String>>()
    };
    assert_eq!(suggested("file.csv"), ["a", "d", "a", "d", "a", "d"]);
    write("other.csv", "a,b a\nc,b c\n");
    let line = "detect --method zero-shot --texts t.csv --labels-key label --model minilm --class-texts other.csv \
                --text-model minilm --out o.csv";
    let message = refused(&folder, line);
    assert!(message.contains("other.csv") && message.contains("the class d"), "{message}");
}

#[cfg(feature = "onnx")]
#[test]
fn texts_have_rows_of_a_folder_and_long_ones_are_counted() {
    let folder = encoder();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    write("t.csv", b"text,label\na b,x\nA B c,y\na b c d a b c d,x\nb,y\n");
    let said = succeed(&folder, "embed --texts t.csv --labels-key label --model minilm --out e.npy --manifest m.csv");
    assert!(said.contains("4 rows of 2 numbers"), "{said}");
    assert!(said.contains("1 texts of this run have more than 6 tokens"), "{said}");
    assert!(said.contains("output.pool = mean (1_Pooling/config.json: pooling_mode_mean_tokens)"), "{said}");
    assert_eq!(text(&folder, "m.csv").lines().count(), 5);
}
