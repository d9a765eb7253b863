//! Samples without a label: they can be asked for and get a label, and nothing counts them among the labels.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::{LabelIssues, LabelQuality, Labels, PartialLabels};
use mislabel_review::{
    Action, Agreement, Board, Candidates, Circumstances, Column, Corrections, Decision, Distribution, Error, Journal,
    Order, PackedTexts, Progress, Query, Queue, Samples, Settlement, SliceNoise, Suggestion, field_names, fingerprint,
};

/// cat, -, dog, dog, -, cat: samples 0 and 3 are suspects, sample 1 is likely a dog, and of sample 4 nothing is known.
fn samples() -> Samples {
    let labels = Labels::new(vec![0, 1, 1, 0], 2).unwrap().with_class_names(["cat", "dog"]).unwrap();
    let suggested = labels.with_values(vec![1, 1, 0, 0]).unwrap();
    let quality = LabelQuality::new(vec![0.2, 0.9, 0.1, 0.8]).unwrap();
    let issues =
        LabelIssues::new(quality, vec![true, false, true, false], suggested, vec![4.0, 1.0, 5.0, 2.0]).unwrap();
    let given = PartialLabels::new(labels, 6, &[1, 4]).unwrap();
    let suggestion = Suggestion { class: 1, confidence: Some(0.75) };
    Samples::new(given, issues).unwrap().with_suggestions(vec![Some(suggestion), None]).unwrap()
}

fn decide(row: u32, decision: Decision) -> Action {
    Action::Decide { row, decision, circumstances: Circumstances::default() }
}

/// Sample 0 is kept, samples 1 and 4 become a cat, sample 3 is changed to one.
fn board(samples: &Samples) -> Board {
    let mut board = Board::new(samples.given_labels());
    let decisions =
        [(0, Decision::Keep), (1, Decision::Relabel(0)), (3, Decision::Relabel(0)), (4, Decision::Relabel(0))];
    for (row, decision) in decisions {
        board.record("op", "ann", "", decide(row, decision)).unwrap();
    }
    board
}

#[test]
fn queries_ask_for_samples_without_a_label() {
    let samples = samples();
    let board = board(&samples);
    let cases: [(&str, &[usize]); 14] = [
        ("unlabelled", &[1, 4]),
        ("not unlabelled", &[0, 2, 3, 5]),
        ("unlabelled and suggested = dog", &[1]),
        ("confidence > 0.5", &[1]),
        ("given = cat", &[0, 5]),
        ("given != cat", &[1, 2, 3, 4]),
        ("given in (cat, dog)", &[0, 2, 3, 5]),
        ("given contains a", &[0, 5]),
        ("suggested != dog", &[3, 4, 5]),
        ("quality < 1", &[0, 2, 3, 5]),
        ("rank >= 0", &[0, 2, 3, 5]),
        ("flagged", &[0, 3]),
        ("decided_label = cat", &[0, 1, 3, 4]),
        ("unlabelled and decision = relabel", &[1, 4]),
    ];
    for (query, wanted) in cases {
        let mask = Query::parse(query).unwrap().select(&samples, &board).unwrap();
        let found: Vec<usize> = (0..6).filter(|row| mask[*row]).collect();
        assert_eq!(found, wanted, "{query}");
    }
    let slip = Query::parse("unlabeled").unwrap().select(&samples, &board).unwrap_err().to_string();
    assert!(slip.ends_with("did you mean unlabelled?"), "{slip}");
    assert!(field_names(&samples).contains(&"confidence"));
}

#[test]
fn a_column_called_confidence_goes_before_that_of_suggestions() {
    let texts: PackedTexts = ["1", "2", "3", "4", "5", "6"].into_iter().collect();
    let samples = samples().with_column("confidence", Column::from_texts(&texts)).unwrap();
    let board = Board::new(samples.given_labels());
    let mask = Query::parse("confidence = 3").unwrap().select(&samples, &board).unwrap();
    assert_eq!(mask, [false, false, true, false, false, false]);
    assert_eq!(field_names(&samples).iter().filter(|name| **name == "confidence").count(), 1);
}

#[test]
fn every_order_has_the_labels_first() {
    let samples = samples();
    let cases: [(Order, [u32; 6]); 6] = [
        (Order::MostSuspect, [3, 0, 5, 2, 1, 4]),
        (Order::LeastSuspect, [2, 5, 0, 3, 1, 4]),
        (Order::Index, [0, 1, 2, 3, 4, 5]),
        (Order::Given, [0, 5, 3, 2, 1, 4]),
        (Order::Suggested, [3, 5, 0, 2, 1, 4]),
        (Order::Pair, [5, 0, 3, 2, 1, 4]),
    ];
    for (order, wanted) in cases {
        assert_eq!(order.rows(&samples, &[true; 6]), wanted, "{order:?}");
    }
}

#[test]
fn suspects_controls_and_counts_are_of_labels_alone() {
    let samples = samples().with_probabilities();
    for seed in 0..20 {
        let queue = Queue::suspects(&samples, 0.5, seed).unwrap();
        assert!(queue.rows().iter().all(|row| !samples.is_unlabelled(*row as usize)), "{queue:?}");
        assert_eq!(queue.rows().len(), 4);
    }
    let slice = Distribution::of(samples.ranking(), &samples, 10);
    assert_eq!((slice.samples, slice.unlabelled, slice.flagged), (6, 2, 2));
    assert_eq!((slice.given.clone(), slice.quality.iter().sum::<usize>()), (vec![2, 2], 4));
    let noise = SliceNoise::of(samples.ranking(), &samples, &board(&samples));
    assert_eq!(noise.flagged.map(|share| (share.count, share.of)), Some((2, 4)));
    assert!((noise.expected.unwrap() - 2.0).abs() < 1e-12);
    assert_eq!(noise.decided.map(|share| (share.count, share.of)), Some((1, 2)));
    let nothing = SliceNoise::of(&[1, 4], &samples, &board(&samples));
    assert_eq!((nothing.flagged, nothing.expected, nothing.decided), (None, None, None));
    let candidates = Candidates::of(&samples);
    assert_eq!((candidates.classes(&samples, 1, 9), candidates.classes(&samples, 4, 1).len()), (vec![1, 0], 1));
}

#[test]
fn progress_counts_samples_that_got_a_label_apart() {
    let samples = samples();
    let mut board = board(&samples);
    let progress = Progress::of(&board, &samples);
    assert_eq!((progress.decided, progress.kept, progress.relabeled), (4, 1, 1));
    assert_eq!((progress.labeled, progress.unlabelled), (2, 2));
    assert_eq!((progress.flagged, progress.flagged_decided), (2, 2));
    assert_eq!(progress.precision.map(|share| (share.count, share.of)), Some((1, 2)));
    board.record("op", "bob", "", decide(1, Decision::Relabel(1))).unwrap();
    assert!(board.is_disputed(1));
    assert_eq!(Agreement::of(&board, &samples)[0].same.share, 0.0);
}

#[test]
fn labels_that_samples_get_are_true_labels_and_corrections_but_verify_nothing() {
    let samples = samples();
    let (board, given) = (board(&samples), samples.given_labels());
    let told = Settlement::Newest.true_labels(&board, given);
    assert_eq!(told, [(0, 0), (1, 0), (3, 0), (4, 0)].into());
    let verified = Settlement::Newest.verified(&board, given).unwrap();
    assert_eq!((verified.samples(), verified.labels()), (&[0, 2][..], &[0, 0][..]));
    let corrections = Corrections::of(&board, given, Settlement::Newest).unwrap();
    assert_eq!((corrections.labels.len(), corrections.labeled()), (3, 2));
    let corrected = corrections.apply(given).unwrap();
    assert_eq!((corrected.labelled().values(), corrected.unlabelled()), (&[0, 0, 1, 0, 0, 0][..], &[][..]));
}

#[test]
fn there_is_no_label_to_keep_where_there_is_none() {
    let samples = samples();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("review.jsonl");
    let mut journal = Journal::open(&path, samples.given_labels()).unwrap();
    let error = journal.write("1", "ann", vec![decide(0, Decision::Keep), decide(4, Decision::Keep)]).unwrap_err();
    assert!(matches!(error, Error::NothingToKeep { sample: 4 }), "{error}");
    assert_eq!(error.to_string(), "sample 4 has no label to keep: choose a label for it");
    assert_eq!(journal.board().last_seq(), 0, "nothing is recorded");
    for decision in [Decision::Unsure, Decision::Exclude, Decision::Relabel(1)] {
        journal.write(&format!("{decision:?}"), "ann", vec![decide(4, decision)]).unwrap();
    }
    drop(journal);

    let text = std::fs::read_to_string(&path).unwrap();
    let last = text.lines().last().unwrap();
    assert!(last.contains(r#""index":4,"decision":"relabel","label":"dog","class":1"#), "{last}");
    let journal = Journal::read(&path, samples.given_labels()).unwrap();
    assert_eq!(journal.board().verdict(4).unwrap().decision, Decision::Relabel(1));
    for (old, new, problem) in [
        ("\"relabel\",\"label\":\"dog\",\"class\":1", "\"keep\"", "sample 4 has no label to keep"),
        (
            "\"index\":4,\"decision\":\"relabel\"",
            "\"index\":4,\"given\":\"cat\",\"decision\":\"relabel\"",
            "it has none",
        ),
    ] {
        std::fs::write(&path, text.replace(old, new)).unwrap();
        let error = Journal::read(&path, samples.given_labels()).unwrap_err().to_string();
        assert!(error.contains("line 4") && error.contains(problem), "{error}");
    }
}

#[test]
fn a_journal_tells_no_label_from_every_label() {
    let labels = Labels::new(vec![0, 1, 1], 2).unwrap();
    let partial = PartialLabels::new(labels.clone(), 4, &[1]).unwrap();
    let all: PartialLabels = labels.into();
    let mut prints = vec![fingerprint(&partial), fingerprint(&all)];
    for class in 0..2 {
        prints.push(fingerprint(&partial.with_told(&[(1, class)].into()).unwrap()));
    }
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), 4);
}

#[test]
fn suggestions_that_cannot_be_are_refused() {
    let one = |class, confidence| Some(Suggestion { class, confidence });
    for (suggestions, problem) in [
        (vec![None], "suggestions"),
        (vec![one(2, None), None], "2"),
        (vec![None, one(0, Some(1.5))], "confidence"),
        (vec![None, one(0, Some(f64::NAN))], "confidence"),
    ] {
        let error = samples().with_suggestions(suggestions).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}
