//! Scoring on an NVIDIA GPU at the size of ImageNet, on generated embeddings.
//!
//! Prints one line per quantity: the rate of cuBLAS's bf16 products; the scoring kernel's and the same step's in cuBLAS
//! calls, on one block of rows that lies on the device, in multiplications and additions that the formula asks for; then
//! the wall and CPU seconds of the whole soft linear reconstructor, from rows in memory to the evidence. Without a
//! device it says so and ends.

use std::error::Error;

use clap::Parser;
use mislabel_benches::{Shape, Stopwatch};
use mislabel_core::{ClassEvidence, Embeddings, Run};
use mislabel_cuda::measure::{Library, ScoringWork, SquareMatrix, SquareProduct, device_seconds};
use mislabel_cuda::{Cuda, CudaScorer, CudaSoftLinear, TensorPrecision};
use mislabel_reconstruct::{ClassRow, SoftLinear};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Side of the matrices whose product gives the rate to compare with.
const SQUARE: usize = 8192;

/// Scoring on a GPU at the size of ImageNet.
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
    /// Directions per class.
    #[arg(long, default_value_t = 50)]
    components: usize,
    /// Rows of the block on which the kernel is measured.
    #[arg(long, default_value_t = 67_584)]
    block: usize,
    /// Times each step is run.
    #[arg(long, default_value_t = 20)]
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
    for precision in [TensorPrecision::Single, TensorPrecision::Double, TensorPrecision::Triple] {
        print_step(&cuda, library.as_ref(), rate, precision, &arguments)?;
    }
    if arguments.samples > 0 { whole_run(&cuda, &arguments) } else { Ok(()) }
}

/// Uniform numbers: a product of zeros runs faster than one of anything else.
fn random(count: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| random.random::<f32>() - 0.5).collect()
}

fn product_rate(cuda: &Cuda, library: &Library, repeats: usize) -> Result<f64, Box<dyn Error>> {
    let matrix = SquareMatrix::new(cuda, &random(SQUARE * SQUARE, 1), SQUARE)?;
    let mut product = SquareProduct::new(cuda, SQUARE)?;
    let seconds = device_seconds(cuda, repeats, || library.multiply_square(&matrix, &mut product))?;
    Ok(2.0 * (SQUARE as f64).powi(3) / seconds)
}

fn print_step(
    cuda: &Cuda,
    library: Option<&Library>,
    rate: Option<f64>,
    precision: TensorPrecision,
    arguments: &Arguments,
) -> Result<(), Box<dyn Error>> {
    let Arguments { features, classes, components, block, repeats, .. } = *arguments;
    let (means, directions) = (random(classes * features, 2), random(classes * components * features, 3));
    let class = |class: usize| ClassRow {
        class,
        scale: 1.0,
        constant: 1.0,
        mean: &means[class * features..][..features],
        directions: &directions[class * components * features..][..components * features],
    };
    let table: Vec<ClassRow<'_>> = (0..classes).map(class).collect();
    let mut work = ScoringWork::new(cuda, &random(block * features, 4), &table, precision)?;
    let operations = work.operations(&table);
    let kernel = device_seconds(cuda, repeats, || work.score_by_kernel())?;
    let share = rate.map_or(String::new(), |rate| {
        let all = precision.products() as f64 * operations / kernel / rate;
        format!(", {:.1}% of cuBLAS's rate with all terms counted", 100.0 * all)
    });
    println!("{precision}: kernel {:.3} ms, {:.1} TFLOP/s{share}", 1e3 * kernel, operations / kernel / 1e12);
    let Some(library) = library else { return Ok(()) };
    let by_kernel = work.least()?;
    let seconds = device_seconds(cuda, repeats, || work.score_by_library(library))?;
    let differ = by_kernel.iter().zip(work.least()?).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f32::max);
    let ratio = seconds / kernel;
    println!(
        "{precision}: cuBLAS calls {:.3} ms, {ratio:.2} times as long; results differ by {differ:.1e}",
        1e3 * seconds
    );
    Ok(())
}

fn whole_run(cuda: &Cuda, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { samples, features, classes, components, .. } = *arguments;
    let dataset = Shape { samples, features, classes }.dataset()?;
    let (rows, given) = (dataset.rows()?, dataset.given);
    let embeddings = Embeddings::new(rows.view())?;
    for precision in [TensorPrecision::Single, TensorPrecision::Double] {
        let scorer = CudaScorer { devices: vec![cuda.clone()], precision };
        let method = SoftLinear { components, ..SoftLinear::default() };
        let watch = Stopwatch::start();
        CudaSoftLinear { method, scorer }.evidence(&embeddings, &given, &Run::quiet())?;
        let seconds = watch.seconds();
        println!(
            "{precision}: {samples} x {features}, {classes} classes: {:.2} s, {:.2} CPU s",
            seconds.wall, seconds.processor
        );
    }
    Ok(())
}
