//! Your own detector, held against the laws.
//!
//! Scores a sample by how far its error under its own class stands out among the errors of that class, and checks the
//! laws that every detector must obey. A hasty version breaks one of them, and the check says which and how.
//! Prints that violation, then the average precision of the careful version, beside the reconstruction error ratio.

use mislabel::core::checks::same_length;
use mislabel::prelude::*;
use mislabel::testkit::{LawViolation, Laws, check_error_laws};
use mislabel::{ErrorSummary, Result};

/// Own error in units of the mean own error of the class.
struct Outlyingness;

/// The same, but nobody looked whether there are as many labels as errors.
struct Hasty;

impl Judge<ErrorSummary> for Outlyingness {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        same_length("given labels", errors.len(), given.len())?;
        Hasty.judge(errors, given, run)
    }
}

impl Judge<ErrorSummary> for Hasty {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, _: &Run<'_>) -> Result<LabelIssues> {
        let samples = || errors.own().iter().zip(given.values());
        let mut sums = vec![0.0; given.class_count()];
        samples().for_each(|(own, class)| sums[*class as usize] += own);
        let counts = given.counts();

        let relative = |(own, class): (&f64, &u32)| {
            let mean = sums[*class as usize] / counts[*class as usize] as f64;
            if mean > 0.0 { own / mean } else { 1.0 }
        };
        let score: Vec<f64> = samples().map(relative).collect();
        let quality = LabelQuality::new(score.iter().map(|score| 1.0 / (1.0 + score)).collect())?;
        let suggested = given.with_values(errors.least_other_class().to_vec())?;
        LabelIssues::new(quality, score.iter().map(|score| *score > 2.0).collect(), suggested, score)
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    match check_error_laws(&Hasty, &Laws::default()) {
        Ok(()) => return Err("the hasty version should have broken a law".into()),
        Err(LawViolation { law, breach, .. }) => println!("the hasty version breaks the law that {law}: {breach}\n"),
    }
    // Wrong labels raise the mean error of their class, against which all others of the class then look better.
    check_error_laws(&Outlyingness, &Laws { monotony: false, ..Laws::default() })?;

    let digits = mislabel::datasets::digits();
    let noisy = Symmetric::default().corrupt(&digits.labels, 51)?;
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let own = Pipeline::new(SoftLinear::default(), Outlyingness);
    let rer = Pipeline::new(SoftLinear::default(), Rer::default());
    for (name, detector) in [("outlyingness", &own as &dyn Detector), ("reconstruction error ratio", &rer)] {
        let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
        println!("{name}: average precision {:.3}", Evaluation::new(&issues, &noisy.errors)?.average_precision);
    }
    Ok(())
}
