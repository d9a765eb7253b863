//! Which columns are features, and which are none.

use super::Right::{Flagged, Refused};
use super::*;

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

#[test]
fn an_index_is_no_feature() {
    check(index_columns());
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
            Refused(&["t.csv: no column is left that can be features", "text (text such as 't0')"]),
        ),
    ]
}

#[test]
fn features_that_tell_nothing_are_noted() {
    check(features());
}

fn kinds() -> Vec<Case> {
    let shuffled = |n: usize| (n * 7 + 3) % 10;
    let twice = |header: &str, row: &dyn Fn(usize, &str, &str, &str) -> String| {
        let half = |start: usize| table("", |n, a, b, l| row(n + start, a, b, l));
        format!("{header}\n{}{}", half(0), half(10))
    };
    vec![
        case(
            "a running number with a name, shuffled",
            &[("t.csv", table("S.No,f0,f1,label", |n, a, b, l| format!("{},{a},{b},{l}", shuffled(n) + 1)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "S.No (numbers its rows in another order)"]),
        ),
        case(
            "numbers of orders",
            &[("t.csv", table("order,f0,f1,label", |n, a, b, l| format!("{},{a},{b},{l}", 1000 + 10 * n)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "order (goes up in equal steps)", "1030"]),
        ),
        case(
            "an id by the end of its name",
            &[("t.csv", table("PassengerId,f0,f1,label", |n, a, b, l| format!("{},{a},{b},{l}", 97 * n * n)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "sample id    PassengerId"]),
        ),
        case(
            "another whole number in every row may be an id",
            &[(
                "t.csv",
                twice("f0,f1,customer,label", &|n, a, b, l| format!("{a},{b},{},{l}", 1_000_000 - 97 * n * n)),
            )],
            "--embeddings t.csv --labels t.csv --standardize",
            Flagged(&[3, 13], &["column customer holds another whole number in every row", "--leave-out customer"]),
        ),
        case(
            "dates as numbers",
            &[("t.csv", table("day,f0,f1,label", |n, a, b, l| format!("2024{:02}28,{a},{b},{l}", 1 + n * n % 12)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "day: dates"]),
        ),
        case(
            "a column of train and test",
            &[("t.csv", table("is_train,f0,f1,label", |n, a, b, l| format!("{},{a},{b},{l}", n % 3 > 0)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "split        is_train"]),
        ),
        case(
            "numbers with units and separators",
            &[("t.csv", table("f0,f1,share,price,label", |n, a, b, l| format!("{a},{b},{n}%,\"{},000\",{l}", n + 1)))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "share: \"0%\" … numbers with units", "price: \"1,000\""]),
        ),
        case(
            "true labels beside the given ones",
            &[(
                "t.csv",
                table("true_label,f0,f1,label", |n, a, b, l| format!("{},{a},{b},{l}", if n == 3 { "dog" } else { l })),
            )],
            ONE_TABLE,
            Flagged(&[3], &["labels       label\n", "true_label: labels by its name, not those that are read"]),
        ),
        case(
            "a second column of codes of classes",
            &[("t.csv", table("class_id,f0,f1,label", |n, a, b, l| format!("{},{a},{b},{l}", coded("0", "1")(n, l))))],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "labels       label\n"]),
        ),
        case(
            "two columns of one name",
            &[("t.csv", table("label,f0,f1,label", |_, a, b, l| format!("x,{a},{b},{l}")))],
            ONE_TABLE,
            Refused(&[
                "several columns may be the labels",
                "\"label (text such as 'x')\"",
                "\"label.1 (text such as 'cat')\"",
            ]),
        ),
        case(
            "two columns of one name, as told",
            &[("t.csv", table("label,f0,f1,label", |_, a, b, l| format!("x,{a},{b},{l}")))],
            "--embeddings t.csv --labels t.csv --labels-key label.1",
            Flagged(&[3], &["labels       label.1", "several columns are called label"]),
        ),
        case(
            "verdicts of an earlier run",
            &[(
                "t.csv",
                table("index,f0,f1,given_label,quality,score,is_issue", |n, a, b, l| {
                    format!("{n},{a},{b},{l},0.{n},{n}.5,false")
                }),
            )],
            ONE_TABLE,
            Flagged(&[3], &["features     f0, f1", "quality: a verdict on labels"]),
        ),
        case(
            "a feature that is not there",
            &[("t.csv", table("f0,f1,label", |_, a, b, l| format!("{a},{b},{l}")))],
            "--embeddings t.csv --labels t.csv --columns features=f0,f2",
            Refused(&["t.csv", "f2"]),
        ),
    ]
}

#[test]
fn columns_that_are_no_features_are_left_out_with_a_word() {
    check(kinds());
}
