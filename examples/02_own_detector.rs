//! A detector of one's own, held against the laws.
//!
//! Scores a sample by how far its error under its own class stands out among the errors of that class, and checks the
//! laws that every detector must obey. A first attempt breaks one of them, and the law says which and on what input.
//! Prints that violation, then the average precision of the attempt that obeys, beside the reconstruction error ratio.

use mislabel::prelude::*;
use mislabel::testkit::{Laws, check_error_laws};
use mislabel::{ErrorSummary, Result, same_length};
use ndarray::Array1;

/// Own error in units of the mean own error of the class.
struct Outlyingness {
    /// What is added to that mean; 0 divides by zero where a class is reconstructed exactly.
    floor: f64,
}

impl EvidenceDetector<ErrorSummary> for Outlyingness {
    fn judge(&self, errors: &ErrorSummary, given: &Labels) -> Result<LabelIssues> {
        same_length("given labels", errors.len(), given.len())?;
        let mut means = vec![0.0; given.classes()];
        for (row, own) in errors.own().iter().enumerate() {
            means[given.class(row)] += own;
        }
        let counts = given.counts();
        means.iter_mut().zip(&counts).for_each(|(sum, count)| *sum /= (*count).max(1) as f64);

        let relative = |(row, own): (usize, &f64)| own / (means[given.class(row)] + self.floor);
        let score: Array1<f64> = errors.own().iter().enumerate().map(relative).collect();
        let quality = LabelQuality::new(score.mapv(|score| 1.0 / (1.0 + score)))?;
        let suggested = given.with_values(errors.least_other_class().to_vec())?;
        LabelIssues::new(quality, score.mapv(|score| score > 2.0), suggested, score)
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let laws = Laws { wrong_label: false, ..Laws::default() };
    match check_error_laws(&Outlyingness { floor: 0.0 }, &laws) {
        Ok(()) => return Err("the law should have been broken: 0/0".into()),
        Err(violation) => println!("the first attempt breaks a law: {violation}\n"),
    }
    let outlyingness = Outlyingness { floor: f64::MIN_POSITIVE };
    check_error_laws(&outlyingness, &laws)?;

    let digits = mislabel::datasets::digits();
    let noisy = Symmetric::default().corrupt(&digits.labels, 51)?;
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let own = Pipeline::new(SoftLinear::default(), outlyingness);
    let rer = Pipeline::new(SoftLinear::default(), Rer::default());
    for (name, detector) in [("outlyingness", &own as &dyn Detector), ("reconstruction error ratio", &rer)] {
        let issues = detector.detect(&embeddings, &noisy.given, &Silent)?;
        println!("{name}: average precision {:.3}", Evaluation::new(&issues, &noisy.errors)?.average_precision);
    }
    Ok(())
}
