//! How fast verified labels close the gap to the best flags, and how often the intervals hold.
//!
//! `cargo run --release -p mislabel-experiments --example verified_table -- ../shared/data [DATASETS] [REVIEWS]`
//! prints, for every dataset and its labels, the noise rate, the posterior's estimate with its interval, F1 of its flags, the
//! same with `boundary` 2 (κ), and the best F1; then, after 20, 50, 100 and 200 verified labels that the posterior asks for, means
//! over REVIEWS (10) reviews: F1, the distance of the noise rate, and in how many reviews the 95% intervals of the noise rate and
//! of the share of right flags hold the true ones. DATASETS as in `posterior_table`.

#[path = "posterior_table/cells.rs"]
#[expect(dead_code, reason = "shared with posterior_table")]
mod cells;
#[path = "posterior_table/datasets.rs"]
mod datasets;

use std::path::Path;

use cells::Outcome;
use datasets::Data;
use mislabel_core::{Embeddings, ErrorMask, Labels, Run, VerifiedLabels};
use mislabel_metrics::Evaluation;
use mislabel_posterior::{Posterior, PosteriorModel, SoftLinearPosterior};

const COUNTS: [usize; 4] = [20, 50, 100, 200];

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |place: usize, default: &str| arguments.get(place).cloned().unwrap_or_else(|| default.into());
    let (root, reviews) = (argument(0, "../shared/data"), argument(2, "10").parse()?);
    println!(
        "data labels rate estimate interval | F1 / best, boundary 2 | verified: F1, rate off, rate held, precision held"
    );
    for name in argument(1, "cifar,digits,banking20,banking_blend").split(',') {
        let Some(data) = datasets::read(Path::new(&root), name)? else { continue };
        for (labels, draws) in data.cells(1)? {
            if labels != "clean" {
                println!("{name} {labels} {}", row(&data, &draws[0], reviews)?);
            }
        }
    }
    Ok(())
}

fn row(data: &Data, given: &Labels, reviews: u64) -> Outcome<String> {
    let mask = ErrorMask::between(given, &data.truth)?;
    let embeddings = Embeddings::new(data.rows.view())?;
    let fitted = SoftLinearPosterior::default().fitted(&embeddings, given, &Run::quiet())?;
    let near = PosteriorModel { boundary: 2.0, ..PosteriorModel::default() };
    let near = near.posterior(&fitted.errors, given, &Run::quiet())?;
    let (f1, best) = scores(&fitted.posterior, &mask)?;
    let interval = fitted.posterior.noise_rate_interval();
    let mut row = format!("{:.3} {interval} | {f1:.3} / {best:.3}, {:.3}", mask.rate(), scores(&near, &mask)?.0);
    for count in COUNTS {
        let mut sums = [0.0; 4];
        for seed in 0..reviews {
            let after = reviewed(&fitted.posterior, data, given, &mask, (count, seed))?;
            sums.iter_mut().zip(after).for_each(|(sum, value)| *sum += value / reviews as f64);
        }
        row += &format!(" | {count}: {:.3} {:.3} {:.1} {:.1}", sums[0], sums[1], sums[2], sums[3]);
    }
    Ok(row)
}

/// F1 of the advised flags and of the best cut.
fn scores(posterior: &Posterior, mask: &ErrorMask) -> Outcome<(f64, f64)> {
    let evaluation = Evaluation::new(&posterior.issues(posterior.default_rule())?, mask)?;
    Ok((evaluation.f1.value().unwrap_or(0.0), evaluation.best_f1.value().unwrap_or(0.0)))
}

/// F1, the distance of the noise rate, and whether the intervals of rate and precision hold, after a review.
fn reviewed(
    posterior: &Posterior,
    data: &Data,
    given: &Labels,
    mask: &ErrorMask,
    (count, seed): (usize, u64),
) -> Outcome<[f64; 4]> {
    let ask = posterior.verification_sample(count, &VerifiedLabels::none(given), seed)?;
    let answers = ask.iter().map(|row| data.truth.values()[*row]).collect();
    let (after, rate) = posterior.verified(given, &VerifiedLabels::new(ask, answers, given)?)?;
    let flags = after.flags(after.default_rule())?;
    let right = flags.iter().zip(mask.as_slice()).filter(|(flag, error)| **flag && **error).count() as f64;
    let flagged = flags.iter().filter(|flag| **flag).count() as f64;
    let holds = |(low, high): (f64, f64), truth: f64| f64::from(u8::from(low <= truth && truth <= high));
    let precision = after.precision(&flags)?.map_or(1.0, |precision| holds(precision.interval(), right / flagged));
    Ok([scores(&after, mask)?.0, (rate.rate() - mask.rate()).abs(), holds(rate.bounds(), mask.rate()), precision])
}
