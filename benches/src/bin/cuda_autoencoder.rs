//! Class-wise autoencoders on an NVIDIA GPU at the size of ImageNet, on generated embeddings.
//!
//! Prints one line per quantity: the rate of cuBLAS's bf16 products; steps of the training kernel, all classes and folds
//! side by side, and the same steps in batched cuBLAS calls; the scoring kernel on one block of rows; then the wall and CPU
//! seconds of the whole method, from rows in memory to the evidence: cross-fitted training and the scoring of every sample
//! under every class. Without a device it says so and ends.

use std::error::Error;

use clap::Parser;
use mislabel_benches::{Shape, Stopwatch};
use mislabel_core::{Embeddings, Run};
use mislabel_cuda::measure::{Library, ScoringBlock, SquareMatrix, SquareProduct, TrainingWork, device_seconds};
use mislabel_cuda::{Cuda, CudaAutoencoder};
use mislabel_reconstruct::{Autoencoder, TrainingLength};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Side of the matrices whose product gives the rate to compare with.
const SQUARE: usize = 8192;

/// Autoencoders on a GPU at the size of ImageNet.
#[derive(Parser)]
struct Arguments {
    /// The device, from 0.
    #[arg(long, default_value_t = 0)]
    device: usize,
    /// Samples of the whole run; 0 leaves it out.
    #[arg(long, default_value_t = 1_281_167)]
    samples: usize,
    /// Features.
    #[arg(long, default_value_t = 768)]
    features: usize,
    /// Classes.
    #[arg(long, default_value_t = 1000)]
    classes: usize,
    /// Passes over the data in every round.
    #[arg(long, default_value_t = 10)]
    passes: usize,
    /// Samples of every network in the step that is measured alone.
    #[arg(long, default_value_t = 256)]
    step_samples: usize,
    /// Steps that are measured together.
    #[arg(long, default_value_t = 10)]
    steps: usize,
    /// Rows of the block on which scoring is measured.
    #[arg(long, default_value_t = 67_584)]
    block: usize,
    /// Times each is run.
    #[arg(long, default_value_t = 10)]
    repeats: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let cuda = match Cuda::new(arguments.device) {
        Ok(cuda) => cuda,
        Err(error) => {
            println!("SKIPPED: nothing is measured: {error}");
            return Ok(());
        }
    };
    println!("device {}, {} multiprocessors", cuda.name(), cuda.multiprocessors());
    let library = Library::find(&cuda)?;
    let rate = library.as_ref().map(|library| product_rate(&cuda, library, arguments.repeats)).transpose()?;
    match rate {
        Some(rate) => println!("cuBLAS, bf16, {SQUARE}^3: {:.1} TFLOP/s", rate / 1e12),
        None => println!("SKIPPED: no comparison with cuBLAS, which is not installed"),
    }
    training(&cuda, library.as_ref(), &arguments)?;
    scoring(&cuda, rate, &arguments)?;
    if arguments.samples > 0 { whole_runs(&cuda, &arguments) } else { Ok(()) }
}

/// Uniform numbers: a product of zeros runs faster than one of anything else.
fn random(seed: u64) -> impl FnMut() -> f32 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    move || random.random::<f32>() - 0.5
}

fn product_rate(cuda: &Cuda, library: &Library, repeats: usize) -> Result<f64, Box<dyn Error>> {
    let mut random = random(1);
    let values: Vec<f32> = (0..SQUARE * SQUARE).map(|_| random()).collect();
    let matrix = SquareMatrix::new(cuda, &values, SQUARE)?;
    let mut product = SquareProduct::new(cuda, SQUARE)?;
    let seconds = device_seconds(cuda, repeats, || library.multiply_square(&matrix, &mut product))?;
    Ok(2.0 * (SQUARE as f64).powi(3) / seconds)
}

fn training(cuda: &Cuda, library: Option<&Library>, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { features, classes, step_samples, steps, repeats, .. } = *arguments;
    let method = Autoencoder::default();
    let sizes = (classes * method.folds, step_samples, features);
    let mut work = TrainingWork::new(cuda, &method, sizes, steps, random(2))?;
    let (operations, bytes) = (work.operations(), work.bytes());
    let kernel = device_seconds(cuda, repeats, || work.train_by_kernel())?;
    let each = 1e3 * kernel / steps as f64;
    let (tera, giga) = (operations / kernel / 1e12, bytes / kernel / 1e9);
    println!("training, {} networks: kernel {each:.3} ms a step, {tera:.1} TFLOP/s, {giga:.0} GB/s", sizes.0);
    let Some(library) = library else { return Ok(()) };
    let calls = device_seconds(cuda, repeats, || work.train_by_library(library))?;
    println!("training: cuBLAS calls {:.3} ms a step, {:.2} times as long", 1e3 * calls / steps as f64, calls / kernel);
    Ok(())
}

fn scoring(cuda: &Cuda, rate: Option<f64>, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { features, classes, block, repeats, .. } = *arguments;
    let mut work = ScoringBlock::new(cuda, &Autoencoder::default(), (block, features, classes), random(3))?;
    let operations = work.operations();
    let seconds = device_seconds(cuda, repeats, || work.score())?;
    let share =
        rate.map_or(String::new(), |rate| format!(", {:.1}% of cuBLAS's rate", 100.0 * operations / seconds / rate));
    println!("scoring: {block} rows in {:.3} ms, {:.1} TFLOP/s{share}", 1e3 * seconds, operations / seconds / 1e12);
    Ok(())
}

fn whole_runs(cuda: &Cuda, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { samples, features, classes, passes, .. } = *arguments;
    let dataset = Shape { samples, features, classes }.dataset()?;
    let (rows, given) = (dataset.rows()?, dataset.given);
    let embeddings = Embeddings::new(rows.view())?;
    let length = TrainingLength::Epochs(passes);
    for trim in [Vec::new(), Autoencoder::default().trim] {
        let rounds = trim.len() + 1;
        let method = Autoencoder { length, trim, ..Autoencoder::default() };
        let watch = Stopwatch::start();
        CudaAutoencoder { method, device: cuda.clone() }.fit(&embeddings, &given, &Run::quiet())?;
        let seconds = watch.seconds();
        println!(
            "{samples} x {features}, {classes} classes, {rounds} rounds of {passes} passes: {:.2} s, {:.2} CPU s",
            seconds.wall, seconds.processor
        );
    }
    Ok(())
}
