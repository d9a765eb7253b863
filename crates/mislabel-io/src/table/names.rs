//! What columns are commonly called.

pub(crate) use crate::labels::missing::is_missing;
use crate::table::column::ColumnKind;
use crate::table::role::Role;

/// Names of columns of labels, best first; a later group counts only where an earlier one has none.
const LABELS: [&[&str]; 4] = [
    &["given_label", "given_labels", "noisy_label", "noisy_labels"],
    &["label", "labels"],
    &[
        "class",
        "target",
        "targets",
        "y",
        "class_label",
        "class_name",
        "category",
        "species",
        "klasse",
        "classe",
        "clase",
        "outcome",
    ],
    &[
        "true_label",
        "true_labels",
        "label_id",
        "label_name",
        "label_text",
        "class_id",
        "ground_truth",
        "annotation",
        "fine_label",
        "coarse_label",
    ],
];

const IDS: [&str; 16] = [
    "id",
    "ids",
    "_id",
    "uid",
    "uuid",
    "guid",
    "index",
    "idx",
    "key",
    "sample",
    "sample_id",
    "row",
    "row_id",
    "rowid",
    "rownames",
    "mislabel_index",
];
const SPLITS: [&str; 16] = [
    "split",
    "fold",
    "kfold",
    "cv_fold",
    "subset",
    "partition",
    "set",
    "data_split",
    "data_set",
    "dataset",
    "is_train",
    "is_test",
    "is_val",
    "is_valid",
    "is_validation",
    "train_test",
];
const PATHS: [&str; 17] = [
    "path",
    "filepath",
    "file_path",
    "file",
    "filename",
    "file_name",
    "image",
    "image_path",
    "img",
    "img_path",
    "url",
    "uri",
    "image_url",
    "media",
    "audio",
    "audio_path",
    "photo",
];
const TEXTS: [&str; 12] = [
    "text",
    "sentence",
    "review",
    "title",
    "comment",
    "content",
    "body",
    "document",
    "question",
    "utterance",
    "caption",
    "description",
];
/// Endings of the names of identifiers.
const ID_ENDINGS: [&str; 5] = ["_id", "-id", " id", "_uuid", "_key"];

/// What programs write beside the predictions of the classes.
const BESIDE_PREDICTIONS: [&str; 20] = [
    "confidence",
    "confidence_score",
    "max_prob",
    "max_probability",
    "entropy",
    "margin",
    "uncertainty",
    "loss",
    "prediction",
    "predicted_label",
    "pred_label",
    "pred",
    "predict",
    "predicted",
    "pred_class",
    "predicted_class",
    ".pred_class",
    "argmax",
    "correct",
    "is_correct",
];

/// What programs that look for label errors write of each sample.
const VERDICTS: [&str; 6] =
    ["is_issue", "is_label_issue", "label_quality", "label_score", "is_outlier_issue", "outlier_score"];
/// What this program writes beside `is_issue`; elsewhere these may be anything.
const OWN_VERDICTS: [&str; 3] = ["quality", "score", "confidence"];

/// A name as it is compared: without blanks around it, in lower case.
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// How commonly labels are called `name`: 0 is the most telling; `None` where they are not. The number by which pandas tells
/// columns of one name apart (`label.1`) does not count.
pub(crate) fn label_rank(name: &str) -> Option<usize> {
    let name = folded(name);
    let name = match name.rsplit_once('.') {
        Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name.to_owned(),
        _ => name,
    };
    LABELS.iter().position(|group| group.contains(&name.as_str()))
}

/// Whether a column called `name` beside predictions tells of all classes together.
pub(crate) fn is_beside_predictions(name: &str) -> bool {
    BESIDE_PREDICTIONS.contains(&folded(name).as_str())
}

/// Whether a column called `name` is a verdict on labels, in a table that has an `is_issue` or not.
pub(crate) fn is_verdict(name: &str, beside_issues: bool) -> bool {
    let name = folded(name);
    VERDICTS.contains(&name.as_str()) || beside_issues && OWN_VERDICTS.contains(&name.as_str())
}

/// Whether `name` tells any role.
pub(crate) fn is_known(name: &str) -> bool {
    let text = ColumnKind::Text;
    label_rank(name).is_some() || role_by_name(name, &text).is_some()
}

/// The role beside label that a column of this name and kind commonly has.
pub(crate) fn role_by_name(name: &str, kind: &ColumnKind) -> Option<Role> {
    // PassengerId, imageID.
    let before = name.trim().strip_suffix("Id").or_else(|| name.trim().strip_suffix("ID"));
    let is_camel_id = before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_lowercase()));
    let name = folded(name);
    let is = |names: &[&str]| names.contains(&name.as_str());
    let is_number = matches!(kind, ColumnKind::Number);
    if !is_number
        && !kind.is_list()
        && (is(&IDS) || ID_ENDINGS.iter().any(|ending| name.ends_with(ending)) || is_camel_id)
    {
        return Some(Role::Id);
    }
    if !is_number && !kind.is_list() && is(&SPLITS) {
        return Some(Role::Split);
    }
    if kind.is_text() && (is(&PATHS) || name.ends_with("_path") || name.ends_with("_url")) {
        return Some(Role::MediaPath);
    }
    (kind.is_text() && is(&TEXTS)).then_some(Role::Text)
}
