//! Codes, names, and samples without a label.

use super::Right::{Flagged, Refused};
use super::*;
use crate::process::npy_bytes;

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
            Flagged(&[3, 9], &["the classes \"Cat\" (1) and \"cat\" (5) look alike and are kept apart"]),
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
        case(
            "versions are names",
            &[("l.csv", labels("label", |n, l| if n == 7 { "1.1".into() } else { coded("1.10", "2.5")(n, l) }))],
            LABELS_CSV,
            Flagged(&[3], &["classes        1.1, 1.10, 2.5", "\"1.1\" (1) and \"1.10\" (5) look alike"]),
        ),
        case(
            "codes beyond what a double tells apart",
            &[("l.csv", labels("label", coded("18446744073709551614", "18446744073709551615")))],
            LABELS_CSV,
            Flagged(&[3], &["classes        18446744073709551614, 18446744073709551615"]),
        ),
        case(
            "one number spelled in two ways among names",
            &[("l.csv", labels("label", |n, l| if n == 0 { "1.0".into() } else { coded("1", "dog")(n, l) }))],
            LABELS_CSV,
            Flagged(&[3, 9], &["\"1\" (5) and \"1.0\" (1) look alike"]),
        ),
        binary(
            "codes beyond those with a sign",
            (
                "l.npy",
                npy_bytes(
                    "<u8",
                    "(10,)",
                    &Y.lines()
                        .skip(1)
                        .flat_map(|label| (u64::MAX - u64::from(label == "cat")).to_le_bytes())
                        .collect::<Vec<u8>>(),
                ),
            ),
            "--embeddings e.csv --labels l.npy",
            Flagged(&[3], &["classes        18446744073709551614, 18446744073709551615"]),
        ),
    ]
}

#[test]
fn codes_are_only_names() {
    check(class_codes());
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
        case(
            "a database's NULL",
            &[("l.csv", labels("label", hole("\\N")))],
            LABELS_CSV,
            Flagged(&[3], &["without label  1 (\\N)"]),
        ),
        case(
            "a code that stands apart",
            &[("l.txt", labels("", none("255")))],
            LABELS_TXT,
            Flagged(&[1, 3], &["the class 255 of 1 sample stands apart", "--unlabelled 255"]),
        ),
        case(
            "another one below all",
            &[("l.txt", labels("", none("-9")))],
            LABELS_TXT,
            Flagged(&[1, 3], &["the class -9 of 1 sample stands apart", "--unlabelled -9"]),
        ),
        case(
            "a class called undefined",
            &[("l.csv", labels("label", hole("Undefined")))],
            LABELS_CSV,
            Flagged(&[3], &["the class \"Undefined\" of 1 samples", "--unlabelled \"Undefined\""]),
        ),
    ]
}

#[test]
fn samples_without_a_label_keep_their_row() {
    check(unlabelled());
}
