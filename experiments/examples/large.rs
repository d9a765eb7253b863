//! Times confident learning on probabilities in a `.npy` file, and says how much memory it added.
//!
//! `cargo run --release -p mislabel-experiments --example large -- pred_probs.npy labels.npy [flags.txt]`; see `benches/peers/confident.py`,
//! which makes the files, runs this, times cleanlab on the same data and compares the flags.
//! Without arguments it makes probabilities of 20,000 samples and 100 classes itself.

use std::error::Error;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mislabel_confident::ConfidentLearning;
use mislabel_core::{Labels, PredictedProbabilities, ProbabilitySource, Run, split_seed};
use mislabel_io::{Classes, LabelFile, ProbabilityFile, ReadOptions};
use ndarray::{Array1, Array2, Axis};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (array, given) = match arguments.as_slice() {
        [probabilities, labels, ..] => {
            let file = ProbabilityFile::open(probabilities, &ReadOptions::default())?;
            let (given, classes) = (LabelFile::read(labels, &ReadOptions::default())?, file.shape().1);
            let given = given.column(&Classes::Count(classes))?.labels;
            report("mapped", || ConfidentLearning::default().flags(&file, &given, &Run::quiet()))?;
            (file.to_array()?, given)
        }
        _ => made_up(20_000, 100)?,
    };
    report("checking", || PredictedProbabilities::new(array.view()).map(|_| Array1::from_elem(1, false)))?;
    let probabilities = PredictedProbabilities::new(array.view())?;
    let flags = report("in memory", || ConfidentLearning::default().flags(&probabilities, &given, &Run::quiet()))?;
    if let Some(path) = arguments.get(2) {
        let rows = flags.iter().enumerate().filter(|(_, flag)| **flag);
        let text = rows.fold(String::new(), |mut text, (row, _)| {
            let _ = writeln!(text, "{row}");
            text
        });
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// Runs `work` three times; prints the first and the best time, CPU time per run, the flags, and how far it raised the
/// memory that is no file's (sampled every millisecond).
fn report(what: &str, work: impl Fn() -> mislabel_core::Result<Array1<bool>>) -> Result<Array1<bool>, Box<dyn Error>> {
    let (before, peak, done) = (resident("RssAnon"), AtomicUsize::new(0), AtomicBool::new(false));
    let (mut seconds, cpu) = (Vec::new(), cpu_seconds());
    let flags = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                peak.fetch_max(resident("RssAnon"), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let timed = |_| {
            let start = Instant::now();
            let flags = work();
            seconds.push(start.elapsed().as_secs_f64());
            flags
        };
        let flags = (0..3).map(timed).last().expect("three runs");
        done.store(true, Ordering::Relaxed);
        flags
    })?;
    let best = seconds.iter().copied().fold(f64::INFINITY, f64::min);
    let grown = peak.into_inner().saturating_sub(before) as f64 / 1e3;
    let flagged = flags.iter().filter(|flag| **flag).count();
    let (first, cpu) = (seconds[0], (cpu_seconds() - cpu) / seconds.len() as f64);
    println!(
        "{what}: {first:.3} s at first, {best:.3} s at best, {cpu:.3} CPU s, {grown:.0} MB more, {flagged} flagged"
    );
    Ok(flags)
}

/// Seconds that all threads together have run so far, in hundredths; 0 where there is no `/proc`.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// A size in `/proc/self/status`, kB; 0 where there is no such file.
fn resident(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// Softmax of pseudo-random logits, raised for the true class; a tenth of the labels are of the next class.
fn made_up(n: usize, k: usize) -> mislabel_core::Result<(Array2<f64>, Labels)> {
    let uniform = |i: usize, j: usize| split_seed(51, &[i as u64, j as u64]) as f64 / u64::MAX as f64;
    let mut array =
        Array2::from_shape_fn((n, k), |(i, j)| (3.0 * uniform(i, j) + if i % k == j { 5.0 } else { 0.0 }).exp());
    for mut row in array.axis_iter_mut(Axis(0)) {
        let sum = row.sum();
        row.mapv_inplace(|value| value / sum);
    }
    let given = (0..n).map(|i| ((i + usize::from(uniform(i, k) < 0.1)) % k) as u32);
    Ok((array, Labels::new(given.collect(), k)?))
}
