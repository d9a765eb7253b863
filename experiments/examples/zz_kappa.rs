//! temp
#[path = "posterior_table/cells.rs"]
mod cells;
#[path = "posterior_table/datasets.rs"]
mod datasets;
use cells::Outcome;
use mislabel_core::{Embeddings, ErrorMask, Run, VerifiedLabels};
use mislabel_methods::Dataset;
use mislabel_metrics::Evaluation;
use mislabel_posterior::{FlagRule, PosteriorModel};
use std::path::Path;
fn main() -> Outcome {
    let root = std::env::args().nth(1).unwrap();
    let wanted: Vec<String> = std::env::args().nth(2).unwrap().split(',').map(String::from).collect();
    for name in wanted {
        let Some(data) = datasets::read(Path::new(&root), &name)? else { continue };
        for (labels, draws) in data.cells(1)? {
            let given = &draws[0];
            let mask = ErrorMask::between(given, &data.truth)?;
            let embeddings = Embeddings::new(data.rows.view())?;
            let method = mislabel_methods::PosteriorMethod::default();
            let fitted = method.fitted(&Dataset::new(given).with_embeddings(&embeddings)?, &Run::quiet())?;
            print!("{name} {labels} true {:.3}", mask.rate());
            for boundary in [0.0, 2.0] {
                let p = PosteriorModel { boundary, ..PosteriorModel::default() }.posterior(
                    &fitted.errors,
                    given,
                    &Run::quiet(),
                )?;
                let half = Evaluation::new(&p.issues(FlagRule::MoreLikelyThanNot)?, &mask)?;
                let exp = Evaluation::new(&p.issues(FlagRule::ExpectedF1)?, &mask)?;
                print!(
                    " | k{boundary} rate {:.3} L {:.0} AP {:.3} F1 {:.3} exp {:.3} best {:.3} fl {:.3}",
                    p.noise_rate(),
                    p.log_likelihood(),
                    half.average_precision.value().unwrap_or(0.),
                    half.f1.value().unwrap_or(0.),
                    exp.f1.value().unwrap_or(0.),
                    half.best_f1.value().unwrap_or(0.),
                    half.flagged as f64 / mask.len() as f64
                );
            }
            let p = &fitted.posterior;
            for count in [20, 50, 100, 200] {
                let (mut f, mut eta, mut cover) = (0.0, 0.0, 0);
                for seed in 0..10 {
                    let ask = p.verification_sample(count, &VerifiedLabels::none(given), seed)?;
                    let answers = ask.iter().map(|&row| data.truth.values()[row]).collect();
                    let (after, rate) = p.verified(given, &VerifiedLabels::new(ask, answers, given)?)?;
                    let e = Evaluation::new(&after.issues(after.default_rule())?, &mask)?;
                    f += e.f1.value().unwrap_or(0.) / 10.0;
                    eta += (rate.rate() - mask.rate()).abs() / 10.0;
                    let (low, high) = rate.bounds();
                    cover += usize::from(low <= mask.rate() && mask.rate() <= high);
                }
                print!(" | v{count} F1 {f:.3} off {eta:.3} cover {cover}");
            }
            println!();
        }
    }
    Ok(())
}
