//! Labels in records of JSON: values changed where they stand, all other bytes as they are.

use std::io::Write;
use std::ops::Range;
use std::path::Path;

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::labels::rewriting::edits::Edits;
use crate::labels::rewriting::splices::Splices;
use crate::labels::rewriting::wrapping;
use crate::table::content::Content;

/// Writes the records at `path` with `edits` in the value of the key `name`.
pub(crate) fn write(
    path: &Path,
    choice: &ReadOptions,
    name: &str,
    edits: &Edits<'_>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let content = Content::text(path, choice)?;
    let text = content.as_str();
    let records = records(path, text)?;
    edits.check_rows(records.len())?;
    let mut splices = Splices::default();
    let is_array = text.trim_start().starts_with('[');
    let mut kept = false;
    let (model, with_quotes) =
        if edits.fill() { model(path, text, &records, name, edits)? } else { (String::new(), false) };
    for (row, record) in records.iter().enumerate() {
        if edits.leaves_out(row) {
            splices.replace(left_out(text, &records, row, is_array, kept), String::new());
            continue;
        }
        kept = true;
        if !edits.labels.contains_key(&row) {
            continue;
        }
        let place = value(path, text, record.clone(), name)?;
        let old = place.value.clone().map(|value| &text[value]);
        if old.is_none() && !edits.fills(row) {
            return Err(edits.refusal(format!("row {row} has no key {name:?} of its own")));
        }
        let old = old.unwrap_or("null");
        let is_text = old.starts_with('"');
        let found = if is_text { parsed(path, old)? } else { old.to_owned() };
        let Some(new) = edits.cell(row, found.trim(), model.trim())? else { continue };
        let quoted = if edits.fills(row) { with_quotes } else { is_text };
        let new = match quoted {
            true => serde_json::to_string(&new).map_err(Error::parser(path))?,
            false => {
                bare(&new).ok_or_else(|| edits.refusal(format!("row {row}: {new:?} is no number, as {found} is")))?
            }
        };
        match place.value {
            Some(value) => splices.replace(value, new),
            None => splices.replace(place.end..place.end, added(path, name, &new, place.is_empty)?),
        }
    }
    wrapping::write(&splices.applied(text), &content, edits, out)
}

/// The label that others are written like, and whether it has quotes.
fn model(path: &Path, text: &str, records: &[Range<usize>], name: &str, edits: &Edits<'_>) -> Result<(String, bool)> {
    let none = (String::new(), false);
    let Some(record) = records.get(edits.model) else { return Ok(none) };
    let Some(value) = value(path, text, record.clone(), name)?.value else {
        return Err(edits.refusal(format!("row {} has no key {name:?} of its own", edits.model)));
    };
    let label = &text[value];
    Ok(if label.starts_with('"') { (parsed(path, label)?, true) } else { (label.to_owned(), false) })
}

/// The key `name` with the value `new`, behind the other keys of a record.
fn added(path: &Path, name: &str, new: &str, is_empty: bool) -> Result<String> {
    let key = serde_json::to_string(name).map_err(Error::parser(path))?;
    Ok(format!("{}{key}: {new}", if is_empty { "" } else { ", " }))
}

/// `label` as a value without quotes.
fn bare(label: &str) -> Option<String> {
    let lower = label.to_lowercase();
    let fits = lower == "true" || lower == "false" || label.parse::<f64>().is_ok_and(f64::is_finite);
    fits.then(|| if label.parse::<f64>().is_ok() { label.to_owned() } else { lower })
}

/// The bytes to take out so that record `row` is gone: of a line with its end, of an array with a comma.
fn left_out(text: &str, records: &[Range<usize>], row: usize, is_array: bool, kept: bool) -> Range<usize> {
    let Range { start, end } = records[row].clone();
    if !is_array {
        let line_end = text[end..].find('\n').map_or(text.len(), |place| end + place + 1);
        return start..records.get(row + 1).map_or(line_end, |next| line_end.min(next.start));
    }
    match (kept, records.get(row + 1)) {
        (true, _) => records[row - 1].end..end,
        (false, Some(next)) => start..next.start,
        (false, None) => start..end,
    }
}

/// Where the records stand.
fn records(path: &Path, text: &str) -> Result<Vec<Range<usize>>> {
    let mut records = Vec::new();
    let mut at = skipped(text, 0, '[');
    loop {
        at = skipped(text, at, ',');
        if at >= text.len() || text[at..].starts_with(']') {
            return Ok(records);
        }
        let end = end_of::<IgnoredAny>(path, text, at)?.1;
        records.push(at..end);
        at = end;
    }
}

/// Where a value stands in a record, and where one could be added.
struct ValuePlace {
    value: Option<Range<usize>>,
    /// The end of the last value, or of the sign that begins the record.
    end: usize,
    is_empty: bool,
}

/// Where the value of the key `name` of the record stands; of a key that comes twice the last one.
fn value(path: &Path, text: &str, record: Range<usize>, name: &str) -> Result<ValuePlace> {
    let mut at = skipped(text, record.start, '{');
    let mut place = ValuePlace { value: None, end: at, is_empty: true };
    while at < record.end && !text[at..].starts_with('}') {
        let (key, end) = end_of::<String>(path, text, at)?;
        let start = skipped(text, end, ':');
        let (_, end) = end_of::<IgnoredAny>(path, text, start)?;
        if key == name {
            place.value = Some(start..end);
        }
        (place.end, place.is_empty) = (end, false);
        at = skipped(text, end, ',');
    }
    Ok(place)
}

/// The value that begins at `at`, and where it ends.
fn end_of<T: DeserializeOwned>(path: &Path, text: &str, at: usize) -> Result<(T, usize)> {
    let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<T>();
    let value = values.next().ok_or_else(|| Error::parser(path)("the text ends within a record"))?;
    Ok((value.map_err(Error::parser(path))?, at + values.byte_offset()))
}

fn parsed(path: &Path, text: &str) -> Result<String> {
    serde_json::from_str(text).map_err(Error::parser(path))
}

/// The place after blanks, one `sign` if it is there, and more blanks.
fn skipped(text: &str, at: usize, sign: char) -> usize {
    let rest = text[at..].trim_start();
    text.len() - rest.strip_prefix(sign).unwrap_or(rest).trim_start().len()
}
