//! No law cries wolf: every detector, judge, evidence, estimator, noise model, measure and source of the workspace, held
//! against the laws on as many cases as the environment says.
//!
//! `MISLABEL_CASES=160 cargo test -p mislabel-examples --test no_false_alarms -- --ignored --nocapture` prints how
//! many cases each subject stood, and all together: 160 for every law and subject, fewer where a case is slow, are more than
//! 100,000. `MISLABEL_SEED` (0 where it is not set) gives other cases, and `MISLABEL_SUBJECT` takes only subjects with this in
//! their name. A law is broken by design where the entry below says so, and the documentation of the subject says why.
#![allow(clippy::unwrap_used, clippy::panic, reason = "functions that only tests call")]

use std::time::Instant;

use mislabel::confident::{ConfidentLearning, Filter, Score};
use mislabel::core::{ConvertedRows, EmbeddingMatrix, SelectedRows, TransitionEstimator};
use mislabel::coreset::{CoresetDetector, CoresetEvidence, Sensitivity};
use mislabel::metrics::{Ranking, auroc, average_precision, best_f1};
use mislabel::neighbors::{
    Agreement, Distance, Duplicates, ExactSearch, Hoc, KNearest, KnnShapley, NeighborGraph, Rarity, RelationGraph,
    SelfClean, SimiFeat, SimiFeatRule, Wann, Weighting,
};
use mislabel::noise::{Asymmetric, Symmetric, Transition, pair_flip_transition};
use mislabel::posterior::{FlagRule, PosteriorDetector, PosteriorModel, SoftLinearPosterior};
use mislabel::predictions::{Certainty, Mistakenness};
use mislabel::probe::{Probe, Sampling, SoftmaxRegression};
use mislabel::reconstruct::{
    Autoencoder, Centroid, Gaussian, LikelihoodRatio, NearestClasses, SoftLinear, TrainingLength,
};
use mislabel::rer::{Denominator, Rer, Threshold};
use mislabel::testkit::{
    LabeledProbabilities, LawViolation, Laws, check_error_laws, check_evidence_laws, check_laws, check_metric_laws,
    check_noise_laws, check_probability_laws, check_scores, check_source_laws,
};
use mislabel::{Judge, Pipeline, ProbabilityMatrix, Run};
use ndarray::Array2;

type Verdict = Result<(), LawViolation>;

/// One subject: its name, how much rarer its cases are than those of the others, the laws that it obeys, and the check.
struct Subject {
    name: String,
    rarer: u32,
    laws: Laws,
    check: Box<dyn Fn(&Laws) -> Verdict>,
}

fn subject(name: &str, rarer: u32, laws: Laws, check: impl Fn(&Laws) -> Verdict + 'static) -> Subject {
    Subject { name: name.into(), rarer, laws, check: Box::new(check) }
}

fn all() -> Laws {
    Laws::default()
}

fn judges_of_errors() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for threshold in [Threshold::Published, Threshold::Fixed(1.05), Threshold::Mixture] {
        for denominator in [Denominator::WithoutLeast, Denominator::WithoutGiven] {
            let judge = Rer { threshold, denominator };
            subjects.push(subject(&format!("{judge:?}"), 1, all(), move |laws| check_error_laws(&judge, laws)));
        }
    }
    subjects.push(subject("likelihood ratio", 1, all(), |laws| check_error_laws(&LikelihoodRatio::default(), laws)));
    subjects
}

fn judges_of_probabilities() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for filter in Filter::ALL {
        for (score, adjust) in [(Score::SelfConfidence, true), (Score::NormalizedMargin, false)] {
            let judge = ConfidentLearning { filter, score, adjust, ..ConfidentLearning::default() };
            let name = format!("confident {filter:?} {score:?} {adjust}");
            // A count of labels to prune may fall among samples that tie, and the adjustment knows how many classes there are.
            let counts = matches!(filter, Filter::PruneByNoiseRate | Filter::PruneByClass | Filter::Both);
            let laws = Laws { ties: !counts, empty_class: !adjust, ..all() };
            subjects.push(subject(&name, 1, laws, move |laws| check_probability_laws(&judge, laws)));
        }
    }
    for certainty in [Certainty::Entropy, Certainty::Confidence] {
        let judge = Mistakenness { certainty, ..Mistakenness::default() };
        let name = format!("mistakenness {certainty:?}");
        subjects.push(subject(&name, 1, all(), move |laws| check_probability_laws(&judge, laws)));
    }
    // Importance is relative to that of the others; a tie of classes is counted for the first of them.
    let relative = Laws { monotony: false, ..all() };
    subjects.push(subject("coreset", 1, relative, |laws| check_probability_laws(&CoresetDetector::default(), laws)));
    subjects.push(subject("confident transition", 1, Laws { ties: false, ..all() }, |laws| {
        let estimator = |case: &LabeledProbabilities| {
            let probabilities = ProbabilityMatrix::new(case.probabilities.clone())?;
            ConfidentLearning::default().transition(&probabilities, &case.given, &Run::quiet())
        };
        check_scores(&estimator, laws)
    }));
    subjects
}

fn on_neighbors<J: Judge<NeighborGraph> + Copy + std::fmt::Debug + 'static>(judge: J, laws: Laws) -> Vec<Subject> {
    let subject = |distance| {
        let detector = Pipeline::new(KNearest { neighbors: Some(20), search: ExactSearch { distance } }, judge);
        subject(&format!("{judge:?} {distance:?}"), 2, laws, move |laws| check_laws(&detector, laws))
    };
    vec![subject(Distance::Cosine), subject(Distance::Euclidean)]
}

fn detectors_on_neighbors() -> Vec<Subject> {
    let chance = Laws { sample_order: false, ..all() };
    // Of equal rows, which may have different labels, the first ones are taken; a Shapley value is a share of a total.
    let first = Laws { ties: false, ..all() };
    // Beside a wrong label, a right one may be as suspect.
    let beside = Laws { wrong_label: false, ..first };
    let share = Laws { monotony: false, ..beside };
    let blind = Laws { wrong_label: false, ..all() };
    let hoc = SimiFeatRule::Rank(Hoc { steps: 200, ..Hoc::default() });
    [
        on_neighbors(Agreement { neighbors: 6, weighting: Weighting::Similarity }, first),
        on_neighbors(Agreement { neighbors: 6, weighting: Weighting::Uniform }, first),
        on_neighbors(SelfClean, all()),
        on_neighbors(Wann { fewest: 3, most: 7 }, first),
        on_neighbors(RelationGraph { neighbors: 6, ..RelationGraph::default() }, beside),
        on_neighbors(KnnShapley { neighbors: 5 }, share),
        on_neighbors(SimiFeat { rule: SimiFeatRule::Vote, neighbors: 6, ..SimiFeat::default() }, chance),
        on_neighbors(SimiFeat { rule: hoc, neighbors: 6, ..SimiFeat::default() }, chance),
        on_neighbors(Rarity::default(), blind),
        on_neighbors(Duplicates::default(), blind),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn detectors() -> Vec<Subject> {
    let mut subjects = vec![
        subject("rer", 1, all(), |laws| check_laws(&Pipeline::new(SoftLinear::default(), Rer::default()), laws)),
        subject("centroid", 1, all(), |laws| check_laws(&Pipeline::new(Centroid::default(), Rer::default()), laws)),
        subject("gaussian", 1, all(), |laws| {
            check_laws(&Pipeline::new(Gaussian::default(), LikelihoodRatio::default()), laws)
        }),
        subject("autoencoder", 40, all(), |laws| {
            check_laws(
                &Pipeline::new(
                    Autoencoder { length: TrainingLength::Steps(60), ..Autoencoder::default() },
                    Rer::default(),
                ),
                laws,
            )
        }),
    ];
    subjects.push(subject("the default method", 8, all(), |laws| check_laws(&SoftLinearPosterior::default(), laws)));
    for rule in [None, Some(FlagRule::MoreLikelyThanNot), Some(FlagRule::Precision(0.9))] {
        let model = PosteriorModel { rounds: 15, ..PosteriorModel::default() };
        let detector = Pipeline::new(NearestClasses::default(), PosteriorDetector { model, rule });
        subjects.push(subject(&format!("posterior {rule:?}"), 4, all(), move |laws| check_laws(&detector, laws)));
    }
    for importance in Sensitivity::ALL.into_iter().filter(|sensitivity| !sensitivity.needs_losses()) {
        let judge = CoresetDetector { comparison: importance.comparison(), ..CoresetDetector::default() };
        let detector = Pipeline::new(CoresetEvidence { importance }, judge);
        let laws = Laws { wrong_label: importance.depends_on_labels(), ..all() };
        subjects.push(subject(&format!("coreset {importance:?}"), 2, laws, move |laws| check_laws(&detector, laws)));
    }
    let fit = Laws { sample_order: false, tolerance: 2e-3, ..all() };
    subjects.push(subject("confident on a probe", 20, fit, |laws| {
        check_laws(&Pipeline::new(Probe::default(), ConfidentLearning::default()), laws)
    }));
    subjects
}

fn evidence() -> Vec<Subject> {
    let classifier = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
    let in_sample = Probe { classifier, sampling: Sampling::InSample, ..Probe::default() };
    let fit = Laws { tolerance: 2e-3, ..all() };
    vec![
        subject("soft linear errors", 1, all(), |laws| check_evidence_laws(&SoftLinear::default(), laws)),
        subject("centroid errors", 1, all(), |laws| check_evidence_laws(&Centroid::default(), laws)),
        subject("errors of the nearest classes", 2, all(), |laws| {
            check_evidence_laws(&NearestClasses::default(), laws)
        }),
        subject("in-sample probabilities", 20, fit, move |laws| check_evidence_laws(&in_sample, laws)),
    ]
}

fn others() -> Vec<Subject> {
    let rows = Array2::from_shape_fn((300, 5), |(i, j)| i as f32 + j as f32 / 8.0);
    let doubles = rows.mapv(f64::from);
    let pairs = || Transition { matrix: pair_flip_transition(4, 0.3).unwrap(), sampling: Default::default() };
    vec![
        subject("symmetric noise", 1, all(), |laws| {
            check_noise_laws(&Symmetric { rate: 0.3, ..Default::default() }, laws)
        }),
        subject("asymmetric noise", 1, all(), |laws| {
            check_noise_laws(&Asymmetric { rate: 0.3, ..Default::default() }, laws)
        }),
        subject("noise by a matrix", 1, all(), move |laws| check_noise_laws(&pairs(), laws)),
        subject("average precision", 1, all(), |laws| {
            check_metric_laws(&|quality, errors| average_precision(&Ranking::by_quality(quality, errors)?), laws)
        }),
        subject("AUROC", 1, all(), |laws| {
            check_metric_laws(&|quality, errors| auroc(&Ranking::by_quality(quality, errors)?), laws)
        }),
        subject("best F1", 1, all(), |laws| {
            check_metric_laws(&|quality, errors| Ok(best_f1(&Ranking::by_quality(quality, errors)?)?.f1), laws)
        }),
        subject("embeddings, selected", 1, all(), move |laws| {
            let matrix = EmbeddingMatrix::new(rows.clone()).unwrap();
            check_source_laws(&matrix, laws)?;
            check_source_laws(&matrix.embeddings(), laws)?;
            check_source_laws(&SelectedRows::new(&matrix, vec![7, 7, 3, 4, 5, 299]).unwrap(), laws)
        }),
        subject("converted embeddings", 1, all(), move |laws| {
            check_source_laws(&ConvertedRows::new(doubles.view()).unwrap(), laws)
        }),
    ]
}

/// How many laws a check of `laws` is, at least; those of noise models, measures and sources are fewer.
fn law_count(laws: &Laws) -> u32 {
    let optional = [
        (laws.threads, 1),
        (laws.ties, 1),
        (laws.sample_order, 3),
        (laws.class_names, 2),
        (laws.class_names && laws.ties, 1),
        (laws.empty_class, 1),
        (laws.wrong_label, 1),
        (laws.monotony, 2),
    ];
    4 + optional.into_iter().filter(|(is_on, _)| *is_on).map(|(_, count)| count).sum::<u32>()
}

#[test]
#[ignore = "minutes; MISLABEL_CASES says how many"]
fn no_subject_of_the_workspace_is_accused() {
    let cases: u32 = std::env::var("MISLABEL_CASES").ok().map_or(32, |cases| cases.parse().unwrap());
    let seed: u64 = std::env::var("MISLABEL_SEED").ok().map_or(0, |seed| seed.parse().unwrap());
    let only = std::env::var("MISLABEL_SUBJECT").unwrap_or_default();
    let all = [judges_of_errors(), judges_of_probabilities(), detectors_on_neighbors(), detectors(), evidence()];
    let all = all.into_iter().flatten().map(|subject| (true, subject));
    let subjects = all.chain(others().into_iter().map(|subject| (false, subject)));
    let (mut total, mut judged, mut accused, begin) = (0, 0, Vec::new(), Instant::now());
    for (is_judged, Subject { name, rarer, laws, check }) in subjects.filter(|(_, s)| s.name.contains(&only)) {
        let laws = Laws { cases: (cases / rarer).max(8), seed, ..laws };
        let count = laws.cases * if is_judged { law_count(&laws) } else { 1 };
        let start = Instant::now();
        match check(&laws) {
            Ok(()) => println!("{name}: {count} cases in {:.1?}", start.elapsed()),
            Err(violation) => {
                println!("{name}: ACCUSED: {violation}");
                accused.push(name);
            }
        }
        (total, judged) = (total + count, judged + 1);
    }
    println!("{total} cases of {judged} subjects in {:.0?}, {} accused", begin.elapsed(), accused.len());
    assert!(accused.is_empty(), "{accused:?}");
}
