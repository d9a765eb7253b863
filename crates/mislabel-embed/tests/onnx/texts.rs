//! Texts to rows of tiny graphs.

use mislabel_embed::{ModelOptions, Onnx, Sample};
use tempfile::TempDir;

use crate::fixture::{VOCABULARY, bits, embedded, folder, lines, row, rows, setting, texts, tokens};
use crate::graphs::token_numbers;

/// A tokenizer that pads to 16 and cuts at 10, as those of sentence encoders do.
fn tokenizer_json(model: &str) -> String {
    let special = |(id, content): (usize, &str)| {
        let flags = r#""special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false"#;
        format!(r#"{{"id": {id}, "content": "{content}", {flags}}}"#)
    };
    let pieces = || VOCABULARY.lines().enumerate();
    let specials: Vec<String> = pieces().take(5).map(special).collect();
    let vocabulary: Vec<String> = pieces().map(|(id, piece)| format!("\"{piece}\": {id}")).collect();
    format!(
        r###"{{"version": "1.0", "truncation": {{"max_length": 10, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}},
        "padding": {{"strategy": {{"Fixed": 16}}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0, "pad_type_id": 0,
        "pad_token": "[PAD]"}}, "added_tokens": [{}],
        "normalizer": {{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
        "lowercase": true}}, "pre_tokenizer": {{"type": "BertPreTokenizer"}},
        "post_processor": {{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}}, "decoder": null,
        "model": {{"type": "{model}", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        "vocab": {{{}}}}}}}"###,
        specials.join(", "),
        vocabulary.join(", ")
    )
}

fn sentence_encoder(json: &str, more: &[(&str, &[u8])]) -> TempDir {
    let graph = token_numbers(11);
    let own: [(&str, &[u8]); 5] = [
        ("model.onnx", &graph),
        ("tokenizer.json", json.as_bytes()),
        (
            "modules.json",
            br#"[{"type": "x.models.Transformer"}, {"type": "x.models.Pooling"}, {"type": "x.models.Normalize"}]"#,
        ),
        ("1_Pooling/config.json", br#"{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}"#),
        ("config.json", br#"{"max_position_embeddings": 512}"#),
    ];
    folder(own.into_iter().chain(more.iter().copied()))
}

#[test]
fn a_folder_of_sentence_transformers_tells_everything() {
    let model =
        sentence_encoder(&tokenizer_json("WordPiece"), &[("sentence_bert_config.json", br#"{"max_seq_length": 6}"#)]);
    let model = texts(model.path()).unwrap();
    for expected in [
        "text.max_tokens = 6 (sentence_bert_config.json: max_seq_length)",
        "output.pool = mean (1_Pooling/config.json: pooling_mode_mean_tokens)",
        "output.normalize = true (modules.json: Normalize)",
        "output.name = last_hidden_state (the only output)",
    ] {
        assert_eq!(setting(&model, expected.split(' ').next().unwrap()), expected);
    }
    // [CLS] A b [SEP]: the means of 2, 5, 6, 3 and of their squares, at unit length.
    let expected = [4.0_f32, 18.5].map(|value| value / (16.0_f32 + 342.25).sqrt());
    let found = row(&model, &Sample::Text("A b".into()));
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6), "{found:?}");
}

#[test]
fn nothing_is_padded_whatever_the_tokenizer_says_and_long_texts_are_counted() {
    let model = sentence_encoder(&tokenizer_json("WordPiece"), &[]);
    let model = texts(model.path()).unwrap();
    assert_eq!(setting(&model, "text.max_tokens"), "text.max_tokens = 10 (tokenizer.json: truncation)");
    assert_eq!(tokens(&model, "a add [MASK]!"), [2, 5, 5, 9, 9, 4, 10, 3]);
    assert_eq!(model.truncated(), 0);
    assert_eq!(tokens(&model, &"a ".repeat(30)).len(), 10);
    assert_eq!(model.truncated(), 1);
}

#[test]
fn the_limit_that_is_asked_for_counts() {
    let folder = sentence_encoder(&tokenizer_json("WordPiece"), &[]);
    let options = ModelOptions { max_tokens: Some(4), ..ModelOptions::default() };
    let model = Onnx::of_texts(folder.path(), &options).unwrap();
    assert_eq!(setting(&model, "text.max_tokens"), "text.max_tokens = 4 (--max-tokens)");
    assert_eq!(tokens(&model, "a b c d"), [2, 5, 6, 3]);
    let none = ModelOptions { max_tokens: Some(2), ..ModelOptions::default() };
    assert!(Onnx::of_texts(folder.path(), &none).unwrap_err().to_string().contains("expected 3 or more"));
}

#[test]
fn a_vocabulary_of_lines_and_a_preset_are_enough() {
    let preset = b"[text]\nmax_tokens = 8\nprefix = \"b: \"\nlower_case = true\n[output]\npool = \"cls\"\n";
    let model = folder([("m.onnx", &*token_numbers(11)), ("m.toml", preset), ("vocab.txt", VOCABULARY.as_bytes())]);
    let model = texts(&model.path().join("m.onnx")).unwrap();
    assert_eq!(setting(&model, "text.prefix"), "text.prefix = \"b: \" (m.toml)");
    assert_eq!(tokens(&model, "CAD"), [2, 6, 1, 1, 3]);
    assert_eq!(tokens(&model, "A [MASK]"), [2, 6, 1, 5, 4, 3]);
    assert_eq!(row(&model, &Sample::Text("c".into())), [2.0, 4.0], "the row of [CLS]");
}

#[test]
fn rows_do_not_depend_on_threads_and_stay_in_order() {
    let model = sentence_encoder(&tokenizer_json("WordPiece"), &[]);
    let model = texts(model.path()).unwrap();
    let own: Vec<String> =
        (0..300).map(|number| format!("{} {}", "a b c".repeat(number % 3), "d !".repeat(number % 5))).collect();
    let place = tempfile::tempdir().unwrap();
    let own: Vec<&str> = own.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    let source = lines(&place, &own);
    let one = rows(&embedded(&source, &model, 1, None));
    let three = rows(&embedded(&source, &model, 3, None));
    assert_eq!(bits(&one), bits(&three));
    let alone = row(&model, &Sample::Text(own[0].into()));
    assert_eq!(
        bits(&one.slice(ndarray::s![0..1, ..]).to_owned()),
        alone.iter().map(|value| value.to_bits()).collect::<Vec<_>>()
    );
}

#[test]
fn a_text_that_the_graph_cannot_take_is_left_out_and_the_others_have_rows() {
    // The graph knows ten tokens, the vocabulary eleven.
    let json = tokenizer_json("WordPiece");
    let model = sentence_encoder(&json, &[("model.onnx", &token_numbers(10))]);
    let model = texts(model.path()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let embedded = embedded(&lines(&place, &["a b", "b !", "c d", "a"]), &model, 2, None);
    assert_eq!(embedded.samples().len(), 3);
    let [skipped] = embedded.skipped() else { panic!("{:?}", embedded.skipped()) };
    assert!(skipped.name.ends_with("line 2") && skipped.skip.reason.name() == "refused", "{skipped}");
    assert_eq!(embedded.computed(), 3);
}

#[test]
fn a_tokenizer_that_is_not_understood_is_refused() {
    let message = texts(sentence_encoder(&tokenizer_json("Sentences"), &[]).path()).unwrap_err().to_string();
    assert!(message.contains("tokenizer.json: tokenizers 0.23 cannot read it: "), "{message}");
}

/// `model` with tokens before and after a text: numbers 0 and 1.
fn around(model: &str) -> String {
    format!(
        r#"{{"version": "1.0", "truncation": {{"max_length": 9, "strategy": "LongestFirst", "stride": 0, "direction": "Left"}},
        "padding": null, "added_tokens": [], "normalizer": {{"type": "Lowercase"}}, "pre_tokenizer": null,
        "post_processor": {{"type": "RobertaProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0], "trim_offsets": true,
        "add_prefix_space": false}}, "decoder": null, "model": {model}}}"#
    )
}

#[test]
fn byte_pairs_and_unigrams_are_read() {
    let pairs = r#"{"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
        "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
        "vocab": {"<s>": 0, "</s>": 1, "a": 2, "b": 3, "ab": 4, "abb": 5}, "merges": [["a", "b"], ["ab", "b"]]}"#;
    let unigrams = r#"{"type": "Unigram", "unk_id": 2, "byte_fallback": false,
        "vocab": [["<s>", 0.0], ["</s>", 0.0], ["?", 0.0], ["a", -2.0], ["b", -2.0], ["ab", -1.0], ["ba", -6.0]]}"#;
    for (model, kind, text, expected) in
        [(pairs, "byte pairs", "ABbab", vec![0, 5, 4, 1]), (unigrams, "unigrams", "abba x", vec![0, 5, 4, 3, 2, 1])]
    {
        let model = sentence_encoder(&around(model), &[]);
        let model = texts(model.path()).unwrap();
        assert!(setting(&model, "text.tokenizer").ends_with(&format!("({kind})")));
        assert_eq!(tokens(&model, text), expected);
    }
}

#[test]
fn a_text_is_cut_where_the_tokenizer_says_unless_its_settings_say_otherwise() {
    let words = r#"{"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
        "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
        "vocab": {"<s>": 0, "</s>": 1, "a": 2, "b": 3}, "merges": []}"#;
    let model = sentence_encoder(&around(words), &[]);
    let model = texts(model.path()).unwrap();
    assert_eq!(setting(&model, "text.truncation_side"), "text.truncation_side = left (tokenizer.json: truncation)");
    assert_eq!(tokens(&model, "aabbaabbb"), [0, 3, 3, 2, 2, 3, 3, 3, 1]);
    assert_eq!(model.truncated(), 1);
    let right = ("tokenizer_config.json", br#"{"truncation_side": "right"}"#.as_slice());
    let model = sentence_encoder(&around(words), &[right]);
    let model = texts(model.path()).unwrap();
    assert!(setting(&model, "text.truncation_side").ends_with("right (tokenizer_config.json: truncation_side)"));
    assert_eq!(tokens(&model, "aabbaabbb"), [0, 2, 2, 3, 3, 2, 2, 3, 1]);
}

#[test]
fn models_that_count_positions_after_padding_have_room_for_fewer_tokens() {
    let config = br#"{"max_position_embeddings": 514, "model_type": "xlm-roberta", "pad_token_id": 1}"#;
    let mut json: serde_json::Value = serde_json::from_str(&tokenizer_json("WordPiece")).unwrap();
    json["truncation"] = serde_json::Value::Null;
    let model = sentence_encoder(&json.to_string(), &[("config.json", config)]);
    let model = texts(model.path()).unwrap();
    let expected = "(config.json: max_position_embeddings less pad_token_id + 1, as xlm-roberta counts)";
    assert_eq!(setting(&model, "text.max_tokens"), format!("text.max_tokens = 512 {expected}"));
}

#[test]
fn a_model_whose_texts_are_padded_is_refused() {
    let model = sentence_encoder(&tokenizer_json("WordPiece"), &[("config.json", br#"{"model_type": "siglip"}"#)]);
    let message = texts(model.path()).unwrap_err().to_string();
    assert!(message.contains("config.json: model_type = \"siglip\""), "{message}");
}
