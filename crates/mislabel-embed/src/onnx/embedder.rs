//! Embeddings of an ONNX model.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{ArrayView2, ArrayViewMut2};
#[cfg(feature = "images")]
use rten::DataType;
use rten::{NodeId, ThreadPool, Value};
#[cfg(feature = "images")]
use rten_tensor::Tensor;
use twox_hash::XxHash3_128;

use crate::embedder::{Embedder, Prepared, Sample};
use crate::error::{Error, Result};
use crate::identity::Identity;
#[cfg(feature = "images")]
use crate::onnx::graph::described;
use crate::onnx::graph::{ENGINE, Graph, Numbers, Port};
use crate::onnx::options::ModelOptions;
use crate::onnx::output::output;
use crate::onnx::pooling::Pooling;
use crate::onnx::sessions::Sessions;
use crate::onnx::text_inputs::TextInputs;
use crate::preset::built_in::{NAMES, built_in};
use crate::preset::draft::Draft;
use crate::preset::file;
use crate::preset::folder::ModelFolder;
#[cfg(feature = "images")]
use crate::preset::pictures::{PictureInput, Preprocessing};
use crate::preset::setting::{Setting, Told};
use crate::preset::values::{Layout, Pool};
use crate::samples::skipped::{Skip, SkipReason};
use crate::tokens::tokenizer::{of_json, of_lines};
use crate::tokens::word_piece::WordPiece;

/// The version of what happens around the engine.
const NAME: &str = "onnx-1";
/// Pictures in a batch: transformers gain no more from larger ones, and convolutions nothing.
#[cfg(feature = "images")]
const PICTURES: usize = 8;
/// Texts in a batch.
const TEXTS: usize = 32;
/// Texts that are cut before batches are made of them: lengths are many, and only equal ones share a batch.
const TEXTS_AHEAD: usize = 64 * TEXTS;
/// Fewest tokens that a text is given room for: one beside those around it.
const FEWEST_TOKENS: usize = 3;

/// Embeddings of an ONNX model, by [rten], which needs no other program and library.
///
/// A model is a file, or a folder with `model.onnx` or `onnx/model.onnx`. How its samples are prepared and which output is the
/// embedding is known from [`ModelOptions`], from a preset beside the model (`model.toml`), from the files that Hugging Face, timm,
/// and sentence-transformers put there, and from the graph, in this order; what none of them tells is an error that names the
/// usual values. [`settings`](Self::settings) has every value with where it comes from.
///
/// Rows are the same bits in any batch and on any number of threads of one kind of processor. They differ from those of ONNX
/// Runtime by rounding: `docs/embeddings.md` has figures. Weights of 8 bits are computed with in f32.
///
/// [rten]: https://docs.rs/rten
#[derive(Debug)]
pub struct Onnx {
    graph: Graph,
    work: Work,
    output: NodeId,
    pooling: Pooling,
    dimension: usize,
    settings: Vec<Setting>,
    notes: Vec<String>,
    identity: Identity,
    sessions: Sessions,
    /// Texts that were cut.
    truncated: AtomicUsize,
}

/// What the model takes.
#[derive(Debug)]
enum Work {
    #[cfg(feature = "images")]
    Pictures {
        input: NodeId,
        takes_one: bool,
        preprocessing: Box<Preprocessing>,
    },
    Texts {
        inputs: TextInputs,
        tokenizer: Box<WordPiece>,
        max_tokens: usize,
        lower_case: bool,
        prefix: String,
    },
}

/// What is known before the graph has run.
struct Plan {
    work: Work,
    output: Told<Port>,
    pool: Option<Told<Pool>>,
    normalize: Option<Told<bool>>,
    layout: Layout,
    settings: Vec<Setting>,
    /// What rows depend on beside the settings.
    libraries: String,
}

impl Onnx {
    /// The model at `path` as an embedder of pictures.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::Model`]: a model that the engine does not take or that takes no pictures, a file beside it that is
    /// not understood, a setting that nothing tells or that contradicts the graph.
    #[cfg(feature = "images")]
    pub fn of_pictures(path: &Path, options: &ModelOptions) -> Result<Self> {
        let folder = ModelFolder::find(path)?;
        let draft = stated(options)?.or(folder.on_pictures()?);
        let graph = Graph::open(&folder.model)?;
        let plan = pictures(&graph, &draft);
        Self::planned(graph, plan)
    }

    /// The model at `path` as an embedder of texts.
    ///
    /// # Errors
    /// As [`of_pictures`](Self::of_pictures); also where there is no tokenizer beside the model.
    pub fn of_texts(path: &Path, options: &ModelOptions) -> Result<Self> {
        let folder = ModelFolder::find(path)?;
        let draft = stated(options)?.or(folder.on_texts()?);
        let graph = Graph::open(&folder.model)?;
        let tokenizer = tokenizer(&folder.model, &draft)?;
        let plan = texts(&graph, &draft, tokenizer);
        Self::planned(graph, plan)
    }

    /// Every setting with where it comes from.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// What should be known of the model, a sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The file that the model is in.
    pub fn path(&self) -> &Path {
        &self.graph.path
    }

    /// Bytes of the model with its weights.
    pub fn bytes(&self) -> u64 {
        self.graph.bytes
    }

    /// Texts that had more tokens than the model takes, among those that were prepared so far; only their beginnings count.
    pub fn truncated(&self) -> usize {
        self.truncated.load(Ordering::Relaxed)
    }

    /// Tries the graph on a plain sample, which tells the length of a row.
    fn planned(graph: Graph, plan: Result<Plan, String>) -> Result<Self> {
        let path = graph.path.clone();
        let refuse = |problem: String| Error::Model { path: path.clone(), problem };
        let Plan { work, output, pool, normalize, layout, mut settings, libraries } = plan.map_err(refuse)?;
        settings.push(Setting { name: "output.name", value: output.value.name.clone(), from: output.from });
        let normalize = normalize.unwrap_or_else(|| Told::new(false, "default"));
        let pooling =
            Pooling { pool: pool.as_ref().map_or(Pool::None, |told| told.value), layout, normalize: normalize.value };
        let mut onnx = Self {
            work,
            output: output.value.id,
            pooling,
            dimension: 0,
            settings,
            notes: Vec::new(),
            identity: Identity::new(NAME),
            sessions: Sessions::default(),
            truncated: AtomicUsize::new(0),
            graph,
        };
        let (rows, axes) = onnx.trial().map_err(refuse)?;
        onnx.dimension = rows;
        let pool = match pool {
            Some(told) if axes > 2 => told,
            _ => Told::new(Pool::None, "the output has one row for a sample"),
        };
        onnx.settings.extend([pool.setting("output.pool"), normalize.setting("output.normalize")]);
        onnx.notes.extend(scores(&output.value.name));
        let mut identity = Identity::new(NAME).with("model", &onnx.graph.hash).with("engine", engine());
        identity = identity.with("libraries", libraries);
        // A tokenizer counts by its content, which is among the libraries, not by its place.
        for setting in onnx.settings.iter().filter(|setting| setting.name != "text.tokenizer") {
            identity = identity.with(setting.name, &setting.value);
        }
        onnx.identity = identity;
        Ok(onnx)
    }

    /// The length of a row, and the axes of the output, for a plain sample, alone and twice.
    fn trial(&self) -> Result<(usize, usize), String> {
        let sample = self.plain();
        let counts: &[usize] = if self.takes_one() { &[1] } else { &[1, 2] };
        let mut found = (0, 0);
        for count in counts {
            let batch = vec![sample.clone(); *count];
            let inputs = self.inputs(&batch)?;
            let given = self.sessions.with(|pool| self.graph.tried(inputs, self.output, pool));
            let given = given.map_err(|problem| format!("it cannot be run on {count} samples: {problem}"))?;
            let axes = given.shape.len();
            found = (self.pooling.rows(given, *count)?.len() / count, axes);
        }
        match found {
            (0, _) => Err("its rows have no numbers".into()),
            found => Ok(found),
        }
    }

    /// A sample that is like any other to the graph.
    fn plain(&self) -> Prepared {
        match &self.work {
            #[cfg(feature = "images")]
            Work::Pictures { preprocessing, .. } => {
                Prepared::Pixels(vec![128; 3 * preprocessing.size.0 * preprocessing.size.1])
            }
            Work::Texts { tokenizer, max_tokens, .. } => Prepared::Tokens(tokenizer.tokens("a b c d", *max_tokens).0),
        }
    }

    fn takes_one(&self) -> bool {
        match &self.work {
            #[cfg(feature = "images")]
            Work::Pictures { takes_one, .. } => *takes_one,
            Work::Texts { inputs, .. } => inputs.takes_one,
        }
    }

    /// What the graph takes for `batch`.
    fn inputs(&self, batch: &[Prepared]) -> Result<Vec<(NodeId, Value)>, String> {
        match &self.work {
            #[cfg(feature = "images")]
            Work::Pictures { input, preprocessing, .. } => {
                Ok(vec![(*input, picture_value(preprocessing, &pixels(batch)?)?)])
            }
            Work::Texts { inputs, .. } => {
                let tokens = batch.iter().map(|prepared| match prepared {
                    Prepared::Tokens(tokens) => Ok(tokens.as_slice()),
                    _ => Err(FOREIGN.to_owned()),
                });
                let tokens = tokens.collect::<Result<Vec<&[u32]>, String>>()?;
                let length = tokens.first().map_or(0, |tokens| tokens.len());
                inputs.values(&tokens, length)
            }
        }
    }

    fn rows(&self, batch: &[Prepared], pool: Arc<ThreadPool>) -> Result<Vec<f32>, String> {
        let given: Numbers = self.graph.run(self.inputs(batch)?, self.output, pool)?;
        let rows = self.pooling.rows(given, batch.len())?;
        match rows.len() == batch.len() * self.dimension {
            true => Ok(rows),
            false => Err(format!("{} numbers for {} samples of {}", rows.len(), batch.len(), self.dimension)),
        }
    }
}

const FOREIGN: &str = "it was handed what another embedder prepared";

impl Embedder for Onnx {
    fn identity(&self) -> Identity {
        self.identity.clone()
    }

    fn dimension(&self) -> usize {
        self.dimension
    }

    fn prepare(&self, sample: &Sample) -> Result<Prepared, Skip> {
        match (&self.work, sample) {
            #[cfg(feature = "images")]
            (Work::Pictures { preprocessing, .. }, Sample::Picture(picture)) => {
                preprocessing.pixels(picture).map(Prepared::Pixels)
            }
            #[cfg(feature = "images")]
            (Work::Pictures { .. }, Sample::Text(_)) => {
                Err(Skip::new(SkipReason::Refused, "a text where a picture is expected"))
            }
            (Work::Texts { tokenizer, max_tokens, lower_case, prefix, .. }, Sample::Text(text)) => {
                let text = format!("{prefix}{text}");
                let text = if *lower_case { text.to_lowercase() } else { text };
                let (tokens, is_cut) = tokenizer.tokens(&text, *max_tokens);
                self.truncated.fetch_add(usize::from(is_cut), Ordering::Relaxed);
                match tokens.is_empty() {
                    true => Err(Skip::new(SkipReason::EmptyText, "the text has no token")),
                    false => Ok(Prepared::Tokens(tokens)),
                }
            }
            (Work::Texts { .. }, Sample::Picture(_)) => {
                Err(Skip::new(SkipReason::Refused, "a picture where a text is expected"))
            }
        }
    }

    fn embed(&self, batch: &[Prepared], mut rows: ArrayViewMut2<'_, f32>) -> Result<()> {
        let refuse = |problem: String| Error::Embedder { embedder: self.graph.path.display().to_string(), problem };
        let found = self.sessions.with(|pool| self.rows(batch, pool)).map_err(refuse)?;
        let found = ArrayView2::from_shape((batch.len(), self.dimension), &found);
        rows.assign(&found.map_err(|error| refuse(error.to_string()))?);
        Ok(())
    }

    fn batch_size(&self) -> usize {
        match &self.work {
            _ if self.takes_one() => 1,
            #[cfg(feature = "images")]
            Work::Pictures { .. } => PICTURES,
            Work::Texts { .. } => TEXTS,
        }
    }

    fn ahead(&self) -> usize {
        match &self.work {
            #[cfg(feature = "images")]
            Work::Pictures { .. } => 8 * PICTURES,
            Work::Texts { .. } => TEXTS_AHEAD,
        }
    }
}

/// What is said of the model from outside its folder.
fn stated(options: &ModelOptions) -> Result<Draft> {
    let preset = match &options.preset {
        None => Draft::default(),
        Some(name) => match built_in(name) {
            Some(preset) => preset,
            None if Path::new(name).exists() => file::preset(Path::new(name))?,
            None => {
                let problem =
                    format!("there is no such file, and no such preset: expected one of {}", NAMES.join(", "));
                return Err(Error::Model { path: name.into(), problem });
            }
        },
    };
    let max_tokens = options.max_tokens.map(|most| Told::new(most, "--max-tokens"));
    Ok(Draft { max_tokens, ..Draft::default() }.or(preset))
}

/// The engine and the instructions that it uses: they decide the last bits.
fn engine() -> String {
    #[cfg(target_arch = "x86_64")]
    let instructions = match () {
        () if std::is_x86_feature_detected!("avx512f") => "avx512",
        () if std::is_x86_feature_detected!("avx2") => "avx2",
        () => "sse",
    };
    #[cfg(not(target_arch = "x86_64"))]
    let instructions = std::env::consts::ARCH;
    format!("{ENGINE} {instructions}")
}

/// A note where the name of an output says that it is no embedding.
fn scores(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let is_score = ["logit", "prob", "softmax", "score"].iter().any(|word| lower.contains(word));
    is_score.then(|| {
        format!("the output {name} looks like scores of classes, not like an embedding: output.name may name an inner value of the graph")
    })
}

#[cfg(feature = "images")]
fn pixels(batch: &[Prepared]) -> Result<Vec<&[u8]>, String> {
    fn bytes(prepared: &Prepared) -> Result<&[u8], String> {
        match prepared {
            Prepared::Pixels(bytes) => Ok(bytes),
            _ => Err(FOREIGN.to_owned()),
        }
    }
    batch.iter().map(bytes).collect()
}

#[cfg(feature = "images")]
fn picture_value(preprocessing: &Preprocessing, batch: &[&[u8]]) -> Result<Value, String> {
    let (height, width) = preprocessing.size;
    let shape = match preprocessing.layout {
        Layout::Nchw => [batch.len(), 3, height, width],
        Layout::Nhwc => [batch.len(), height, width, 3],
    };
    let Some(scaling) = preprocessing.scaling else {
        let tensor = Tensor::try_from_data(&shape[..], batch.concat()).map_err(|error| error.to_string())?;
        return Ok(Value::from(tensor));
    };
    let mut numbers = Vec::with_capacity(shape.iter().product());
    batch.iter().for_each(|bytes| preprocessing.scale(scaling, bytes, &mut numbers));
    let tensor = Tensor::try_from_data(&shape[..], numbers).map_err(|error| error.to_string())?;
    Ok(Value::from(tensor))
}

#[cfg(feature = "images")]
fn pictures(graph: &Graph, draft: &Draft) -> Result<Plan, String> {
    let port = picture_port(&graph.inputs(), draft.input.as_ref())?;
    let (input, takes_one) = picture_input(&port.value)?;
    let (preprocessing, mut settings) = Preprocessing::new(draft, input)?;
    settings.insert(0, Setting { name: "input.name", value: port.value.name.clone(), from: port.from });
    let layout = preprocessing.layout;
    let work = Work::Pictures { input: port.value.id, takes_one, preprocessing: Box::new(preprocessing) };
    let output = output(graph, draft.output.as_ref(), false)?;
    let (pool, normalize) = (draft.pool.clone(), draft.normalize.clone());
    Ok(Plan { work, output, pool, normalize, layout, settings, libraries: Preprocessing::library().into() })
}

/// The input of four axes, or the one that is named.
#[cfg(feature = "images")]
fn picture_port(inputs: &[Port], named: Option<&Told<String>>) -> Result<Told<Port>, String> {
    let problem = |what: &str| format!("{what}: the inputs are {}", described(inputs));
    if let Some(Told { value: name, from }) = named {
        let found = inputs.iter().find(|port| port.name == *name);
        return found
            .map(|port| Told::new(port.clone(), from))
            .ok_or_else(|| problem(&format!("input.name = {name:?}")));
    }
    let is_picture = |port: &&Port| port.axes.as_ref().is_some_and(|axes| axes.len() == 4);
    match (inputs.iter().filter(is_picture).collect::<Vec<_>>().as_slice(), inputs) {
        ([only], _) => Ok(Told::new((*only).clone(), "the only input of four axes")),
        ([], [only]) if only.axes.is_none() => Ok(Told::new(only.clone(), "the only input")),
        ([], _) => Err(problem("it takes no pictures, which have four axes")),
        _ => Err(problem("name the one of pictures with input.name in a preset file")),
    }
}

/// What `port` says of pictures, and whether it takes one at a time.
#[cfg(feature = "images")]
fn picture_input(port: &Port) -> Result<(PictureInput, bool), String> {
    let wrong = |what: &str| format!("the input {} {what}", port.described());
    let takes_bytes = match port.kind {
        None | Some(DataType::Float) => false,
        Some(DataType::UInt8) => true,
        Some(_) => return Err(wrong("takes neither f32 nor bytes")),
    };
    let Some(axes) = &port.axes else { return Ok((PictureInput { layout: None, size: None, takes_bytes }, false)) };
    let &[count, one, two, three] = axes.as_slice() else { return Err(wrong("has other than four axes")) };
    let (layout, height, width) = match (one, three) {
        (Some(3), Some(3)) => (None, None, None),
        (Some(3), _) => (Some(Layout::Nchw), two, three),
        (_, Some(3)) => (Some(Layout::Nhwc), one, two),
        (None, None) => (None, None, None),
        (Some(_), _) | (_, Some(_)) if one.is_some_and(|one| one < 16) || three.is_some_and(|three| three < 16) => {
            return Err(wrong("does not take three channels"));
        }
        _ => (None, None, None),
    };
    match count {
        None | Some(1) => Ok((PictureInput { layout, size: height.zip(width), takes_bytes }, count == Some(1))),
        Some(count) => Err(wrong(&format!("takes exactly {count} pictures at once: export it with dynamic axes"))),
    }
}

/// Whether `path` is a `tokenizer.json` by its name, not a vocabulary.
fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// The tokenizer that `draft` names, and XXH3 of its file, 128 bits.
fn tokenizer(model: &Path, draft: &Draft) -> Result<(WordPiece, u128)> {
    let Some(Told { value: path, .. }) = &draft.tokenizer else {
        let problem =
            "there is no tokenizer.json and no vocab.txt beside it: text.tokenizer in a preset file names one".into();
        return Err(Error::Model { path: model.into(), problem });
    };
    let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
    let hash = XxHash3_128::oneshot(text.as_bytes());
    if is_json(path) {
        return Ok((of_json(path, &text)?, hash));
    }
    let lower_case = draft.lower_case.as_ref().map(|told| told.value);
    let unknown = || {
        Error::Model {
        path: path.clone(),
        problem: "whether it is a vocabulary of small letters is not known: text.lower_case in a preset file, true for models \
                  called uncased, false for those called cased"
            .into(),
    }
    };
    Ok((of_lines(path, &text, lower_case.ok_or_else(unknown)?)?, hash))
}

fn texts(graph: &Graph, draft: &Draft, (tokenizer, hash): (WordPiece, u128)) -> Result<Plan, String> {
    let inputs = TextInputs::new(&graph.inputs(), draft.input.as_ref().map(|told| told.value.as_str()))?;
    let Some(max_tokens) = draft.max_tokens.clone() else {
        return Err("how many tokens a text may have is not known: --max-tokens, usual are 128, 256, 512".into());
    };
    if max_tokens.value < FEWEST_TOKENS {
        return Err(format!(
            "text.max_tokens = {} ({}): expected {FEWEST_TOKENS} or more",
            max_tokens.value, max_tokens.from
        ));
    }
    let lower_case = draft.lower_case.clone().unwrap_or_else(|| Told::new(false, "as the tokenizer has it"));
    let is_json = draft.tokenizer.as_ref().is_some_and(|told| is_json(&told.value));
    let prefix = draft.prefix.clone().unwrap_or_else(|| Told::new(String::new(), "default"));
    let tokenizer_name = draft.tokenizer.as_ref().map_or_else(String::new, |told| told.value.display().to_string());
    let mut settings = vec![
        Setting { name: "text.tokenizer", value: tokenizer_name, from: "WordPiece".into() },
        max_tokens.setting("text.max_tokens"),
        lower_case.setting("text.lower_case"),
    ];
    if !prefix.value.is_empty() {
        settings.push(Setting { name: "text.prefix", value: format!("{:?}", prefix.value), from: prefix.from });
    }
    let output = output(graph, draft.output.as_ref(), true)?;
    let libraries = format!("WordPiece {hash:032x}");
    let work = Work::Texts {
        inputs,
        tokenizer: Box::new(tokenizer),
        max_tokens: max_tokens.value,
        // A vocabulary of lines has it in its tokenizer, which leaves special tokens as they are.
        lower_case: lower_case.value && is_json,
        prefix: prefix.value,
    };
    let (pool, normalize) = (draft.pool.clone(), draft.normalize.clone());
    Ok(Plan { work, output, pool, normalize, layout: Layout::Nchw, settings, libraries })
}
