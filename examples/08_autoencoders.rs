//! Class-wise autoencoders, kept in a file.
//!
//! Trains an autoencoder per class on 1,500 handwritten digits, a tenth of them with a wrong label, and ranks the labels
//! by them and by the soft linear reconstructor, which needs no training. Then saves the networks, loads them, and scores
//! the other 297 digits, which no network has seen, under labels of which a tenth is wrong, too. Prints the average
//! precision of all three rankings, and the new digits whose labels are most suspect.

use mislabel::ErrorSummary;
use mislabel::prelude::*;
use mislabel::reconstruct::{Autoencoder, AutoencoderModel};
use ndarray::s;

const TRAINED: usize = 1_500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let digits = mislabel::datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
    let part = |range: std::ops::Range<usize>| -> mislabel::Result<(Labels, ErrorMask)> {
        let errors = ErrorMask::new(noisy.errors.as_slice()[range.clone()].to_vec())?;
        Ok((noisy.given.with_values(noisy.given.values()[range].to_vec())?, errors))
    };
    let (given, errors) = part(0..TRAINED)?;
    let embeddings = Embeddings::new(digits.embeddings.slice(s![..TRAINED, ..]))?;

    let linear = SoftLinear::default().evidence(&embeddings, &given, &Run::quiet())?;
    report("soft linear, the samples themselves", &linear, &given, &errors)?;
    let (model, trained) = Autoencoder::default().fit(&embeddings, &given, &Run::quiet())?;
    report("autoencoders, the samples themselves", &trained, &given, &errors)?;

    let path = std::env::temp_dir().join("mislabel-example.autoencoder");
    model.save(&path)?;
    let loaded = AutoencoderModel::load(&path)?;
    println!("{} bytes in {}", std::fs::metadata(&path)?.len(), path.display());
    std::fs::remove_file(&path)?;

    let (given, errors) = part(TRAINED..digits.labels.len())?;
    let embeddings = Embeddings::new(digits.embeddings.slice(s![TRAINED.., ..]))?;
    let new = loaded.summary(&embeddings, &given, &Run::quiet())?;
    let issues = report("autoencoders loaded, new samples", &new, &given, &errors)?;
    println!("\nnew digit  given  suggested  true  quality");
    for row in issues.quality().ranking().into_iter().take(5) {
        let (suggested, quality) = (issues.suggested().class(row), issues.quality().as_slice()[row]);
        let truth = digits.labels.class(TRAINED + row);
        println!("{row:>9}  {:>5}  {suggested:>9}  {truth:>4}  {quality:.3}", given.class(row));
    }
    Ok(())
}

fn report(what: &str, evidence: &ErrorSummary, given: &Labels, errors: &ErrorMask) -> mislabel::Result<LabelIssues> {
    let issues = Rer::default().judge(evidence, given, &Run::quiet())?;
    println!("{what}: average precision {:.3}", Evaluation::new(&issues, errors)?.average_precision);
    Ok(issues)
}
