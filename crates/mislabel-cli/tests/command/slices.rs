//! `mislabel slice`, `mislabel similar`, and reviews on their way to other tools and back.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{mislabel, run};

/// Twenty samples of two classes on a circle of two halves, whose table of labels has ids, paths, and cameras.
fn dataset() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut labels, mut embeddings) = (String::from("id,path,camera,label\n"), String::from("id,x,z\n"));
    let mut issues = String::from("index,given_label,suggested_label,quality,score,is_issue\n");
    for row in 0..20 {
        let given = ["cat", "dog"][row % 2];
        let wrong = row < 4;
        let suggested = ["cat", "dog"][(row + usize::from(wrong)) % 2];
        let quality = if wrong { 0.1 } else { 0.95 };
        let angle = if row % 2 == 0 { 0.0 } else { 2.0 } + row as f64 / 100.0;
        labels.push_str(&format!("k{row},img/{row}.png,{},{given}\n", row % 3));
        embeddings.push_str(&format!("k{row},{:.5},{:.5}\n", angle.cos(), angle.sin()));
        issues.push_str(&format!("{row},{given},{suggested},{quality},{},{wrong}\n", 1.0 - quality));
    }
    for (name, content) in [("labels.csv", labels), ("embeddings.csv", embeddings), ("issues.csv", issues)] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn refused(folder: &TempDir, arguments: &[&str]) -> String {
    let output = mislabel(folder, arguments);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

const JUDGED: [&str; 4] = ["--labels", "labels.csv", "--issues", "issues.csv"];

#[test]
fn a_slice_says_how_many_of_what_and_how_noisy_and_writes_its_rows() {
    let folder = dataset();
    let slice = |more: &[&str]| run(&folder, &[&["slice"], &JUDGED[..], more].concat());
    let said = slice(&["--where", "flagged and camera < 2 and path contains img/"]);
    for line in [
        "3 of 20 samples where flagged and camera < 2 and path contains img/",
        "  flagged      3 (100.0%)",
        "  wrong        about 3 labels, a noise rate of 0.900, by the probabilities of the method",
        "         2  dog\n         1  cat",
        "         2  dog → cat\n         1  cat → dog",
        "         0  cat        dog          0.100  k0",
    ] {
        assert!(said.contains(line), "{line:?}\n{said}");
    }
    slice(&["--where", "flagged", "--out", "rows.csv", "--order", "index"]);
    let rows = fs::read_to_string(folder.path().join("rows.csv")).unwrap();
    let first: Vec<&str> = rows.lines().take(2).collect();
    assert_eq!(
        first,
        [
            "index,given_label,suggested_label,quality,score,is_issue,id,path,camera",
            "0,cat,dog,0.1,0.9,true,k0,img/0.png,0"
        ]
    );
    let told: Value = serde_json::from_str(&slice(&["--where", "given = cat", "--json"])).unwrap();
    assert_eq!((&told["samples"], &told["of"], &told["given"]), (&json!(10), &json!(20), &json!({ "cat": 10 })));
    let error = refused(&folder, &[&["slice"], &JUDGED[..], &["--where", "given = catt"]].concat());
    assert_eq!(error, "error: --where: character 9: there is no class \"catt\": did you mean \"cat\"?\n");
}

#[test]
fn a_search_is_refined_and_kept_as_a_tag_that_queries_and_searches_know() {
    let folder = dataset();
    let data = ["--labels", "labels.csv", "--embeddings", "embeddings.csv"];
    let similar = |more: &[&str]| -> Value {
        serde_json::from_str(&run(&folder, &[&["similar"], &data[..], &["--json"], more].concat())).unwrap()
    };
    let found = similar(&["--to", "0", "--count", "3"]);
    assert_eq!(found["index"], json!([0, 2, 4]));
    let tagged = similar(&[
        "--to",
        "0",
        "--not",
        "19",
        "--count",
        "2",
        "--journal",
        "j.jsonl",
        "--tag",
        "early",
        "--reviewer",
        "ann",
    ]);
    assert_eq!((tagged["index"].as_array().unwrap().len(), &tagged["unlike"]), (2, &json!([19])));
    assert!(tagged["index"].as_array().unwrap().iter().all(|row| row.as_u64().unwrap() % 2 == 0), "{tagged}");
    let again = similar(&["--to-tag", "early", "--journal", "j.jsonl", "--count", "4", "--where", "not tag.early"]);
    assert_eq!(again["like"].as_array().unwrap().len(), 2);
    let found = again["index"].as_array().unwrap();
    assert!(found.len() == 4 && found.iter().all(|row| !tagged["index"].as_array().unwrap().contains(row)), "{again}");
    let told =
        run(&folder, &[&["slice"], &JUDGED[..], &["--journal", "j.jsonl", "--where", "tag.early", "--json"]].concat());
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["samples"], 2);
    let error = refused(&folder, &[&["similar"], &data[..], &["--to-tag", "late", "--journal", "j.jsonl"]].concat());
    assert_eq!(error, "error: --to-tag late: no sample has this tag\n");
    let error = refused(&folder, &[&["similar"], &data[..], &["--to", "20"]].concat());
    assert!(error.contains("sample 20 is not one of the 20 there are"), "{error}");
}

#[test]
fn a_table_of_samples_in_another_order_is_joined_by_its_id() {
    let folder = dataset();
    let rows: String = (0..20).rev().map(|row| format!("{{\"id\":\"k{row}\",\"text\":\"text {row}\"}}\n")).collect();
    fs::write(folder.path().join("texts.jsonl"), rows).unwrap();
    let arguments = ["--samples", "texts.jsonl", "--where", "text = \"text 3\"", "--json"];
    let told: Value = serde_json::from_str(&run(&folder, &[&["slice"], &JUDGED[..], &arguments].concat())).unwrap();
    // Paths come from the table of labels, so texts are a further column.
    assert_eq!(told["index"], json!([3]));
    fs::write(folder.path().join("texts.jsonl"), "{\"id\":\"k1\",\"text\":\"a\"}\n").unwrap();
    let error = refused(&folder, &[&["slice"], &JUDGED[..], &["--samples", "texts.jsonl"]].concat());
    assert!(error.contains("the sample \"k0\" of labels.csv has no row in it"), "{error}");
}

#[test]
fn decisions_of_a_tool_go_into_the_journal_once_and_a_journal_is_compared_with_what_was_suggested() {
    let folder = dataset();
    let export = ["export", "--format", "label-studio", "--where", "flagged and camera < 2", "--out", "tasks"];
    let said = run(&folder, &[&export[..], &JUDGED].concat());
    assert!(said.starts_with("tasks: 3 samples for label-studio"), "{said}");
    let tasks = fs::read_to_string(folder.path().join("tasks/tasks-0001.json")).unwrap();
    let mut tasks: Value = serde_json::from_str(&tasks).unwrap();
    for (task, choice) in [(0, "dog"), (1, "dog"), (2, "cat")] {
        let control = tasks[task]["predictions"][0]["result"][0]["to_name"].clone();
        let choice =
            json!([{"from_name": "label", "to_name": control, "type": "choices", "value": {"choices": [choice]}}]);
        tasks[task]["annotations"] = json!([{"completed_by": "bob", "result": choice}]);
    }
    fs::write(folder.path().join("export.json"), tasks.to_string()).unwrap();
    let import = ["import", "--format", "label-studio", "export.json", "--journal", "j.jsonl", "--out", "v.csv"];
    let said = run(&folder, &[&import[..], &JUDGED].concat());
    assert!(said.contains("1 labels kept, 2 changed, 0 unsure, 0 excluded"), "{said}");
    let journal = fs::read_to_string(folder.path().join("j.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 4, "{journal}");
    run(&folder, &[&import[..], &JUDGED].concat());
    assert_eq!(fs::read_to_string(folder.path().join("j.jsonl")).unwrap(), journal, "sent again, nothing is added");

    let again = ["import", "--format", "review", "j.jsonl", "--out", "w.csv"];
    let said = run(&folder, &[&again[..], &JUDGED].concat());
    for line in [
        "3 of 20 samples came back",
        "1 labels kept, 2 changed",
        "our suggestion for 2 of 3 (0.667)",
        "flags right for 2 of 3",
    ] {
        assert!(said.contains(line), "{line:?}\n{said}");
    }
    run(&folder, &["apply", "--labels", "labels.csv", "--journal", "j.jsonl", "--out", "fixed.csv"]);
    let [before, after] = ["labels.csv", "fixed.csv"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
    let differing = before.lines().zip(after.lines()).filter(|(one, other)| one != other).count();
    assert_eq!(differing, 2);
    let error = refused(&folder, &["import", "--format", "review", "j.jsonl", "--out", "x.csv"]);
    assert!(error.contains("needs the --labels that the journal is about"), "{error}");
}
