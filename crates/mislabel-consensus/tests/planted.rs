//! The consensus on real digits with planted errors.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use mislabel_consensus::Consensus;
use mislabel_core::{Detector, Embeddings, LabelIssues, NoiseModel, NoisyLabels, Run};
use mislabel_metrics::Evaluation;
use mislabel_noise::{Asymmetric, Symmetric};

fn scores(noise: &dyn NoiseModel, consensus: &Consensus) -> (f64, f64, f64) {
    let digits = mislabel_datasets::digits();
    let noisy: NoisyLabels = noise.corrupt(&digits.labels, 51).unwrap();
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let issues: LabelIssues = consensus.detect(&embeddings, &noisy.given, &Run::quiet()).unwrap();
    let evaluation = Evaluation::new(&issues, &noisy.errors).unwrap();
    let Evaluation { average_precision, f1, best_f1, .. } = evaluation;
    (average_precision.value().unwrap(), f1.value().unwrap(), best_f1.value().unwrap())
}

#[test]
fn planted_errors_rank_first_and_are_flagged() {
    let cases = [
        (&Symmetric { rate: 0.1, ..Symmetric::default() } as &dyn NoiseModel, 0.99),
        (&Asymmetric { rate: 0.2, ..Asymmetric::default() }, 0.98),
        (&Asymmetric { rate: 0.4, ..Asymmetric::default() }, 0.96),
    ];
    for (noise, least) in cases {
        let (precision, f1, best) = scores(noise, &Consensus::default());
        assert!(precision > least, "{precision}");
        assert!(f1 > best - 0.03, "{f1} of {best}");
    }
}

#[test]
fn neighbors_that_are_searched_approximately_do_as_well() {
    let noise = Symmetric { rate: 0.1, ..Symmetric::default() };
    let (exact, ..) = scores(&noise, &Consensus::default());
    let (approximate, ..) = scores(&noise, &Consensus { searched_exactly: 0, ..Consensus::default() });
    assert!(approximate > exact - 0.005 && approximate != exact, "{approximate} beside {exact}");
}

#[test]
fn clean_digits_are_hardly_flagged() {
    let digits = mislabel_datasets::digits();
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let issues = Consensus::default().detect(&embeddings, &digits.labels, &Run::quiet()).unwrap();
    assert!(issues.flagged() <= 15, "{}", issues.flagged());
}
