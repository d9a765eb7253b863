//! How files are read, where that is not to be found out.

use clap::{Args, ValueEnum};
use mislabel::io::{ColumnRoles, Delimiter, Header, ReadOptions, TextForm, Unlabelled};

/// The heading of options that say how files are read.
pub(crate) const FILES: &str = "Reading files";

/// How files are read.
#[derive(Args, Debug)]
pub(crate) struct ReadingOptions {
    /// What columns are, as ROLE=NAME,…: id, features, predictions, text, path, split or ignore; repeat for more roles
    #[arg(long, value_name = "ROLE=NAME,...", value_parser = role_columns, help_heading = FILES)]
    columns: Vec<RoleColumns>,
    /// Column by which tables are joined whose rows are in different orders
    #[arg(long, value_name = "COLUMN", help_heading = FILES)]
    id: Option<String>,
    /// Whether tables start with a header line
    #[arg(long, value_name = "WHETHER", default_value = "auto", help_heading = FILES)]
    header: HeaderName,
    /// What separates the cells of text: a character, tab, blanks or none [default: by the look of the first rows]
    #[arg(long, value_name = "WHAT", value_parser = delimiter, help_heading = FILES)]
    delimiter: Option<Delimiter>,
    /// Whether quotes hold cells of text together; if not, they are text [default: by the look of the file]
    #[arg(long, value_name = "WHETHER", help_heading = FILES)]
    quotes: Option<YesNo>,
    /// Encoding of text, such as windows-1252 [default: UTF-8, or UTF-16 where the first bytes say so]
    #[arg(long, value_name = "NAME", help_heading = FILES)]
    encoding: Option<String>,
    /// Labels of samples that have none, comma-separated, such as -1 [default: empty, null, NaN, NA, None and the like; -100;
    /// negative codes where the file names its classes, and -1 beside 0, 1, 2 …]
    #[arg(long, value_name = "LABEL,...", value_delimiter = ',', allow_hyphen_values = true, help_heading = FILES)]
    unlabelled: Vec<String>,
}

/// Whether there is a header.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum HeaderName {
    /// By the look of the first rows
    Auto,
    /// The first row is a header
    Yes,
    /// The first row is data
    No,
}

impl HeaderName {
    fn header(self) -> Header {
        match self {
            Self::Auto => Header::Auto,
            Self::Yes => Header::Present,
            Self::No => Header::Absent,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

/// The columns of one role.
#[derive(Clone, Debug)]
struct RoleColumns {
    role: ColumnRole,
    names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnRole {
    Id,
    Features,
    Predictions,
    Text,
    Path,
    Split,
    Ignore,
}

impl ReadingOptions {
    /// How a file is read whose own option says `header`.
    pub(crate) fn choice(&self, header: Option<HeaderName>) -> ReadOptions {
        let text = TextForm {
            delimiter: self.delimiter,
            quotes: self.quotes.map(|quotes| quotes == YesNo::Yes),
            encoding: self.encoding.clone(),
        };
        let header = header.unwrap_or(self.header).header();
        ReadOptions { header, text, columns: self.roles(), ..ReadOptions::default() }
    }

    /// Whether tables are to be joined.
    pub(crate) fn joins(&self) -> bool {
        self.id.is_some()
    }

    /// What is done with samples without a label.
    pub(crate) fn unlabelled(&self) -> Unlabelled {
        match self.unlabelled.is_empty() {
            true => Unlabelled::Keep,
            false => Unlabelled::Written(self.unlabelled.clone()),
        }
    }

    /// The first label that stands for none by the word of the user.
    pub(crate) fn said_unlabelled(&self) -> Option<&str> {
        self.unlabelled.first().map(String::as_str)
    }

    fn roles(&self) -> ColumnRoles {
        let mut roles = ColumnRoles { id: self.id.iter().cloned().collect(), ..ColumnRoles::default() };
        for RoleColumns { role, names } in &self.columns {
            let list = match role {
                ColumnRole::Id => &mut roles.id,
                ColumnRole::Features => &mut roles.features,
                ColumnRole::Predictions => &mut roles.predictions,
                ColumnRole::Text => &mut roles.text,
                ColumnRole::Path => &mut roles.path,
                ColumnRole::Split => &mut roles.split,
                ColumnRole::Ignore => &mut roles.ignore,
            };
            list.extend(names.iter().cloned());
        }
        roles
    }
}

fn role_columns(text: &str) -> Result<RoleColumns, String> {
    let wanted = "it must be ROLE=NAME,… with a role of id, features, predictions, text, path, split or ignore";
    let (role, names) = text.split_once('=').ok_or(wanted)?;
    let role = match role.trim() {
        "id" => ColumnRole::Id,
        "features" | "feature" => ColumnRole::Features,
        "predictions" | "prediction" => ColumnRole::Predictions,
        "text" => ColumnRole::Text,
        "path" => ColumnRole::Path,
        "split" => ColumnRole::Split,
        "ignore" => ColumnRole::Ignore,
        "label" | "labels" => return Err("name the column of labels with --labels-key".into()),
        _ => return Err(wanted.into()),
    };
    Ok(RoleColumns { role, names: names.split(',').map(|name| name.trim().to_owned()).collect() })
}

fn delimiter(text: &str) -> Result<Delimiter, String> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Ok(Delimiter::Byte(b'\t')),
        ("comma", _) => Ok(Delimiter::Byte(b',')),
        ("semicolon", _) => Ok(Delimiter::Byte(b';')),
        ("blanks" | "blank" | "space", _) => Ok(Delimiter::Blanks),
        ("none", _) => Ok(Delimiter::None),
        (_, &[byte]) if byte.is_ascii() => Ok(Delimiter::Byte(byte)),
        _ => Err("it must be one character, tab, blanks or none".into()),
    }
}
