//! What the tables of labels and embeddings say of the samples beside these: ids, paths, texts.

use mislabel::io::{EmbeddingFile, LabelFile, ReadOptions, Role, SampleColumn, Understanding, sample_columns};

use crate::failure::Result;
use crate::inputs::files::{LabelForm, same_file};

/// The columns of the table of labels that are neither labels nor features, each with its role.
pub(crate) fn travelling(
    form: &LabelForm,
    labels: &LabelFile,
    embeddings: Option<&EmbeddingFile>,
) -> Result<Vec<(Role, SampleColumn)>> {
    let shared = embeddings.filter(|file| same_file(file.path(), labels.path()));
    let choice = ReadOptions { array: labels.column_name().map(Into::into), ..form.choice() };
    let understanding = match shared {
        Some(file) => labels.understanding().clone().merged(file.understanding()),
        None => labels.understanding().clone(),
    };
    let columns = sample_columns(labels.path(), &choice, &understanding, shared.is_none())?;
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
