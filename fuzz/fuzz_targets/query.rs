//! Queries for slices: whatever people type is answered or refused with its place.

#![no_main]

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{Board, Column, Media, PackedTexts, Query, Samples};

fn samples() -> Samples {
    let given = Labels::new(vec![0, 1, 2], 3).and_then(|labels| labels.with_class_names(["cat", "polar bear", "é\""]));
    let given = given.expect("labels");
    let quality = LabelQuality::new(vec![0.1, 0.5, 0.9]).expect("qualities");
    let issues = LabelIssues::new(quality, vec![true, false, false], given.clone(), vec![0.0; 3]).expect("issues");
    let texts: PackedTexts = ["a b", "", "7"].into_iter().collect();
    let samples = Samples::new(given, issues).and_then(|samples| samples.with_media(Media::Texts(texts.clone())));
    samples.and_then(|samples| samples.with_column("of a b", Column::from_texts(&texts))).expect("samples")
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let end = text.chars().count();
    match Query::parse(text) {
        Ok(query) => {
            let samples = samples();
            match query.select(&samples, &Board::new(samples.given_labels())) {
                Ok(wanted) => assert_eq!(wanted.len(), 3),
                Err(error) => assert!(error.place <= end, "{error}"),
            }
        }
        Err(error) => assert!(error.place <= end, "{error}"),
    }
});
