//! Queries: what they select, and what they say when they are wrong.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{
    Action, Board, Circumstances, Column, Decision, Distribution, Media, Order, PackedTexts, Query, Samples,
};
use proptest::prelude::*;

const NAMES: [&str; 3] = ["cat", "dog", "polar bear"];

fn samples() -> Samples {
    let given = Labels::new(vec![0, 1, 2, 0, 1, 2], 3).unwrap().with_class_names(NAMES).unwrap();
    let suggested = given.with_values(vec![1, 1, 0, 0, 0, 2]).unwrap();
    let quality = LabelQuality::new(vec![0.1, 0.9, 0.3, 0.8, 0.2, 0.7]).unwrap();
    let flags = vec![true, false, true, false, true, false];
    let issues = LabelIssues::new(quality, flags, suggested, vec![5.0, 1.0, 3.0, 1.0, 4.0, 1.0]).unwrap();
    let texts = |texts: [&str; 6]| texts.into_iter().collect::<PackedTexts>();
    let split = Column::from_texts(&texts(["train", "test", "train", "test", "train", ""]));
    let width = Column::from_texts(&texts(["10", "20", "", "40", "50", "60"]));
    let paths = texts(["a/0.png", "a/1.png", "b/2.png", "b/3.png", "c/4.png", "c/5.png"]);
    let samples = Samples::new(given, issues).unwrap().with_column("split", split).unwrap();
    samples.with_column("image width", width).unwrap().with_media(Media::Files(paths)).unwrap()
}

fn board(samples: &Samples) -> Board {
    let mut board = Board::new(samples.given_labels());
    let decide = |row, decision| Action::Decide { row, decision, circumstances: Circumstances::default() };
    board.record("1", "ann", "", decide(0, Decision::Relabel(1))).unwrap();
    board.record("2", "bob", "", decide(0, Decision::Keep)).unwrap();
    board.record("3", "ann", "", decide(2, Decision::Unsure)).unwrap();
    board.record("4", "ann", "", Action::Note { row: 2, note: "too blurry".into() }).unwrap();
    board.record("5", "ann", "", Action::Tag { tag: "odd".into(), rows: vec![2, 5], on: true }).unwrap();
    board
}

fn selected(query: &str) -> Result<Vec<usize>, String> {
    let samples = samples();
    let query = Query::parse(query).map_err(|error| error.to_string())?;
    let mask = query.select(&samples, &board(&samples)).map_err(|error| error.to_string())?;
    Ok((0..samples.len()).filter(|row| mask[*row]).collect())
}

#[test]
fn every_field_selects_what_it_says() {
    let cases: [(&str, &[usize]); 32] = [
        ("", &[0, 1, 2, 3, 4, 5]),
        ("given = cat", &[0, 3]),
        ("given == \"polar bear\"", &[2, 5]),
        ("given != cat and suggested = cat", &[2, 4]),
        ("given in (cat, dog)", &[0, 1, 3, 4]),
        ("given contains \"o\"", &[1, 2, 4, 5]),
        ("quality < 0.3", &[0, 4]),
        ("quality <= 0.3", &[0, 2, 4]),
        ("quality >= .8", &[1, 3]),
        ("score > 3", &[0, 4]),
        ("index in (1, 3)", &[1, 3]),
        ("rank = 0", &[0]),
        ("flagged", &[0, 2, 4]),
        ("not flagged", &[1, 3, 5]),
        ("flagged = false", &[1, 3, 5]),
        ("flagged != no", &[0, 2, 4]),
        ("split = train", &[0, 2, 4]),
        ("split = \"\"", &[5]),
        ("`image width` > 30", &[3, 4, 5]),
        ("path contains \"b/\"", &[2, 3]),
        ("decided", &[0, 2]),
        ("decision = keep", &[0]),
        ("decision = none", &[1, 3, 4, 5]),
        ("decided_label = cat", &[0]),
        ("reviewer = bob", &[0]),
        ("reviewer != bob", &[1, 2, 3, 4, 5]),
        ("disputed", &[0]),
        ("note contains blurry", &[2]),
        ("tag.odd", &[2, 5]),
        ("NOT flagged AND split = test OR rank = 1", &[1, 3, 4]),
        ("not (flagged or split = test)", &[5]),
        ("flagged and (given = cat or given = dog)", &[0, 4]),
    ];
    for (query, rows) in cases {
        assert_eq!(selected(query).as_deref(), Ok(rows), "{query}");
    }
}

#[test]
fn a_wrong_query_names_the_character_and_the_way_out() {
    let cases = [
        ("qualty < 0.2", "character 1: there is no field \"qualty\": did you mean quality?"),
        ("quality <", "character 10: the query ends where a value should stand, such as quality < 0.2"),
        ("quality < low", "character 11: quality is compared with numbers, and \"low\" is none"),
        ("given = elephant", "character 9: there is no class \"elephant\": there are cat, dog, polar bear"),
        ("given = dogg", "character 9: there is no class \"dogg\": did you mean \"dog\"?"),
        ("given < cat", "character 9: given has texts, which have no order: use = or !="),
        ("given", "character 1: given needs something to compare with, such as given = \"…\""),
        ("flagged = maybe", "character 11: flagged is yes or no: write flagged, or not flagged"),
        ("(flagged", "character 9: expected ) to close the parenthesis"),
        ("flagged flagged", "character 9: expected and, or, or the end of the query"),
        ("given = \"cat", "character 9: \" is not closed: put a \" at the end"),
        ("flagged and", "character 12: the query ends where a field should stand, such as given"),
        ("given in cat", "character 10: expected ( after in, such as given in (\"cat\", \"dog\")"),
        ("! flagged", "character 1: a single ! has no meaning: write != or not"),
        ("tag.new", "character 1: there is no tag \"new\": the tags are odd"),
        (
            "decision = remove",
            "character 12: there is no decision \"remove\": there are keep, relabel, unsure, exclude, none",
        ),
        ("quality contains 3", "character 18: contains is for texts: compare numbers by =, <, or >"),
    ];
    for (query, message) in cases {
        assert_eq!(selected(query).unwrap_err(), message, "{query}");
    }
}

#[test]
fn very_deep_queries_are_refused_and_do_not_overflow_the_stack() {
    let deep = format!("{}flagged{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(selected(&deep).unwrap_err().contains("more than 64"));
    assert!(selected(&"not ".repeat(100_000)).unwrap_err().contains("more than 64"));
}

#[test]
fn orders_sort_by_what_their_names_say() {
    let samples = samples();
    let all = vec![true; samples.len()];
    let order = |order: Order| order.rows(&samples, &all);
    assert_eq!(order(Order::MostSuspect), [0, 4, 2, 5, 3, 1]);
    assert_eq!(order(Order::LeastSuspect), [1, 3, 5, 2, 4, 0]);
    assert_eq!(order(Order::Index), [0, 1, 2, 3, 4, 5]);
    assert_eq!(order(Order::Given), [0, 3, 4, 1, 2, 5]);
    assert_eq!(order(Order::Suggested), [4, 2, 3, 0, 1, 5]);
    let mask = [true, false, true, false, true, false];
    assert_eq!(Order::Pair.rows(&samples, &mask).len(), 3);
}

#[test]
fn a_distribution_adds_up_to_its_slice() {
    let samples = samples();
    let slice = Distribution::of(&[0, 2, 3], &samples, 10);
    assert_eq!((slice.samples, slice.flagged), (3, 2));
    assert_eq!(slice.given, [2, 0, 1]);
    assert_eq!(slice.quality.iter().sum::<usize>(), 3);
    let pairs: Vec<_> = slice.pairs.iter().map(|pair| (pair.given, pair.suggested, pair.samples)).collect();
    assert_eq!(pairs, [(0, 1, 1), (2, 0, 1)]);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = selected(&text);
    }

    #[test]
    fn no_words_of_the_language_make_the_parser_panic(
        words in prop::collection::vec(
            prop::sample::select(vec!["given", "=", "cat", "(", ")", "and", "or", "not", "in", ",", "\"", "<", "quality", "0.5", "contains", "tag.x"]), 0..12
        )
    ) {
        let _ = selected(&words.join(" "));
    }

    #[test]
    fn a_query_and_its_negation_share_the_samples(bound in 0.0..1.0_f64) {
        let one = selected(&format!("quality < {bound} and flagged")).unwrap();
        let other = selected(&format!("not (quality < {bound} and flagged)")).unwrap();
        prop_assert_eq!(one.len() + other.len(), 6);
        prop_assert!(one.iter().all(|row| !other.contains(row)));
    }
}
