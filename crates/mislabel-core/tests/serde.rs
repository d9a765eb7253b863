//! What is written reads back equal; what could not be made by a constructor is refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_core::{
    ErrorMask, ErrorSummary, Estimate, LabelIssues, LabelQuality, Labels, MemoryBudget, NoiseTransition,
};
use ndarray::array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, expected: Value) {
    let written = serde_json::to_value(value).unwrap();
    assert_eq!(written, expected);
    assert_eq!(&serde_json::from_value::<T>(written).unwrap(), value);
}

/// The message with which `json` is refused as a `T`.
fn refusal<T: DeserializeOwned + Debug>(json: Value) -> String {
    serde_json::from_value::<T>(json).unwrap_err().to_string()
}

fn labels() -> Labels {
    Labels::new(vec![0, 2, 2], 3).unwrap()
}

#[test]
fn checked_types_are_written_as_plain_columns() {
    survives(&labels(), json!({"values": [0, 2, 2], "classes": 3}));
    let named = labels().with_class_names(["cat", "dog", "emu"]).unwrap();
    survives(&named, json!({"values": [0, 2, 2], "classes": 3, "names": ["cat", "dog", "emu"]}));
    survives(&LabelQuality::new(vec![0.25, 1.0]).unwrap(), json!([0.25, 1.0]));
    survives(&ErrorMask::new(vec![true, false]).unwrap(), json!([true, false]));
    survives(&Estimate::new(0.5, 0.125).unwrap(), json!({"value": 0.5, "standard_error": 0.125}));
    let transition = NoiseTransition::from_true_rows(array![[0.75, 0.25], [0.5, 0.5]]).unwrap();
    survives(&transition, json!([[0.75, 0.25], [0.5, 0.5]]));
}

#[test]
fn label_issues_survive() {
    let quality = LabelQuality::new(vec![0.5, 0.25, 1.0]).unwrap();
    let issues = LabelIssues::new(quality, vec![false, true, false], labels(), vec![1.0, 3.0, 0.0]).unwrap();
    let columns = json!({
        "quality": [0.5, 0.25, 1.0],
        "is_issue": [false, true, false],
        "suggested": {"values": [0, 2, 2], "classes": 3},
        "score": [1.0, 3.0, 0.0],
    });
    survives(&issues, columns);
}

#[test]
fn a_memory_budget_is_text_that_loses_no_byte() {
    for (bytes, text) in [(4 << 30, "4GiB"), ((4 << 30) + 1, "4294967297")] {
        survives(&MemoryBudget::new(bytes).unwrap(), json!(text));
    }
    assert_eq!(serde_json::from_value::<MemoryBudget>(json!("500 MB")).unwrap().bytes(), 500_000_000);
}

#[test]
fn what_no_constructor_makes_is_refused_with_the_reason() {
    let cases = [
        (refusal::<Labels>(json!({"values": [0, 3], "classes": 3})), "label 3 at row 1"),
        (refusal::<Labels>(json!({"values": [0], "classes": 2, "names": ["cat"]})), "class names"),
        (refusal::<Labels>(json!({"values": [0], "classes": 2, "name": []})), "unknown field `name`"),
        (refusal::<LabelQuality>(json!([0.5, 1.5])), "1.5"),
        (refusal::<ErrorMask>(json!([])), "the error mask"),
        (refusal::<Estimate>(json!({"value": 1.0, "standard_error": -1.0})), "standard error"),
        (refusal::<NoiseTransition>(json!([[0.5, 0.25], [0.0, 1.0]])), "0.75"),
        (refusal::<NoiseTransition>(json!([[1.0, 0.0], [1.0]])), "a row of a matrix"),
        (refusal::<MemoryBudget>(json!("4 gigs")), "4 gigs"),
    ];
    for (message, part) in cases {
        assert!(message.contains(part), "{message} names no {part}");
    }
    let issues = json!({
        "quality": [0.5, 0.25],
        "is_issue": [false],
        "suggested": {"values": [0, 1], "classes": 2},
        "score": [1.0, 3.0],
    });
    assert!(refusal::<LabelIssues>(issues).contains("is_issue"));
}

#[test]
fn an_error_summary_is_written_as_its_columns() {
    let given = Labels::new(vec![0, 1], 3).unwrap();
    let errors = array![[1.0, 4.0, 3.0], [2.0, 0.5, 0.75]];
    let written = serde_json::to_value(ErrorSummary::from_dense(errors.view(), &given).unwrap()).unwrap();
    assert_eq!(written["own"], json!([1.0, 0.5]));
    assert_eq!(written["least_other_class"], json!([2, 2]));
}
