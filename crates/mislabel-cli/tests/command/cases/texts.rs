//! Quotes, encodings, lists in cells, and formats of text.

use super::Right::{Flagged, Refused};
use super::*;
use crate::written;

/// A number as JSON wants it.
fn leading_zero(number: &str) -> String {
    number.parse::<f64>().unwrap().to_string()
}

fn texts() -> Vec<Case> {
    let tabs = |header: &str| {
        table(header, |n, a, b, l| {
            let text = if n == 2 {
                "\"never closed"
            } else if n == 5 {
                "a 5\" screen"
            } else {
                "ok"
            };
            format!("{text}\t{l}\t{a}\t{b}")
        })
    };
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(Y.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin = Y.replace("cat", "k\u{e4}fer").chars().map(|c| c as u8).collect::<Vec<u8>>();
    vec![
        case(
            "stray quotes in a table of tabs are text",
            &[("t.tsv", tabs("text\tlabel\tf0\tf1"))],
            "--embeddings t.tsv --labels t.tsv",
            Flagged(&[3], &["quotes are text"]),
        ),
        case(
            "stray quotes elsewhere are refused with both lines",
            &[("t.csv", tabs("text\tlabel\tf0\tf1").replace('\t', ",").replace("a 5\" screen", "\"5\" screen"))],
            ONE_TABLE,
            Refused(&["opened in line 4", "closes in line 7", "3 line ends", "--quotes no"]),
        ),
        case(
            "stray quotes that are said to be text",
            &[("t.csv", tabs("text\tlabel\tf0\tf1").replace('\t', ","))],
            "--embeddings t.csv --labels t.csv --quotes no",
            Flagged(&[3], &["quotes are text"]),
        ),
        case(
            "a quote that is never closed",
            &[(
                "t.csv",
                table("text,label,f0,f1", |n, a, b, l| format!("{}x,{l},{a},{b}", if n == 8 { "\"" } else { "" })),
            )],
            ONE_TABLE,
            Refused(&["opened in line 10 is never closed"]),
        ),
        binary("UTF-16", ("l.csv", utf16), LABELS_CSV, Flagged(&[3], &["UTF-16LE"])),
        binary(
            "another encoding",
            ("l.csv", latin.clone()),
            LABELS_CSV,
            Refused(&["l.csv: line 2 has the byte 0xE4", "--encoding windows-1252"]),
        ),
        binary(
            "another encoding, as told",
            ("l.csv", latin),
            "--embeddings e.csv --labels l.csv --encoding windows-1252",
            Flagged(&[3], &["dog, k\u{e4}fer", "windows-1252"]),
        ),
        binary(
            "a spreadsheet",
            ("t.csv", b"PK\x03\x04 and more".to_vec()),
            ONE_TABLE,
            Refused(&["t.csv: the file is a zip archive", "save the table as CSV"]),
        ),
        case(
            "a list in a cell, as JSON",
            &[("t.csv", table("text,embedding,label", |n, a, b, l| format!("t{n},\"[{a}, {b}]\",{l}")))],
            "--embeddings t.csv --embeddings-key embedding --labels t.csv",
            Flagged(&[3], &["features     embedding"]),
        ),
        case(
            "a list in a cell, as NumPy prints arrays",
            &[("t.csv", table("text,embedding,label", |n, a, b, l| format!("t{n},[{a} {b}],{l}")))],
            ONE_TABLE,
            Flagged(&[3], &["features     embedding"]),
        ),
        case(
            "a list without its middle",
            &[(
                "t.csv",
                table(
                    "embedding,label",
                    |n, a, b, l| if n == 4 { format!("[{a} ... {b}],{l}") } else { format!("[{a} {b}],{l}") },
                ),
            )],
            ONE_TABLE,
            Refused(&["row 4, column embedding", "NumPy left out its middle"]),
        ),
        case(
            "a slip among numbers",
            &[(
                "t.csv",
                table("f0,f1,label", |n, a, b, l| if n == 3 { format!("{a},?,{l}") } else { format!("{a},{b},{l}") }),
            )],
            ONE_TABLE,
            Refused(&["t.csv: row 3, column f1 has the value \"?\""]),
        ),
        case(
            "a hole among numbers",
            &[(
                "t.csv",
                table("f0,f1,label", |n, a, b, l| if n == 3 { format!("{a},,{l}") } else { format!("{a},{b},{l}") }),
            )],
            ONE_TABLE,
            Refused(&["t.csv: row 3, column f1 has the value \"\"", "leave the column out"]),
        ),
        case(
            "blanks before quotes",
            &[("t.csv", table("f0, f1, label, text", |n, a, b, l| format!("{a}, {b}, \"{l}\", \"one, two and {n}\"")))],
            ONE_TABLE,
            Flagged(&[3], &["blanks before quotes", "classes        cat, dog\n", "text         text"]),
        ),
        case(
            "lists of NumPy's numbers, as Python writes them",
            &[("t.csv", table("embedding,label", |_, a, b, l| format!("\"[np.float64({a}), np.float64({b})]\",{l}")))],
            ONE_TABLE,
            Flagged(&[3], &["features     embedding"]),
        ),
        case(
            "tensors in cells",
            &[("t.csv", table("embedding,label", |_, a, b, l| format!("\"tensor([{a}, {b}], device='cuda:0')\",{l}")))],
            ONE_TABLE,
            Flagged(&[3], &["features     embedding"]),
        ),
        case(
            "arrays of a database in cells",
            &[("t.csv", table("embedding,label", |_, a, b, l| format!("\"{{{a},{b}}}\",{l}")))],
            ONE_TABLE,
            Flagged(&[3], &["features     embedding"]),
        ),
        case(
            "pixels in a row",
            &[("t.csv", table("pixels,label", |_, a, b, l| format!("{},{l}", [a, b].repeat(4).join(" "))))],
            ONE_TABLE,
            Flagged(&[3], &["features     pixels"]),
        ),
    ]
}

#[test]
fn text_is_read_or_refused_with_its_real_cause() {
    check(texts());
}

fn formats() -> Vec<Case> {
    let json = || {
        table("", |n, a, b, l| {
            format!("{{\"text\":\"s{n}\",\"label\":\"{l}\",\"embedding\":[{}]}}", [a, b].map(leading_zero).join(","))
        })
    };
    let array = || format!("[{}]", json().trim().replace('\n', ",\n "));
    let flat = || {
        table("", |n, a, b, l| {
            format!("{{\"id\":{n},\"f0\":{},\"f1\":{},\"label\":\"{l}\"}}", leading_zero(a), leading_zero(b))
        })
    };
    vec![
        case(
            "JSON lines",
            &[("t.jsonl", json())],
            "--embeddings t.jsonl --embeddings-key embedding --labels t.jsonl --labels-key label",
            Flagged(&[3], &["JSON lines"]),
        ),
        case(
            "JSON lines, found out",
            &[("t.jsonl", json())],
            "--embeddings t.jsonl --labels t.jsonl",
            Flagged(&[3], &["features     embedding", "text         text"]),
        ),
        case(
            "a JSON array of records",
            &[("t.json", array())],
            "--embeddings t.json --labels t.json",
            Flagged(&[3], &["JSON array of records"]),
        ),
        case(
            "JSON lines, a key a feature",
            &[("t.ndjson", flat())],
            "--embeddings t.ndjson --labels t.ndjson",
            Flagged(&[3], &["features     f0, f1"]),
        ),
        case(
            "a JSON object of columns",
            &[("t.json", "{\"f0\":{\"0\":1},\"label\":{\"0\":\"cat\"}}".into())],
            "--embeddings t.json --labels t.json",
            Refused(&["t.json: the file is one object", "orient=\"records\""]),
        ),
        case(
            "a line that is not JSON",
            &[("t.jsonl", json().replace("\"s4\"", "s4"))],
            "--embeddings t.jsonl --labels t.jsonl",
            Refused(&["t.jsonl: line 5 is not JSON"]),
        ),
        binary(
            "gzip",
            ("t.csv.gz", written::gzip(&table("f0,f1,label", |_, a, b, l| format!("{a},{b},{l}")))),
            "--embeddings t.csv.gz --labels t.csv.gz",
            Flagged(&[3], &["gzip"]),
        ),
        binary(
            "gzip of JSON lines",
            ("t.jsonl.gz", written::gzip(&json())),
            "--embeddings t.jsonl.gz --labels t.jsonl.gz",
            Flagged(&[3], &["gzip"]),
        ),
        case(
            "evaluate takes 0 and 1 for flags",
            &[
                (
                    "i.csv",
                    "index,given_label,suggested_label,quality,score,is_issue\n0,0,0,.9,.1,0\n1,1,0,.1,.9,1\n".into(),
                ),
                ("l.txt", "0\n1\n".into()),
            ],
            "evaluate --issues i.csv --given l.txt --true-labels l.txt",
            Flagged(&[], &["2 samples, 0 label errors, 1 flagged"]),
        ),
        case(
            "folders in a folder",
            &[("d/train/t.csv", E.into()), ("d/test/t.csv", E.into())],
            "--embeddings d --labels y.csv",
            Refused(&["d: there is no table in it, but folders", "train", "test"]),
        ),
        case(
            "true and false in JSON",
            &[("l.jsonl", labels("", |_, l| format!("{{\"label\":{}}}", l == "dog")))],
            "--embeddings e.csv --labels l.jsonl",
            Flagged(&[3], &["classes        False, True"]),
        ),
        case(
            "NaN in JSON",
            &[("t.jsonl", json().replacen("[0.8,", "[NaN,", 1))],
            "--embeddings t.jsonl --labels t.jsonl",
            Refused(&["t.jsonl: line 3 is not JSON", "Python writes NaN"]),
        ),
        case(
            "an empty part among others",
            &[
                ("d/part-0.csv", table("f0,f1", |_, a, b, _| format!("{a},{b}"))),
                ("d/part-1.csv", String::new()),
                ("d/_SUCCESS", String::new()),
            ],
            "--embeddings d --labels y.csv",
            Flagged(&[3], &["1 of 2 files are empty", "part-1.csv"]),
        ),
    ]
}

#[test]
fn every_text_format_is_read() {
    check(formats());
}
