//! Detectors combined, weights learnt from a review, and why a label is suspect.
//!
//! The consensus weighs its four members by their agreement and by how many labels they predict; after a review of forty
//! labels by how right they were. Then any detectors are combined in the same way. Prints the weights, the average precision
//! of every member and of each consensus, and the explanation of the most suspect sample.

use mislabel::VerifiedLabels;
use mislabel::consensus::{Combination, Explainer, Member, MemberIssues};
use mislabel::neighbors::Agreement;
use mislabel::prelude::*;

fn main() -> mislabel::Result<()> {
    let digits = mislabel::datasets::digits();
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let noisy = Asymmetric { rate: 0.3, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
    let given = &noisy.given;
    let precision = |issues: &LabelIssues| -> mislabel::Result<f64> {
        Ok(Evaluation::new(issues, &noisy.errors)?.average_precision.value().unwrap_or(f64::NAN))
    };

    println!("digits, three tenths of every class labeled as the next\n");
    let report = Consensus::default().report(&embeddings, given, None, &Run::quiet())?;
    println!("{:<24}weight  average precision", "");
    for (member, weight) in report.members.iter().zip(&report.combined.weights) {
        println!("{:<24}{weight:.3}   {:.3}", member.name, precision(&member.issues)?);
    }
    println!("{:<24}        {:.3}", "consensus", precision(&report.combined.issues)?);

    // Someone looks up the labels of every 45th sample, from the most suspect down: forty in all.
    let reviewed: Vec<usize> = report.combined.issues.quality().ranking().into_iter().step_by(45).collect();
    let labels = reviewed.iter().map(|row| digits.labels.values()[*row]).collect();
    let verified = VerifiedLabels::new(reviewed, labels, given)?;
    let learnt = Consensus::default().report(&embeddings, given, Some(&verified), &Run::quiet())?;
    println!("{:<24}        {:.3}", "after the review", precision(&learnt.combined.issues)?);

    let ratio = Pipeline::new(SoftLinear::default(), Rer::default());
    let neighbors = Pipeline::new(KNearest::default(), Agreement::default());
    let probe = Pipeline::new(Probe::default(), ConfidentLearning::default());
    let detectors: [(&str, &dyn Detector); 3] = [("ratio", &ratio), ("neighbors", &neighbors), ("probe", &probe)];
    let ask = |(name, detector)| Member { name, detector }.issues(&embeddings, given, &Run::quiet());
    let members: Vec<MemberIssues> = detectors.into_iter().map(ask).collect::<mislabel::Result<_>>()?;
    let combined = Combination::default().combine(&members, given)?;
    println!("{:<24}        {:.3}\n", "of three other detectors", precision(&combined.issues)?);

    let most_suspect = report.combined.issues.quality().ranking()[0];
    let explanations = Explainer::of(&report).explanations(&embeddings, given, &[most_suspect], &Run::quiet())?;
    explanations.iter().for_each(|why| print!("{}", why.text(given)));
    Ok(())
}
