//! `mislabel export` and `mislabel import`.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{mislabel, run};

/// Issues of four samples, and their texts.
fn issues() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let issues = "index,given_label,suggested_label,quality,score,is_issue\n\
                  0,cat,dog,0.1,9.0,true\n1,dog,dog,0.9,0.1,false\n2,cat,dog,0.2,5.0,true\n3,dog,cat,0.6,0.5,false\n";
    let other = "index,given_label,suggested_label,quality,score,is_issue\n\
                 0,cat,cat,0.9,9.0,false\n1,dog,cat,0.1,0.1,true\n2,cat,dog,0.2,5.0,true\n3,dog,dog,0.6,0.5,false\n";
    let samples = "index,id,text,station\n0,a,meow,S1\n1,b,bark,S2\n2,c,woof,S1\n3,d,wuff,S2\n";
    for (name, content) in [("issues.csv", issues), ("knn.csv", other), ("samples.csv", samples)] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

const SENT: [&str; 8] =
    ["--issues", "issues.csv", "--samples", "samples.csv", "--method", "rer", "--also", "knn=knn.csv"];

#[test]
fn decisions_in_label_studio_go_out_and_come_back() {
    let folder = issues();
    let said =
        run(&folder, &[&["export", "--format", "label-studio", "--out", "tasks", "--flagged"], &SENT[..]].concat());
    assert!(said.starts_with("tasks: 2 samples for label-studio, in 2 files\n"), "{said}");
    let tasks = fs::read_to_string(folder.path().join("tasks/tasks-0001.json")).unwrap();
    let mut tasks: Value = serde_json::from_str(&tasks).unwrap();
    assert_eq!(tasks[0]["data"]["text"], "meow", "the most suspect comes first");
    assert_eq!(tasks[1]["data"]["station"], "S1");
    for (task, choice) in [(0, "dog"), (1, "cat")] {
        let choice =
            json!([{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [choice]}}]);
        tasks[task]["annotations"] = json!([{"completed_by": 1, "result": choice}]);
    }
    fs::write(folder.path().join("export.json"), tasks.to_string()).unwrap();

    let import = ["import", "--format", "label-studio", "export.json", "--out", "verified.csv"];
    let said = run(&folder, &[&import[..], &SENT[..]].concat());
    for line in [
        "verified.csv: 2 samples, 2 of them decided",
        "2 of 4 samples came back, 0 without a decision",
        "1 labels kept, 1 changed, 0 unsure, 0 excluded",
        "2 samples did not come back: b, d",
        "the decided label is our suggestion for 1 of 2 (0.500)",
        "rer: flags right for 1 of 2 (0.500), labels right for 1 of 2 (0.500)",
        "knn: flags right for 0 of 1 (0.000), labels right for 0 of 2 (0.000)",
    ] {
        assert!(said.lines().any(|said| said == line), "{line}\n{said}");
    }
    let verified = fs::read_to_string(folder.path().join("verified.csv")).unwrap();
    let header: Vec<&str> = verified.lines().next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let cell =
        |line: usize, name: &str| verified.lines().nth(line).unwrap().split(',').nth(column(name)).unwrap().to_owned();
    assert_eq!([cell(1, "index"), cell(1, "true_label"), cell(2, "true_label")], ["0", "dog", "cat"]);

    let import = ["import", "--format", "label-studio", "export.json", "--out", "verified.jsonl", "--json"];
    let summary: Value = serde_json::from_str(&run(&folder, &[&import[..], &SENT[..]].concat())).unwrap();
    assert_eq!(summary["comparison"]["missing"], json!(["b", "d"]));
    assert_eq!(
        summary["comparison"]["methods"][0],
        json!({"method": "rer", "precision": {"hits": 1, "of": 2}, "label": {"hits": 1, "of": 2}})
    );
}

#[test]
fn what_was_decided_serves_as_verified_labels() {
    let folder = tempfile::tempdir().unwrap();
    let sizes = ["generate", "--samples", "400", "--features", "8", "--classes", "2"];
    run(&folder, &[&sizes[..], &["--out", "e.npy", "--labels", "given.txt", "--true-labels", "true.txt"]].concat());
    run(&folder, &["detect", "--embeddings", "e.npy", "--labels", "given.txt", "--out", "issues.csv"]);
    let truth: Vec<String> =
        fs::read_to_string(folder.path().join("true.txt")).unwrap().lines().map(Into::into).collect();
    fs::write(
        folder.path().join("samples.csv"),
        (0..400).fold("index,text\n".to_owned(), |t, i| t + &format!("{i},t{i}\n")),
    )
    .unwrap();
    let sent = ["--issues", "issues.csv", "--samples", "samples.csv"];
    run(&folder, &[&["export", "--format", "prodigy", "--out", "p.jsonl", "--most", "60"], &sent[..]].concat());
    let lines = fs::read_to_string(folder.path().join("p.jsonl")).unwrap();
    let answered = lines.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let index = line["meta"]["mislabel_index"].as_u64().unwrap() as usize;
        line["accept"] = json!([truth[index]]);
        line["answer"] = "accept".into();
        format!("{line}\n")
    });
    fs::write(folder.path().join("answered.jsonl"), answered.collect::<String>()).unwrap();
    run(&folder, &[&["import", "--format", "prodigy", "answered.jsonl", "--out", "verified.csv"], &sent[..]].concat());
    let detect = ["detect", "--method", "posterior", "--embeddings", "e.npy", "--labels", "given.txt"];
    let found = run(&folder, &[&detect[..], &["--verified", "verified.csv", "--out", "again.csv", "--json"]].concat());
    assert!(found.contains("noise_rate"), "{found}");
}

/// A format, where it is written, and the file of it that is read again.
const WRITTEN: [(&str, &str, &str); 16] = [
    ("table", "t.csv", "t.csv"),
    ("table", "t.tsv", "t.tsv"),
    ("table", "t.jsonl", "t.jsonl"),
    ("table", "t.parquet", "t.parquet"),
    ("fiftyone", "fiftyone", "fiftyone"),
    ("label-studio", "tasks", "tasks/tasks-0001.json"),
    ("huggingface", "h.parquet", "h.parquet"),
    ("huggingface", "metadata.csv", "metadata.csv"),
    ("huggingface", "metadata.jsonl", "metadata.jsonl"),
    ("cleanlab", "c.csv", "c.csv"),
    ("cvat", "c.xml", "c.xml"),
    ("datumaro", "datumaro", "datumaro"),
    ("labelbox", "labelbox", "labelbox/labels-0001.ndjson"),
    ("scale", "scale", "scale/batch-0001.jsonl"),
    ("argilla", "a.json", "a.json"),
    ("prodigy", "p.jsonl", "p.jsonl"),
];

#[test]
fn hostile_class_names_come_back_from_every_export_as_they_went() {
    let folder = tempfile::tempdir().unwrap();
    let long = "a very long name ".repeat(18);
    let names =
        ["</script><img src=x onerror=alert(1)>", "a & b", "\"quoted\"", "🐱 cat", "קט עברית", "=1+1", long.trim()];
    let mut issues = csv::Writer::from_path(folder.path().join("issues.csv")).unwrap();
    issues.write_record(["index", "given_label", "suggested_label", "quality", "score", "is_issue"]).unwrap();
    let [mut samples, mut texts] = ["index,id,path,width,height\n", "index,id,text\n"].map(str::to_owned);
    for row in 0..14 {
        let (index, quality) = (row.to_string(), format!("0.{row:02}"));
        let [given, suggested] = [row, row + 1].map(|class| names[class % names.len()]);
        issues.write_record([&index, given, suggested, &quality, &quality, "true"]).unwrap();
        samples += &format!("{row},s{row},imgs/{row}.png,8,6\n");
        texts += &format!("{row},s{row},text {row}\n");
    }
    issues.flush().unwrap();
    fs::write(folder.path().join("samples.csv"), samples).unwrap();
    fs::write(folder.path().join("texts.csv"), texts).unwrap();
    for (format, out, back) in WRITTEN {
        let samples = if ["argilla", "prodigy"].contains(&format) { "texts.csv" } else { "samples.csv" };
        let sent = ["--issues", "issues.csv", "--samples", samples];
        run(&folder, &[&["export", "--format", format, "--out", out], &sent[..]].concat());
        // A sample whose given label is another than the one that was sent would be refused.
        let said = run(&folder, &[&["import", "--format", format, back, "--out", "v.csv"], &sent[..]].concat());
        assert!(said.contains("14 of 14 samples came back, 14 without a decision"), "{format} {out}: {said}");
    }
    let folders = ["export", "--format", "imagefolder", "--issues", "issues.csv", "--samples", "samples.csv"];
    let refused = mislabel(&folder, &[&folders[..], &["--out", "tree"]].concat());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("is no name for a folder: rename it"));
}

#[test]
fn exports_and_imports_that_cannot_be_are_refused() {
    let folder = issues();
    let refused = |arguments: &[&str]| {
        let output = mislabel(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let export = |format, out| ["export", "--format", format, "--issues", "issues.csv", "--out", out];
    assert!(refused(&export("label-studio", "tasks")).contains("neither a path nor a text to show"));
    assert!(refused(&export("table", "issues.csv")).contains("would be overwritten"));
    assert!(refused(&["export", "--format", "table", "--out", "x.csv"]).contains("give --issues, --samples, or both"));
    assert!(refused(&export("nothing", "x")).contains("label-studio"));
    let import = ["import", "--format", "table", "samples.csv", "--issues", "issues.csv", "--out", "x.csv"];
    assert!(refused(&[&import[..], &["--also", "knn"]].concat()).contains("NAME=FILE"));
    fs::write(folder.path().join("other.csv"), "index,id,true_label\n7,x,dog\n").unwrap();
    let other = ["import", "--format", "table", "other.csv", "--issues", "issues.csv", "--out", "x.csv"];
    assert!(refused(&other).contains("sample \"x\" came back, but was not sent"), "{}", refused(&other));
}
