//! A consensus on real digits with planted errors.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use mislabel_consensus::{Combination, CombinedIssues, Explainer, Member, MemberIssues};
use mislabel_core::{Embeddings, ErrorMask, LabelIssues, NoiseModel, Pipeline, Run, VerifiedLabels};
use mislabel_metrics::Evaluation;
use mislabel_neighbors::{Agreement, KNearest};
use mislabel_noise::{Asymmetric, Symmetric};
use mislabel_posterior::SoftLinearPosterior;
use mislabel_reconstruct::SoftLinear;
use mislabel_rer::Rer;

/// The consensus of members of three kinds may rank by as much below the best of them.
const BELOW_THE_BEST: f64 = 0.02;

fn precision(issues: &LabelIssues, errors: &ErrorMask) -> f64 {
    Evaluation::new(issues, errors).unwrap().average_precision.value().unwrap()
}

#[test]
fn a_consensus_ranks_about_as_well_as_its_best_member_and_learns_from_verified_labels() {
    let digits = mislabel_datasets::digits();
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let cases = [
        &Symmetric { rate: 0.1, ..Symmetric::default() } as &dyn NoiseModel,
        &Asymmetric { rate: 0.2, ..Asymmetric::default() },
        &Asymmetric { rate: 0.4, ..Asymmetric::default() },
    ];
    for noise in cases {
        let noisy = noise.corrupt(&digits.labels, 51).unwrap();
        let posterior = SoftLinearPosterior::default();
        let ratio = Pipeline::new(SoftLinear::default(), Rer::default());
        let neighbors = Pipeline::new(KNearest::default(), Agreement::default());
        let members = [
            Member { name: "posterior", detector: &posterior },
            Member { name: "ratio", detector: &ratio },
            Member { name: "neighbors", detector: &neighbors },
        ];
        let members: Vec<MemberIssues> =
            members.map(|member| member.issues(&embeddings, &noisy.given, &Run::quiet()).unwrap()).into();
        let best = members.iter().map(|member| precision(&member.issues, &noisy.errors)).fold(0.0, f64::max);
        let combined: CombinedIssues = Combination::default().combine(&members, &noisy.given).unwrap();
        let reached = precision(&combined.issues, &noisy.errors);
        assert!(reached > best - BELOW_THE_BEST, "{reached} beside {best}");

        let reviewed = combined.issues.quality().ranking()[..40].to_vec();
        let truth = reviewed.iter().map(|row| digits.labels.values()[*row]).collect();
        let verified = VerifiedLabels::new(reviewed, truth, &noisy.given).unwrap();
        let learnt = Combination::default().combine_verified(&members, &noisy.given, &verified).unwrap();
        let learnt = precision(&learnt.issues, &noisy.errors);
        assert!(learnt > best - BELOW_THE_BEST, "{learnt} beside {best}");

        let most_suspect = combined.issues.quality().ranking()[0];
        let explainer = Explainer::of_consensus(&combined, &members);
        let why = &explainer.explanations(&embeddings, &noisy.given, &[most_suspect], &Run::quiet()).unwrap()[0];
        assert_eq!((why.rank, why.votes.len()), (1, 3));
    }
}
