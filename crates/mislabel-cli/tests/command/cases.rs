//! Inputs as people have them: every case with the rows that are flagged, what the command says, or why it refuses.
//!
//! Most are variants of one table, S: ten samples of two classes, of which row 3 is mislabelled.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::process::mislabel;
use crate::written;

/// The features of S.
pub(crate) const E: &str = "f0,f1\n.9,.1\n.1,.9\n.8,.2\n.15,.95\n.2,.85\n.95,.05\n.1,1.\n.85,.12\n.05,.9\n1.,.1\n";
/// The labels of S.
pub(crate) const Y: &str = "label\ncat\ndog\ncat\ncat\ndog\ncat\ndog\ncat\ndog\ncat\n";

/// What a case must come to.
enum Right {
    /// These rows are flagged, and the output says all of this.
    Flagged(&'static [usize], &'static [&'static str]),
    /// The command refuses, and its message says all of this.
    Refused(&'static [&'static str]),
}

use Right::{Flagged, Refused};

struct Case {
    name: &'static str,
    /// Name and content of every file beside S's e.csv and y.csv.
    files: Vec<(&'static str, Vec<u8>)>,
    arguments: &'static str,
    right: Right,
}

fn case(name: &'static str, files: &[(&'static str, String)], arguments: &'static str, right: Right) -> Case {
    let files = files.iter().map(|(name, text)| (*name, text.clone().into_bytes())).collect();
    Case { name, files, arguments, right }
}

/// A case with a file that is not text.
fn binary(name: &'static str, file: (&'static str, Vec<u8>), arguments: &'static str, right: Right) -> Case {
    Case { name, files: vec![file], arguments, right }
}

/// The rows of S with `row(number, f0, f1, label)` for each, below `header`.
fn table(header: &str, row: impl Fn(usize, &str, &str, &str) -> String) -> String {
    let labels = Y.lines().skip(1);
    let rows = E.lines().skip(1).zip(labels).enumerate().map(|(number, (features, label))| {
        let (f0, f1) = features.split_once(',').unwrap();
        row(number, f0, f1, label) + "\n"
    });
    let header = if header.is_empty() { String::new() } else { format!("{header}\n") };
    header + &rows.collect::<String>()
}

/// The labels of S, spelled by `spell`, below `header`.
fn labels(header: &str, spell: impl Fn(usize, &str) -> String) -> String {
    table(header, |number, _, _, label| spell(number, label))
}

/// `first` for cats and `second` for dogs.
fn coded(first: &str, second: &str) -> impl Fn(usize, &str) -> String {
    let (first, second) = (first.to_owned(), second.to_owned());
    move |_, label| if label == "cat" { first.clone() } else { second.clone() }
}

const ONE_TABLE: &str = "--embeddings t.csv --labels t.csv";
const LABELS_CSV: &str = "--embeddings e.csv --labels l.csv";
const LABELS_TXT: &str = "--embeddings e.csv --labels l.txt";
const PREDICTED: &str = "--method confident --pred-probs p.csv --labels l.csv";
const PREDICTED_TXT: &str = "--method confident --pred-probs p.csv --labels l.txt";

fn index_columns() -> Vec<Case> {
    let unnamed = |start: usize| move |n: usize, a: &str, b: &str, l: &str| format!("{},{a},{b},{l}", n + start);
    let quoted = table("\"\",\"f0\",\"f1\",\"label\"", |n, a, b, l| format!("\"{}\",{a},{b},\"{l}\"", n + 1));
    let texts =
        table(",text,emb_0,emb_1,label", |n, a, b, l| format!("{n},\"one, \"\"two\"\"\nthree {n}\",{a},{b},{l}"));
    vec![
        case(
            "a nameless counter is no feature",
            &[("t.csv", table(",f0,f1,label", unnamed(0)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "no name, counts its rows"]),
        ),
        case(
            "a nameless counter from 1",
            &[("t.csv", table(",f0,f1,label", unnamed(1)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1"]),
        ),
        case(
            "pandas calls it Unnamed: 0",
            &[("t.csv", table("Unnamed: 0,f0,f1,label", unnamed(0)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1"]),
        ),
        case(
            "an index with a name",
            &[("t.csv", table("row_number,f0,f1,label", unnamed(0)))],
            ONE_TABLE,
            Flagged(&[3], &["row_number (counts its rows)"]),
        ),
        case(
            "a nameless index that was shuffled",
            &[("t.csv", table(",f0,f1,label", |n, a, b, l| format!("{},{a},{b},{l}", (n * 7 + 3) % 10)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1"]),
        ),
        case("row names as R quotes them", &[("t.csv", quoted)], ONE_TABLE, Flagged(&[3], &["features     f0, f1"])),
        case(
            "R's table, whose header lacks the row names",
            &[("t.txt", table("\"f0\" \"f1\" \"label\"", |n, a, b, l| format!("\"{}\" {a} {b} \"{l}\"", n + 1)))],
            "--embeddings t.txt --labels t.txt",
            Flagged(&[3], &["separated by blanks", "features     f0, f1"]),
        ),
        case(
            "texts with quotes, commas and line ends",
            &[("t.csv", texts)],
            ONE_TABLE,
            Flagged(&[3], &["features     emb_0, emb_1", "text         text"]),
        ),
        case(
            "an index is all there is",
            &[("t.csv", table("x,label", |n, _, _, l| format!("{n},{l}")))],
            ONE_TABLE,
            Flagged(&[2, 3, 5, 7, 9], &["the only numbers there are", "there is one feature"]),
        ),
        case(
            "a header of numbers",
            &[("t.csv", table(",0,1", |n, a, b, _| format!("{n},{a},{b}")))],
            "--embeddings t.csv --labels y.csv",
            Flagged(&[3], &["some of its names are numbers", "features     0, 1"]),
        ),
        case(
            "a header of numbers, as told",
            &[("t.csv", table(",0,1", |n, a, b, _| format!("{n},{a},{b}")))],
            "--embeddings t.csv --labels y.csv --embeddings-header yes",
            Flagged(&[3], &["features     0, 1"]),
        ),
        case(
            "a header that counts above fractions",
            &[("t.csv", table("0,1,2", |_, a, b, _| format!("{a},{b},{a}")))],
            "--embeddings t.csv --labels y.csv",
            Flagged(&[3], &["it counts 0, 1, 2"]),
        ),
        case(
            "a header of two numbers may be data",
            &[("t.csv", table("0,1", |_, a, b, _| format!("{a},{b}")))],
            "--embeddings t.csv --labels y.csv",
            Refused(&["t.csv", "\"0, 1\"", "--header yes"]),
        ),
    ]
}

fn headers() -> Vec<Case> {
    let pictures = || labels("", |n, l| format!("{n}.png,{l}"));
    vec![
        case(
            "no header: labels beside file names",
            &[("l.csv", pictures())],
            LABELS_CSV,
            Flagged(&[3], &["no header", "labels       1"]),
        ),
        case(
            "a value is no name of a column",
            &[("l.csv", pictures())],
            "--embeddings e.csv --labels l.csv --labels-key cat",
            Refused(&["the file has no header", "name a column by its number"]),
        ),
        case(
            "a column by its number",
            &[("l.csv", pictures())],
            "--embeddings e.csv --labels l.csv --labels-key 1",
            Flagged(&[3], &[]),
        ),
        case(
            "headers differ from file to file",
            &[("l.csv", pictures())],
            "--embeddings e.csv --labels l.csv --labels-key 1 --labels-header no --embeddings-header yes",
            Flagged(&[3], &[]),
        ),
        case(
            "a header that is said to be none",
            &[("l.csv", pictures())],
            "--embeddings e.csv --labels l.csv --labels-key 1 --header no",
            Refused(&["e.csv: row 0, column 0 has the value \"f0\"", "--header yes"]),
        ),
        case(
            "lines with a header",
            &[("l.txt", Y.into())],
            "--embeddings e.csv --labels l.txt --header yes",
            Flagged(&[3], &["labels       label"]),
        ),
        case(
            "lines with a header that labels commonly have",
            &[("l.txt", Y.into())],
            LABELS_TXT,
            Flagged(&[3], &["labels       label"]),
        ),
        case(
            "a header that nobody knows, above repeated names",
            &[("l.csv", labels("pet", |_, l| l.into()))],
            "--embeddings e.csv --labels l.csv --labels-header yes",
            Flagged(&[3], &["labels       pet"]),
        ),
        case(
            "a competition's table of ids and labels",
            &[("l.csv", labels("id,breed", |n, l| format!("{n:03x}a,{l}")))],
            LABELS_CSV,
            Flagged(&[3], &["sample id    id", "labels       breed"]),
        ),
        case(
            "a list of paths and indices",
            &[("l.txt", labels("", |n, l| format!("train/{n:05}.jpg {}", coded("0", "1")(n, l))))],
            LABELS_TXT,
            Flagged(&[3], &["separated by blanks"]),
        ),
        case(
            "NumPy's header is a comment",
            &[("t.txt", table("# f0 f1", |_, a, b, _| format!("{a} {b}")))],
            "--embeddings t.txt --labels y.csv",
            Flagged(&[3], &["header (in a comment)", "features     f0, f1"]),
        ),
    ]
}

fn delimiters() -> Vec<Case> {
    let with = |delimiter: &str| table(&["f0", "f1", "label"].join(delimiter), |_, a, b, l| [a, b, l].join(delimiter));
    let commas = table("f0;f1;label", |_, a, b, l| format!("{};{};{l}", a.replace('.', ","), b.replace('.', ",")));
    vec![
        case(
            "semicolons and decimal commas",
            &[("t.csv", commas.clone())],
            ONE_TABLE,
            Flagged(&[3], &["semicolon-separated, header, decimal comma"]),
        ),
        case(
            "the same with a mark and carriage returns",
            &[("t.csv", format!("\u{FEFF}{}", commas.replace('\n', "\r\n")))],
            ONE_TABLE,
            Flagged(&[3], &["decimal comma"]),
        ),
        case(
            "Excel names the delimiter in a line of its own",
            &[("t.csv", format!("sep=;\r\n{commas}"))],
            ONE_TABLE,
            Flagged(&[3], &["semicolon-separated"]),
        ),
        case(
            "semicolons between an id and a label",
            &[("l.csv", labels("id;label", |n, l| format!("{n};{l}")))],
            LABELS_CSV,
            Flagged(&[3], &["semicolon-separated"]),
        ),
        case(
            "semicolons between numbers",
            &[("t.csv", E.replace(',', ";"))],
            "--embeddings t.csv --labels y.csv",
            Flagged(&[3], &["semicolon-separated"]),
        ),
        case(
            "semicolons without a header",
            &[("l.csv", labels("", |n, l| format!("{};{l}", n + 1)))],
            LABELS_CSV,
            Flagged(&[3], &["labels       1", "0 (counts its rows)"]),
        ),
        case("bars", &[("t.csv", with("|"))], ONE_TABLE, Flagged(&[3], &["separated by '|'"])),
        case("tabs in a .csv", &[("t.csv", with("\t"))], ONE_TABLE, Flagged(&[3], &["tab-separated"])),
        case("blanks after commas", &[("t.csv", with(", "))], ONE_TABLE, Flagged(&[3], &["comma-separated"])),
        case(
            "a delimiter as told",
            &[("t.csv", with("~"))],
            "--embeddings t.csv --labels t.csv --delimiter ~",
            Flagged(&[3], &["separated by '~'"]),
        ),
        case(
            "a row too long",
            &[("t.csv", E.replace(".2,.85", ".2,.85,3"))],
            "--embeddings t.csv --labels y.csv",
            Refused(&["t.csv: row 4 has 3 values where 2 are expected"]),
        ),
        case(
            "a blank line",
            &[("t.csv", E.replace(".2,.85", "\n.2,.85"))],
            "--embeddings t.csv --labels y.csv",
            Refused(&["t.csv: line 6 is blank"]),
        ),
    ]
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
    ]
}

fn class_codes() -> Vec<Case> {
    vec![
        case(
            "negative codes",
            &[("l.txt", labels("", coded("-1", "1")))],
            LABELS_TXT,
            Flagged(&[3], &["classes        -1, 1"]),
        ),
        case(
            "large codes",
            &[("l.csv", labels("label", coded("94103", "10001")))],
            LABELS_CSV,
            Flagged(&[3], &["classes        10001, 94103"]),
        ),
        case(
            "large codes and a consensus",
            &[("l.csv", labels("label", coded("94103", "10001")))],
            "--method consensus --embeddings e.csv --labels l.csv",
            Flagged(&[3], &[]),
        ),
        case(
            "codes with zeros before them are names",
            &[("l.csv", labels("label", coded("007", "010")))],
            LABELS_CSV,
            Flagged(&[3], &["classes        007, 010"]),
        ),
        case(
            "floats as NumPy writes them, with names",
            &[("l.txt", labels("", coded("0.000e+00", "1.000e+00"))), ("n.txt", "cat\ndog\n".into())],
            "--embeddings e.csv --labels l.txt --class-names n.txt",
            Flagged(&[3], &["classes        cat, dog"]),
        ),
        case(
            "fractions that are names",
            &[("l.txt", labels("", coded("1.5", "2.0"))), ("n.txt", "1.5\n2.0\n".into())],
            "--embeddings e.csv --labels l.txt --class-names n.txt",
            Flagged(&[3], &["classes        1.5, 2.0"]),
        ),
        case(
            "fractions that come again are classes",
            &[("l.txt", labels("", coded("1.5", "2.0")))],
            LABELS_TXT,
            Flagged(&[3], &["classes        1.5, 2"]),
        ),
        case(
            "measurements are no labels",
            &[("l.txt", labels("", |n, _| format!("{n}.25")))],
            LABELS_TXT,
            Refused(&["row 0", "\"0.25\"", "class index or a class name"]),
        ),
        case(
            "variants of a name",
            &[("l.csv", labels("label", |n, l| if n == 0 { "Cat".into() } else { l.into() }))],
            LABELS_CSV,
            Flagged(&[3, 9], &["the classes \"Cat\" (1) and \"cat\" (5) look alike"]),
        ),
        case(
            "blanks around a name",
            &[("l.csv", labels("label", |n, l| if n == 7 { format!("{l} ") } else { l.into() }))],
            LABELS_CSV,
            Flagged(&[3], &["classes        cat, dog"]),
        ),
        case(
            "every label another",
            &[("l.csv", labels("label", |n, l| format!("{l}{n}")))],
            LABELS_CSV,
            Flagged(&[], &["10 classes of 10 samples"]),
        ),
        case("one class alone", &[("l.csv", labels("label", coded("cat", "cat")))], LABELS_CSV, Refused(&["l.csv"])),
    ]
}

fn unlabelled() -> Vec<Case> {
    let hole = |hole: &'static str| move |n: usize, l: &str| if n == 5 { hole.into() } else { l.into() };
    let none = |code: &'static str| move |n: usize, l: &str| if n == 8 { code.into() } else { coded("0", "1")(n, l) };
    vec![
        case(
            "an empty cell",
            &[("l.csv", labels("id,label", |n, l| format!("s{n},{}", hole("")(n, l))))],
            LABELS_CSV,
            Flagged(&[3], &["without label  1 (empty)"]),
        ),
        case("NaN", &[("l.csv", labels("label", hole("NaN")))], LABELS_CSV, Flagged(&[3], &["without label  1 (NaN)"])),
        case(
            "None",
            &[("l.csv", labels("label", hole("None")))],
            LABELS_CSV,
            Flagged(&[3], &["without label  1 (None)"]),
        ),
        case(
            "a class called unknown",
            &[("l.csv", labels("label", hole("unknown")))],
            LABELS_CSV,
            Flagged(&[3], &["the class \"unknown\" of 1 samples"]),
        ),
        case(
            "unknown as told",
            &[("l.csv", labels("label", hole("unknown")))],
            "--embeddings e.csv --labels l.csv --unlabelled unknown",
            Flagged(&[3], &["without label  1 (unknown)"]),
        ),
        case(
            "NA as a class",
            &[("l.csv", labels("label", coded("NA", "EU")))],
            "--embeddings e.csv --labels l.csv --unlabelled unknown",
            Flagged(&[3], &["classes        EU, NA"]),
        ),
        case(
            "-1 beside 0 and 1",
            &[("l.txt", labels("", none("-1")))],
            LABELS_TXT,
            Flagged(&[3], &["without label  1 (-1)"]),
        ),
        case("-100", &[("l.txt", labels("", none("-100")))], LABELS_TXT, Flagged(&[3], &["without label  1 (-100)"])),
        case(
            "-1, 0 and 1 that may all be classes",
            &[("l.txt", labels("", |n, _| ["-1", "1", "-1", "0", "1", "-1", "1", "0", "0", "-1"][n].into()))],
            LABELS_TXT,
            Flagged(&[7], &["classes        -1, 0, 1", "--unlabelled -1"]),
        ),
        case(
            "no label at all",
            &[("l.txt", labels("", coded("NA", "NA")))],
            LABELS_TXT,
            Refused(&["l.txt: no sample has a label"]),
        ),
    ]
}

fn predictions() -> Vec<Case> {
    let fox = || {
        "fox,cat,dog\n.05,.9,.05\n.05,.9,.05\n.05,.05,.9\n.05,.05,.9\n.9,.05,.05\n.9,.05,.05\n.05,.05,.9\n".to_owned()
    };
    let fox_labels = || "label\ncat\ncat\ndog\ndog\nfox\nfox\ncat\n".to_owned();
    let four = |header: &str| format!("{header}\na,cat,.9,.1\nb,dog,.2,.8\nc,cat,.1,.9\nd,dog,.1,.9\n");
    let counted = || ",cat,dog\n0,.9,.1\n1,.2,.8\n2,.1,.9\n3,.1,.9\n".to_owned();
    let pets = || "label\ncat\ndog\ncat\ndog\n".to_owned();
    let eleven = || {
        let row = |class: usize| {
            (0..11).map(|column| if column == class { ".9" } else { ".01" }).collect::<Vec<_>>().join(",")
        };
        (0..22).map(|sample| row(sample / 2) + "\n").collect::<String>()
    };
    let twice = |spell: &dyn Fn(usize) -> String| (0..22).map(|sample| spell(sample / 2) + "\n").collect::<String>();
    let logits = || "5,0,0\n0,5,0\n0,0,5\n5,0,0\n0,5,0\n0,0,5\n".to_owned();
    let news = || "label\nWorld\nSports\nBusiness\nWorld\nSports\nBusiness\n".to_owned();
    let news_names = || "World\nSports\nBusiness\n".to_owned();
    let from_one = || ".9,.05,.05\n.8,.1,.1\n.05,.9,.05\n.1,.8,.1\n.05,.9,.05\n".to_owned();
    vec![
        case(
            "columns in another order than classes",
            &[("p.csv", fox()), ("l.csv", fox_labels())],
            PREDICTED,
            Flagged(&[6], &["columns matched by their names"]),
        ),
        case(
            "the same with class names in yet another",
            &[("p.csv", fox()), ("l.csv", fox_labels()), ("n.txt", "dog\nfox\ncat\n".into())],
            "--method confident --pred-probs p.csv --labels l.csv --class-names n.txt",
            Flagged(&[6], &["classes        dog, fox, cat"]),
        ),
        case(
            "a common beginning",
            &[("p.csv", fox().replace("fox,cat,dog", "prob_fox,prob_cat,prob_dog")), ("l.csv", fox_labels())],
            PREDICTED,
            Flagged(&[6], &["columns matched by their names"]),
        ),
        case(
            "a class without a column",
            &[("p.csv", fox().replace("fox,cat,dog", "fox,cat,emu")), ("l.csv", fox_labels())],
            PREDICTED,
            Refused(&["p.csv: it has no column for the class dog"]),
        ),
        case(
            "ids and labels beside the predictions",
            &[("p.csv", four("id,label,prob_cat,prob_dog"))],
            "--method confident --pred-probs p.csv --labels p.csv --labels-key label",
            Flagged(&[2], &["predictions  prob_cat, prob_dog", "sample id    id"]),
        ),
        case(
            "ids left out as told",
            &[("p.csv", four("id,label,prob_cat,prob_dog"))],
            "--method confident --pred-probs p.csv --leave-out label --leave-out id --labels p.csv --labels-key label",
            Flagged(&[2], &[]),
        ),
        case(
            "a nameless counter beside the predictions",
            &[("p.csv", counted()), ("l.csv", pets())],
            PREDICTED,
            Flagged(&[2], &["predictions  cat, dog"]),
        ),
        case(
            "the same with class names",
            &[("p.csv", counted()), ("l.csv", pets()), ("n.txt", "cat\ndog\n".into())],
            "--method confident --pred-probs p.csv --labels l.csv --class-names n.txt",
            Flagged(&[2], &[]),
        ),
        case(
            "eleven integers as text",
            &[("p.csv", eleven()), ("l.csv", format!("label\n{}", twice(&|class| class.to_string())))],
            PREDICTED,
            Flagged(&[], &[]),
        ),
        case(
            "eleven integers as NumPy writes them",
            &[("p.csv", eleven()), ("l.txt", twice(&|class| format!("{:.18e}", class as f64).replace("e", "e+0")))],
            PREDICTED_TXT,
            Flagged(&[], &[]),
        ),
        case(
            "eleven names that end in numbers",
            &[("p.csv", eleven()), ("l.csv", format!("label\n{}", twice(&|class| format!("LABEL_{class}"))))],
            PREDICTED,
            Flagged(&[], &["LABEL_0 first"]),
        ),
        case(
            "nameless columns, labels with names",
            &[("p.csv", logits()), ("l.csv", news())],
            "--method confident --logits p.csv --labels l.csv",
            Flagged(&[0, 2], &["taken for Business, Sports, World", "World, Sports, Business", "--class-names"]),
        ),
        case(
            "the same with class names, given by hand",
            &[("p.csv", logits()), ("l.csv", news()), ("n.txt", news_names())],
            "--method confident --logits p.csv --labels l.csv --class-names n.txt",
            Flagged(&[], &[]),
        ),
        case(
            "labels that count from 1",
            &[("p.csv", from_one()), ("l.txt", "1\n1\n2\n2\n1\n".into())],
            PREDICTED_TXT,
            Flagged(&[4], &["count from 1"]),
        ),
        case(
            "labels that surely count from 1",
            &[("p.csv", from_one()), ("l.txt", "1\n1\n2\n2\n3\n".into())],
            PREDICTED_TXT,
            Flagged(&[], &["labels count from 1: label 1 is the first column"]),
        ),
        case(
            "one column",
            &[("p.csv", ".1\n.9\n.2\n.05\n".into()), ("l.txt", "0\n1\n1\n0\n".into())],
            PREDICTED_TXT,
            Refused(&["p.csv: it has one column", "1 - p and p"]),
        ),
        case(
            "rows rounded to two digits",
            &[("p.csv", ".33,.33,.33\n.1,.8,.1\n.2,.2,.6\n.7,.15,.15\n".into()), ("l.txt", "0\n1\n2\n0\n".into())],
            PREDICTED_TXT,
            Flagged(&[], &[]),
        ),
        case(
            "rows that do not sum to 1",
            &[("p.csv", ".5,.2\n.9,.1\n".into()), ("l.txt", "0\n1\n".into())],
            PREDICTED_TXT,
            Refused(&["p.csv", "row 0", "0.7"]),
        ),
        case(
            "a little below 0",
            &[("p.csv", "1,-2.8e-17\n.9,.1\n.2,.8\n.1,.9\n".into()), ("l.txt", "0\n0\n1\n1\n".into())],
            PREDICTED_TXT,
            Flagged(&[], &[]),
        ),
        case(
            "logits called probabilities",
            &[("p.csv", "cat,dog\n2.5,-1\n-1,2.5\n".into()), ("l.csv", "label\ncat\ndog\n".into())],
            PREDICTED,
            Refused(&["p.csv: row 0, column 0 has the value \"2.5\"", "--logits"]),
        ),
        case(
            "more columns than class names",
            &[("p.csv", eleven()), ("l.txt", twice(&|class| class.to_string())), ("n.txt", "cat\ndog\n".into())],
            "--method confident --pred-probs p.csv --labels l.txt --class-names n.txt",
            Refused(&["p.csv: it is for 11 classes, the class names are 2"]),
        ),
        case(
            "more than half flagged",
            &[("p.csv", fox().replacen("fox,cat,dog\n", "", 1)), ("l.csv", fox_labels())],
            PREDICTED,
            Flagged(&[0, 2, 4, 6], &["more than half of the labels are flagged", "fox, cat, dog"]),
        ),
    ]
}

fn identity() -> Vec<Case> {
    let features = |name: &str| table(&format!("{name},f0,f1"), |n, a, b, _| format!("i{n},{a},{b}"));
    let reversed = |name: &str| {
        let text = labels("", |n, l| format!("i{n},{l}"));
        let mut lines: Vec<&str> = text.lines().collect();
        lines.reverse();
        format!("{name},label\n{}\n", lines.join("\n"))
    };
    let without = |text: String, id: &str| {
        text.lines().filter(|line| !line.starts_with(id)).map(|line| format!("{line}\n")).collect::<String>()
    };
    const TWO: &str = "--embeddings x.csv --labels l.csv";
    vec![
        case(
            "the same ids in another order",
            &[("x.csv", features("id")), ("l.csv", reversed("id"))],
            TWO,
            Flagged(&[6], &["joined by id"]),
        ),
        case(
            "the same with the id left out",
            &[("x.csv", features("id")), ("l.csv", reversed("id"))],
            "--embeddings x.csv --leave-out id --labels l.csv",
            Flagged(&[6], &["joined by id"]),
        ),
        case(
            "the same paths in another order",
            &[("x.csv", features("path")), ("l.csv", reversed("path"))],
            TWO,
            Flagged(&[6], &["joined by path"]),
        ),
        case(
            "an id that nobody would guess",
            &[("x.csv", features("photo_no")), ("l.csv", reversed("photo_no"))],
            "--embeddings x.csv --labels l.csv --id photo_no",
            Flagged(&[6], &["joined by photo_no"]),
        ),
        case(
            "ids that one table lacks",
            &[("x.csv", without(features("id"), "i2")), ("l.csv", without(reversed("id"), "i5"))],
            "--embeddings x.csv --labels l.csv --id id",
            Flagged(&[5], &["i2", "1 rows of x.csv have no label"]),
        ),
        case(
            "other ids",
            &[("x.csv", features("id").replace('i', "k").replacen("kd", "id", 1)), ("l.csv", reversed("id"))],
            TWO,
            Flagged(&[4, 5, 6], &["rows are paired by their order: --id id joins them"]),
        ),
        case(
            "other ids that are to be joined",
            &[("x.csv", features("id").replace('i', "k").replacen("kd", "id", 1)), ("l.csv", reversed("id"))],
            "--embeddings x.csv --labels l.csv --id id",
            Refused(&["no id is one of x.csv"]),
        ),
        case(
            "an id that comes twice",
            &[("x.csv", features("id").replace("i4", "i3")), ("l.csv", reversed("id"))],
            "--embeddings x.csv --labels l.csv --id id",
            Refused(&["x.csv: rows 3 and 4 have the same id, \"i3\""]),
        ),
        case(
            "another number of rows",
            &[("l.csv", "label\ncat\ndog\n".into())],
            LABELS_CSV,
            Refused(&["l.csv has 2 labels, e.csv has 10 embeddings"]),
        ),
    ]
}

fn features() -> Vec<Case> {
    let priced = || table("x,price,label", |n, a, _, l| format!("{a},{},{l}", (n * 7919) % 997));
    vec![
        case(
            "a column with all the variance",
            &[("t.csv", priced())],
            ONE_TABLE,
            Flagged(&[2, 3, 5, 7, 9], &["column price holds", "--standardize"]),
        ),
        case(
            "the same on one scale",
            &[("t.csv", priced())],
            "--embeddings t.csv --labels t.csv --standardize",
            Flagged(&[3], &["features     x, price"]),
        ),
        case(
            "one feature",
            &[("t.csv", table("x,label", |_, a, _, l| format!("{a},{l}")))],
            ONE_TABLE,
            Flagged(&[], &["there is one feature"]),
        ),
        case(
            "a constant column",
            &[("t.csv", table("f0,f1,c,label", |_, a, b, l| format!("{a},{b},7,{l}")))],
            ONE_TABLE,
            Flagged(&[3], &["1 of 3 columns are constant", ": c"]),
        ),
        case(
            "a row of zeros",
            &[(
                "t.csv",
                table("f0,f1,label", |n, a, b, l| if n == 0 { format!("0,0,{l}") } else { format!("{a},{b},{l}") }),
            )],
            "--method knn --embeddings t.csv --labels t.csv",
            Flagged(&[3], &["rows are all zeros", "rows 0"]),
        ),
        case(
            "no column of numbers",
            &[("t.csv", table("text,label", |n, _, _, l| format!("t{n},{l}")))],
            ONE_TABLE,
            Refused(&["t.csv: no column is left that can be features", "text (text)"]),
        ),
    ]
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
    ]
}

/// A number as JSON wants it.
fn leading_zero(number: &str) -> String {
    number.parse::<f64>().unwrap().to_string()
}

fn write(folder: &Path, case: &Case) {
    fs::write(folder.join("e.csv"), E).unwrap();
    fs::write(folder.join("y.csv"), Y).unwrap();
    for (name, content) in &case.files {
        fs::write(folder.join(name), content).unwrap();
    }
}

/// The rows that the table of issues flags.
fn flagged(folder: &TempDir) -> Vec<usize> {
    let Ok(mut table) = csv::Reader::from_path(folder.path().join("o.csv")) else { return Vec::new() };
    let names = table.headers().unwrap().clone();
    let place = |name: &str| names.iter().position(|column| column == name).unwrap();
    let (index, flag) = (place("index"), place("is_issue"));
    let rows = table.records().map(Result::unwrap).filter(|row| &row[flag] == "true");
    rows.map(|row| row[index].parse().unwrap()).collect()
}

/// What is not right with `case`, if anything.
fn fault(case: &Case) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), case);
    let mut arguments: Vec<&str> = case.arguments.split(' ').collect();
    if arguments[0].starts_with("--") {
        arguments.insert(0, "detect");
        arguments.extend(["--out", "o.csv"]);
        // The cases are of what is read; the ratio is the method whose flags a reader can check by hand.
        if !arguments.contains(&"--method") {
            arguments.extend(["--method", "rer"]);
        }
    }
    let output = mislabel(&folder, &arguments);
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let (right, said) = match &case.right {
        Flagged(rows, said) => (output.status.success() && flagged(&folder) == *rows, *said),
        Refused(said) => (output.status.code() == Some(2) && error.lines().count() == 1, *said),
    };
    let text = format!("{out}{error}");
    let unsaid = said.iter().find(|words| !text.contains(**words));
    (!right || unsaid.is_some())
        .then(|| format!("{}\n  flagged {:?}; not said: {unsaid:?}\n{text}", case.name, flagged(&folder)))
}

/// All faults at once: cases are independent.
fn check(cases: Vec<Case>) {
    let faults: Vec<String> = cases.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{} of {} cases:\n\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn an_index_is_no_feature() {
    check(index_columns());
}

#[test]
fn headers_are_found_out_and_said() {
    check(headers());
}

#[test]
fn delimiters_are_found_out() {
    check(delimiters());
}

#[test]
fn text_is_read_or_refused_with_its_real_cause() {
    check(texts());
}

#[test]
fn codes_are_only_names() {
    check(class_codes());
}

#[test]
fn samples_without_a_label_keep_their_row() {
    check(unlabelled());
}

#[test]
fn predictions_are_matched_with_classes() {
    check(predictions());
}

#[test]
fn rows_are_paired_by_id() {
    check(identity());
}

#[test]
fn features_that_tell_nothing_are_noted() {
    check(features());
}

#[test]
fn every_text_format_is_read() {
    check(formats());
}
