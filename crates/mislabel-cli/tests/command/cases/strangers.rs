//! What strangers brought: files of another kind than their names say, rows that are none, values within values.

use super::Right::{Flagged, Refused};
use super::*;

/// S as one table.
fn whole() -> String {
    table("f0,f1,label", |_, a, b, l| format!("{a},{b},{l}"))
}

fn lines(row: impl Fn(usize, &str, &str, &str) -> String) -> String {
    table("", row)
}

fn other_kinds() -> Vec<Case> {
    let pointer = || "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".to_owned();
    vec![
        case("a pointer of Git LFS", &[("t.csv", pointer())], ONE_TABLE, Refused(&["t.csv: ", "git lfs pull"])),
        case(
            "a pointer in place of an array",
            &[("t.npy", pointer())],
            "--embeddings t.npy --labels y.csv",
            Refused(&["t.npy: ", "git lfs pull"]),
        ),
        case(
            "a table called an array",
            &[("t.npy", whole())],
            "--embeddings t.npy --labels y.csv",
            Refused(&["the file is text: name it .csv"]),
        ),
        case(
            "a table called Parquet",
            &[("t.parquet", whole())],
            "--embeddings t.parquet --labels y.csv",
            Refused(&["the file is text"]),
        ),
        case(
            "records called a table",
            &[("t.csv", "[{\"f0\": 1, \"label\": \"cat\"}]".into())],
            ONE_TABLE,
            Refused(&["the file is JSON: name it .json"]),
        ),
        case(
            "Weka's format",
            &[("t.csv", format!("@relation s\n@attribute f0 numeric\n@data\n{}", whole()))],
            ONE_TABLE,
            Refused(&["ARFF", "save it as CSV"]),
        ),
        case(
            "LIBSVM's format",
            &[("t.txt", lines(|_, a, b, l| format!("{} 1:{a} 2:{b}", u8::from(l == "dog"))))],
            "--embeddings t.txt --labels y.csv",
            Refused(&["LIBSVM"]),
        ),
        case(
            "a sheet",
            &[("t.xlsx", String::new())],
            "--embeddings t.xlsx --labels y.csv",
            Refused(&["the extension must be one of", "save the sheet as CSV"]),
        ),
        case(
            "a tensor of PyTorch",
            &[("t.pt", String::new())],
            "--embeddings t.pt --labels y.csv",
            Refused(&["save the tensor as .safetensors"]),
        ),
    ]
}

#[test]
fn a_file_of_another_kind_is_named() {
    check(other_kinds());
}

fn rows_that_are_none() -> Vec<Case> {
    let after = |text: &str, line: &str| {
        let lines: Vec<&str> = text.lines().collect();
        format!("{}\n{line}\n{}\n", lines[..6].join("\n"), lines[6..].join("\n"))
    };
    vec![
        case(
            "a title and a date above the table",
            &[("t.csv", format!("Export\nDate: 2024-05-01\n\n{}", whole()))],
            ONE_TABLE,
            Refused(&["the table of 3 columns begins in line 4"]),
        ),
        case(
            "the header again",
            &[("t.csv", after(&whole(), "f0,f1,label"))],
            ONE_TABLE,
            Refused(&["row 5 is the header again"]),
        ),
        case(
            "the header again among labels",
            &[("l.csv", after(&labels("label", |_, l| l.into()), "label"))],
            LABELS_CSV,
            Refused(&["row 5 is the header again"]),
        ),
        case(
            "a footer",
            &[("t.csv", whole() + "(10 rows)\n")],
            ONE_TABLE,
            Refused(&["row 10 has 1 value where 3 are expected", "(10 rows)", "take it out"]),
        ),
        case(
            "commas in names, without quotes",
            &[("l.csv", labels("label", coded("Smith, J", "Doe, A")))],
            LABELS_CSV,
            Refused(&["the header has 1 name, the rows have 2", "--delimiter"]),
        ),
        case(
            "the same in quotes",
            &[("l.csv", labels("label", coded("\"Smith, J\"", "\"Doe, A\"")))],
            LABELS_CSV,
            Flagged(&[3], &["classes        Doe, A, Smith, J"]),
        ),
        case(
            "names over lines",
            &[("l.csv", labels("label", coded("\"big\ncat\"", "\"a dog, \"\"the\"\" dog\"")))],
            LABELS_CSV,
            Flagged(&[3], &["labels       label"]),
        ),
        case(
            "quotes kept by backslashes",
            &[("t.csv", table("text,f0,f1,label", |n, a, b, l| format!("\"a \\\"{n}\\\", b\",{a},{b},{l}")))],
            ONE_TABLE,
            Refused(&["a backslash before a quote", "write it twice"]),
        ),
        case(
            "cells that something else separates",
            &[("t.csv", whole().replace(',', "~"))],
            ONE_TABLE,
            Refused(&["such as 'f0~f1~label'", "--delimiter"]),
        ),
        case(
            "a column for each class",
            &[("l.csv", labels("cat,dog", coded("1,0", "0,1")))],
            LABELS_CSV,
            Refused(&["l.csv", "one-hot", "idxmax"]),
        ),
        case(
            "rows and columns swapped",
            &[("t.csv", ".9,.1,.8,.15,.2,.95,.1,.85,.05,1.\n.1,.9,.2,.95,.85,.05,1.,.12,.9,.1\n".into())],
            "--embeddings t.csv --labels y.csv",
            Refused(&["transpose it"]),
        ),
        case(
            "several labels of a sample",
            &[("l.csv", labels("label", |n, l| if n == 9 { "cat|dog".into() } else { l.into() }))],
            LABELS_CSV,
            Flagged(&[0, 3, 5], &["the class \"cat|dog\" puts the names of others together (1 sample)"]),
        ),
        case(
            "labels as lists",
            &[("l.csv", labels("label", |_, l| format!("['{l}']")))],
            LABELS_CSV,
            Flagged(&[3], &["2 classes are written as lists"]),
        ),
    ]
}

#[test]
fn rows_and_cells_that_are_none_are_told_from_others() {
    check(rows_that_are_none());
}

fn values_within_values() -> Vec<Case> {
    let array = |items: String| format!("[{}]", items.trim_end().replace('\n', ", "));
    vec![
        case(
            "a JSON array of labels",
            &[("l.json", array(lines(|_, _, _, l| format!("\"{l}\""))))],
            "--embeddings e.csv --labels l.json",
            Flagged(&[3], &["JSON array of values"]),
        ),
        case(
            "a JSON array of rows",
            &[(
                "t.json",
                array(lines(|_, a, b, _| format!("[0{a}, 0{b}]").replace("01.]", "1.0]").replace("[01.,", "[1.0,"))),
            )],
            "--embeddings t.json --labels y.csv",
            Flagged(&[3], &["2 features"]),
        ),
        case(
            "a row a line",
            &[(
                "t.jsonl",
                lines(|_, a, b, _| format!("[0{a}, 0{b}]").replace("01.]", "1.0]").replace("[01.,", "[1.0,")),
            )],
            "--embeddings t.jsonl --labels y.csv",
            Flagged(&[3], &["JSON lines of values"]),
        ),
        case(
            "a label within other things",
            &[(
                "t.jsonl",
                lines(|n, a, b, l| {
                    format!("{{\"meta\":{{\"label\":\"{l}\",\"n\":{n}}},\"e\":[0{a},0{b}]}}").replace("01.", "1.0")
                }),
            )],
            "--embeddings t.jsonl --labels t.jsonl",
            Flagged(&[3], &["labels       meta.label", "features     e"]),
        ),
        case(
            "the same as told",
            &[(
                "t.jsonl",
                lines(|_, a, b, l| format!("{{\"m\":{{\"of\":\"{l}\"}},\"e\":[0{a},0{b}]}}").replace("01.", "1.0")),
            )],
            "--embeddings t.jsonl --labels t.jsonl --labels-key m.of",
            Flagged(&[3], &["labels       m.of (as told)"]),
        ),
        case(
            "predictions by the names of the classes",
            &[(
                "p.jsonl",
                lines(|_, a, b, _| {
                    format!("{{\"probs\":{{\"dog\":{b}e0,\"cat\":{a}e0}}}}")
                        .replace(":.", ":0.")
                        .replace(".e0", ".0")
                        .replace("e0", "")
                }),
            )],
            "--method confident --pred-probs p.jsonl --labels y.csv",
            Refused(&["predicted probabilities: row 3 sums to 1.09"]),
        ),
        case(
            "scores as a pipeline of Hugging Face gives them",
            &[(
                "p.jsonl",
                lines(|n, _, _, l| {
                    let cat = if (l == "cat") == (n != 3) { 0.9 } else { 0.1 };
                    format!("[{{\"label\":\"dog\",\"score\":{:.1}}},{{\"label\":\"cat\",\"score\":{cat}}}]", 1.0 - cat)
                }),
            )],
            "--method confident --pred-probs p.jsonl --labels y.csv",
            Flagged(&[3], &["columns matched by their names"]),
        ),
        case(
            "an object with a label for every id",
            &[("l.json", "{\"a\": \"cat\", \"b\": \"dog\", \"c\": \"cat\", \"d\": \"dog\"}".into())],
            "--embeddings e.csv --labels l.json",
            Refused(&["l.json: the file is one object", "one object per sample"]),
        ),
        case(
            "names of classes in a configuration",
            &[
                ("l.csv", labels("label", coded("0", "1"))),
                ("c.json", "{\"id2label\": {\"0\": \"cat\", \"1\": \"dog\"}}".into()),
            ],
            "--embeddings e.csv --labels l.csv --class-names c.json",
            Flagged(&[3], &["classes        cat, dog"]),
        ),
        case(
            "labels that count from 1 beside names of classes",
            &[("l.csv", labels("label", coded("1", "2"))), ("n.txt", "cat\ndog\n\n".into())],
            "--embeddings e.csv --labels l.csv --class-names n.txt",
            Refused(&["l.csv: row 1 has the label 2, there are 2 class names", "count from 1"]),
        ),
    ]
}

#[test]
fn values_within_values_are_columns() {
    check(values_within_values());
}

fn beside_predictions() -> Vec<Case> {
    let predicted = |header: &str, row: &dyn Fn(&str, f64) -> String| {
        table(header, |n, _, _, l| {
            let class = if n == 3 { "dog" } else { l };
            row(class, if class == "cat" { 0.75 } else { 0.25 })
        })
    };
    vec![
        case(
            "the number of the likeliest class, its probability, and whether it is right",
            &[(
                "p.csv",
                predicted("dog,cat,top,max_p,right", &|class, cat| {
                    format!("{},{cat},{},0.75,{}", 1.0 - cat, u8::from(class == "dog"), class == "cat")
                }),
            )],
            "--method confident --pred-probs p.csv --labels y.csv",
            Flagged(&[3], &["predictions  dog, cat", "top: beside the predictions of the classes"]),
        ),
        case(
            "what H2O writes",
            &[
                (
                    "p.csv",
                    predicted("predict,p1,p0", &|class, cat| {
                        format!("{},{},{cat}", u8::from(class == "dog"), 1.0 - cat)
                    }),
                ),
                ("l.csv", labels("label", coded("0", "1"))),
            ],
            PREDICTED,
            Flagged(&[3], &["predict: no class, by its name", "columns matched by their names"]),
        ),
        case(
            "percentages",
            &[("p.csv", predicted("dog,cat", &|_, cat| format!("{},{}", 100.0 - 100.0 * cat, 100.0 * cat)))],
            "--method confident --pred-probs p.csv --labels y.csv",
            Refused(&["if these are percentages, divide them by 100"]),
        ),
        case(
            "letters in two forms",
            &[
                ("p.csv", predicted("z\u{e9}bu,cafe\u{301}", &|_, cat| format!("{},{cat}", 1.0 - cat))),
                ("l.csv", labels("label", coded("caf\u{e9}", "ze\u{301}bu"))),
            ],
            PREDICTED,
            Flagged(&[3], &["the Unicode form of letters aside"]),
        ),
        case(
            "predictions with rows and columns swapped",
            &[("p.csv", ".9,.1,.8,.1,.2,.9,.1,.8,.1,.9\n.1,.9,.2,.9,.8,.1,.9,.2,.9,.1\n".into())],
            "--method confident --pred-probs p.csv --labels y.csv",
            Refused(&["transpose it"]),
        ),
        case(
            "one table in a folder",
            &[("d/a.csv", whole())],
            "--embeddings d --labels d",
            Flagged(&[3], &["features     f0, f1"]),
        ),
    ]
}

#[test]
fn what_stands_beside_predictions_is_none() {
    check(beside_predictions());
}
