//! What the autoencoders' training step reaches, beside the machine's matrix products.
//!
//! Trains `Autoencoder::default()` and `Autoencoder::paper()`, one round, on clusters of the shapes of two real datasets,
//! on one thread and on several in turn. Everything in the training stage counts as time: gathering and scaling rows,
//! batches, gradients, Adam; only the products count as work. Beside every run, in the same seconds, the step's products on
//! their own and the largest rate of any product are measured. Prints for every recipe, shape and number of threads the medians
//! over the repeats: operations, CPU and wall seconds, 10⁹ operations per second (CPU seconds on one thread, wall seconds
//! on several), and its share of the two others; then how many times faster several threads are.

use std::error::Error;
use std::ops::ControlFlow;
use std::sync::Mutex;

use clap::Parser;
use mislabel_benches::{Products, Seconds, Shape, Stopwatch};
use mislabel_core::{Embeddings, Labels, Progress};
use mislabel_reconstruct::{Autoencoder, TrainingLength};
use rayon::ThreadPoolBuilder;

/// Share of the GEMM peak that training autoencoders reaches.
#[derive(Parser)]
struct Arguments {
    /// Threads of the parallel runs.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Repeats; medians are printed.
    #[arg(long, default_value_t = 5)]
    repeats: usize,
    /// Steps of every network; few for the paper's large networks.
    #[arg(long, default_value_t = 40)]
    steps: usize,
    /// Only recipes and shapes whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
}

/// The shapes of fashion_pixels_5k and banking77_minilm, and one of few networks.
const SHAPES: [(&str, Shape); 3] = [
    ("fashion_pixels_5k", Shape { samples: 5_000, features: 784, classes: 10 }),
    ("banking77_minilm", Shape { samples: 10_003, features: 384, classes: 77 }),
    ("two classes", Shape { samples: 2_000, features: 784, classes: 2 }),
];

/// Large products, of which the best is the peak.
const LARGE: [[usize; 3]; 3] = [[960, 64, 384], [960, 384, 384], [960, 784, 384]];

/// Wall seconds for which every product is measured.
const SECONDS: f64 = 0.15;

/// What one run gave, in 10⁹ operations per second; seconds as the clock has them.
#[derive(Clone, Copy)]
struct Run {
    seconds: Seconds,
    step: f64,
    products: f64,
    peak: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    println!(
        "recipe, shape | threads | 10⁹ op. | CPU s | wall s | 10⁹ op./s | share of its products | share of the peak"
    );
    let length = TrainingLength::Steps(arguments.steps);
    let default = Autoencoder { trim: vec![], length, ..Autoencoder::default() };
    let paper = Autoencoder { length, ..Autoencoder::paper() };
    // With one network per class, two classes are two networks: as few as there can be.
    let whole = Autoencoder { folds: 1, ..default.clone() };
    let recipes =
        [("default", &default, &SHAPES[..2]), ("paper", &paper, &SHAPES[..2]), ("one fold", &whole, &SHAPES[2..])];
    for (recipe, method, shapes) in recipes {
        for (name, shape) in shapes.iter().map(|(name, shape)| (format!("{recipe}, {name}"), shape)) {
            if name.contains(&arguments.only) {
                report(&name, method, shape, &arguments)?;
            }
        }
    }
    Ok(())
}

fn report(name: &str, method: &Autoencoder, shape: &Shape, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let dataset = shape.dataset()?;
    let (rows, given) = (dataset.rows()?, dataset.given);
    let embeddings = Embeddings::new(rows.view())?;
    let work = operations(method, shape.features, &given);
    let mut runs = [Vec::new(), Vec::new()];
    for _ in 0..arguments.repeats {
        for (threads, runs) in [1, arguments.threads].into_iter().zip(&mut runs) {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
            runs.push(pool.install(|| run(method, &embeddings, &given, work, threads))?);
        }
    }
    for (threads, runs) in [1, arguments.threads].into_iter().zip(&runs) {
        let middle = |value: fn(&Run) -> f64| median(runs.iter().map(value));
        println!(
            "{name} | {threads} | {work:.1} | {:.3} | {:.3} | {:.1} | {:.2} | {:.2}",
            middle(|run| run.seconds.processor),
            middle(|run| run.seconds.wall),
            middle(|run| run.step),
            middle(|run| run.step / run.products),
            middle(|run| run.step / run.peak),
        );
    }
    let faster = runs[0].iter().zip(&runs[1]).map(|(one, more)| one.seconds.wall / more.seconds.wall);
    println!("{name} | {} threads {:.2} times as fast as one", arguments.threads, median(faster));
    Ok(())
}

/// One training of all networks, and the products beside it.
fn run(
    method: &Autoencoder,
    embeddings: &Embeddings<'_>,
    given: &Labels,
    work: f64,
    threads: usize,
) -> mislabel_core::Result<Run> {
    let training = TrainingSeconds { start: Stopwatch::start(), end: Mutex::new(None) };
    method.fit(embeddings, given, &mislabel_core::Run::quiet().with_progress(&training))?;
    let seconds = training.end.into_inner().expect("no update panics").expect("every fit trains");
    let largest = LARGE.map(|shape| Products(vec![shape]).rate(threads, 1.0_f32, SECONDS));
    let step = work / if threads == 1 { seconds.processor } else { seconds.wall };
    let products = products(method, embeddings.view().ncols(), given).rate(threads, 1.0_f32, SECONDS);
    Ok(Run { seconds, step, products, peak: largest.into_iter().fold(0.0, f64::max) })
}

/// The products of one step on a batch of median size.
fn products(method: &Autoencoder, features: usize, given: &Labels) -> Products {
    let sizes = training_sizes(method, given);
    let batch = median(sizes.iter().map(|size| *size as f64 / size.div_ceil(method.batch) as f64)) as usize;
    let mut products = Vec::new();
    for (layer, [inputs, outputs]) in layers(method, features).into_iter().enumerate() {
        products.push([outputs, inputs, batch]);
        products.push([outputs, batch, inputs]);
        if layer > 0 {
            products.push([inputs, outputs, batch]);
        }
    }
    Products(products)
}

/// 10⁹ operations of the products of all steps of all networks.
fn operations(method: &Autoencoder, features: usize, given: &Labels) -> f64 {
    let layers = layers(method, features);
    let weights = layers.iter().map(|[inputs, outputs]| inputs * outputs).sum::<usize>();
    let per_row = (6 * weights - 2 * layers[0][0] * layers[0][1]) as f64;
    let TrainingLength::Steps(steps) = method.length else { unreachable!("this program trains by steps") };
    let rows = |size: usize| {
        let batches = size.div_ceil(method.batch);
        let in_step = |step: usize| (step % batches + 1) * size / batches - step % batches * size / batches;
        (0..steps).map(in_step).sum::<usize>() as f64
    };
    per_row * training_sizes(method, given).into_iter().map(rows).sum::<f64>() / 1e9
}

/// Samples that every network is trained on.
fn training_sizes(method: &Autoencoder, given: &Labels) -> Vec<usize> {
    let of_class = |count: usize| {
        let part = move |fold: usize| count / method.folds + usize::from(fold < count % method.folds);
        (0..method.folds).map(move |fold| if method.folds == 1 { count } else { count - part(fold) })
    };
    given.counts().into_iter().flat_map(of_class).collect()
}

/// Inputs and outputs of every layer.
fn layers(method: &Autoencoder, features: usize) -> Vec<[usize; 2]> {
    let mut widths: Vec<usize> = [&[features], method.hidden.as_slice(), &[method.latent]].concat();
    let decoder: Vec<usize> = widths.iter().rev().skip(1).copied().collect();
    widths.extend(decoder);
    widths.windows(2).map(|pair| [pair[0], pair[1]]).collect()
}

/// The time from the start to the end of training.
struct TrainingSeconds {
    start: Stopwatch,
    end: Mutex<Option<Seconds>>,
}

impl Progress for TrainingSeconds {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        if stage == "training" && done == total {
            *self.end.lock().expect("no update panics") = Some(self.start.seconds());
        }
        ControlFlow::Continue(())
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
