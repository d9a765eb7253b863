//! The soft linear reconstructor with one trim on a folder of data: the twin of `benches/peers/soft_linear.py`.
//!
//! Prints one line of names and values: average precision, seconds (from embeddings in memory as f32 to the ratios, as
//! in the twin), and for the first round the operations per second of its two stages.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Parser;
use mislabel_benches::{Operations, StageSeconds, Stopwatch};
use mislabel_core::{ClassEvidence, Embeddings, ErrorMask, EvidenceDetector, Labels};
use mislabel_io::{ArrayChoice, Classes, EmbeddingFile, LabelFile};
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
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let choice = ArrayChoice::default();
    let rows = EmbeddingFile::open(arguments.folder.join("embeddings.npy"), &choice)?.to_array()?;
    let (given, errors) = labels(&arguments.folder, &arguments.given)?;
    let (watch, stages) = (Stopwatch::start(), StageSeconds::start());
    let method = SoftLinear::default();
    let evidence = method.evidence(&Embeddings::new(rows.view())?, &given, &stages)?;
    let issues = Rer::default().judge(&evidence, &given)?;
    let seconds = watch.seconds();

    let precision = Evaluation::new(&issues, &errors)?.average_precision;
    let operations = Operations::of(rows.ncols(), &given, method.components);
    print!("average_precision {precision:.4} cpu_seconds {:.4} wall_seconds {:.4}", seconds.processor, seconds.wall);
    let counts = [("fitting", operations.fitting), ("scoring", operations.scoring)];
    for ((stage, took), (name, count)) in stages.stages().into_iter().zip(counts) {
        assert_eq!(stage, name, "the first round fits, then scores");
        print!(" {stage}_gflop {:.3} {stage}_seconds {took:.4} {stage}_gflops {:.1}", count / 1e9, count / took / 1e9);
    }
    println!();
    Ok(())
}

fn labels(folder: &Path, given: &str) -> Result<(Labels, ErrorMask), Box<dyn Error>> {
    let read = |name: &str| LabelFile::read(folder.join(name).with_added_extension("npy"), &ArrayChoice::default());
    let columns = LabelFile::columns(&[&read(given)?, &read("true_labels")?], &Classes::Observed)?;
    let errors = ErrorMask::between(&columns[0].labels, &columns[1].labels)?;
    Ok((columns[0].labels.clone(), errors))
}
