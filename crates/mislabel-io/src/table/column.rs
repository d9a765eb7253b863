//! The columns of a table: their names, what they hold, and what the file itself says of them.

use arrow_schema::{DataType, Field};

/// What the cells of a column hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    Boolean,
    Text,
    /// Lists of numbers, nested or not.
    List,
    /// Lists of numbers written as text.
    TextList,
    /// Lists of something else than numbers.
    OtherList,
    /// Dates and times.
    Time,
    /// An image or sound with its path, as Hugging Face stores them.
    Media,
    /// No value at all.
    Empty,
    /// Not read here.
    Other(String),
}

impl ColumnKind {
    /// Whether every cell is one number, or could be.
    pub(crate) fn is_scalar_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Boolean)
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::List | Self::TextList | Self::OtherList)
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::TextList)
    }

    /// What the column holds, in words.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Integer => "whole numbers",
            Self::Number => "numbers",
            Self::Boolean => "true and false",
            Self::Text => "text",
            Self::List => "lists of numbers",
            Self::TextList => "lists of numbers as text",
            Self::OtherList => "lists",
            Self::Time => "dates or times",
            Self::Media => "images or sounds",
            Self::Empty => "no values",
            Self::Other(what) => what,
        }
    }

    /// The kind that Arrow's type tells.
    pub(crate) fn of(data_type: &DataType) -> Self {
        use DataType as D;
        match data_type {
            D::Boolean => Self::Boolean,
            D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64 => Self::Integer,
            D::Float16 | D::Float32 | D::Float64 => Self::Number,
            D::Decimal32(_, scale) | D::Decimal64(_, scale) | D::Decimal128(_, scale) | D::Decimal256(_, scale) => {
                if *scale <= 0 {
                    Self::Integer
                } else {
                    Self::Number
                }
            }
            D::Utf8 | D::LargeUtf8 | D::Utf8View => Self::Text,
            D::Binary | D::LargeBinary | D::BinaryView => Self::Text,
            D::Dictionary(_, values) => Self::of(values),
            D::RunEndEncoded(_, values) => Self::of(values.data_type()),
            D::List(field)
            | D::LargeList(field)
            | D::FixedSizeList(field, _)
            | D::ListView(field)
            | D::LargeListView(field) => match Self::of(field.data_type()) {
                Self::Integer | Self::Number | Self::Boolean | Self::List => Self::List,
                _ => Self::OtherList,
            },
            D::Date32
            | D::Date64
            | D::Time32(_)
            | D::Time64(_)
            | D::Timestamp(..)
            | D::Duration(_)
            | D::Interval(_) => Self::Time,
            D::Struct(fields) if is_media(fields) => Self::Media,
            D::Null => Self::Empty,
            other => Self::Other(format!("values of type {other}")),
        }
    }
}

fn is_media(fields: &arrow_schema::Fields) -> bool {
    let has = |name: &str| fields.iter().any(|field| field.name() == name);
    has("path") && has("bytes")
}

/// What a file says of one of its columns, beside its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    /// pandas wrote it as the index of the rows.
    pub(crate) is_index: bool,
    /// The names of the classes, where the file says that the column holds classes.
    pub(crate) classes: Option<Vec<String>>,
    /// The file says that it holds images or sounds.
    pub(crate) is_media: bool,
    /// The values are entries of a dictionary.
    pub(crate) is_dictionary: bool,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name, or its number where the table has no names.
    pub(crate) name: String,
    /// The name in the file, where another column has that.
    pub(crate) written_name: Option<String>,
    /// Whether the name comes from the file, and is not empty.
    pub(crate) is_named: bool,
    pub(crate) kind: ColumnKind,
    pub(crate) declared: Declared,
    /// The type of its numbers, where the file tells: the innermost of lists.
    pub(crate) numbers: Option<DataType>,
    /// Whether it holds lists in lists.
    pub(crate) is_nested_list: bool,
    /// The columns within it, if any.
    pub(crate) parts: Vec<Self>,
    /// The number of the column of the file that it is, or is within.
    pub(crate) top: usize,
    /// Where it stands in that: the number of a part, of a part of this, and so on.
    pub(crate) inside: Vec<usize>,
}

impl Column {
    pub(crate) fn of_field(field: &Field) -> Self {
        let kind = ColumnKind::of(field.data_type());
        let is_dictionary =
            matches!(field.data_type(), DataType::Dictionary(_, values) if ColumnKind::of(values) == ColumnKind::Text);
        let declared = Declared { is_dictionary, ..Declared::default() };
        let parts = match field.data_type() {
            DataType::Struct(fields) if kind != ColumnKind::Media => {
                fields.iter().map(|field| Self::of_field(field)).collect()
            }
            _ => Vec::new(),
        };
        let numbers = innermost(field.data_type()).filter(|numbers| numbers.is_numeric()).cloned();
        Self {
            name: field.name().clone(),
            written_name: None,
            is_named: is_name(field.name()),
            kind,
            declared,
            numbers,
            is_nested_list: item(field.data_type()).is_some_and(|inner| item(inner).is_some()),
            parts,
            top: 0,
            inside: Vec::new(),
        }
    }

    /// Whether it is within another column.
    pub(crate) fn is_within(&self) -> bool {
        !self.inside.is_empty()
    }

    /// Its name within the column that it is in.
    pub(crate) fn own_name(&self) -> &str {
        match self.name.rsplit_once('.') {
            Some((_, name)) if self.is_within() => name,
            _ => &self.name,
        }
    }
}

/// The type of the items of lists.
fn item(data_type: &DataType) -> Option<&DataType> {
    use DataType::{FixedSizeList, LargeList, LargeListView, List, ListView};
    match data_type {
        List(field) | LargeList(field) | FixedSizeList(field, _) | ListView(field) | LargeListView(field) => {
            Some(field.data_type())
        }
        _ => None,
    }
}

fn innermost(data_type: &DataType) -> Option<&DataType> {
    item(data_type).map_or(Some(data_type), innermost)
}

/// Whether `name` is more than a place holder: pandas calls nameless columns `Unnamed: 0`.
pub(crate) fn is_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty() && !name.starts_with("Unnamed: ") && !name.starts_with("__index_level_")
}
