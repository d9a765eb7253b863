//! What clients write is read: `tests/golden/theirs` was written by them (`make.py`), `by_hand` by their documentation.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod fixture;

use fixture::{classes, golden, images, texts};
use mislabel_interchange::{
    Comparison, Error, Format, Outcome, ReadOptions, Received, Reviewers, Sample, SampleSet, Verdict,
};

const DOG: u32 = 1;
const A_AND_B: u32 = 2;

fn options() -> ReadOptions {
    ReadOptions { classes: Some(classes()), ..ReadOptions::default() }
}

fn received(format: Format, name: &str) -> Received {
    format.read(golden().join(name), &options()).unwrap()
}

/// What was decided, by id; the newest decision counts.
fn verdicts(set: &SampleSet) -> Vec<(&str, Verdict)> {
    let outcome = |sample: &Sample| Reviewers::Newest.outcome(&sample.decisions);
    let decided = |sample| match outcome(sample) {
        Outcome::Decided(verdict) => Some(verdict),
        _ => None,
    };
    set.samples().iter().filter_map(|sample| Some((sample.id.as_str(), decided(sample)?))).collect()
}

/// What `make.py` decides in FiftyOne.
const IN_FIFTYONE: [(&str, Verdict); 5] = [
    ("0000", Verdict::Relabel(DOG)),
    ("0001", Verdict::Keep),
    ("0003", Verdict::Relabel(A_AND_B)),
    ("0004", Verdict::Unsure),
    ("0005", Verdict::Exclude),
];

#[test]
fn decisions_in_fiftyone_come_back_from_a_dataset_and_from_csv() {
    for name in ["theirs/fiftyone/dataset", "theirs/fiftyone/view.csv"] {
        let back = received(Format::FiftyOne, name).samples;
        assert_eq!(verdicts(&back), IN_FIFTYONE, "{name}");
        let decided = images().with_decisions_of(&back).unwrap();
        assert_eq!(verdicts(&decided), IN_FIFTYONE, "{name}");
    }
}

#[test]
fn everything_that_went_to_fiftyone_comes_back() {
    let back = received(Format::FiftyOne, "theirs/fiftyone/dataset");
    for (mut came, sent) in back.samples.samples().iter().cloned().zip(images().samples()) {
        came.decisions.clear();
        came.tags.retain(|tag| !["reviewed", "unsure", "exclude", "odd"].contains(&tag.as_str()));
        came.predictions.sort_by(|a, b| b.model.cmp(&a.model));
        assert_eq!(&came, sent);
    }
    let kept = ["exposure", "station"].map(|name| format!("field {name} is kept as a column"));
    assert_eq!(back.notes[..2], kept);
    assert_eq!(back.notes[2..], ["field detections (Detections) is not read: 12"]);
}

#[test]
fn labels_of_a_classification_dataset_are_read() {
    let back = received(Format::FiftyOne, "theirs/fiftyone/classification").samples;
    assert_eq!(back.samples()[3].id, "0003");
    assert_eq!(back.samples()[3].given, Some(A_AND_B));
}

#[test]
fn several_labels_of_a_sample_are_refused_by_name() {
    let error = Format::FiftyOne.read(golden().join("theirs/fiftyone/several"), &options()).unwrap_err();
    assert!(matches!(&error, Error::SeveralLabels { labels, .. } if labels == &["cat", "dog"]), "{error}");
    assert!(
        error.to_string().contains("row 0: sample \"imgs/0000.png\": ground_truth has 2 labels (cat, dog)"),
        "{error}"
    );
    for name in ["label-studio-several.json", "label-studio-texts-several.json"] {
        let path = golden().join("theirs/label-studio").join(name);
        let error = Format::LabelStudio.read(path, &options()).unwrap_err();
        assert!(error.to_string().contains("sample \"0008\": label has 2 labels (cat, dog)"), "{error}");
    }
}

#[test]
fn mistakenness_of_fiftyone_becomes_quality() {
    let back = received(Format::FiftyOne, "theirs/fiftyone/mistakenness");
    let quality: Vec<f64> = back.samples.samples().iter().map(|sample| sample.quality.unwrap()).collect();
    assert!(quality[3] < 0.1 && quality[..3].iter().all(|&quality| quality > 0.5), "{quality:?}");
    assert_eq!(back.samples.samples()[3].predictions[0].model, "predicted");
    assert!(back.notes.contains(&"quality is 1 - mistakenness".to_owned()), "{:?}", back.notes);
}

/// What `make.py` decides in Label Studio; one task was skipped, two people decided about another.
const IN_LABEL_STUDIO: [(&str, Verdict); 6] = [
    ("0000", Verdict::Relabel(DOG)),
    ("0001", Verdict::Keep),
    ("0003", Verdict::Relabel(A_AND_B)),
    ("0004", Verdict::Unsure),
    ("0005", Verdict::Exclude),
    ("0006", Verdict::Relabel(DOG)),
];

#[test]
fn the_exports_of_label_studio_agree() {
    for kind in ["label-studio", "label-studio-texts"] {
        for extension in ["json", "min.json", "csv", "tsv"] {
            let back = received(Format::LabelStudio, &format!("theirs/label-studio/{kind}.{extension}")).samples;
            let verdicts = verdicts(&back);
            assert_eq!(verdicts, IN_LABEL_STUDIO, "{kind}.{extension}");
            let opinions = &back.samples().iter().find(|sample| sample.id == "0006").unwrap().decisions;
            assert_eq!(opinions.len(), 2, "{kind}.{extension}");
            assert_eq!(opinions[0].reviewer.as_deref(), Some("1"));
            assert!(opinions.iter().all(|opinion| opinion.time.is_some()) && opinions[0].time != opinions[1].time);
        }
    }
}

#[test]
fn skipped_tasks_of_label_studio_are_named_and_are_no_decisions() {
    let back = received(Format::LabelStudio, "theirs/label-studio/label-studio.json");
    assert!(
        back.notes.iter().any(|note| note == "annotations that were skipped are no decisions: 1"),
        "{:?}",
        back.notes
    );
    assert_eq!(back.samples.len(), 12);
    let sent = images();
    let first = &back.samples.samples()[0];
    assert_eq!(
        (first.path(), &first.columns, first.score),
        (Some("imgs/0000.png"), &sent.samples()[0].columns, Some(1.0 / 3.0))
    );
}

#[test]
fn what_came_back_is_compared_with_what_was_sent() {
    let back = received(Format::LabelStudio, "theirs/label-studio/label-studio.min.json").samples;
    let comparison = Comparison::between(&images(), &back, Reviewers::Newest).unwrap();
    assert_eq!((comparison.sent, comparison.kept, comparison.relabeled), (12, 1, 3));
    assert_eq!((comparison.unsure, comparison.excluded), (1, 1));
    // 0000 and 0006 have the suggestion that was sent, 0003 has not.
    assert_eq!((comparison.suggestion.hits, comparison.suggestion.of), (2, 3));
    assert_eq!(comparison.missing.len() + comparison.undecided, 6);
    let ours = &comparison.methods[0];
    assert_eq!((ours.method.as_str(), ours.precision.hits, ours.precision.of), ("rer", 3, 3));
    let names: Vec<&str> = comparison.methods.iter().map(|method| method.method.as_str()).collect();
    assert_eq!(names, ["rer", "clip", "resnet"]);
    let majority = Comparison::between(&images(), &back, Reviewers::Unanimous).unwrap();
    assert_eq!((majority.reviewers.hits, majority.reviewers.of), (0, 0), "one person decided twice");
}

#[cfg(feature = "parquet")]
#[test]
fn labels_that_were_changed_in_hugging_face_come_back() {
    let back = received(Format::HuggingFace, "theirs/huggingface/train.parquet").samples;
    assert_eq!(verdicts(&back), [("0000", Verdict::Relabel(DOG)), ("0003", Verdict::Relabel(DOG))]);
    for (mut came, sent) in back.samples().iter().cloned().zip(images().samples()) {
        came.decisions.clear();
        assert_eq!(&came, sent);
    }
    let back = received(Format::HuggingFace, "theirs/huggingface/texts.parquet").samples;
    assert_eq!(back.samples()[0].text(), texts().samples()[0].text());
}

#[cfg(feature = "parquet")]
#[test]
fn a_dataset_of_hugging_face_keeps_its_class_names_and_columns() {
    let path = golden().join("theirs/huggingface/bytes.parquet");
    let back = Format::HuggingFace.read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(back.samples.classes(), &classes());
    let samples = back.samples.samples();
    assert_eq!([samples[0].given, samples[1].given], [Some(DOG), None]);
    assert_eq!(samples[0].path(), Some("0000.png"));
    assert_eq!(samples[2].columns["extra"], 2.5);
    let error = Format::HuggingFace.read(golden().join("theirs/huggingface/saved"), &options()).unwrap_err();
    assert!(error.to_string().ends_with("write it with Dataset.to_parquet"), "{error}");
}

#[test]
fn tables_of_cleanlab_are_read() {
    let mut names = vec!["datalab.csv", "cleanlearning.csv", "saved"];
    if cfg!(feature = "parquet") {
        names.push("datalab.parquet");
    }
    for name in names {
        let back = received(Format::Cleanlab, &format!("theirs/cleanlab/{name}")).samples;
        assert_eq!((back.len(), back.method()), (60, "cleanlab"), "{name}");
        let flagged = |sample: &&Sample| sample.flagged == Some(true);
        let flagged: Vec<u64> = back.samples().iter().filter(flagged).filter_map(|sample| sample.index).collect();
        // CleanLearning has a model of its own, which doubts one label more.
        let more: &[u64] = if name == "cleanlearning.csv" { &[0, 20, 23, 41] } else { &[0, 20, 41] };
        assert_eq!(flagged, more, "{name}");
        let worst = back.clone().ranked().first(3);
        let mut worst: Vec<u64> = worst.samples().iter().filter_map(|sample| sample.index).collect();
        worst.sort_unstable();
        assert_eq!(worst, [0, 20, 41], "{name}");
        if name != "saved" {
            assert_eq!((back.samples()[0].given, back.samples()[0].suggested), (Some(DOG), Some(0)), "{name}");
        }
    }
}

#[test]
fn tables_that_pandas_wrote_are_read() {
    let mut names = vec!["table.csv", "table.jsonl"];
    if cfg!(feature = "parquet") {
        names.extend(["table.parquet", "indexed.parquet"]);
    }
    for name in names {
        let back = received(Format::Table, &format!("theirs/pandas/{name}")).samples;
        assert_eq!(back.len(), 12, "{name}");
        let decided = images().with_decisions_of(&back).unwrap();
        let relabeled = [("0000", Verdict::Relabel(DOG)), ("0003", Verdict::Relabel(DOG))];
        let changed: Vec<_> = verdicts(&decided).into_iter().filter(|(_, verdict)| *verdict != Verdict::Keep).collect();
        assert_eq!(changed, relabeled, "{name}");
        assert_eq!(verdicts(&decided).len(), 6, "{name}");
    }
}

#[test]
fn labels_that_were_changed_in_datumaro_come_back() {
    let back = received(Format::Datumaro, "theirs/datumaro").samples;
    let decided = images().with_decisions_of(&back).unwrap();
    assert_eq!(verdicts(&decided), [("0000", Verdict::Relabel(DOG)), ("0003", Verdict::Relabel(DOG))]);
}

#[cfg(feature = "cvat")]
#[test]
fn labels_that_were_changed_in_xml_for_cvat_come_back() {
    let back = received(Format::Cvat, "theirs/datumaro/cvat.xml").samples;
    let decided = images().with_decisions_of(&back).unwrap();
    let relabeled: Vec<_> = verdicts(&decided).into_iter().filter(|(_, v)| *v != Verdict::Keep).collect();
    assert_eq!(relabeled, [("0000", Verdict::Relabel(DOG))]);
}

#[test]
fn responses_in_argilla_come_back() {
    let back = received(Format::Argilla, "theirs/argilla/records.json").samples;
    assert_eq!(verdicts(&back), [("0000", Verdict::Relabel(DOG)), ("0001", Verdict::Keep)]);
    assert_eq!(texts().with_decisions_of(&back).unwrap().samples()[0].decisions.len(), 1);
}

#[test]
fn pre_labels_that_labelbox_wrote_are_read() {
    let back = received(Format::Labelbox, "theirs/labelbox/prelabels.ndjson").samples;
    for (came, sent) in back.samples().iter().zip(images().samples()) {
        assert_eq!((&came.id, came.suggested, came.quality), (&sent.id, sent.suggested, sent.quality));
    }
}

#[test]
fn exports_of_labelbox_are_read_as_documented() {
    let back = received(Format::Labelbox, "by_hand/labelbox-export.ndjson").samples;
    let decided = images().with_decisions_of(&back).unwrap();
    assert_eq!(verdicts(&decided), [("0000", Verdict::Relabel(DOG)), ("0001", Verdict::Relabel(0))]);
    let comparison = Comparison::between(&images(), &back, Reviewers::Majority).unwrap();
    assert_eq!((comparison.disputed, comparison.undecided, comparison.missing.len()), (vec!["0001".to_owned()], 1, 9));
}

#[test]
fn tasks_of_scale_are_read_as_documented() {
    let back = received(Format::Scale, "by_hand/scale-tasks.json").samples;
    assert_eq!(verdicts(&back), [("0000", Verdict::Relabel(DOG)), ("0001", Verdict::Keep)]);
}

#[test]
fn annotations_of_prodigy_are_read_as_documented() {
    let back = received(Format::Prodigy, "by_hand/prodigy.jsonl");
    assert_eq!(verdicts(&back.samples), [("0001", Verdict::Relabel(0)), ("0002", Verdict::Keep)]);
    assert_eq!(back.samples.samples()[0].decisions[0].time.unwrap().to_string(), "2026-11-28T16:40:48.000Z");
    assert_eq!(back.notes, ["ignored tasks are no decisions: 1"]);
}
