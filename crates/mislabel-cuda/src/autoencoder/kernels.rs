//! The kernels of autoencoders: what each is given, checked, and how it is launched.

#![expect(unsafe_code, reason = "launches kernels")]

use crate::autoencoder::layout::Layout;
use crate::compilation::source::{Grid, Kernel, Source};
use crate::device::argument::Argument;
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Result, counted, same_length};

pub(crate) const TRAIN: Source = Source {
    file: "autoencoder_train.cu",
    text: include_str!("../../kernels/autoencoder_train.cu"),
    kernels: &["train_autoencoders"],
};

pub(crate) const SCORE: Source = Source {
    file: "autoencoder_score.cu",
    text: include_str!("../../kernels/autoencoder_score.cu"),
    kernels: &["score_autoencoders"],
};

pub(crate) const SHALLOW: Source = Source {
    file: "autoencoder_shallow.cu",
    text: include_str!("../../kernels/autoencoder_shallow.cu"),
    kernels: &[
        "score_shallow_32_64",
        "score_shallow_64_64",
        "score_shallow_96_64",
        "score_shallow_32_128",
        "score_shallow_64_128",
        "score_shallow_96_128",
    ],
};

/// Rows of a tile of the general kernels.
pub(crate) const TILE: usize = 128;

/// Blocks of the training kernel that one multiprocessor runs at a time.
pub(crate) const TRAINING_BLOCKS: u32 = 2;

/// Shared memory of the general kernels: four stages of 128 x 40 and 96 x 40 values of bf16.
const STAGES: u32 = 4 * (128 * 40 + 96 * 40) * 2;

/// Words of a task and doubles of its schedule, of the method and of a network's state, in autoencoder_train.cu.
pub(crate) const TASK: usize = 10;
pub(crate) const SCHEDULE: usize = 4;
pub(crate) const METHOD: usize = 9;
pub(crate) const STATE: usize = 5;

/// Room for what layers put out; in tests, full of what no kernel may take for a value.
pub(crate) fn scratch(cuda: &Cuda, values: usize) -> Result<DeviceBuffer<u16>> {
    const WHAT: &str = "layers' values";
    if cfg!(test) {
        DeviceBuffer::of(cuda, WHAT, &vec![0x7FFF; values])
    } else {
        DeviceBuffer::zeros(cuda, WHAT, values)
    }
}

/// Everything that the training of a group of networks keeps on the device.
pub(crate) struct TrainingMemory {
    /// `(networks' samples, padded features)` in bf16.
    pub(crate) rows: DeviceBuffer<u16>,
    /// `(networks, parameters)`, as the two after it.
    pub(crate) parameters: DeviceBuffer<f32>,
    pub(crate) first: DeviceBuffer<f32>,
    pub(crate) second: DeviceBuffer<f32>,
    /// The same, or one value where nothing is held out.
    pub(crate) best: DeviceBuffer<f32>,
    /// `(networks, STATE)`.
    pub(crate) states: DeviceBuffer<f64>,
    pub(crate) layers: DeviceBuffer<u32>,
    pub(crate) method: DeviceBuffer<f64>,
    /// `(blocks, plain)` and `(blocks, scratch, capacity)`.
    pub(crate) plain: DeviceBuffer<u16>,
    pub(crate) scratch: DeviceBuffer<u16>,
    pub(crate) blocks: u32,
    pub(crate) capacity: u32,
    /// Parameters of a network.
    pub(crate) parameter_count: u32,
    pub(crate) networks: usize,
}

/// What the networks of a group do in one launch.
pub(crate) struct Launch {
    /// Where every block's tasks start, `(blocks + 1,)`.
    pub(crate) starts: DeviceBuffer<u32>,
    /// `(tasks, TASK)`: networks, rows and places of the order that exist.
    pub(crate) tasks: DeviceBuffer<u32>,
    /// `(tasks, SCHEDULE)`.
    pub(crate) schedules: DeviceBuffer<f64>,
    pub(crate) order: DeviceBuffer<u32>,
}

/// Takes networks through the steps of `launch`, each block its own, without the host.
///
/// # Safety
/// Every task of `launch` names a network of `memory`, samples within its rows, places within the order, and batches of
/// at most `capacity`; the order names samples of its own network only; `starts` ends with the number of tasks. Where a
/// task judges held-out samples, `best` has room for every network's parameters.
pub(crate) unsafe fn train(cuda: &Cuda, layout: &Layout, memory: &mut TrainingMemory, launch: &Launch) -> Result<()> {
    let (blocks, capacity) = (launch.starts.len() - 1, memory.capacity as usize);
    let tasks = launch.tasks.len() / TASK;
    same_length("schedules", tasks * SCHEDULE, launch.schedules.len())?;
    for buffer in [&memory.parameters, &memory.first, &memory.second] {
        same_length("networks' parameters", memory.networks * memory.parameter_count as usize, buffer.len())?;
    }
    same_length("states", memory.networks * STATE, memory.states.len())?;
    same_length("layers", layout.words.len(), memory.layers.len())?;
    same_length("the method", METHOD, memory.method.len())?;
    let blocks_kept = memory.blocks as usize;
    same_length("blocks", blocks.min(blocks_kept), blocks)?;
    same_length("rounded weights", blocks_kept * layout.plain, memory.plain.len())?;
    same_length("layers' values", blocks_kept * layout.scratch * capacity, memory.scratch.len())?;
    let grid = Grid { blocks: [counted("blocks", blocks)?, 1, 1], threads: 256, shared: STAGES };
    let arguments = &mut [
        memory.layers.read(),
        Argument::U32(layout.layers),
        launch.starts.read(),
        launch.tasks.read(),
        launch.schedules.read(),
        memory.method.read(),
        memory.rows.read(),
        launch.order.read(),
        memory.parameters.write(),
        memory.first.write(),
        memory.second.write(),
        memory.best.write(),
        memory.states.write(),
        memory.plain.write(),
        memory.scratch.write(),
        Argument::U32(memory.parameter_count),
        Argument::U32(counted("rounded weights", layout.plain)?),
        Argument::U32(counted("layers' values", layout.scratch)?),
        Argument::U32(memory.capacity),
    ];
    let kernel = Kernel { source: &TRAIN, name: "train_autoencoders" };
    // SAFETY: the lengths are checked above, the rest is the caller's promise.
    unsafe { cuda.launch(&kernel, grid, arguments) }
}

/// Networks as a scoring kernel reads them.
pub(crate) struct ScoringNetworks {
    /// Every class's first network and how many it has, `(classes, 2)`.
    pub(crate) classes: DeviceBuffer<u32>,
    /// `(networks, plain_count)` in bf16.
    pub(crate) plain: DeviceBuffer<u16>,
    /// `(networks, bias_count)`.
    pub(crate) biases: DeviceBuffer<f32>,
    pub(crate) networks: usize,
    pub(crate) plain_count: usize,
    pub(crate) bias_count: usize,
}

/// Rows on the device, and their summaries by parts of the classes.
pub(crate) struct ScoredRows {
    /// `(capacity, width)` in bf16.
    pub(crate) rows: DeviceBuffer<u16>,
    /// `(capacity,)`.
    pub(crate) labels: DeviceBuffer<u32>,
    /// Values of a row with their padding.
    pub(crate) width: usize,
    /// `(parts, n)` each, at the beginning of buffers of `places`.
    pub(crate) own: DeviceBuffer<f32>,
    pub(crate) least: DeviceBuffer<f32>,
    pub(crate) second: DeviceBuffer<f32>,
    pub(crate) least_class: DeviceBuffer<u32>,
    pub(crate) sum: DeviceBuffer<f64>,
}

/// How a block of rows is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    /// How many of the rows.
    pub(crate) n: usize,
    /// Into how many parts the classes are divided.
    pub(crate) parts: usize,
    /// The number of the networks to take, or [`ALL`].
    pub(crate) fold: u32,
}

/// All of a class's networks: the mean of their errors.
pub(crate) const ALL: u32 = u32::MAX;

impl ScoredRows {
    pub(crate) fn new(cuda: &Cuda, rows: usize, width: usize, places: usize) -> Result<Self> {
        let floats = || {
            if cfg!(test) {
                DeviceBuffer::of(cuda, "the errors", &vec![f32::NAN; places])
            } else {
                DeviceBuffer::zeros(cuda, "the errors", places)
            }
        };
        Ok(Self {
            rows: DeviceBuffer::zeros(cuda, "the rows", rows * width)?,
            labels: DeviceBuffer::zeros(cuda, "the labels", rows)?,
            width,
            own: floats()?,
            least: floats()?,
            second: floats()?,
            least_class: DeviceBuffer::zeros(cuda, "the errors", places)?,
            sum: DeviceBuffer::zeros(cuda, "the errors", places)?,
        })
    }

    fn check(&self, measure: Measure, networks: &ScoringNetworks) -> Result<()> {
        let at_least = |what, needed: usize, found: usize| same_length(what, needed.max(found), found);
        at_least("rows", measure.n * self.width, self.rows.len())?;
        at_least("labels", measure.n, self.labels.len())?;
        at_least("errors", measure.n * measure.parts, self.own.len())?;
        for found in [self.least.len(), self.second.len(), self.least_class.len(), self.sum.len()] {
            same_length("errors", self.own.len(), found)?;
        }
        same_length("rounded weights", networks.networks * networks.plain_count, networks.plain.len())?;
        same_length("biases", networks.networks * networks.bias_count, networks.biases.len())
    }
}

/// Measures rows under networks of any layers.
///
/// # Safety
/// The classes name networks that there are; `layout` is that of the networks.
pub(crate) unsafe fn score(
    cuda: &Cuda,
    (layout, layers): (&Layout, &DeviceBuffer<u32>),
    networks: &ScoringNetworks,
    measure: Measure,
    rows: &mut ScoredRows,
    scratch: &mut DeviceBuffer<u16>,
) -> Result<()> {
    rows.check(measure, networks)?;
    same_length("layers", layout.words.len(), layers.len())?;
    same_length("rounded weights", layout.plain, networks.plain_count)?;
    let (tiles, parts) = (measure.n.div_ceil(TILE), measure.parts);
    let needed = tiles * parts * layout.scratch * TILE;
    same_length("layers' values", needed.max(scratch.len()), scratch.len())?;
    let grid = Grid { blocks: [counted("rows", tiles)?, parts as u32, 1], threads: 256, shared: STAGES };
    let arguments = &mut [
        layers.read(),
        Argument::U32(layout.layers),
        networks.classes.read(),
        Argument::U32(counted("classes", networks.classes.len() / 2)?),
        Argument::U32(measure.fold),
        rows.rows.read(),
        rows.labels.read(),
        Argument::U32(counted("rows", measure.n)?),
        networks.biases.read(),
        networks.plain.read(),
        Argument::U32(counted("biases", networks.bias_count)?),
        Argument::U32(counted("rounded weights", networks.plain_count)?),
        scratch.write(),
        Argument::U32(counted("layers' values", layout.scratch)?),
        rows.own.write(),
        rows.least.write(),
        rows.second.write(),
        rows.least_class.write(),
        rows.sum.write(),
    ];
    let kernel = Kernel { source: &SCORE, name: "score_autoencoders" };
    // SAFETY: the lengths are checked above, the rest is the caller's promise.
    unsafe { cuda.launch(&kernel, grid, arguments) }
}

/// The kernel for networks of one inner layer that fits a device, and what it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shallow {
    /// Inner values with their padding: 32, 64 or 96.
    pub(crate) width: usize,
    /// Features up to a multiple of 32.
    pub(crate) whole: usize,
    /// Rows of a block, and its threads.
    pub(crate) rows: usize,
    /// Whether decoders use their encoder's weights.
    pub(crate) tied: bool,
    /// Numbers of the activations of the innermost and the last layer.
    pub(crate) activations: [u32; 2],
}

impl Shallow {
    /// Features of a piece of the weights.
    pub(crate) const PIECE: usize = 32;

    /// Bytes of shared memory: four pieces of weights with their biases, and the rows.
    pub(crate) fn shared(&self) -> usize {
        4 * Self::PIECE * ((self.width + 8) * 2 + 4) + self.rows * (self.whole + 8) * 2
    }

    fn name(&self) -> &'static str {
        let name = format!("score_shallow_{}_{}", self.width, self.rows);
        SHALLOW.kernels.iter().find(|kernel| **kernel == name).expect("there is a kernel for every choice")
    }

    /// Weights of a network in bf16.
    pub(crate) fn plain(&self) -> usize {
        self.whole * self.width * if self.tied { 1 } else { 2 }
    }

    /// Measures rows.
    ///
    /// # Safety
    /// The classes name networks that there are.
    pub(crate) unsafe fn score(
        &self,
        cuda: &Cuda,
        networks: &ScoringNetworks,
        measure: Measure,
        rows: &mut ScoredRows,
    ) -> Result<()> {
        rows.check(measure, networks)?;
        same_length("a padded row", self.whole, rows.width)?;
        same_length("rounded weights", self.plain(), networks.plain_count)?;
        same_length("biases", self.width + self.whole, networks.bias_count)?;
        let blocks = [counted("rows", measure.n.div_ceil(self.rows))?, measure.parts as u32, 1];
        let grid = Grid { blocks, threads: self.rows as u32, shared: self.shared() as u32 };
        let arguments = &mut [
            networks.classes.read(),
            Argument::U32(counted("classes", networks.classes.len() / 2)?),
            Argument::U32(measure.fold),
            rows.rows.read(),
            rows.labels.read(),
            Argument::U32(counted("rows", measure.n)?),
            networks.biases.read(),
            networks.plain.read(),
            Argument::U32(counted("features", self.whole)?),
            Argument::U32(u32::from(self.tied)),
            Argument::U32(self.activations[0]),
            Argument::U32(self.activations[1]),
            rows.own.write(),
            rows.least.write(),
            rows.second.write(),
            rows.least_class.write(),
            rows.sum.write(),
        ];
        let kernel = Kernel { source: &SHALLOW, name: self.name() };
        // SAFETY: the lengths are checked above, the rest is the caller's promise.
        unsafe { cuda.launch(&kernel, grid, arguments) }
    }
}
