//! What the columns of a table are, and why they are taken for that.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// It tells which sample a row is of.
    Id,
    /// The given label.
    Label,
    /// A feature, or several.
    Feature,
    /// A prediction: of one class, or of all.
    Prediction,
    /// Text that a sample is made from.
    Text,
    /// The path or address of a sample's image, sound or the like.
    MediaPath,
    /// Which split a sample belongs to.
    Split,
    /// None of these: not read.
    LeftOut,
}

impl Role {
    /// The role in words, for a list of columns.
    pub fn words(self) -> &'static str {
        match self {
            Self::Id => "sample id",
            Self::Label => "labels",
            Self::Feature => "features",
            Self::Prediction => "predictions",
            Self::Text => "text",
            Self::MediaPath => "media path",
            Self::Split => "split",
            Self::LeftOut => "left out",
        }
    }
}

/// One column of a file, and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReadColumn {
    /// Its name, or its number where it has none.
    pub name: String,
    /// What it was taken for.
    pub role: Role,
    /// Why, in a few words; empty where that is plain.
    pub because: String,
}

/// What was read as what: the files of one table, and the roles of its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Understanding {
    /// The files, in the order of their rows.
    pub files: Vec<PathBuf>,
    /// The format, with what was found out of it.
    pub format: String,
    /// The columns, in the order of the file; none for an array.
    pub columns: Vec<ReadColumn>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// Why a column is left out of labels that could be a feature.
pub(crate) const NO_LABEL: &str = "no label";

/// Names that one line lists.
const LISTED: usize = 6;

impl Understanding {
    /// The columns with `role`.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &ReadColumn> {
        self.columns.iter().filter(move |column| column.role == role)
    }

    /// The same of one array of an archive that is `called` so, with what the others are called.
    pub(crate) fn of_archive(mut self, called: (String, Vec<String>)) -> Self {
        let (name, others) = called;
        if !others.is_empty() {
            let shown = others.iter().take(LISTED).cloned().collect::<Vec<String>>().join(", ");
            let more = if others.len() > LISTED { " …" } else { "" };
            self.format = format!("{name}, {} (beside {shown}{more})", self.format);
        }
        self
    }

    /// This and `other`, which is of the same files read for something else: a column is what the one that reads it takes it for.
    #[must_use]
    pub fn merged(mut self, other: &Self) -> Self {
        let reads = |role: Role| matches!(role, Role::Label | Role::Feature | Role::Prediction);
        for (own, other) in self.columns.iter_mut().zip(&other.columns) {
            let weaker = own.role == Role::LeftOut && other.role != Role::LeftOut;
            if !reads(own.role) && reads(other.role) || weaker || own.because == NO_LABEL {
                own.clone_from(other);
            }
        }
        for note in &other.notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
        self
    }

    /// The lines below the name of the file: a role and its columns each.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        for role in [Role::Feature, Role::Prediction, Role::Label, Role::Id, Role::Text, Role::MediaPath, Role::Split] {
            let columns: Vec<&ReadColumn> = self.with_role(role).collect();
            if !columns.is_empty() {
                lines.push((role.words().into(), listed(&columns)));
            }
        }
        let left_out = || self.with_role(Role::LeftOut).filter(|column| column.because != NO_LABEL);
        for column in left_out().take(LISTED) {
            lines.push((Role::LeftOut.words().into(), format!("{}: {}", shown(&column.name), column.because)));
        }
        let more = left_out().count().saturating_sub(LISTED);
        if more > 0 {
            lines.push((Role::LeftOut.words().into(), format!("and {more} more")));
        }
        lines.extend(self.notes.iter().map(|note| ("note".into(), note.clone())));
        lines
    }
}

impl fmt::Display for Understanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.files.first().map(|path| path.display().to_string()).unwrap_or_default();
        match self.files.len() {
            0 | 1 => write!(f, "{path}: {}", self.format)?,
            files => write!(f, "{path} and {} more: {}", files - 1, self.format)?,
        }
        for (what, content) in self.lines() {
            write!(f, "\n  {what:<13}{content}")?;
        }
        Ok(())
    }
}

fn listed(columns: &[&ReadColumn]) -> String {
    let name = |column: &ReadColumn| match column.because.as_str() {
        "" => shown(&column.name),
        because => format!("{} ({because})", shown(&column.name)),
    };
    let reasons = columns.iter().any(|column| !column.because.is_empty());
    match columns {
        [.., last] if columns.len() > LISTED && !reasons => {
            format!(
                "{}, {} … {} ({} columns)",
                shown(&columns[0].name),
                shown(&columns[1].name),
                shown(&last.name),
                columns.len()
            )
        }
        _ => {
            let named: Vec<String> = columns.iter().take(LISTED).map(|column| name(column)).collect();
            let more = columns.len().saturating_sub(LISTED);
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{rest}", named.join(", "))
        }
    }
}

fn shown(name: &str) -> String {
    if name.is_empty() || name.trim() != name { format!("{name:?}") } else { name.into() }
}
