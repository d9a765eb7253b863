//! What verified labels change of the posterior, and what they leave.

use mislabel_core::{ClassEvidence, Embeddings, Labels, NoiseModel, Result, Run, VerifiedLabels};
use mislabel_noise::Symmetric;
use mislabel_posterior::{FlagRule, Posterior, PosteriorModel};
use mislabel_reconstruct::NearestClasses;
use mislabel_testkit::{LabeledRows, laws};
use ndarray::Array2;

fn posterior(rows: &Array2<f32>, given: &Labels) -> Result<Posterior> {
    let errors = NearestClasses::default().evidence(&Embeddings::new(rows.view())?, given, &Run::quiet())?;
    PosteriorModel::default().posterior(&errors, given, &Run::quiet())
}

/// The first 600 digits with 15% wrong labels, and the true ones.
fn digits() -> (LabeledRows, Labels) {
    let digits = mislabel_datasets::digits();
    let rows = digits.embeddings.slice(ndarray::s![..600, ..]).to_owned();
    let truth = Labels::new(digits.labels.values()[..600].to_vec(), 10).expect("labels");
    let given = Symmetric { rate: 0.15, ..Symmetric::default() }.corrupt(&truth, 3).expect("noise").given;
    (LabeledRows::new(rows, given).expect("a case"), truth)
}

#[test]
fn verified_labels_keep_the_ranking() {
    let (case, truth) = digits();
    let before = posterior(&case.rows, &case.given).expect("a posterior");
    let plain = |case: &LabeledRows| {
        let posterior = posterior(&case.rows, &case.given)?;
        posterior.issues(posterior.default_rule())
    };
    let reviewed = |case: &LabeledRows, verified: &VerifiedLabels| {
        let (after, _) = posterior(&case.rows, &case.given)?.verified(&case.given, verified)?;
        after.issues(after.default_rule())
    };
    for count in [1, 7, 40, 300] {
        let ask = before.verification_sample(count, &VerifiedLabels::none(&case.given), 5).expect("samples");
        let right = ask.iter().map(|row| truth.values()[*row]).collect();
        // Answers that say the opposite of what the posterior believes are the hardest.
        let odd = ask.iter().map(|row| (case.given.values()[*row] + u32::from(row % 2 == 0)) % 10).collect();
        for answers in [right, odd] {
            let verified = VerifiedLabels::new(ask.clone(), answers, &case.given).expect("answers");
            let verdict = laws::verified_labels_keep_the_ranking(&plain, &reviewed, &case, &verified);
            assert!(verdict.is_ok(), "{count} {:?}", verdict.map_err(|violation| violation.breach));
        }
    }
}

#[test]
fn the_most_suspect_do_not_share_one_quality_after_a_review() {
    let (case, truth) = digits();
    let before = posterior(&case.rows, &case.given).expect("a posterior");
    let ask = before.verification_sample(40, &VerifiedLabels::none(&case.given), 1).expect("samples");
    let answers = ask.iter().map(|row| truth.values()[*row]).collect();
    let verified = VerifiedLabels::new(ask, answers, &case.given).expect("answers");
    let (after, _) = before.verified(&case.given, &verified).expect("a posterior");
    let flags = after.flags(FlagRule::Budget(90)).expect("flags");
    let mut unverified: Vec<f64> = (0..600)
        .filter(|row| flags[*row] && verified.of(*row).is_none())
        .map(|row| after.quality().as_slice()[row])
        .collect();
    let all = unverified.len();
    unverified.sort_by(f64::total_cmp);
    unverified.dedup();
    assert!(all > 40 && unverified.len() == all, "{} of {all}", unverified.len());
}

#[test]
fn before_a_review_the_intervals_hold_what_is_true_here() {
    let (case, truth) = digits();
    let posterior = posterior(&case.rows, &case.given).expect("a posterior");
    let wrong: Vec<bool> =
        case.given.values().iter().zip(truth.values()).map(|(given, truth)| given != truth).collect();
    let rate = wrong.iter().filter(|wrong| **wrong).count() as f64 / 600.0;
    let (low, high) = posterior.noise_rate_interval().bounds();
    assert!(low < rate && rate < high, "{low} {rate} {high}");
    let flags = posterior.flags(posterior.default_rule()).expect("flags");
    let flagged = flags.iter().filter(|flag| **flag).count() as f64;
    let right = flags.iter().zip(&wrong).filter(|(flag, wrong)| **flag && **wrong).count() as f64 / flagged;
    let (low, high) = posterior.precision(&flags).expect("n flags").expect("some flags").interval();
    assert!(low < right && right < high + 0.02, "{low} {right} {high}");
    assert!(posterior.precision(&[false; 600]).expect("n flags").is_none());
    assert!(posterior.precision(&[true]).is_err());
}
