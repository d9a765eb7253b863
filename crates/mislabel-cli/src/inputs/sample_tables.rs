//! What tables say of the samples: what they are called, and what one sees of them.

use std::path::{Path, PathBuf};

use mislabel::io::{EmbeddingFile, Join, LabelFile, SampleFile};
use mislabel::review::SampleTable;

use crate::failure::{Failure, Result};
use crate::inputs::files::{LabelForm, check_count, same_file};
use crate::inputs::travelling::{beside_embeddings, travelling};

/// The tables that a command reads anyway.
pub(crate) struct Beside<'a> {
    pub(crate) labels: &'a LabelFile,
    pub(crate) form: &'a LabelForm,
    /// Embeddings whose rows are in the order of the labels.
    pub(crate) embeddings: Option<&'a EmbeddingFile>,
}

impl Beside<'_> {
    /// What the table `samples` says of the samples, and these tables where that says nothing; and the folder that paths are
    /// relative to.
    pub(crate) fn sample_table(
        &self,
        samples: Option<&Path>,
        notes: &mut Vec<String>,
    ) -> Result<(SampleTable, PathBuf)> {
        let mut folder = folder_of(self.labels.path());
        let others = self.embeddings.iter().map(|file| file.understanding());
        let mut own = SampleTable::new(travelling(self.form, self.labels, self.embeddings, others)?);
        if let Some(file) = self.embeddings.filter(|file| !same_file(file.path(), self.labels.path())) {
            let beside = SampleTable::new(beside_embeddings(self.form, file)?);
            if beside.len() == self.labels.samples() {
                if !own.shows() && beside.shows() {
                    folder = folder_of(file.path());
                }
                own = own.or(beside);
            }
        }
        let Some(path) = samples else { return Ok((own, folder)) };
        let named = self.named(path, notes)?;
        if named.shows() || !own.shows() {
            folder = folder_of(path);
        }
        Ok((named.or(own), folder))
    }

    /// The table at `path`, in the order of the labels: by its index, by an id that both have, or as it is.
    fn named(&self, path: &Path, notes: &mut Vec<String>) -> Result<SampleTable> {
        let file = SampleFile::read(path, &self.form.choice())?;
        let rows = file.rows();
        let is_index = |name: &str| ["index", "mislabel_index"].contains(&name.to_lowercase().as_str());
        let has_index = file.columns().iter().any(|(_, column)| is_index(&column.name));
        let own = self.labels.ids().filter(|_| !has_index);
        let alike = own.and_then(|own| {
            let mut columns = file.columns().iter().map(|(_, column)| column);
            // A column without a name is an index.
            let is_nameless = |name: &str| own.name == "index" && (name.is_empty() || name.starts_with("Unnamed: "));
            let is = |name: &str| name.eq_ignore_ascii_case(&own.name) || is_nameless(name);
            let other = columns.find(|column| is(&column.name))?;
            (own.cells != other.cells).then(|| (own, other.clone()))
        });
        let mut columns = file.into_columns();
        if same_file(path, self.labels.path()) {
            // They are the labels under review.
            columns.retain(|(_, column)| Some(column.name.as_str()) != self.labels.column_name());
        }
        let table = SampleTable::of(path, columns)?;
        let labels = self.labels.path();
        if let Some((own, other)) = alike {
            let join = Join::new(labels, own, path, &other)?;
            if let Some(missing) = join.rows.iter().position(Option::is_none) {
                let id = own.cells[missing].as_deref().unwrap_or("");
                let problem = format!("the sample {id:?} of {} has no row in it", labels.display());
                return Err(Failure::Arguments(format!("{}: {problem}", path.display())));
            }
            notes.push(format!("{} and {} are joined by {}", labels.display(), path.display(), own.name));
            return Ok(table.in_order(&join.rows.into_iter().flatten().collect::<Vec<u32>>()));
        }
        check_count(self.labels, path, rows, "rows")?;
        Ok(table)
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        _ if path.is_dir() => path.into(),
        Some(folder) if !folder.as_os_str().is_empty() => folder.into(),
        _ => PathBuf::from("."),
    }
}
