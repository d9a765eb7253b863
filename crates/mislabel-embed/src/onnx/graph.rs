//! A graph, as far as an embedder looks at it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rten::{DataType, Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueType};
use rten_tensor::Layout as _;
use twox_hash::XxHash3_128;

use crate::error::{Error, Result};
use crate::onnx::external::external_files;
use crate::panics::said;

/// The engine, with the part of its version that may change numbers.
pub(crate) const ENGINE: &str = "rten 0.27";

/// A graph.
#[derive(Debug)]
pub(crate) struct Graph {
    model: Model,
    pub(crate) path: PathBuf,
    /// XXH3 of the file and of those that hold its weights, 128 bits.
    pub(crate) hash: String,
    /// Bytes of these files.
    pub(crate) bytes: u64,
}

/// What a graph takes or gives.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) id: NodeId,
    pub(crate) name: String,
    pub(crate) kind: Option<DataType>,
    /// Its axes, where they are known; those that vary have no length.
    pub(crate) axes: Option<Vec<Option<usize>>>,
}

/// A tensor of numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

impl Graph {
    /// Reads the graph at `path`, with its weights.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be read, [`Error::Model`] where the engine does not take it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let refuse = |problem: String| Error::Model { path: path.into(), problem };
        if path.extension().is_none_or(|extension| extension != "onnx") {
            return Err(refuse("expected a file whose name ends with .onnx".into()));
        }
        let (hash, bytes) = hashed(path)?;
        // All that the engine could leave in disorder is dropped with it.
        let loaded = catch_unwind(AssertUnwindSafe(|| ModelOptions::with_all_ops().load_file(path)));
        let model = match loaded {
            Ok(Ok(model)) => model,
            Ok(Err(error)) => return Err(refuse(format!("{ENGINE} cannot read it: {error}"))),
            Err(panic) => return Err(refuse(format!("{ENGINE} stopped while it read it: {}", said(&*panic)))),
        };
        Ok(Self { model, path: path.into(), hash, bytes })
    }

    pub(crate) fn inputs(&self) -> Vec<Port> {
        self.model.input_ids().iter().map(|id| self.port(*id)).collect()
    }

    pub(crate) fn outputs(&self) -> Vec<Port> {
        self.model.output_ids().iter().map(|id| self.port(*id)).collect()
    }

    /// The value called `name`, which need not be an output.
    pub(crate) fn find(&self, name: &str) -> Option<Port> {
        self.model.find_node(name).map(|id| self.port(id))
    }

    fn port(&self, id: NodeId) -> Port {
        let info = self.model.node_info(id);
        let kind = info.as_ref().and_then(|info| info.dtype()).and_then(|kind| match kind {
            ValueType::Tensor(kind) => Some(kind),
            _ => None,
        });
        let length = |axis: Dimension| match axis {
            Dimension::Fixed(length) => Some(length),
            Dimension::Symbolic(_) => None,
        };
        let axes = info.as_ref().and_then(|info| info.shape()).map(|axes| axes.into_iter().map(length).collect());
        let name = info.as_ref().and_then(|info| info.name()).unwrap_or_default().to_owned();
        Port { id, name, kind, axes }
    }

    /// The value `output` for these inputs, computed on `pool`.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) fn run(
        &self,
        inputs: Vec<(NodeId, Value)>,
        output: NodeId,
        pool: Arc<ThreadPool>,
    ) -> Result<Numbers, String> {
        let inputs = inputs.into_iter().map(|(id, value)| (id, value.into())).collect();
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let values = self.model.run(inputs, &[output], Some(options)).map_err(|error| error.to_string())?;
        let value = values.into_iter().next().ok_or("the graph gave nothing")?;
        let kind = value.dtype();
        let tensor = value.into_tensor::<f32>().ok_or_else(|| format!("the output is {kind}, not of f32"))?;
        Ok(Numbers { shape: tensor.shape().to_vec(), values: tensor.into_data() })
    }

    /// The same; a contradiction that stops the engine is an error.
    pub(crate) fn tried(
        &self,
        inputs: Vec<(NodeId, Value)>,
        output: NodeId,
        pool: Arc<ThreadPool>,
    ) -> Result<Numbers, String> {
        catch_unwind(AssertUnwindSafe(|| self.run(inputs, output, pool)))
            .unwrap_or_else(|panic| Err(format!("the engine stopped: {}", said(&*panic))))
    }
}

impl Port {
    /// Its name, and its axes where they are known.
    pub(crate) fn described(&self) -> String {
        let length = |axis: &Option<usize>| axis.map_or_else(|| "?".to_owned(), |length| length.to_string());
        let axes = |axes: &Vec<Option<usize>>| axes.iter().map(length).collect::<Vec<_>>().join(", ");
        let kind = self.kind.map_or_else(String::new, |kind| format!(" {kind}"));
        let shape = self.axes.as_ref().map_or_else(String::new, |found| format!(" ({})", axes(found)));
        format!("{}{kind}{shape}", self.name)
    }
}

/// What these ports are, in a line.
pub(crate) fn described(ports: &[Port]) -> String {
    ports.iter().map(Port::described).collect::<Vec<_>>().join(", ")
}

/// XXH3 of the file at `path` and of those that hold its weights, and their length.
fn hashed(path: &Path) -> Result<(String, u64)> {
    let mut hash = XxHash3_128::new();
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    hash.write(&bytes);
    let mut length = bytes.len() as u64;
    for file in external_files(&bytes, path.parent().unwrap_or(Path::new(""))) {
        let bytes = std::fs::read(&file).map_err(|cause| Error::Model {
            path: path.into(),
            problem: format!("its weights are in {}, which cannot be read: {cause}", file.display()),
        })?;
        hash.write(&bytes);
        length += bytes.len() as u64;
    }
    Ok((format!("{:032x}", hash.finish_128()), length))
}
