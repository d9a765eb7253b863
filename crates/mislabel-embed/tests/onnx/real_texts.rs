//! MiniLM beside tokenizers and ONNX Runtime.

use std::fs;
use std::path::Path;

use mislabel_core::EmbeddingSource as _;
use mislabel_embed::{Embedder, Error, Identity, Onnx, Prepared, Sample, Skip};
use mislabel_io::{EmbeddingFile, ReadOptions};
use ndarray::{Array2, ArrayViewMut2};
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fixture::{bits, cosine, embedded, expected, folder, lines, models, rows, setting, texts, tokens};
use crate::graphs::token_numbers;

/// Least cosine for weights of 32 bits: the engines sum in another order.
const SINGLE: f64 = 0.999_99;
/// The same for weights of 8 bits.
const BYTES: f64 = 0.999;

fn json(name: &str) -> Option<Value> {
    let text = fs::read_to_string(models().join("expected").join(name)).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn model(name: &str) -> Onnx {
    texts(&models().join(name)).unwrap()
}

/// The rows of `own`, all of which have one.
fn text_rows(model: &dyn Embedder, own: &[&str], threads: usize) -> Array2<f32> {
    let place = tempfile::tempdir().unwrap();
    let found = embedded(&lines(&place, own), model, threads, None);
    assert_eq!(found.samples().len(), own.len());
    rows(&found)
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn least_cosine(one: &Array2<f32>, other: &Array2<f32>) -> f64 {
    assert_eq!(one.dim(), other.dim());
    let pairs = one.outer_iter().zip(other.outer_iter());
    pairs.map(|(one, other)| cosine(&one.to_vec(), &other.to_vec())).fold(1.0, f64::min)
}

fn check_tokens(model: &Onnx, name: &str) {
    match json(name) {
        Some(cases) => check_cases(model, name, &cases),
        None => println!("{name} is not there: skipped"),
    }
}

fn check_cases(model: &Onnx, name: &str, cases: &Value) {
    let cases = cases.as_array().unwrap();
    for case in cases {
        let text = case["text"].as_str().unwrap();
        let ids: Vec<u32> = serde_json::from_value(case["ids"].clone()).unwrap();
        assert_eq!(tokens(model, text), ids, "{text:?}");
    }
    println!("{name}: {} texts, all equal", cases.len());
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn tokens_are_those_of_tokenizers() {
    let json = model("minilm");
    check_tokens(&json, "tokens.json");
    check_tokens(&json, "banking77-tokens.json");
    // The same from lines in place of tokenizer.json.
    let lines = tempfile::tempdir().unwrap();
    for name in
        ["model.onnx", "vocab.txt", "tokenizer_config.json", "sentence_bert_config.json", "1_Pooling/config.json"]
    {
        fs::create_dir_all(lines.path().join(name).parent().unwrap()).unwrap();
        fs::copy(models().join("minilm-int8").join(name), lines.path().join(name)).unwrap();
    }
    let lines = texts(lines.path()).unwrap();
    assert_eq!(setting(&lines, "text.lower_case"), "text.lower_case = true (tokenizer_config.json: do_lower_case)");
    check_tokens(&lines, "tokens.json");
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn byte_pairs_and_unigrams_are_those_of_tokenizers() {
    for name in ["clip", "roberta", "xlmr", "t5"] {
        let tokenizer = fs::read(models().join("tokenizers").join(name).join("tokenizer.json")).unwrap();
        for side in ["right", "left"] {
            let preset = format!("[text]\nmax_tokens = 77\ntruncation_side = \"{side}\"\n[output]\npool = \"mean\"\n");
            let files = [
                ("m.onnx", &*token_numbers(60_000)),
                ("m.toml", preset.as_bytes()),
                ("tokenizer.json", tokenizer.as_slice()),
            ];
            let place = folder(files);
            let cases = fs::read_to_string(models().join(format!("tokenizers/{name}/{side}.json"))).unwrap();
            let cases: Value = serde_json::from_str(&cases).unwrap();
            check_cases(&texts(place.path()).unwrap(), &format!("{name}, cut on the {side}"), &cases);
        }
    }
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn sentences_have_the_rows_of_onnx_runtime() {
    for set in ["plain", "banking77"] {
        let Some(own) = json(&format!("{set}.json")) else {
            println!("{set} is not there: skipped");
            continue;
        };
        for (name, least) in [("minilm", SINGLE), ("minilm-int8", BYTES)] {
            let found = text_rows(&model(name), &strings(&own), 2);
            let cosine = least_cosine(&found, &expected(&format!("{set}-{name}.npy")));
            println!("{set}, {name}: least cosine {cosine:.7}");
            assert!(cosine >= least, "{set} {name} {cosine}");
        }
    }
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn questions_have_the_rows_that_torch_computed() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/banking77_minilm/embeddings.npy");
    let (Some(own), true) = (json("banking77.json"), stored.exists()) else {
        return println!("the questions, or ../shared/data, are not there: skipped");
    };
    let own = strings(&own);
    let mut torch = Array2::zeros((own.len(), 384));
    EmbeddingFile::open(&stored, &ReadOptions::default()).unwrap().read_rows(0, torch.view_mut()).unwrap();
    // The stored rows have 16 bits. What is lost with weights of 8 bits is lost with ONNX Runtime, too.
    for (name, least) in [("minilm", SINGLE), ("minilm-int8", 0.998)] {
        let cosine = least_cosine(&text_rows(&model(name), &own, 2), &torch);
        println!("{name}: least cosine to torch {cosine:.7}");
        assert!(cosine >= least, "{name} {cosine}");
    }
}

/// Counts the tokens that a model is given.
struct Counting<'a> {
    model: &'a Onnx,
    tokens: AtomicUsize,
}

impl Embedder for Counting<'_> {
    fn identity(&self) -> Identity {
        self.model.identity()
    }

    fn dimension(&self) -> usize {
        self.model.dimension()
    }

    fn prepare(&self, sample: &Sample) -> Result<Prepared, Skip> {
        self.model.prepare(sample)
    }

    fn embed(&self, batch: &[Prepared], rows: ArrayViewMut2<'_, f32>) -> Result<(), Error> {
        self.tokens.fetch_add(batch.iter().map(Prepared::group).sum(), Ordering::Relaxed);
        self.model.embed(batch, rows)
    }
}

#[test]
#[ignore = "needs the models of scripts/embed-models: MISLABEL_EMBED_MODELS names their folder"]
fn no_token_is_padding_and_rows_do_not_depend_on_threads() {
    let own = json("plain.json").unwrap();
    let own: Vec<&str> = strings(&own);
    let model = model("minilm");
    let different: std::collections::HashSet<&str> = own.iter().copied().collect();
    let needed: usize = different.into_iter().map(|text| tokens(&model, text).len()).sum();
    let counting = Counting { model: &model, tokens: AtomicUsize::new(0) };
    let one = text_rows(&counting, &own, 1);
    assert_eq!(counting.tokens.into_inner(), needed);
    assert_eq!(bits(&one), bits(&text_rows(&model, &own, 3)));
}
