//! What cannot be right is refused, with the file, the sample, the value and the way out.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod fixture;

use fixture::{classes, golden, images};
use mislabel_interchange::{Classes, Format, Media, ReadOptions, Sample, SampleSet, WriteOptions};

/// The refusal of `content` in a file of this name, without the path of the folder.
fn reading(format: Format, name: &str, content: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    let is_folder = name.contains('/') || format == Format::ImageFolder;
    let read = if is_folder { folder.path() } else { path.as_path() };
    let options = ReadOptions { classes: Some(classes()), ..ReadOptions::default() };
    let error = format.read(read, &options).map(|received| received.samples.len());
    error.unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn files_that_cannot_be_right_are_refused() {
    let cases: [(Format, &str, &str, &str); 22] = [
        (
            Format::Table,
            "t.csv",
            "index,given_label\n0,cow\n",
            "t.csv: row 0: given_label is \"cow\", which is none of the 3 classes",
        ),
        (
            Format::Table,
            "t.csv",
            "index,quality\n0,0.5\n1,1.5\n",
            "t.csv: row 1: quality is \"1.5\": it must lie in [0, 1]",
        ),
        (
            Format::Table,
            "t.csv",
            "index,quality\n0,NaN\n",
            "t.csv: row 0: quality is \"NaN\": it must be a finite number",
        ),
        (Format::Table, "t.csv", "index\n0\n0\n", "t.csv: row 1: id \"0\" is that of row 0, too"),
        (Format::Table, "t.csv", "index,index\n0,0\n", "t.csv: the header has the column \"index\" twice"),
        (
            Format::Table,
            "t.csv",
            "index,id\n-1,a\n",
            "t.csv: row 0: sample \"a\": index is \"-1\": it must be a whole number from 0 on",
        ),
        (
            Format::Table,
            "t.csv",
            "index,is_issue\n0,maybe\n",
            "t.csv: row 0: is_issue is \"maybe\": it must be true or false",
        ),
        (
            Format::Table,
            "t.csv",
            "index,decision\n0,relabel\n",
            "t.csv: row 0: there is no label of the decision relabel: name the new class",
        ),
        (
            Format::Table,
            "t.csv",
            "index,decision\n0,fix\n",
            "t.csv: row 0: decision is \"fix\": it must be keep, relabel, unsure or exclude",
        ),
        (
            Format::Table,
            "t.csv",
            "index,given_label,true_label,time\n0,cat,dog,noon\n",
            "t.csv: row 0: time is \"noon\": it must be a time in RFC 3339",
        ),
        (Format::Table, "t.txt", "", "t.txt: a table has the extension csv"),
        (Format::Table, "t.jsonl", "{\"index\": 0}\n{\n", "t.jsonl: line 2: EOF while parsing"),
        (
            Format::LabelStudio,
            "e.json",
            "[{\"data\": {\"mislabel_id\": \"a\"}, \"annotations\": [{\"result\": [{\"from_name\": \"label\", \"value\": {\"choices\": [\"cow\"]}}]}]}]",
            "e.json: row 0: sample \"a\": label is \"cow\"",
        ),
        (Format::LabelStudio, "e.xml", "<a/>", "e.xml: label-studio has the exports JSON"),
        (Format::Cleanlab, "i.csv", "a,b\n1,2\n", "i.csv: row 0: there is no is_label_issue: give what lab.get_issues"),
        (
            Format::HuggingFace,
            "metadata.csv",
            "label\ncat\n",
            "metadata.csv: row 0: there is no file_name: name the image of every row",
        ),
        (Format::ImageFolder, "readme.txt", "", "there is no folder of a class"),
        (
            Format::Datumaro,
            "annotations/default.json",
            "{\"categories\": {\"label\": {\"labels\": [{\"name\": \"cat\"}]}}, \"items\": [{\"id\": \"a\", \"annotations\": [{\"type\": \"label\", \"label_id\": 7}]}]}",
            "annotations/default.json: row 0: sample \"a\": label_id is 7: it must be the number of a label",
        ),
        (
            Format::Labelbox,
            "l.ndjson",
            "{\"data_row\": {}}\n",
            "l.ndjson: row 0: there is no global key: give the data rows global keys and export again",
        ),
        (
            Format::Scale,
            "t.json",
            "[{\"unique_id\": \"a\", \"status\": \"completed\", \"response\": {}}]",
            "t.json: row 0: sample \"a\": there is no category in the response: name the field of the answer",
        ),
        (
            Format::Argilla,
            "r.json",
            "[{\"id\": \"a\", \"status\": \"completed\", \"responses\": {\"label\": [{\"value\": [\"cat\", \"dog\"]}]}}]",
            "r.json: row 0: sample \"a\": label has 2 labels (cat, dog)",
        ),
        (
            Format::Prodigy,
            "p.jsonl",
            "{\"text\": \"a\", \"accept\": [\"cat\", \"dog\"], \"answer\": \"accept\"}\n",
            "p.jsonl: row 0: sample \"0\": accept has 2 labels (cat, dog)",
        ),
    ];
    for (format, name, content, expected) in cases {
        let error = reading(format, name, content);
        assert!(error.contains(expected), "{format} {name}\n  found    {error}\n  expected {expected}");
    }
}

#[cfg(feature = "cvat")]
#[test]
fn xml_that_cannot_be_right_is_refused() {
    let xml = |body: &str| {
        format!("<annotations><meta><labels><label><name>cat</name></label></labels></meta>{body}</annotations>")
    };
    let cases = [
        (
            xml("<image name=\"a\"><tag label=\"cat\"/><tag label=\"dog\"/></image>"),
            "sample \"a\": tag has 2 labels (cat, dog)",
        ),
        (
            xml("<image name=\"a\"><tag label=\"cow\"/></image>"),
            "sample \"a\": tag is \"cow\", which is none of the 3 classes",
        ),
        (xml("<track/>").replace("<track/>", "<track></track>"), "this is a video"),
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><annotations/>".into(), "the file declares a document type"),
        ("<annotations><image name=\"a\">".into(), "the file ends inside an element"),
        ("<annotations></image>".into(), "byte "),
    ];
    for (content, expected) in cases {
        let error = reading(Format::Cvat, "a.xml", &content);
        assert!(error.contains(expected), "{content}\n{error}");
    }
}

/// The refusal to write the samples after `change`.
fn writing(format: Format, name: &str, change: impl FnOnce(&mut Sample)) -> String {
    let (classes, mut samples, _) = images().into_parts();
    change(&mut samples[3]);
    let folder = tempfile::tempdir().unwrap();
    let write = WriteOptions { media_root: Some(golden()), ..WriteOptions::default() };
    let result = format.write(&SampleSet::new(classes, samples).unwrap(), folder.path().join(name), &write);
    let error = result.unwrap_err().to_string();
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "a refusal leaves nothing behind: {left:?}");
    error
}

#[test]
fn paths_in_exports_never_leave_their_folder() {
    for path in ["../secret.png", "/etc/passwd", "imgs/../../secret.png"] {
        let to = |sample: &mut Sample| sample.media = Some(Media::Path(path.into()));
        let mut cases = vec![
            (Format::LabelStudio, "tasks"),
            (Format::HuggingFace, "metadata.csv"),
            (Format::ImageFolder, "tree"),
            (Format::Datumaro, "datumaro"),
        ];
        if cfg!(feature = "cvat") {
            cases.push(("cvat".parse().unwrap(), "a.xml"));
        }
        for (format, name) in cases {
            let error = writing(format, name, to);
            assert!(error.contains(&format!("sample \"0003\": the path {path:?} leads out of its folder")), "{error}");
        }
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_folder_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.png"), "secret").unwrap();
    let root = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), root.path().join("imgs")).unwrap();
    let mut sample = Sample::new("a");
    (sample.media, sample.given) = (Some(Media::Path("imgs/secret.png".into())), Some(0));
    let set = SampleSet::new(classes(), vec![sample]).unwrap();
    let write = WriteOptions { media_root: Some(root.path().into()), ..WriteOptions::default() };
    let error = Format::ImageFolder.write(&set, root.path().join("out"), &write).unwrap_err();
    assert!(error.to_string().contains("leads out of its folder"), "{error}");
}

#[test]
fn class_names_that_are_no_folders_are_refused() {
    for name in ["..", "a/b", "a\\b", ".hidden", "con:", "x\0", "trailing."] {
        let mut sample = Sample::new("a");
        (sample.media, sample.given) = (Some(Media::Path("imgs/0000.png".into())), Some(0));
        let set = SampleSet::new(Classes::new([name]).unwrap(), vec![sample]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = WriteOptions { media_root: Some(golden()), ..WriteOptions::default() };
        let error = Format::ImageFolder.write(&set, folder.path().join("out"), &write).unwrap_err();
        assert!(error.to_string().contains("is no name for a folder"), "{error}");
    }
}

#[test]
fn samples_that_a_format_cannot_take_are_refused_by_name() {
    let no_media = |sample: &mut Sample| sample.media = None;
    let text = |sample: &mut Sample| sample.media = Some(Media::Text("x".into()));
    assert!(writing(Format::FiftyOne, "f", no_media).contains("fiftyone cannot take sample \"0003\": it has no path"));
    assert!(
        writing(Format::LabelStudio, "l", text)
            .contains("cannot take sample \"0003\": a project shows images or texts")
    );
    assert!(
        writing(Format::Cleanlab, "c.csv", |s| s.index = Some(99)).contains("the sample with the index 3 is missing")
    );
    assert!(writing(Format::Cleanlab, "c.csv", |s| s.quality = None).contains("it has no quality"));
    assert!(
        writing(Format::Datumaro, "d", |s| s.split = Some("../x".into()))
            .contains("its split \"../x\" is no name for a file")
    );
    let error = writing(Format::Table, "t.csv", |s| drop(s.columns.insert("decision".into(), "x".into())));
    assert!(error.contains("rename its column \"decision\""), "{error}");
    let error = writing(Format::FiftyOne, "f", |s| {
        s.columns.insert("a b".into(), 1.into());
        s.columns.insert("a_b".into(), 2.into());
    });
    assert!(error.contains("would both be the field a_b"), "{error}");
    for name in ["t", "metadata.txt"] {
        assert!(writing(Format::Table, name, |_| ()).contains("a table has the extension csv"));
        assert!(writing(Format::HuggingFace, name, |_| ()).contains("huggingface has the file metadata.csv"));
    }
}

#[test]
fn files_above_the_limit_are_not_read() {
    let options = ReadOptions { most_bytes: 100, ..ReadOptions::default() };
    let error = Format::Table.read(golden().join("ours/table.csv"), &options).unwrap_err().to_string();
    assert!(error.ends_with("bytes are above the limit of 100"), "{error}");
}

#[test]
fn numbers_name_classes_only_where_no_name_is_a_number() {
    let read = |names: [&str; 2], label: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, format!("index,given_label\n0,{label}\n")).unwrap();
        let options = ReadOptions { classes: Some(Classes::new(names).unwrap()), ..ReadOptions::default() };
        Format::Table.read(path, &options).map(|received| received.samples.samples()[0].given)
    };
    assert_eq!(read(["cat", "dog"], "1").unwrap(), Some(1));
    assert_eq!(read(["1", "0"], "1").unwrap(), Some(0));
    assert!(read(["7", "8"], "1").is_err());
    assert!(read(["cat", "dog"], "2").is_err());
    assert_eq!(read(["cat", "dog"], "").unwrap(), None);
}
