//! Soft linear runs with one trim on embeddings in a file, the classes searched in one or several ways.
//!
//! Prints, for every way, seconds of the wall clock and of all processors, those of every stage, peak memory so far, how many
//! samples differ in their best other class from the first way (and in any bit of the least two errors), and the
//! disagreement that the run itself measured.

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use mislabel_benches::{StageSeconds, Stopwatch, peak_memory};
use mislabel_core::{ErrorSummary, Run};
use mislabel_io::{Classes as LabelClasses, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_reconstruct::{ClassSearch, SoftLinear};
use mislabel_rer::{Denominator, NoiseRate};

/// Soft linear runs by how classes are searched.
#[derive(Parser)]
struct Arguments {
    /// Embeddings.
    embeddings: PathBuf,
    /// Given labels.
    given: PathBuf,
    /// `all`, `pruned`, or a number of nearest means; several.
    #[arg(required = true)]
    classes: Vec<String>,
    /// Threads; all cores when left out.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Fit once, without a trim.
    #[arg(long)]
    no_trim: bool,
    /// Components.
    #[arg(long, default_value_t = 50)]
    components: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let embeddings = EmbeddingFile::open(&arguments.embeddings, &ReadOptions::default())?;
    let given = LabelFile::read(&arguments.given, &ReadOptions::default())?.column(&LabelClasses::Observed)?.labels;
    let default = SoftLinear { components: arguments.components, ..SoftLinear::default() };
    let trim = if arguments.no_trim { Vec::new() } else { default.trim.clone() };
    let mut first: Option<ErrorSummary> = None;
    for name in &arguments.classes {
        let classes = match name.as_str() {
            "all" => ClassSearch::All,
            "pruned" => ClassSearch::Pruned,
            count => ClassSearch::Nearest(count.parse()?),
        };
        let method = SoftLinear { search: classes, trim: trim.clone(), ..default.clone() };
        let (watch, stages) = (Stopwatch::start(), StageSeconds::start());
        let (_, summary) = method.fit(&embeddings, &given, &Run::quiet().with_progress(&stages))?;
        let seconds = watch.seconds();
        let peak = peak_memory().map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 30));
        println!("{name}: {:.1} wall s, {:.1} CPU s, peak {peak:.2} GiB", seconds.wall, seconds.processor);
        stages.stages().into_iter().for_each(|(stage, seconds)| println!("  {stage} {seconds:.1} CPU s"));
        let noise = NoiseRate::new(&summary, &given, Denominator::default())?;
        println!("  noise {:?} {:?}", noise.raw(), noise.standard_errors());
        if let Some(sample) = summary.sampled() {
            println!("  disagreement (measured) {:?}", sample.disagreement());
        }
        if let Some(first) = &first {
            let classes = first.least_other_class().iter().zip(summary.least_other_class());
            let bits = first.least_other().iter().zip(summary.least_other());
            let seconds = first.second_least_other().iter().zip(summary.second_least_other());
            println!(
                "  differ from {}: {} classes, {} least errors, {} second ones",
                arguments.classes[0],
                classes.filter(|(a, b)| a != b).count(),
                bits.filter(|(a, b)| a != b).count(),
                seconds.filter(|(a, b)| a != b).count()
            );
        } else {
            first = Some(summary);
        }
    }
    Ok(())
}
