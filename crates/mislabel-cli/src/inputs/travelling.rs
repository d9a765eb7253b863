//! What the tables of labels and embeddings say of the samples beside these: ids, paths, texts.

use mislabel::io::{EmbeddingFile, LabelFile, ReadOptions, Role, SampleColumn, Understanding, sample_columns};

use crate::failure::Result;
use crate::inputs::files::{LabelForm, same_file};

/// The columns of the table of labels that are neither labels nor features nor predictions, each with its role; `others` are what
/// was read of other things, in the same files or elsewhere.
pub(crate) fn travelling<'a>(
    form: &LabelForm,
    labels: &LabelFile,
    embeddings: Option<&EmbeddingFile>,
    others: impl Iterator<Item = &'a Understanding>,
) -> Result<Vec<(Role, SampleColumn)>> {
    let own = labels.understanding();
    // A folder is one table, too.
    let is_own = |other: &&Understanding| {
        let pairs = || own.files.iter().zip(&other.files);
        own.files.len() == other.files.len() && pairs().all(|(one, other)| same_file(one, other))
    };
    let has_features = embeddings.is_some_and(|file| is_own(&file.understanding()));
    let choice = ReadOptions { array: labels.column_name().map(Into::into), ..form.choice() };
    let understanding = others.filter(is_own).fold(own.clone(), |all, other| all.merged(other));
    let columns = sample_columns(labels.path(), &choice, &understanding, !has_features)?;
    Ok(with_roles(columns, &understanding))
}

/// The columns of the table of embeddings that say what samples are.
pub(crate) fn beside_embeddings(form: &LabelForm, file: &EmbeddingFile) -> Result<Vec<(Role, SampleColumn)>> {
    let columns = sample_columns(file.path(), &form.choice(), file.understanding(), false)?;
    Ok(with_roles(columns, file.understanding()))
}

fn with_roles(columns: Vec<SampleColumn>, understanding: &Understanding) -> Vec<(Role, SampleColumn)> {
    let role = |name: &str| {
        let read = understanding.columns.iter().find(|column| column.name == name);
        read.map_or(Role::LeftOut, |column| column.role)
    };
    columns.into_iter().map(|column| (role(&column.name), column)).collect()
}
