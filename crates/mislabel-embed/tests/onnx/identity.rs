//! What a cache is found by.

use std::fs;

use mislabel_embed::Embedder as _;

use crate::fixture::{AS_THEY_ARE, VOCABULARY, folder, pictures, texts};
use crate::graphs::{ANY, channel_means, token_numbers, weights_beside};

#[test]
fn rows_belong_to_the_bytes_of_the_model_and_to_the_settings_wherever_they_come_from() {
    let digest = |graph: &[u8], preset: &str| {
        let model = folder([("m.onnx", graph), ("m.toml", preset.as_bytes())]);
        pictures(model.path(), None).unwrap().identity().digest()
    };
    let graph = channel_means(&ANY);
    let one = digest(&graph, AS_THEY_ARE);
    assert_eq!(one, digest(&graph, AS_THEY_ARE), "another folder");
    assert_eq!(
        one,
        digest(&graph, &format!("{AS_THEY_ARE}[output]\nnormalize = false\n")),
        "the same value, from a file"
    );
    // A field that nobody knows changes the file, and nothing else.
    let other = [&*graph, &[0xa2, 0x06, 0x00]].concat();
    let different = [
        digest(&other, AS_THEY_ARE),
        digest(&graph, &AS_THEY_ARE.replace("crop = 4", "crop = 3")),
        digest(&graph, &format!("{AS_THEY_ARE}[output]\nnormalize = true\n")),
    ];
    assert!(different.iter().all(|digest| *digest != one), "{one} {different:?}");
}

#[test]
fn rows_belong_to_weights_beside_the_model() {
    let weights = |value: f32| value.to_le_bytes().repeat(3);
    let files = [("m.onnx", &*weights_beside()), ("m.toml", AS_THEY_ARE.as_bytes()), ("weights.data", &*weights(1.0))];
    let model = folder(files);
    let digest = || pictures(model.path(), None).unwrap().identity().digest();
    let before = digest();
    fs::write(model.path().join("weights.data"), weights(2.0)).unwrap();
    assert_ne!(before, digest());
}

#[test]
fn rows_of_texts_belong_to_the_content_of_the_tokenizer() {
    let preset = b"[text]\nlower_case = true\nmax_tokens = 8\n[output]\npool = \"mean\"\n";
    let digest = |vocabulary: &str| {
        let model = folder([("m.onnx", &*token_numbers(20)), ("m.toml", preset), ("vocab.txt", vocabulary.as_bytes())]);
        texts(model.path()).unwrap().identity().digest()
    };
    assert_eq!(digest(VOCABULARY), digest(VOCABULARY));
    assert_ne!(digest(VOCABULARY), digest(&format!("{VOCABULARY}\nmore")));
}
