//! What the number of components does to the published threshold and the ranking, on the visible data.
//!
//! Prints, for every set and kind of given labels and number of components: the share flagged on clean labels, or F1 at the
//! published threshold, the best F1 of the ranking, its average precision, F1 of χ > 1; CPU seconds.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Parser;
use mislabel_benches::Stopwatch;
use mislabel_core::{ClassEvidence, Embeddings, ErrorMask, Judge, LabelIssues, Labels, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::Evaluation;
use mislabel_reconstruct::SoftLinear;
use mislabel_rer::{Rer, Threshold};

/// Thresholds and ranking by the number of components.
#[derive(Parser)]
struct Arguments {
    /// The folder of data sets.
    root: PathBuf,
    /// Components, one or more numbers.
    #[arg(required = true)]
    components: Vec<usize>,
    /// How the directions left out count.
    #[arg(long, default_value_t = 0.0)]
    tail: f64,
}

const DATASETS: [&str; 4] = ["digits", "fashion_pixels_5k", "banking77_minilm", "cifar10_efflite0_10k"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    println!("data given components flagged f1 best_f1 average_precision f1_above_one cpu_seconds");
    for name in DATASETS {
        let folder = arguments.root.join(name);
        let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?.to_array()?;
        let embeddings = Embeddings::new(rows.view())?;
        for given in given_labels(&folder)? {
            let (labels, errors) = labels(&folder, &given)?;
            for components in &arguments.components {
                let method = SoftLinear { components: *components, tail: arguments.tail, ..SoftLinear::default() };
                let line = line(&method, &embeddings, &labels, &errors)?;
                println!("{name} {given} {components} {line}");
            }
        }
    }
    Ok(())
}

/// Names of the true labels and of all given ones.
fn given_labels(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = vec!["true_labels".to_owned()];
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".npy").filter(|name| name.starts_with("given")).map(str::to_owned));
    }
    names[1..].sort();
    Ok(names)
}

fn line(
    method: &SoftLinear,
    embeddings: &Embeddings<'_>,
    given: &Labels,
    errors: &ErrorMask,
) -> Result<String, Box<dyn Error>> {
    let watch = Stopwatch::start();
    let evidence = method.evidence(embeddings, given, &Run::quiet())?;
    let seconds = watch.seconds().processor;
    let published = Rer::default().judge(&evidence, given, &Run::quiet())?;
    let above_one =
        Rer { threshold: Threshold::Fixed(1.0), ..Rer::default() }.judge(&evidence, given, &Run::quiet())?;
    let flagged = published.flagged() as f64 / given.len() as f64;
    if errors.error_count() == 0 {
        let above_one = above_one.flagged() as f64 / given.len() as f64;
        return Ok(format!("{flagged:.4} - - - {above_one:.4} {seconds:.2}"));
    }
    let evaluation = Evaluation::new(&published, errors)?;
    let (f1, above_one) = (f1(&published, errors), f1(&above_one, errors));
    let (best, precision) = (evaluation.best_f1, evaluation.average_precision);
    Ok(format!("{flagged:.4} {f1:.3} {best:.3} {precision:.4} {above_one:.3} {seconds:.2}"))
}

fn f1(issues: &LabelIssues, errors: &ErrorMask) -> f64 {
    let hits = issues.is_issue().iter().zip(errors.as_slice()).filter(|(flag, error)| **flag && **error).count();
    2.0 * hits as f64 / (issues.flagged() + errors.error_count()) as f64
}

fn labels(folder: &Path, given: &str) -> Result<(Labels, ErrorMask), Box<dyn Error>> {
    let read = |name: &str| LabelFile::read(folder.join(name).with_added_extension("npy"), &ReadOptions::default());
    let columns = LabelFile::columns(&[&read(given)?, &read("true_labels")?], &Classes::Observed)?;
    let errors = ErrorMask::between(&columns[0].labels, &columns[1].labels)?;
    Ok((columns[0].labels.clone(), errors))
}
