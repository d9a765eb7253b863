//! Flags on the real datasets, over kinds and rates of noise: what each rule loses against the best cut.
//!
//! `cargo run --release -p mislabel-experiments --example flags_table -- ../shared/data [SEEDS] [BOUNDARY|learnt] [NEIGHBORS]`
//! prints a row per dataset, kind and rate of noise and seed: the noise rate, its estimate and the share of errors that go to
//! the class nearest to a sample; the best F1 of the ranking by χ and of that by the posterior; then F1 (on clean data the
//! share flagged) by χ > 1, by the published χ*, and by the posterior above one half, by expected F1 and as advised; the same
//! after 50 verified labels, and the noise rate that they give; the expected calibration error of the posterior; average precision of
//! χ and of the posterior; wall seconds of the posterior. SEEDS 0: only clean and human labels. NEIGHBORS above 0: the
//! posterior looks at the labels of so many neighbors, too. `_2` are two classes of a dataset, `_rare` has 5 samples of one
//! class and 20 of another.

use std::path::Path;
use std::time::Instant;

use mislabel_core::{
    ClassEvidence, Embeddings, ErrorMask, Judge, LabelIssues, Labels, NoiseModel, Run, VerifiedLabels,
};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::Evaluation;
use mislabel_neighbors::KNearest;
use mislabel_noise::{Asymmetric, InstanceDependent, Symmetric};
use mislabel_posterior::{FlagRule, Posterior, PosteriorModel};
use mislabel_reconstruct::NearestClasses;
use mislabel_rer::{Rer, Threshold};
use ndarray::{Array2, Axis};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const DATASETS: [&str; 4] = ["digits", "fashion_pixels_5k", "banking77_minilm", "cifar10_efflite0_10k"];
const RATES: [f64; 7] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4];
const VERIFIED: usize = 50;

#[derive(Clone, Copy)]
struct Settings {
    seeds: u64,
    boundary: Option<f64>,
    neighbors: usize,
}

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().unwrap_or_else(|| "../shared/data".into());
    let seeds = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let boundary = arguments.next().filter(|text| text != "learnt").map(|text| text.parse()).transpose()?;
    let neighbors = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let settings = Settings { seeds, boundary, neighbors };
    println!(
        "data noise rate est near best_chi best_post chi>1 published half exp_f1 advised verified verified_est calibration ap_chi ap_post seconds"
    );
    for name in DATASETS {
        let folder = Path::new(&root).join(name);
        if !folder.exists() {
            println!("{name} SKIPPED: no folder {}", folder.display());
            continue;
        }
        let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?.to_array()?;
        let read = |file: &str, classes: &Classes| -> Outcome<Labels> {
            Ok(LabelFile::read(folder.join(file), &ReadOptions::default())?.column(classes)?.labels)
        };
        let truth = read("true_labels.npy", &Classes::Observed)?;
        let data = Data { name, embeddings: Embeddings::new(rows.view())?, truth: &truth, settings };
        for human in ["human_worse", "human_aggregate"] {
            let file = format!("given_{human}.npy");
            if folder.join(&file).exists() {
                data.row(human, &read(&file, &Classes::Count(truth.class_count()))?)?;
            }
        }
        data.rows()?;
        if truth.class_count() == 10 {
            let two = subset(&rows, &truth, |class, _| class == 3 || class == 5, |class| u32::from(class == 5), 2)?;
            let most = |class: usize| [5, 20].get(class).copied().unwrap_or(usize::MAX);
            let rare = subset(&rows, &truth, |class, before| before < most(class), |class| class as u32, 10)?;
            for (name, (rows, truth)) in [(format!("{name}_2"), two), (format!("{name}_rare"), rare)] {
                Data { name: &name, embeddings: Embeddings::new(rows.view())?, truth: &truth, settings }.rows()?;
            }
        }
    }
    Ok(())
}

/// The samples that `kept(class, how many of it came before)` keeps, with other numbers for their classes.
fn subset(
    rows: &Array2<f32>,
    truth: &Labels,
    kept: impl Fn(usize, usize) -> bool,
    renamed: impl Fn(usize) -> u32,
    classes: usize,
) -> Outcome<(Array2<f32>, Labels)> {
    let mut before = vec![0; truth.class_count()];
    let keep: Vec<usize> = (0..truth.len())
        .filter(|&row| {
            let class = truth.class(row);
            before[class] += 1;
            kept(class, before[class] - 1)
        })
        .collect();
    let labels = keep.iter().map(|&row| renamed(truth.class(row))).collect();
    Ok((rows.select(Axis(0), &keep), Labels::new(labels, classes)?))
}

struct Data<'a> {
    name: &'a str,
    embeddings: Embeddings<'a>,
    truth: &'a Labels,
    settings: Settings,
}

impl Data<'_> {
    fn rows(&self) -> Outcome {
        self.row("clean", self.truth)?;
        for (rate, seed) in RATES.into_iter().flat_map(|rate| (0..self.settings.seeds).map(move |seed| (rate, seed))) {
            let symmetric = Symmetric { rate, ..Symmetric::default() };
            self.row(&format!("symmetric_{rate}"), &symmetric.corrupt(self.truth, seed)?.given)?;
            let asymmetric = Asymmetric { rate, ..Asymmetric::default() };
            self.row(&format!("asymmetric_{rate}"), &asymmetric.corrupt(self.truth, seed)?.given)?;
            let instance = InstanceDependent::new(&self.embeddings, rate);
            self.row(&format!("instance_{rate}"), &instance.corrupt(self.truth, seed)?.given)?;
        }
        Ok(())
    }

    fn row(&self, noise: &str, given: &Labels) -> Outcome {
        let mask = ErrorMask::between(given, self.truth)?;
        let errors = NearestClasses::default().evidence(&self.embeddings, given, &Run::quiet())?;
        let start = Instant::now();
        let model = PosteriorModel { boundary: self.settings.boundary.unwrap_or(0.0), ..PosteriorModel::default() };
        let posterior = match self.settings.neighbors {
            0 => model.posterior(&errors, given, &Run::quiet())?,
            count => {
                let graph = KNearest { neighbors: Some(count), ..KNearest::default() }.evidence(
                    &self.embeddings,
                    given,
                    &Run::quiet(),
                )?;
                model.posterior_with_neighbors(&errors, graph.indices_view(), given, &Run::quiet())?
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        let published = Rer::default().judge(errors.summary(), given, &Run::quiet())?;
        let above_one =
            Rer { threshold: Threshold::Fixed(1.0), ..Rer::default() }.judge(errors.summary(), given, &Run::quiet())?;
        let [half, expected, advised] = [FlagRule::MoreLikelyThanNot, FlagRule::ExpectedF1, posterior.default_rule()]
            .map(|rule| posterior.issues(rule));
        let (half, expected, advised) = (half?, expected?, advised?);
        let (verified, verified_rate) = self.verified(&posterior, given)?;
        let quality = |issues: &LabelIssues| -> Outcome<(String, String)> {
            if mask.error_count() == 0 {
                return Ok(("-".into(), "-".into()));
            }
            let evaluation = Evaluation::new(issues, &mask)?;
            Ok((format!("{:.3}", evaluation.best_f1), format!("{:.4}", evaluation.average_precision)))
        };
        let ((best_chi, ap_chi), (best_posterior, ap_posterior)) = (quality(&published)?, quality(&half)?);
        let rules =
            [&above_one, &published, &half, &expected, &advised, &verified].map(|issues| f1_or_share(issues, &mask));
        println!(
            "{} {noise} {:.3} {:.3} {:.2} {best_chi} {best_posterior} {} {verified_rate:.3} {:.3} {ap_chi} {ap_posterior} {seconds:.2}",
            self.name,
            mask.rate(),
            posterior.noise_rate(),
            0.0,
            rules.join(" "),
            calibration_error(&half, &mask),
        );
        Ok(())
    }

    /// The issues and the noise rate after a look at the labels that the posterior asks for.
    fn verified(&self, posterior: &Posterior, given: &Labels) -> Outcome<(LabelIssues, f64)> {
        let ask = posterior.verification_sample(VERIFIED, &VerifiedLabels::none(given), 0)?;
        let answers = ask.iter().map(|&row| self.truth.values()[row]).collect();
        let (after, rate) = posterior.verified(given, &VerifiedLabels::new(ask, answers, given)?)?;
        Ok((after.issues(after.default_rule())?, rate.rate()))
    }
}

/// F1 of the flags; on clean data the share flagged.
fn f1_or_share(issues: &LabelIssues, mask: &ErrorMask) -> String {
    if mask.error_count() == 0 {
        return format!("{:.4}", issues.flagged() as f64 / issues.len() as f64);
    }
    let hits = issues.is_issue().iter().zip(mask.as_slice()).filter(|(flag, error)| **flag && **error).count();
    format!("{:.3}", 2.0 * hits as f64 / (issues.flagged() + mask.error_count()) as f64)
}

/// Mean distance of the probability from the share of errors over ten bins of equal width, weighted by their samples.
fn calibration_error(issues: &LabelIssues, mask: &ErrorMask) -> f64 {
    let mut bins = [(0.0, 0.0); 10];
    for (wrong, error) in issues.score().iter().zip(mask.as_slice()) {
        let bin = &mut bins[((wrong * 10.0) as usize).min(9)];
        bin.0 += wrong;
        bin.1 += f64::from(u8::from(*error));
    }
    bins.iter().map(|(expected, found)| (expected - found).abs()).sum::<f64>() / mask.len() as f64
}
