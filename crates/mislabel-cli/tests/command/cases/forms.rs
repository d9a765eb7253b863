//! Headers and delimiters.

use super::Right::{Flagged, Refused};
use super::*;

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
        case(
            "a header that nobody knows, found out",
            &[("l.csv", labels("pet", |_, l| l.into()))],
            LABELS_CSV,
            Flagged(&[3], &["header (its first line comes once, all others again)", "labels       pet"]),
        ),
        case(
            "a first line that is no header",
            &[("l.txt", labels("", |n, l| if n == 0 { "emu".into() } else { l.into() }))],
            LABELS_TXT,
            Refused(&["l.txt has 9 labels, e.csv has 10 embeddings", "--labels-header no"]),
        ),
        case(
            "a header that is a number above numbers",
            &[("l.csv", labels("0", coded("0", "1")))],
            LABELS_CSV,
            Refused(&["l.csv has 11 labels, e.csv has 10 embeddings", "--labels-header yes"]),
        ),
        case(
            "a comment before the table",
            &[("t.csv", format!("# by a program\n{}", table("f0,f1,label", |_, a, b, l| format!("{a},{b},{l}"))))],
            ONE_TABLE,
            Flagged(&[3], &["header, after a comment"]),
        ),
    ]
}

#[test]
fn headers_are_found_out_and_said() {
    check(headers());
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
        case(
            "Excel names a tab",
            &[("t.csv", format!("sep=\t\r\n{}", with("\t")))],
            ONE_TABLE,
            Flagged(&[3], &["tab-separated"]),
        ),
        case(
            "a tab written out, in quotes",
            &[("t.csv", format!("\"sep=\\t\"\n{}", with("\t")))],
            ONE_TABLE,
            Flagged(&[3], &["tab-separated"]),
        ),
        case(
            "carriage returns alone",
            &[("t.csv", with(",").replace('\n', "\r"))],
            ONE_TABLE,
            Flagged(&[3], &["lines end in carriage returns"]),
        ),
        case(
            "empty rows at the end",
            &[("t.csv", format!("{}; ; \n;;\n", commas.replace('\n', "\r\n")))],
            ONE_TABLE,
            Flagged(&[3], &["2 empty rows at the end left out"]),
        ),
        case(
            "blank lines at the end",
            &[("l.txt", labels("", |_, l| l.into()) + "\n\n")],
            LABELS_TXT,
            Flagged(&[3], &["blank lines at the end left out"]),
        ),
        case(
            "blank lines for labels at the end",
            &[("l.txt", labels("", |n, l| if n == 9 { String::new() } else { l.into() }))],
            LABELS_TXT,
            Refused(&["l.txt has 9 labels", "blank lines at its end are left out", "NA"]),
        ),
        case(
            "ids and labels with a blank between",
            &[("l.txt", labels("", |n, l| format!("utt{n:03} {l}")))],
            LABELS_TXT,
            Flagged(&[3], &["separated by blanks", "labels       1", "classes        cat, dog\n"]),
        ),
        case(
            "names of two words",
            &[("l.txt", labels("", |_, l| format!("big {l}")))],
            LABELS_TXT,
            Flagged(&[3], &["one value a line", "classes        big cat, big dog\n"]),
        ),
        case(
            "columns of one width, as pandas prints them",
            &[("t.txt", table("        f0    f1 label", |n, a, b, l| format!("{n:<5} {a:>4}  {b:>4}   {l}")))],
            "--embeddings t.txt --labels t.txt",
            Flagged(&[3], &["separated by blanks", "features     f0, f1", "labels       label"]),
        ),
        case(
            "words before their vectors",
            &[("t.txt", table("", |n, a, b, _| format!("word{n} {a} {b}")))],
            "--embeddings t.txt --labels y.csv",
            Flagged(&[3], &["separated by blanks, no header", "features     1, 2"]),
        ),
    ]
}

#[test]
fn delimiters_are_found_out() {
    check(delimiters());
}
