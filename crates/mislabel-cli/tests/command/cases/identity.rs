//! Rows of several tables that belong together.

use super::Right::{Flagged, Refused};
use super::*;

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
    let counted = |text: &str| {
        let line = |(number, line): (usize, &str)| match number {
            0 => format!(",{line}\n"),
            number => format!("{},{line}\n", number - 1),
        };
        text.lines().enumerate().map(line).collect::<String>()
    };
    let reversed_numbers = || {
        let text = labels("", |n, l| format!("{},{l}", 7 * n * n));
        let lines: Vec<&str> = text.lines().rev().collect();
        format!("id,label\n{}\n", lines.join("\n"))
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
        case(
            "an index that was written after the rows were put in another order",
            &[("x.csv", counted(&features("path"))), ("l.csv", counted(&reversed("path")))],
            TWO,
            Flagged(&[6], &["joined by path"]),
        ),
        case(
            "an index without a name, and the same with one",
            &[
                ("x.csv", table("index,f0,f1", |n, a, b, _| format!("{n},{a},{b}"))),
                ("l.csv", reversed("").replace('i', "")),
            ],
            TWO,
            Flagged(&[6], &["joined by index"]),
        ),
        case(
            "ids that another program wrote with fractions",
            &[
                ("x.csv", table("id,f0,f1", |n, a, b, _| format!("{}.0,{a},{b}", 7 * n * n))),
                ("l.csv", reversed_numbers()),
            ],
            TWO,
            Flagged(&[6], &["joined by id"]),
        ),
        case(
            "the same names in another order",
            &[("x.csv", features("who")), ("l.csv", reversed("who"))],
            TWO,
            Flagged(&[6], &["joined by who"]),
        ),
        case(
            "other texts",
            &[("x.csv", features("who").replace('i', "k")), ("l.csv", reversed("who"))],
            TWO,
            Flagged(&[4, 5, 6], &["text         who"]),
        ),
    ]
}

#[test]
fn rows_are_paired_by_id() {
    check(identity());
}
