//! The verified labels as a table: what `--verified` of the command takes.

use mislabel_review::{Board, Samples, Settlement};

/// The labels that people told, of several reviewers the newest: the sample, its given label, if it has one, and the true one.
pub(crate) fn verified_table(samples: &Samples, board: &Board) -> Vec<u8> {
    let mut table = String::from("index,given_label,true_label\n");
    let name = |class: usize| quoted(&samples.class_name(class));
    for (row, label) in Settlement::Newest.true_labels(board, samples.given_labels()) {
        let given = samples.given(row).map_or_else(String::new, name);
        table.push_str(&format!("{row},{given},{}\n", name(label as usize)));
    }
    table.into_bytes()
}

/// `text` as a cell of a comma-separated table.
fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) || text.trim() != text {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
