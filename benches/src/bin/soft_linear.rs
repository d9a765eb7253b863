//! The soft linear reconstructor with one trim on a folder of data: the twin of `benches/peers/soft_linear.py`.
//!
//! Prints one line of names and values: average precision and seconds, from embeddings in memory as f32 to the ratios, as
//! in the twin. With `--rates` it fits once without trimming instead, and prints the operations per CPU second of its
//! two stages, which are counted then.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Parser;
use mislabel_benches::{Operations, Seconds, StageSeconds, Stopwatch};
use mislabel_core::{ClassEvidence, Detector, Embeddings, ErrorMask, Labels, Pipeline, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::Evaluation;
use mislabel_reconstruct::SoftLinear;
use mislabel_rer::Rer;

/// Soft linear reconstructor, one trim: average precision and seconds.
#[derive(Parser)]
struct Arguments {
    /// Folder with embeddings.npy, true_labels.npy and the given labels.
    folder: PathBuf,
    /// Name of the given labels, such as given_symmetric_0.1_seed51.
    given: String,
    /// Threads; all cores when left out.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Print operations per CPU second instead.
    #[arg(long)]
    rates: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let choice = ReadOptions::default();
    let rows = EmbeddingFile::open(arguments.folder.join("embeddings.npy"), &choice)?.to_array()?;
    let (given, errors) = labels(&arguments.folder, &arguments.given)?;
    let embeddings = Embeddings::new(rows.view())?;
    if arguments.rates { print_rates(&embeddings, &given) } else { print_seconds(&embeddings, &given, &errors) }
}

fn print_seconds(embeddings: &Embeddings<'_>, given: &Labels, errors: &ErrorMask) -> Result<(), Box<dyn Error>> {
    let watch = Stopwatch::start();
    let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(embeddings, given, &Run::quiet())?;
    let Seconds { wall, processor } = watch.seconds();
    let precision = Evaluation::new(&issues, errors)?.average_precision;
    println!("average_precision {precision:.4} cpu_seconds {processor:.4} wall_seconds {wall:.4}");
    Ok(())
}

fn print_rates(embeddings: &Embeddings<'_>, given: &Labels) -> Result<(), Box<dyn Error>> {
    let method = SoftLinear { trim: Vec::new(), ..SoftLinear::default() };
    let stages = StageSeconds::start();
    method.evidence(embeddings, given, &Run::quiet().with_progress(&stages))?;
    let operations = Operations::of(embeddings.view().ncols(), given, method.components);
    let counts = [("fitting", operations.fitting), ("scoring", operations.scoring)];
    let lines = stages.stages().into_iter().zip(counts).map(|((stage, seconds), (name, count))| {
        assert_eq!(stage, name, "a run without trimming fits, then scores");
        let giga = count / 1e9;
        format!(
            "{stage}_gflop {giga:.3} {stage}_cpu_seconds {seconds:.4} {stage}_gflop_per_cpu_second {:.1}",
            giga / seconds
        )
    });
    println!("{}", lines.collect::<Vec<String>>().join(" "));
    Ok(())
}

fn labels(folder: &Path, given: &str) -> Result<(Labels, ErrorMask), Box<dyn Error>> {
    let read = |name: &str| LabelFile::read(folder.join(name).with_added_extension("npy"), &ReadOptions::default());
    let columns = LabelFile::columns(&[&read(given)?, &read("true_labels")?], &Classes::Observed)?;
    let errors = ErrorMask::between(&columns[0].labels, &columns[1].labels)?;
    Ok((columns[0].labels.clone(), errors))
}
