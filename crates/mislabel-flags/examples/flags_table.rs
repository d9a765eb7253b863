//! Flags on the visible datasets, over kinds and rates of noise: what each rule loses against the best cut.
//!
//! `cargo run --release -p mislabel-flags --example flags_table -- ../shared/data [SEEDS] [BOUNDARY]`
//! prints a row per dataset, kind and rate of noise and seed: the noise rate and its estimate; the best F1 of the ranking by
//! χ and of that by the posterior; then F1 (on clean data the share flagged) by χ > 1, by the published χ*, and by the
//! posterior above one half and by expected F1; the expected calibration error; wall seconds of the posterior.

use std::path::Path;
use std::time::Instant;

use mislabel_core::{ClassEvidence, Embeddings, ErrorMask, EvidenceDetector, LabelIssues, Labels, NoiseModel, Silent};
use mislabel_flags::{FlagRule, TrueLabels};
use mislabel_io::{ArrayChoice, Classes, EmbeddingFile, LabelFile};
use mislabel_metrics::Evaluation;
use mislabel_noise::{Asymmetric, InstanceDependent, Symmetric};
use mislabel_reconstruct::NearestClasses;
use mislabel_rer::{Rer, Threshold};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const DATASETS: [&str; 4] = ["digits", "fashion_pixels_5k", "banking77_minilm", "cifar10_efflite0_10k"];
const RATES: [f64; 7] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4];

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().unwrap_or_else(|| "../shared/data".into());
    let seeds: u64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let boundary: f64 = arguments.next().map_or(Ok(0.0), |text| text.parse())?;
    println!("data noise rate est best_chi best_post chi>1 published half exp_f1 calibration seconds");
    for name in DATASETS {
        let folder = Path::new(&root).join(name);
        if !folder.exists() {
            println!("{name} SKIPPED: no folder {}", folder.display());
            continue;
        }
        let file = EmbeddingFile::open(folder.join("embeddings.npy"), &ArrayChoice::default())?;
        let rows = file.to_array()?;
        let truth =
            LabelFile::read(folder.join("true_labels.npy"), &ArrayChoice::default())?.column(&Classes::Observed)?;
        let data = Data { name, embeddings: Embeddings::new(rows.view())?, truth: truth.labels, boundary };
        data.row("clean", &data.truth)?;
        for human in ["human_worse", "human_aggregate"] {
            let path = folder.join(format!("given_{human}.npy"));
            if path.exists() {
                let given =
                    LabelFile::read(path, &ArrayChoice::default())?.column(&Classes::Count(data.truth.classes()))?;
                data.row(human, &given.labels)?;
            }
        }
        for (rate, seed) in RATES.into_iter().flat_map(|rate| (0..seeds).map(move |seed| (rate, seed))) {
            let symmetric = Symmetric { rate, ..Symmetric::default() };
            data.row(&format!("symmetric_{rate}"), &symmetric.corrupt(&data.truth, seed)?.given)?;
            let asymmetric = Asymmetric { rate, ..Asymmetric::default() };
            data.row(&format!("asymmetric_{rate}"), &asymmetric.corrupt(&data.truth, seed)?.given)?;
            let instance = InstanceDependent::new(&data.embeddings, rate);
            data.row(&format!("instance_{rate}"), &instance.corrupt(&data.truth, seed)?.given)?;
        }
    }
    Ok(())
}

struct Data<'a> {
    name: &'static str,
    embeddings: Embeddings<'a>,
    truth: Labels,
    boundary: f64,
}

impl Data<'_> {
    fn row(&self, noise: &str, given: &Labels) -> Outcome {
        let mask = ErrorMask::between(given, &self.truth)?;
        let errors = NearestClasses::default().evidence(&self.embeddings, given, &Silent)?;
        let start = Instant::now();
        let posterior =
            TrueLabels { boundary: self.boundary, ..TrueLabels::default() }.posterior(&errors, given, &Silent)?;
        let seconds = start.elapsed().as_secs_f64();
        let published = Rer::default().judge(errors.summary(), given)?;
        let above_one = Rer { threshold: Threshold::Fixed(1.0), ..Rer::default() }.judge(errors.summary(), given)?;
        let half = posterior.issues(FlagRule::MoreLikelyThanNot)?;
        let expected = posterior.issues(FlagRule::ExpectedF1)?;
        let best =
            |issues: &LabelIssues| -> Outcome<String> { Ok(format!("{:.3}", Evaluation::new(issues, &mask)?.best_f1)) };
        let (best_chi, best_posterior) = match mask.errors() {
            0 => ("-".into(), "-".into()),
            _ => (best(&published)?, best(&half)?),
        };
        let rules = [&above_one, &published, &half, &expected].map(|issues| f1_or_share(issues, &mask));
        let rates = format!("{:.3} {:.3}", mask.rate(), posterior.noise_rate());
        let calibration = calibration_error(&half, &mask);
        println!(
            "{} {noise} {rates} {best_chi} {best_posterior} {} {calibration:.3} {seconds:.2} {:.5}",
            self.name,
            rules.join(" "),
            posterior.log_likelihood() / given.len() as f64
        );
        Ok(())
    }
}

/// F1 of the flags; on clean data the share flagged.
fn f1_or_share(issues: &LabelIssues, mask: &ErrorMask) -> String {
    if mask.errors() == 0 {
        return format!("{:.4}", issues.flagged() as f64 / issues.len() as f64);
    }
    let hits = issues.is_issue().iter().zip(mask.as_slice()).filter(|(flag, error)| **flag && **error).count();
    format!("{:.3}", 2.0 * hits as f64 / (issues.flagged() + mask.errors()) as f64)
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
