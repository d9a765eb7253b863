//! Columns of predictions, and the classes they are of.

use super::Right::{Flagged, Refused};
use super::*;

fn predictions() -> Vec<Case> {
    let fox = || {
        "fox,cat,dog\n.05,.9,.05\n.05,.9,.05\n.05,.05,.9\n.05,.05,.9\n.9,.05,.05\n.9,.05,.05\n.05,.05,.9\n".to_owned()
    };
    let fox_labels = || "label\ncat\ncat\ndog\ndog\nfox\nfox\ncat\n".to_owned();
    let numbered = |first: usize| {
        let code = |name: &str| ["cat", "dog", "fox"].iter().position(|class| *class == name);
        let spell = |line: &str| code(line).map_or(line.to_owned(), |class| (class + first).to_string());
        fox_labels().lines().map(|line| spell(line) + "\n").collect::<String>()
    };
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
        case(
            "names in another case",
            &[("p.csv", fox().replace("fox,cat,dog", "Fox,CAT,Dog")), ("l.csv", fox_labels())],
            PREDICTED,
            Flagged(&[6], &["case and punctuation aside"]),
        ),
        case(
            "names without what R does not allow in them",
            &[
                ("p.csv", fox().replace("fox,cat,dog", "red.fox,big.cat,dog")),
                ("l.csv", fox_labels().replace("cat", "big cat").replace("fox", "red-fox")),
            ],
            PREDICTED,
            Flagged(&[6], &["case and punctuation aside", "classes        red-fox, big cat, dog"]),
        ),
        case(
            "a header of codes in another order",
            &[("p.csv", fox().replace("fox,cat,dog", "2,0,1")), ("l.csv", numbered(0))],
            PREDICTED,
            Flagged(&[6], &["it numbers the columns above numbers with fractions"]),
        ),
        case(
            "a header of codes from 1",
            &[("p.csv", fox().replace("fox,cat,dog", "3,1,2")), ("l.csv", numbered(1))],
            PREDICTED,
            Flagged(&[6], &["columns matched by their names"]),
        ),
        case(
            "what a program writes beside predictions",
            &[(
                "p.csv",
                four("id,label,prob_cat,prob_dog")
                    .replace("a,cat,", "a,cat,.9,")
                    .replace("b,dog,", "b,dog,.8,")
                    .replace("c,cat,", "c,cat,.9,")
                    .replace("d,dog,", "d,dog,.9,")
                    .replace("id,label,", "id,label,confidence,")
                    .replace("prob_", ""),
            )],
            "--method confident --pred-probs p.csv --labels p.csv",
            Flagged(&[2], &["predictions  cat, dog", "confidence: no class, by its name"]),
        ),
        case(
            "labels with fractions beside the predictions",
            &[("p.csv", "label,0,1\n0.0,.9,.1\n1.0,.2,.8\n0.0,.1,.9\n1.0,.1,.9\n".into())],
            "--method confident --pred-probs p.csv --labels p.csv",
            Flagged(&[2], &["predictions  0, 1", "labels       label"]),
        ),
        case(
            "a header of codes with zeros before them",
            &[
                ("p.csv", fox().replace("fox,cat,dog", "02,00,01")),
                ("l.csv", numbered(0).replace("\n", "\n0").trim_end_matches('0').into()),
            ],
            PREDICTED,
            Flagged(&[6], &["columns matched by their names", "classes        02, 00, 01"]),
        ),
    ]
}

#[test]
fn predictions_are_matched_with_classes() {
    check(predictions());
}
