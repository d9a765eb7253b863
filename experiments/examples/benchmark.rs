//! The published benchmark of label-quality scores: AUROC and lift on real label errors, beside cleanlab's figures.
//!
//! `cargo run --release -p mislabel-experiments --example benchmark [FOLDER]` with the folder of predicted probabilities
//! (`roman_numeral`, `cifar10n_worst`; by default `../shared/data/pred_probs` beside the workspace). cleanlab's figures
//! come from `tests/tests/reference/benchmark.json` of the workspace. Lift: how many times more label errors among the
//! lowest 100 scores, and among as many as there are errors, than among all samples.

use std::error::Error;
use std::path::{Path, PathBuf};

use mislabel_confident::Score;
use mislabel_core::{ErrorMask, LabelQuality, Labels, Run};
use mislabel_io::{Classes, LabelFile, ProbabilityFile, ReadOptions};
use mislabel_metrics::{Ranking, Ties, auroc, lift_at};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/pred_probs");
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| beside.into()));
    if !folder.is_dir() {
        println!("skipped: there is no folder {}", folder.display());
        return Ok(());
    }
    println!("{:<50} {:<36} {:>17} {:>17} {:>17}", "", "", "AUROC", "lift@100", "lift@errors");
    println!("{:<50} {:<36} {}", "data and model", "score", "    ours cleanlab ".repeat(3));
    let reference: Value = serde_json::from_str(include_str!("../../tests/tests/reference/benchmark.json"))?;
    for entry in reference.as_array().into_iter().flatten().filter(|entry| entry.get("model").is_some()) {
        model(&folder, entry)?;
    }
    Ok(())
}

fn model(folder: &Path, entry: &Value) -> Result<(), Box<dyn Error>> {
    let text = |key: &str| entry[key].as_str().unwrap_or_default();
    let model = folder.join(text("data")).join(text("model"));
    let given = labels(&model.join(text("labels")))?;
    let errors = match LabelFile::read(model.join("label_errors_mask.npy"), &ReadOptions::default()) {
        Ok(mask) => mask.error_mask()?,
        Err(_) => ErrorMask::between(&given, &labels(&model.join("true_labels.npy"))?)?,
    };
    let probabilities = ProbabilityFile::open(model.join("pred_probs.npy"), &ReadOptions::default())?;
    for (name, theirs) in entry["ranking"].as_object().into_iter().flatten() {
        let score = Score::ALL.into_iter().find(|score| score.name() == name.trim_end_matches("_adjusted"));
        let score = score.ok_or("the reference has a score of another name")?;
        let quality = score.of_labels(&probabilities, &given, name.ends_with("_adjusted"), &Run::quiet())?;
        let ranking = Ranking::by_quality(&LabelQuality::new(quality.to_vec())?, &errors)?;
        let lift = |top| lift_at(&ranking, top, Ties::ByIndex);
        let ours = [auroc(&ranking)?, lift(100)?, lift(errors.error_count())?];
        let theirs = [&theirs["auroc"], &theirs["lift"][0], &theirs["lift"][1]].map(|v| v.as_f64().unwrap_or(f64::NAN));
        print!("{:<50} {name:<36}", format!("{}/{}", text("data"), text("model")));
        ours.iter().zip(theirs).for_each(|(ours, theirs)| print!(" {ours:>8.4} {theirs:>8.4}"));
        println!();
    }
    Ok(())
}

fn labels(path: &Path) -> Result<Labels, Box<dyn Error>> {
    Ok(LabelFile::read(path, &ReadOptions::default())?.column(&Classes::Observed)?.labels)
}
