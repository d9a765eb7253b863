//! Embeddings of an ONNX model.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{ArrayView2, ArrayViewMut2};
use rten::{NodeId, ThreadPool, Value};

use crate::embedder::{Embedder, Prepared, Sample};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::onnx::graph::{ENGINE, Graph, Numbers};
use crate::onnx::options::ModelOptions;
#[cfg(feature = "images")]
use crate::onnx::picture_plan::{picture_value, pictures};
use crate::onnx::plan::{FOREIGN, Plan, Work};
use crate::onnx::pooling::Pooling;
use crate::onnx::sessions::Sessions;
use crate::onnx::text_plan::{texts, tokenizer};
use crate::preset::built_in::{NAMES, built_in};
use crate::preset::draft::Draft;
use crate::preset::file;
use crate::preset::folder::ModelFolder;
use crate::preset::setting::{Setting, Told};
use crate::preset::values::Pool;
use crate::samples::skipped::{Skip, SkipReason};

/// The version of what happens around the engine.
const NAME: &str = "onnx-1";
/// Pictures in a batch: transformers gain no more from larger ones, and convolutions nothing.
#[cfg(feature = "images")]
const PICTURES: usize = 8;
/// Texts in a batch.
const TEXTS: usize = 32;
/// Texts that are cut before batches are made of them: lengths are many, and only equal ones share a batch.
const TEXTS_AHEAD: usize = 64 * TEXTS;

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
        let sample = self.plain()?;
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
    fn plain(&self) -> Result<Prepared, String> {
        Ok(match &self.work {
            #[cfg(feature = "images")]
            Work::Pictures { preprocessing, .. } => {
                Prepared::Pixels(vec![128; 3 * preprocessing.size.0 * preprocessing.size.1])
            }
            Work::Texts { tokenizer, .. } => Prepared::Tokens(tokenizer.tokens("a b c d")?.0),
        })
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
            Work::Pictures { input, preprocessing, .. } => Ok(vec![(*input, picture_value(preprocessing, batch)?)]),
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
            (Work::Texts { tokenizer, lower_case, prefix, .. }, Sample::Text(text)) => {
                let text = format!("{prefix}{text}");
                let text = if *lower_case { text.to_lowercase() } else { text };
                let (tokens, is_cut) =
                    tokenizer.tokens(&text).map_err(|problem| Skip::new(SkipReason::Refused, problem))?;
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
