//! What is written and read again is the same, as far as the format has a place for it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod fixture;

use std::path::Path;

use fixture::{classes, golden, images, texts};
use mislabel_interchange::{
    Comparison, Decision, Error, Format, ReadOptions, Reviewers, Sample, SampleSet, Verdict, WriteOptions,
};

fn options() -> ReadOptions {
    ReadOptions { classes: Some(classes()), ..ReadOptions::default() }
}

/// Four samples decided, one of them by two people.
fn decided(set: SampleSet) -> SampleSet {
    let (classes, mut samples, _) = set.into_parts();
    let decision = |verdict, reviewer: &str, time: &str, note: Option<&str>| {
        let mut decision = Decision::new(verdict);
        decision.reviewer = Some(reviewer.into());
        decision.time = Some(time.parse().unwrap());
        decision.note = note.map(Into::into);
        decision
    };
    samples[0].decisions =
        vec![decision(Verdict::Relabel(1), "ann", "2026-11-28T10:00:00Z", Some("a \"dog\", surely"))];
    samples[1].decisions = vec![decision(Verdict::Keep, "ann", "2026-11-28T10:01:00.250Z", None)];
    samples[2].decisions = vec![
        decision(Verdict::Unsure, "ann", "2026-11-28T10:02:00Z", None),
        decision(Verdict::Exclude, "bob", "2026-11-28T10:03:00Z", None),
    ];
    SampleSet::new(classes, samples).unwrap().with_method("rer")
}

/// `set` written as `name` and read again.
fn again(format: Format, set: &SampleSet, name: &str) -> SampleSet {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let write = WriteOptions {
        media_root: (format.name() == "cvat").then(golden),
        batch: (format == Format::Scale).then_some(3000),
        ..WriteOptions::default()
    };
    format.write(set, &path, &write).unwrap();
    let read = match format {
        Format::Scale => path.join("batch-0001.jsonl"),
        Format::LabelStudio => path.join("tasks-0001.json"),
        Format::Labelbox => path.join("labels-0001.ndjson"),
        _ => path,
    };
    format.read(read, &options()).unwrap().samples
}

/// The samples without what a format shows or holds in a place of its own.
fn plain(set: &SampleSet, change: impl Fn(&mut Sample)) -> Vec<Sample> {
    let mut samples = set.samples().to_vec();
    samples.iter_mut().for_each(change);
    samples
}

#[test]
fn tables_hold_everything() {
    for set in [decided(images()), decided(texts())] {
        let mut names = vec!["t.jsonl"];
        if cfg!(feature = "parquet") {
            names.push("t.parquet");
        }
        for name in names {
            assert_eq!(again(Format::Table, &set, name).samples(), set.samples(), "{name}");
        }
        // Further columns of a text file are texts.
        let as_text = |sample: &mut Sample| {
            for value in sample.columns.values_mut().filter(|value| !value.is_string()) {
                *value = value.to_string().into();
            }
        };
        for name in ["t.csv", "t.tsv"] {
            assert_eq!(again(Format::Table, &set, name).samples(), plain(&set, as_text), "{name}");
        }
    }
}

#[test]
fn formats_with_named_values_hold_everything_but_their_own() {
    let set = decided(images());
    let mut cases = vec![
        (Format::Scale, "scale"),
        (Format::LabelStudio, "tasks"),
        (Format::HuggingFace, "metadata.jsonl"),
        (Format::Datumaro, "datumaro"),
        (Format::Argilla, "records.json"),
        (Format::Prodigy, "lines.jsonl"),
    ];
    if cfg!(feature = "parquet") {
        cases.push((Format::HuggingFace, "train.parquet"));
    }
    for (format, name) in cases {
        let back = again(format, &set, name);
        let mut samples = back.samples().to_vec();
        samples.sort_by_key(|sample| sample.index);
        // Our own suggestion comes back as one of a model, too, where the tool has a place for suggestions.
        samples.iter_mut().for_each(|sample| sample.predictions.retain(|p| p.model != "rer" && p.model != "mislabel"));
        assert_eq!(samples, set.samples(), "{format} {name}");
    }
}

#[test]
fn what_cannot_travel_is_not_invented() {
    let set = decided(images());
    #[cfg(feature = "cvat")]
    {
        let back = again(Format::Cvat, &set, "cvat.xml");
        for (came, sent) in back.samples().iter().zip(set.samples()) {
            assert_eq!(
                (came.index, &came.id, came.given, came.suggested),
                (sent.index, &sent.id, sent.given, sent.suggested)
            );
            assert!(came.decisions.is_empty() && came.split.is_none());
        }
    }
    let back = again(Format::Cleanlab, &set, "issues.csv");
    for (came, sent) in back.samples().iter().zip(set.samples()) {
        assert_eq!(
            (came.index, came.given, came.quality, came.flagged),
            (sent.index, sent.given, sent.quality, sent.flagged)
        );
        assert_eq!(came.id, came.index.unwrap().to_string());
    }
}

#[test]
fn reviewers_who_must_not_be_led_see_no_suggestion() {
    let blind = WriteOptions { suggestions: false, media_root: Some(golden()), ..WriteOptions::default() };
    // "a & b" is the suggestion of no sample whose given label it is not; the names of the fields tell.
    for format in Format::ALL {
        let name = match format.name() {
            "table" => "t.csv",
            "huggingface" => "metadata.csv",
            "cvat" => "t.xml",
            "argilla" => "t.json",
            "prodigy" => "t.jsonl",
            // A table of suspicions, and a tree of labels, have nothing else to show.
            "cleanlab" | "imagefolder" => continue,
            name => name,
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let written = format.write(&images(), &path, &blind).unwrap();
        for file in written.files.iter().filter(|file| !file.ends_with("load.py")) {
            let text = std::fs::read_to_string(file).unwrap();
            for word in ["suggested", "quality", "is_issue", "prediction", "confidence", "resnet"] {
                assert!(!text.contains(word), "{}: {word}", file.display());
            }
        }
    }
}

#[test]
fn an_image_folder_shows_the_labels_as_decided_and_leaves_the_files_of_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corrected");
    let write = WriteOptions { media_root: Some(golden()), ..WriteOptions::default() };
    Format::ImageFolder.write(&decided(images()), &path, &write).unwrap();
    let back = Format::ImageFolder.read(&path, &options()).unwrap().samples;
    assert_eq!(back.len(), 11, "one sample is excluded");
    let label = |name: &str| {
        let found = back.samples().iter().find(|sample| sample.path().unwrap().ends_with(name));
        found.and_then(|sample| sample.given)
    };
    assert_eq!([label("0000.png"), label("0001.png"), label("0002.png")], [Some(1), Some(1), None]);
    assert!(golden().join("imgs/0002.png").is_file());
    let moves = std::fs::read_to_string(path.join("moves.csv")).unwrap();
    assert!(moves.contains("imgs/0000.png,dog/0000.png,cat,dog\n"), "{moves}");
    let error = Format::ImageFolder.write(&images(), &path, &write).unwrap_err();
    assert!(error.to_string().ends_with("is not empty: give another folder"), "{error}");
}

#[test]
fn files_of_one_name_do_not_overwrite_each_other() {
    let root = tempfile::tempdir().unwrap();
    let mut samples = Vec::new();
    for (index, class) in ["cat", "dog"].iter().enumerate() {
        std::fs::create_dir(root.path().join(class)).unwrap();
        std::fs::write(root.path().join(class).join("1.png"), class).unwrap();
        let mut sample = Sample::new(index.to_string());
        sample.media = Some(mislabel_interchange::Media::Path(format!("{class}/1.png")));
        sample.given = Some(0);
        samples.push(sample);
    }
    let out = root.path().join("out");
    let write = WriteOptions { media_root: Some(root.path().into()), ..WriteOptions::default() };
    Format::ImageFolder.write(&SampleSet::new(classes(), samples).unwrap(), &out, &write).unwrap();
    let content = |name: &str| std::fs::read_to_string(out.join("cat").join(name)).unwrap();
    assert_eq!([content("1.png"), content("1-1.png")], ["cat", "dog"]);
}

#[test]
fn a_calibration_batch_is_drawn_by_the_seed_and_taken_out_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let tasks = |name: &str, seed| {
        let path = folder.path().join(name);
        let write = WriteOptions { calibration: 4, seed, batch: Some(5), ..WriteOptions::default() };
        let files = Format::Scale.write(&images(), &path, &write).unwrap().files;
        let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["unique_id"].to_string();
        let ids = |file: &Path| std::fs::read_to_string(file).unwrap().lines().map(id).collect::<Vec<String>>();
        files[..3].iter().map(|file| ids(file)).collect::<Vec<_>>()
    };
    let (first, same, other) = (tasks("a", 1), tasks("b", 1), tasks("c", 2));
    assert_eq!(first.iter().map(Vec::len).collect::<Vec<_>>(), [4, 5, 3]);
    assert_eq!(first, same);
    assert_ne!(first[0], other[0]);
    let mut all: Vec<String> = first.concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 12);
}

#[test]
fn details_join_by_index_and_report_what_is_missing() {
    let (classes, samples, _) = images().into_parts();
    let issues = |sample: &Sample| {
        let mut bare = Sample::new(sample.index.unwrap().to_string());
        (bare.index, bare.given, bare.quality) = (sample.index, sample.given, sample.quality);
        bare
    };
    let issues = SampleSet::new(classes.clone(), samples.iter().map(issues).collect()).unwrap();
    let joined = issues.clone().with_details(&images()).unwrap();
    assert_eq!((joined.samples()[3].path(), joined.samples()[3].id.as_str()), (Some("imgs/0003.png"), "0003"));
    assert_eq!(joined.samples()[3].columns["station"], "S-1");
    let error = issues.with_details(&images().first(5)).unwrap_err();
    assert!(matches!(&error, Error::Missing { .. }), "{error}");
}

#[test]
fn samples_of_another_dataset_are_refused_by_name() {
    let changed = |change: &dyn Fn(&mut Sample)| {
        let (classes, mut samples, _) = images().into_parts();
        change(&mut samples[3]);
        SampleSet::new(classes, samples).unwrap()
    };
    let refusal = |back: &SampleSet| images().with_decisions_of(back).unwrap_err().to_string();
    let unknown = changed(&|sample| (sample.index, sample.id, sample.media) = (Some(99), "x".into(), None));
    assert!(refusal(&unknown).starts_with("sample \"x\" came back, but was not sent"), "{}", refusal(&unknown));
    let swapped = changed(&|sample| (sample.id, sample.media) = ("x".into(), None));
    assert!(refusal(&swapped).starts_with("index 3 came back with the id \"x\", but was sent with \"0003\""));
    let relabeled = changed(&|sample| sample.given = Some(2));
    assert!(
        refusal(&relabeled).starts_with("index 3 came back with the given label \"a & b\", but was sent with \"cat\"")
    );
    let comparison = Comparison::between(&images(), &images().first(10), Reviewers::Newest).unwrap();
    assert_eq!((comparison.missing, comparison.undecided), (vec!["0010".to_owned(), "0011".to_owned()], 10));
}
