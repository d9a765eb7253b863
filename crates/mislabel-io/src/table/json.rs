//! Tables in JSON: one object a line, or an array of objects.

use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use arrow_json::ReaderBuilder;
use arrow_json::reader::{infer_json_schema, infer_json_schema_from_iterator};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::storage::gathered::Gathered;
use crate::table::batches::Batches;
use crate::table::column::{Column, ColumnKind};
use crate::table::content::Content;

/// Rows decoded at a time.
const BATCH: usize = 1024;
/// Records whose keys tell the order of the columns.
const ORDERED: usize = 100;

/// A table in JSON, opened.
#[derive(Debug)]
pub(crate) struct JsonTable {
    content: Content,
    schema: SchemaRef,
    pub(crate) columns: Vec<Column>,
    pub(crate) form: String,
}

impl JsonTable {
    pub(crate) fn open(path: &Path, format: Format, choice: &ReadOptions) -> Result<Self> {
        let content = Content::text(path, choice)?;
        let is_array = is_one_array(content.get());
        let content = if is_array { content.rewritten(choice, "", one_a_line)? } else { content };
        // Labels and rows are written as bare values, too.
        let is_bare = begins_otherwise(content.get());
        let content = if is_bare { content.rewritten(choice, "", records_of_values)? } else { content };
        let schema = schema(&content)?;
        if schema.fields().is_empty() {
            return Err(Error::EmptyFile { path: path.into() });
        }
        let columns: Vec<Column> = schema.fields().iter().map(|field| Column::of_field(field)).collect();
        if !is_array {
            refuse_other_shapes(&content, format, &columns)?;
        }
        let form = match (is_array, is_bare) {
            (true, false) => "JSON array of records",
            (true, true) => "JSON array of values",
            (false, false) => "JSON lines",
            (false, true) => "JSON lines of values",
        };
        let mut form = vec![form.to_owned()];
        form.extend(content.how.iter().cloned());
        Ok(Self { schema, columns, form: form.join(", "), content })
    }

    pub(crate) fn path(&self) -> &Path {
        self.content.path()
    }

    pub(crate) fn batches<'a>(&'a self, columns: &[usize]) -> Result<Batches<'a>> {
        let schema = self.schema.project(columns).map_err(Error::parser(self.path()))?;
        let builder = ReaderBuilder::new(Arc::new(schema)).with_batch_size(BATCH).with_coerce_primitive(true);
        let reader = builder.build(Cursor::new(self.content.get())).map_err(Error::parser(self.path()))?;
        let mut rows = 0;
        Ok(Batches::new(reader.map(move |batch| match batch {
            Ok(batch) => {
                rows += batch.num_rows();
                Ok(batch)
            }
            Err(cause) => Err(self.refusal(rows, cause)),
        })))
    }

    fn refusal(&self, rows: usize, cause: ArrowError) -> Error {
        Error::parser(self.path())(format!("in the {BATCH} rows from row {rows} on: {cause}"))
    }
}

/// The columns of all records, in the order in which the first records name them.
fn schema(content: &Content) -> Result<SchemaRef> {
    let path = content.path();
    let inferred = infer_json_schema(Cursor::new(content.get()), None).or_else(|_| nested_schema(content));
    let (schema, _) = inferred.map_err(|cause| unreadable(content, cause))?;
    let order = key_order(content.get());
    let mut fields = schema.fields().to_vec();
    fields.sort_by_key(|field| order.iter().position(|key| key == field.name()).unwrap_or(usize::MAX));
    if fields.len() > MOST_KEYS {
        return Err(Error::parser(path)("the records have more than a hundred thousand keys"));
    }
    Ok(Arc::new(Schema::new(fields)))
}

const MOST_KEYS: usize = 100_000;

/// The schema by records whose values nest in ways that the usual inference refuses: those values are left out.
fn nested_schema(content: &Content) -> Result<(Schema, usize), ArrowError> {
    let records = serde_json::Deserializer::from_slice(content.get()).into_iter::<Value>();
    let plain = records.map(|record| match record {
        Ok(Value::Object(mut object)) => {
            object.retain(|_, value| !is_mixed(value));
            Ok(Value::Object(object))
        }
        Ok(other) => Ok(other),
        Err(cause) => Err(ArrowError::JsonError(cause.to_string())),
    });
    infer_json_schema_from_iterator(plain).map(|schema| (schema, 0))
}

/// Whether a list holds objects, or lists beside other values.
fn is_mixed(value: &Value) -> bool {
    match value {
        Value::Array(values) => {
            let lists = values.iter().filter(|value| value.is_array()).count();
            values.iter().any(Value::is_object) || lists > 0 && lists < values.len() || values.iter().any(is_mixed)
        }
        Value::Object(values) => values.values().any(is_mixed),
        _ => false,
    }
}

/// The first line that is no record, or what the parser says.
fn unreadable(content: &Content, cause: ArrowError) -> Error {
    let path = content.path();
    for (row, line) in content.as_str().lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(_)) => {}
            Ok(_) => {
                return Error::parser(path)(format!(
                    "line {} is no object: a table in JSON has one object a line",
                    row + 1
                ));
            }
            Err(error) => {
                let hint = if ["NaN", "Infinity"].iter().any(|word| line.contains(word)) {
                    "; Python writes NaN and Infinity, which JSON lacks: write null"
                } else {
                    ""
                };
                return Error::parser(path)(format!("line {} is not JSON: {error}{hint}", row + 1));
            }
        }
    }
    Error::parser(path)(cause)
}

/// Keys of one kind from which on an object maps ids to values.
const LEAST_MAPPED: usize = 4;

/// Refuses a single object that holds whole columns, or a value for every id.
fn refuse_other_shapes(content: &Content, format: Format, columns: &[Column]) -> Result<()> {
    let holds_columns = |column: &Column| column.kind.is_list() || matches!(column.kind, ColumnKind::Other(_));
    let maps_ids = columns.len() >= LEAST_MAPPED && columns.iter().all(|column| column.kind == columns[0].kind);
    if format != Format::Json || !(maps_ids || columns.iter().all(holds_columns)) {
        return Ok(());
    }
    let mut records = serde_json::Deserializer::from_slice(content.get()).into_iter::<IgnoredAny>();
    match (records.next(), records.next()) {
        (Some(_), None) => Err(Error::parser(content.path())(
            "the file is one object, not a table of records: write one object per sample (in pandas to_json(orient=\"records\", lines=True))",
        )),
        _ => Ok(()),
    }
}

/// The first byte that is no blank.
fn first(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// Whether `bytes` are one array, and not an array a line.
fn is_one_array(bytes: &[u8]) -> bool {
    if first(bytes) != Some(b'[') {
        return false;
    }
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    let whole = values.next().is_some_and(|value| value.is_ok());
    // An array that is cut off is refused where its records are read.
    !whole || first(bytes.get(values.byte_offset()..).unwrap_or_default()).is_none()
}

/// Whether the first value of `bytes`, which hold one a line, is whole and no object.
fn begins_otherwise(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').find(|line| first(line).is_some()).unwrap_or_default();
    first(line) != Some(b'{') && serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// The key of values that are no records.
const VALUE: &str = "0";

/// A record for the value in every line of `bytes`.
fn records_of_values(bytes: &[u8], out: &mut Gathered<'_>) -> Result<()> {
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| first(line).is_some()) {
        match scores(line) {
            Some(record) => out.push(record.as_bytes())?,
            None => {
                out.push(format!("{{\"{VALUE}\":").as_bytes())?;
                out.push(line)?;
                out.push(b"}")?;
            }
        }
        out.push(b"\n")?;
    }
    Ok(())
}

/// A label with its score, as the pipelines of Hugging Face give one for every class.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Score {
    label: String,
    score: f64,
}

/// The record of the scores by their labels in `line`, if it is a list of these.
fn scores(line: &[u8]) -> Option<String> {
    let is_list_of_objects = first(line) == Some(b'[') && line.contains(&b'{');
    let scores: Vec<Score> = is_list_of_objects.then(|| serde_json::from_slice(line).ok()).flatten()?;
    let record: serde_json::Map<String, Value> =
        scores.into_iter().map(|score| (score.label, Value::from(score.score))).collect();
    serde_json::to_string(&record).ok()
}

/// The records of the array in `bytes`, one after another without brackets and commas around them.
fn one_a_line(bytes: &[u8], out: &mut Gathered<'_>) -> Result<()> {
    let (mut depth, mut in_text, mut escaped, mut start) = (0_usize, false, false, 0);
    for (place, byte) in bytes.iter().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => {
                depth += 1;
                if depth == 1 {
                    start = place + 1;
                }
            }
            b']' | b'}' => {
                // A bracket too many closes nothing.
                if depth == 1 {
                    out.push(&bytes[start..place])?;
                    out.push(b"\n")?;
                    start = bytes.len();
                }
                depth = depth.saturating_sub(1);
            }
            b',' if depth == 1 => {
                out.push(&bytes[start..place])?;
                out.push(b"\n")?;
                start = place + 1;
            }
            _ => {}
        }
    }
    // An array that is cut off ends in the middle of a record, which the parser names.
    out.push(&bytes[start.min(bytes.len())..])
}

/// The keys of the first records, in the order in which they appear.
fn key_order(bytes: &[u8]) -> Vec<String> {
    let records = serde_json::Deserializer::from_slice(bytes).into_iter::<Keys>();
    let mut seen = HashSet::new();
    let mut order = Vec::new();
    for keys in records.take(ORDERED).map_while(std::result::Result::ok) {
        order.extend(keys.0.into_iter().filter(|key| seen.insert(key.clone())));
    }
    order
}

/// The keys of an object, in its order.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
            keys.push(key);
        }
        Ok(Keys(keys))
    }
}
