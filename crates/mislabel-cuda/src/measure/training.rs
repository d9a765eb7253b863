//! Training as the benches measure it: steps by the kernel, and the same steps in cuBLAS calls.

#![expect(unsafe_code, reason = "calls cuBLAS and launches kernels")]

use std::fmt;

use cudarc::cublas::result;
use cudarc::cublas::sys::{self as cublas, cublasOperation_t as Operation};
use cudarc::driver::{DevicePtr, DevicePtrMut};
use mislabel_reconstruct::backend::Architecture;
use mislabel_reconstruct::{Autoencoder, TrainingLength};

use crate::autoencoder::kernels::{self, Launch, TRAINING_BLOCKS, TrainingMemory};
use crate::autoencoder::layout::{Layout, PAD, Use, bf16};
use crate::autoencoder::schedule::Schedule;
use crate::autoencoder::steps::{FRESH, Progression, Stint, method_numbers};
use crate::compilation::source::{Grid, Kernel, Source};
use crate::device::argument::Argument;
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Error, Result, counted, while_};
use crate::measure::library::{Library, bytes, bytes_mut, device, named};

pub(crate) const SOURCE: Source = Source {
    file: "autoencoder_library.cu",
    text: include_str!("../../kernels/autoencoder_library.cu"),
    kernels: &["library_activate", "library_residuals", "library_slopes", "library_move"],
};

/// Blocks of the kernels between products.
const BLOCKS: u32 = 4096;

/// Networks of the default's kind (one inner layer, tied) with random rows and weights, each about to take the same
/// steps.
pub struct TrainingWork {
    cuda: Cuda,
    layout: Layout,
    memory: TrainingMemory,
    launch: Launch,
    sizes: Sizes,
    library: Products,
}

#[derive(Clone, Copy, Debug)]
struct Sizes {
    networks: usize,
    features: usize,
    width: usize,
    batch: usize,
    steps: usize,
    learning_rate: f64,
    penalty: f64,
}

/// What the products of the cuBLAS calls lie in.
struct Products {
    sums: DeviceBuffer<f32>,
    outputs: DeviceBuffer<f32>,
    gradient: DeviceBuffer<f32>,
    inner: DeviceBuffer<u16>,
    inner_deltas: DeviceBuffer<u16>,
    deltas: DeviceBuffer<u16>,
    weights: DeviceBuffer<f32>,
    first: DeviceBuffer<f32>,
    second: DeviceBuffer<f32>,
    rounded: DeviceBuffer<u16>,
    biases: DeviceBuffer<f32>,
}

impl fmt::Debug for TrainingWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingWork").field("cuda", &self.cuda).field("sizes", &self.sizes).finish_non_exhaustive()
    }
}

impl TrainingWork {
    /// `networks` of `method`, which must have no hidden layers, tied weights and sizes of multiples of eight, with
    /// `samples` each; `random` gives numbers about 0.
    ///
    /// # Errors
    /// [`Error::Size`] for another kind of network, and those of using the device.
    pub fn new(
        cuda: &Cuda,
        method: &Autoencoder,
        (networks, samples, features): (usize, usize, usize),
        steps: usize,
        mut random: impl FnMut() -> f32,
    ) -> Result<Self> {
        let method = Autoencoder { length: TrainingLength::Steps(steps), early_stopping: None, ..method.clone() };
        let architecture = Architecture::of(&method, features);
        if !method.hidden.is_empty()
            || !method.tied
            || !features.is_multiple_of(PAD)
            || !method.latent.is_multiple_of(PAD)
        {
            return Err(Error::Size { what: "a network's width or its hidden layers", value: method.latent, most: 0 });
        }
        let layout = Layout::new(&architecture, Use::Training { noise: false })?;
        let mut progressions: Vec<Progression> = (0..networks)
            .map(|i| Progression::new(&method, (i, i as u64, samples), i as u32, (i * samples) as u32))
            .collect();
        let batch = progressions.first().map_or(1, Progression::largest);
        let sizes = Sizes {
            networks,
            features,
            width: method.latent,
            batch,
            steps,
            learning_rate: method.learning_rate,
            penalty: method.penalty(features),
        };
        let stints: Vec<Stint> =
            progressions.iter_mut().map(|network| network.stint(&method, usize::MAX / 2)).collect();
        let blocks = networks.min((TRAINING_BLOCKS * cuda.multiprocessors()) as usize);
        let launch = launch(cuda, &stints, blocks)?;
        let count = architecture.parameters();
        let mut parameters: Vec<f32> = Vec::with_capacity(networks * count);
        for _ in 0..networks {
            parameters.extend((0..architecture.weights()).map(|_| 0.1 * random()));
            parameters.extend((architecture.weights()..count).map(|_| 0.0));
        }
        let rows: Vec<u16> = (0..networks * samples * features).map(|_| bf16(random())).collect();
        let library = Products::new(cuda, sizes, &parameters, count)?;
        let numbers = method_numbers(&method, features);
        let memory = TrainingMemory {
            rows: DeviceBuffer::of(cuda, "the rows", &rows)?,
            parameters: DeviceBuffer::of(cuda, "parameters", &parameters)?,
            first: DeviceBuffer::zeros(cuda, "moments", networks * count)?,
            second: DeviceBuffer::zeros(cuda, "moments", networks * count)?,
            best: DeviceBuffer::zeros(cuda, "the best parameters", 1)?,
            states: DeviceBuffer::of(cuda, "states", &[FRESH].repeat(networks).concat())?,
            layers: DeviceBuffer::of(cuda, "layers", &layout.words)?,
            method: DeviceBuffer::of(cuda, "the method", &numbers)?,
            plain: DeviceBuffer::zeros(cuda, "rounded weights", blocks * layout.plain)?,
            scratch: kernels::scratch(cuda, blocks * layout.scratch * batch)?,
            blocks: blocks as u32,
            capacity: counted("a batch's rows", batch)?,
            parameter_count: counted("a network's parameters", count)?,
            networks,
        };
        Ok(Self { cuda: cuda.clone(), layout, memory, launch, sizes, library })
    }

    /// Multiplications and additions of the products of all steps: five products of the weights with a batch.
    pub fn operations(&self) -> f64 {
        let Sizes { networks, features, width, batch, steps, .. } = self.sizes;
        10.0 * (networks * features * width) as f64 * (batch * steps) as f64
    }

    /// Bytes that all steps must move: weights and two moments read and written in f32, the batch's rows read.
    pub fn bytes(&self) -> f64 {
        let Sizes { networks, features, width, batch, steps, .. } = self.sizes;
        (networks * steps) as f64 * (24 * features * width + 2 * batch * features) as f64
    }

    /// Starts all steps, by the kernel.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn train_by_kernel(&mut self) -> Result<()> {
        // SAFETY: `new` made the tasks for the networks, rows and order beside them.
        unsafe { kernels::train(&self.cuda, &self.layout, &mut self.memory, &self.launch) }
    }

    /// Starts all steps, each in five batched products and four kernels, on the first rows of every network: what the
    /// kernel does, but for gathering rows, losses and the biases' steps.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn train_by_library(&mut self, library: &Library) -> Result<()> {
        (0..self.sizes.steps).try_for_each(|_| self.step_by_library(library))
    }

    fn step_by_library(&mut self, library: &Library) -> Result<()> {
        let Sizes { features: d, width: h, batch, .. } = self.sizes;
        let Self { cuda, memory, sizes, library: of, .. } = self;
        let networks = counted("networks", sizes.networks)?;
        let (batch_, d_, h_) = (counted("a batch", batch)?, counted("features", d)?, counted("a width", h)?);
        let sizes32 = |last| [Argument::U32(networks), Argument::U32(batch_), Argument::U32(last)];
        let call = Batched { cuda, library, count: sizes.networks };
        let samples = memory.rows.len() / (sizes.networks * d);
        let rows_step = samples * d;
        let none = Operation::CUBLAS_OP_N;
        let transposed = Operation::CUBLAS_OP_T;
        let weights = (&of.rounded, h, d * h);
        call.multiply((none, none), (h, batch, d), weights, (&memory.rows, d, rows_step), 0.0, &mut of.sums)?;
        let [a, b, c] = sizes32(h_);
        between(cuda, "library_activate", &mut [of.sums.read(), of.biases.read(), of.inner.write(), a, b, c])?;
        call.multiply((transposed, none), (d, batch, h), weights, (&of.inner, h, batch * h), 0.0, &mut of.outputs)?;
        let [a, b, c] = sizes32(d_);
        let outputs = of.outputs.read();
        between(
            cuda,
            "library_residuals",
            &mut [outputs, of.biases.read(), memory.rows.read(), of.deltas.write(), a, b, c],
        )?;
        call.multiply((none, none), (h, batch, d), weights, (&of.deltas, d, batch * d), 0.0, &mut of.sums)?;
        let [a, b, c] = sizes32(h_);
        between(cuda, "library_slopes", &mut [of.sums.read(), of.inner.read(), of.inner_deltas.write(), a, b, c])?;
        let inner = (&of.inner, h, batch * h);
        call.multiply((none, transposed), (h, d, batch), inner, (&of.deltas, d, batch * d), 0.0, &mut of.gradient)?;
        let inner = (&of.inner_deltas, h, batch * h);
        call.multiply((none, transposed), (h, d, batch), inner, (&memory.rows, d, rows_step), 1.0, &mut of.gradient)?;
        let arguments = &mut [
            of.gradient.read(),
            of.weights.write(),
            of.first.write(),
            of.second.write(),
            of.rounded.write(),
            Argument::U32(networks),
            Argument::U32(counted("weights", d * h)?),
            Argument::F32((2.0 / (batch * d) as f64) as f32),
            Argument::F32(sizes.penalty as f32),
            Argument::F32(sizes.learning_rate as f32),
        ];
        between(cuda, "library_move", arguments)
    }
}

impl Products {
    fn new(cuda: &Cuda, sizes: Sizes, parameters: &[f32], count: usize) -> Result<Self> {
        let Sizes { networks, features, width, batch, .. } = sizes;
        let each = features * width;
        let weights: Vec<f32> = parameters.chunks(count).flat_map(|network| &network[..each]).copied().collect();
        let rounded: Vec<u16> = weights.iter().map(|weight| bf16(*weight)).collect();
        let zeros = |values| DeviceBuffer::zeros(cuda, "products", networks * values);
        let halves = |values| DeviceBuffer::zeros(cuda, "products", networks * values);
        Ok(Self {
            sums: zeros(batch * width)?,
            outputs: zeros(batch * features)?,
            gradient: zeros(each)?,
            inner: halves(batch * width)?,
            inner_deltas: halves(batch * width)?,
            deltas: halves(batch * features)?,
            weights: DeviceBuffer::of(cuda, "products", &weights)?,
            first: zeros(each)?,
            second: zeros(each)?,
            rounded: DeviceBuffer::of(cuda, "products", &rounded)?,
            biases: zeros(features.max(width))?,
        })
    }
}

/// All steps of `stints` in one launch of `blocks` blocks of threads.
fn launch(cuda: &Cuda, stints: &[Stint], blocks: usize) -> Result<Launch> {
    let schedule = Schedule::new(&stints.iter().map(|stint| stint.visits).collect::<Vec<_>>(), blocks);
    let (mut tasks, mut schedules, mut order) = (Vec::new(), Vec::new(), Vec::new());
    for stint in schedule.order.iter().map(|place| &stints[*place]) {
        let mut task = stint.task;
        task[4] = counted("places of the order", order.len())?;
        order.extend_from_slice(&stint.order);
        tasks.extend(task);
        schedules.extend(stint.schedule);
    }
    Ok(Launch {
        starts: DeviceBuffer::of(cuda, "the schedule", &schedule.starts)?,
        tasks: DeviceBuffer::of(cuda, "the schedule", &tasks)?,
        schedules: DeviceBuffer::of(cuda, "the schedule", &schedules)?,
        order: DeviceBuffer::of(cuda, "the order", &order)?,
    })
}

/// A kernel between products.
fn between(cuda: &Cuda, name: &'static str, arguments: &mut [Argument<'_>]) -> Result<()> {
    let grid = Grid { blocks: [BLOCKS, 1, 1], threads: 256, shared: 0 };
    // SAFETY: `Products` made every buffer for the sizes that are passed beside it.
    unsafe { cuda.launch(&Kernel { source: &SOURCE, name }, grid, arguments) }
}

/// Products of as many pairs of matrices as there are networks.
struct Batched<'a> {
    cuda: &'a Cuda,
    library: &'a Library,
    count: usize,
}

impl Batched<'_> {
    /// C = A·B + `kept`·C in columns, `(m, n)` f32, inner size k; A and B bf16 with leading dimension and distance.
    fn multiply(
        &self,
        (of_a, of_b): (Operation, Operation),
        (m, n, k): (usize, usize, usize),
        (a, a_lead, a_step): (&DeviceBuffer<u16>, usize, usize),
        (b, b_lead, b_step): (&DeviceBuffer<u16>, usize, usize),
        kept: f32,
        c: &mut DeviceBuffer<f32>,
    ) -> Result<()> {
        let device = device(self.cuda)?;
        let size = |value: usize| counted("a matrix", value).map(|value| value as i32);
        let (bf16, f32_) = (cublas::cudaDataType_t::CUDA_R_16BF, cublas::cudaDataType_t::CUDA_R_32F);
        let one = 1.0_f32;
        let (a, _a) = bytes(a).device_ptr(&device.compute);
        let (b, _b) = bytes(b).device_ptr(&device.compute);
        let (c, _c) = bytes_mut(c).device_ptr_mut(&device.compute);
        while_("computing", device.context.bind_to_thread())?;
        // SAFETY: the pointers are to buffers of this device made for these sizes, the factors are f32 on the host as
        // the type of computation says.
        let outcome = unsafe {
            result::gemm_strided_batched_ex(
                *self.library.handle().handle(),
                of_a,
                of_b,
                size(m)?,
                size(n)?,
                size(k)?,
                (&raw const one).cast(),
                a as *const _,
                bf16,
                size(a_lead)?,
                a_step as i64,
                b as *const _,
                bf16,
                size(b_lead)?,
                b_step as i64,
                (&raw const kept).cast(),
                c as *mut _,
                f32_,
                size(m)?,
                (m * n) as i64,
                size(self.count)?,
                cublas::cublasComputeType_t::CUBLAS_COMPUTE_32F,
                cublas::cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT,
            )
        };
        named("cublasGemmStridedBatchedEx", outcome)
    }
}
