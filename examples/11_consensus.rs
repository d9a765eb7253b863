//! Detectors combined, weights learnt from a review, and why a label is suspect.
//!
//! A consensus weighs its members by their agreement; after a review of forty labels, by how right they were. Prints the
//! weights, the average precision of every member and of both consensus, and the explanation of the most suspect sample.

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
    let posterior = SoftLinearPosterior::default();
    let ratio = Pipeline::new(SoftLinear::default(), Rer::default());
    let neighbors = Pipeline::new(KNearest::default(), Agreement::default());
    let probe = Pipeline::new(Probe::default(), ConfidentLearning::default());
    let detectors: [(&str, &dyn Detector); 4] =
        [("posterior", &posterior), ("ratio", &ratio), ("neighbors", &neighbors), ("probe", &probe)];
    let ask = |(name, detector)| Member { name, detector }.issues(&embeddings, given, &Run::quiet());
    let members: Vec<MemberIssues> = detectors.into_iter().map(ask).collect::<mislabel::Result<_>>()?;
    let combined = Combination::default().combine(&members, given)?;

    println!("{:<24}weight  average precision", "");
    for (member, weight) in members.iter().zip(&combined.weights) {
        println!("{:<24}{weight:.3}   {:.3}", member.name, precision(&member.issues)?);
    }
    println!("{:<24}        {:.3}", "consensus", precision(&combined.issues)?);

    // Someone looks up the labels of every 45th sample, from the most suspect down: forty in all.
    let reviewed: Vec<usize> = combined.issues.quality().ranking().into_iter().step_by(45).collect();
    let labels = reviewed.iter().map(|row| digits.labels.values()[*row]).collect();
    let verified = VerifiedLabels::new(reviewed, labels, given)?;
    let learnt = Combination::default().combine_verified(&members, given, &verified)?;
    println!("{:<24}        {:.3}\n", "after the review", precision(&learnt.issues)?);

    let most_suspect = combined.issues.quality().ranking()[0];
    let explainer = Explainer::of_consensus(&combined, &members);
    let explanations = explainer.explanations(&embeddings, given, &[most_suspect], &Run::quiet())?;
    explanations.iter().for_each(|why| print!("{}", why.text(given)));
    Ok(())
}
