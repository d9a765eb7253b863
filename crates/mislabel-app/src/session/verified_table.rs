//! The verified labels as a table: what `--verified` of the command takes.

use mislabel_review::{Board, Result, Samples, Settlement};

/// The labels that people told, of several reviewers the newest: the sample, its given label, and the true one.
pub(crate) fn verified_table(samples: &Samples, board: &Board) -> Result<Vec<u8>> {
    let verified = Settlement::Newest.verified(board, samples.given_labels())?;
    let mut table = String::from("index,given_label,true_label\n");
    for (&row, &label) in verified.samples().iter().zip(verified.labels()) {
        let [given, label] = [samples.given(row), label as usize].map(|class| quoted(&samples.class_name(class)));
        table.push_str(&format!("{row},{given},{label}\n"));
    }
    Ok(table.into_bytes())
}

/// `text` as a cell of a comma-separated table.
fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) || text.trim() != text {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
