//! From labels in files to classes.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use mislabel_io::{ClassNames, Classes, Error, Header, LabelFile, LabelForm, LabelValues, ReadOptions};
use written::{file, names};

fn read(name: &str, content: &str, choice: &ReadOptions) -> Result<LabelFile, Error> {
    LabelFile::read(&file(name, content).path, choice)
}

fn auto(name: &str, content: &str) -> LabelFile {
    read(name, content, &ReadOptions::default()).unwrap()
}

fn strings(labels: &[&str]) -> LabelValues {
    LabelValues::Strings(labels.iter().map(ToString::to_string).collect())
}

fn class_names(names: &[&str]) -> Classes {
    Classes::Names(ClassNames::new(names.iter().copied()).unwrap())
}

#[test]
fn text_is_taken_for_integers_only_when_all_of_it_is_written_so() {
    let cases = [
        ("1\n0\n", LabelValues::Integers(vec![1, 0])),
        ("1.0\n0.0\n", LabelValues::Integers(vec![1, 0])),
        (" 1 \r\n0\r\n", LabelValues::Integers(vec![1, 0])),
        ("1\nx\n", strings(&["1", "x"])),
        ("007\n7\n", strings(&["007", "7"])),
        ("1e2\n7\n", LabelValues::Integers(vec![100, 7])),
        ("3.000e+00\n0.0\n", LabelValues::Integers(vec![3, 0])),
        ("new york\nrome", strings(&["new york", "rome"])),
        ("nan cat\ncat\n", strings(&["nan cat", "cat"])),
    ];
    for (text, wanted) in cases {
        assert_eq!(auto("labels.txt", text).values(), &wanted, "{text:?}");
    }
}

#[test]
fn a_header_is_told_from_labels() {
    let present = ReadOptions { header: Header::Present, ..ReadOptions::default() };
    let absent = ReadOptions { header: Header::Absent, ..ReadOptions::default() };
    let auto = ReadOptions::default();
    let cases = [
        ("species\n1\n0\n", &auto, LabelValues::Integers(vec![1, 0])),
        ("1\n0\n", &auto, LabelValues::Integers(vec![1, 0])),
        ("Label\ncat\n", &auto, strings(&["cat"])),
        ("cow\ncat\n", &auto, strings(&["cow", "cat"])),
        ("cow\ncat\n", &present, strings(&["cat"])),
        ("label\ncat\n", &absent, strings(&["label", "cat"])),
        ("species\n1\n0\n", &absent, strings(&["species", "1", "0"])),
        ("id,label\n5,cat\n6,dog\n", &auto, strings(&["cat", "dog"])),
    ];
    for (text, choice, wanted) in cases {
        assert_eq!(read("labels.csv", text, choice).unwrap().values(), &wanted, "{text:?}");
    }
}

#[test]
fn a_column_is_chosen_by_its_name_or_by_its_number() {
    let table = "0.5,cat,1\n0.25,dog,0\n";
    assert_eq!(read("t.csv", table, &ReadOptions::named("1")).unwrap().values(), &strings(&["cat", "dog"]));
    assert_eq!(read("t.csv", table, &ReadOptions::named("2")).unwrap().values(), &LabelValues::Integers(vec![1, 0]));
    let table = "x\tgiven\ttruth\n0.5\tcat\tdog\n";
    assert_eq!(read("t.tsv", table, &ReadOptions::named("truth")).unwrap().values(), &strings(&["dog"]));
    let error = read("t.tsv", table, &ReadOptions::named("y")).unwrap_err();
    assert!(names(&error, "has no \"y\"; it has \"x\", \"given\", \"truth\""));
}

#[test]
fn class_names_give_the_order_and_join_both_forms() {
    let given = auto("given.txt", "dog\ncat\n");
    let truth = auto("true.txt", "0\n1\n");
    let error = LabelFile::columns(&[&given, &truth], &Classes::Observed).unwrap_err();
    assert!(matches!(error, Error::LabelForms { .. }) && names(&error, "true.txt has integer labels"));

    let columns = LabelFile::columns(&[&given, &truth], &class_names(&["dog", "emu", "cat"])).unwrap();
    assert_eq!(columns[0].labels.values(), [0, 2]);
    assert_eq!(columns[1].labels.values(), [0, 1]);
    assert_eq!(columns[1].labels.class_name(1), "emu");
    assert_eq!((columns[0].form, columns[1].form), (LabelForm::Strings, LabelForm::Integers));
    assert_eq!(columns[0].written(&[1]), strings(&["emu"]));
    assert_eq!(columns[1].written(&[2]), LabelValues::Integers(vec![2]));
}

#[test]
fn several_files_share_the_classes_of_all() {
    let (given, truth) = (auto("given.txt", "0\n1\n"), auto("true.txt", "0\n7\n"));
    let columns = LabelFile::columns(&[&given, &truth], &Classes::Observed).unwrap();
    assert!(columns.iter().all(|column| column.labels.class_count() == 3));
    let (given, truth) = (auto("given.txt", "b\nb\n"), auto("true.txt", "a\nc\n"));
    let columns = LabelFile::columns(&[&given, &truth], &Classes::Observed).unwrap();
    assert_eq!(columns[0].labels.values(), [1, 1]);
    assert_eq!(columns[1].labels.values(), [0, 2]);
}

#[test]
fn labels_outside_the_classes_are_named() {
    let integers = auto("labels.txt", "0\n3\n");
    assert_eq!(integers.column(&Classes::Count(4)).unwrap().labels.class_count(), 4);
    let error = integers.column(&Classes::Count(3)).unwrap_err();
    assert!(names(&error, "labels.txt: label 3 at row 1 is not one of the 3 classes"));
    let error = integers.column(&class_names(&["a", "b"])).unwrap_err();
    assert!(names(&error, "row 1 has the label 3, there are 2 class names"));
    let text = auto("labels.txt", "cat\ndog\n");
    let error = text.column(&class_names(&["cat"])).unwrap_err();
    assert!(names(&error, "row 1, column 0 has the value \"dog\": it must be one of the class names"));
    assert_eq!(text.column(&Classes::Count(2)).unwrap().labels.class_count(), 2);
    assert!(names(&text.column(&Classes::Count(3)).unwrap_err(), "parameter classes is 3"));
}

#[test]
fn class_names_are_read_one_a_line_and_checked() {
    let read = |text: &str| ClassNames::read(&file("names.txt", text).path);
    assert_eq!(read("\u{FEFF}new york\r\n rome \n").unwrap().as_slice(), ["new york", "rome"]);
    assert!(names(&read("a\n\nb\n").unwrap_err(), "row 1"));
    assert!(names(&read("a\nb\na\n").unwrap_err(), "names.txt: row 2, column 0 has the value \"a\""));
    assert!(matches!(read("").unwrap_err(), Error::EmptyFile { .. }));
    assert!(ClassNames::new(Vec::<String>::new()).is_err());
}

#[test]
fn flags_become_an_error_mask() {
    let mask = |text| auto("mask.txt", text).error_mask().map(|mask| mask.as_slice().to_vec());
    assert_eq!(mask("0\n1\n").unwrap(), [false, true]);
    assert_eq!(mask("True\nFalse\n").unwrap(), [true, false]);
    assert!(names(&mask("0\n2\n").unwrap_err(), "row 1, column 0 has the value \"2\": it must be a flag"));
    let npy = file("mask.npy", written::npy("|b1", false, "(3,)", &[0, 1, 0]));
    let mask = LabelFile::read(&npy.path, &ReadOptions::default()).unwrap().error_mask().unwrap();
    assert_eq!(mask.as_slice(), [false, true, false]);
}

#[test]
fn a_column_of_shape_n_by_1_is_a_vector() {
    let npy = file("labels.npy", written::npy("|u1", true, "(3, 1)", &[2, 0, 1]));
    let labels = LabelFile::read(&npy.path, &ReadOptions::default()).unwrap();
    assert_eq!(labels.values(), &LabelValues::Integers(vec![2, 0, 1]));
}
