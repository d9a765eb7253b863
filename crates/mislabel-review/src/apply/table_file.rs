//! A column of a comma- or tab-separated table.

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};
use mislabel_core::Labels;

use crate::apply::corrections::Corrections;
use crate::apply::rewrite::LabelRewrite;
use crate::apply::spelling::Spelling;
use crate::error::{Error, Result};

/// Names that columns of labels commonly have.
const LABELS: [&str; 8] = ["label", "labels", "given_label", "given_labels", "class", "target", "targets", "y"];

/// The table `bytes` with corrections in the column of labels; cells of other columns stay byte for byte.
pub(crate) fn corrected(
    file: &LabelRewrite<'_>,
    bytes: &[u8],
    delimiter: u8,
    given: &Labels,
    corrections: &Corrections,
) -> Result<Vec<u8>> {
    let mut records = records(file, bytes, delimiter)?;
    let header = file.header.unwrap_or(records.len() == given.len() + 1);
    let head = (header && !records.is_empty()).then(|| records.remove(0));
    if records.len() != given.len() {
        let problem = format!("the table has {} rows, and {} labels were reviewed", records.len(), given.len());
        return Err(Error::labels(file.path, problem));
    }
    let column = label_column(file, head.as_ref(), records[0].len())?;
    let texts: Vec<&str> =
        records.iter().enumerate().map(|(row, record)| cell(file, record, row, column)).collect::<Result<_>>()?;
    let spelling = Spelling::of(texts.iter().copied(), given);
    let mut out =
        WriterBuilder::new().flexible(true).delimiter(delimiter).terminator(terminator(bytes)).from_writer(Vec::new());
    let failed = |error: csv::Error| Error::labels(file.path, error.to_string());
    if let Some(head) = &head {
        out.write_byte_record(head).map_err(failed)?;
    }
    for (row, (record, text)) in records.iter().zip(texts).enumerate() {
        spelling.check(file.path, row, text, given)?;
        if file.drop_excluded && corrections.excluded.binary_search(&row).is_ok() {
            continue;
        }
        match corrections.labels.get(&row) {
            None => out.write_byte_record(record).map_err(failed)?,
            Some(correction) => {
                let text = spelling.text(correction.to, text, given);
                let cells = record.iter().enumerate();
                let changed = cells.map(|(place, cell)| if place == column { text.as_bytes() } else { cell });
                out.write_record(changed).map_err(failed)?;
            }
        }
    }
    out.into_inner().map_err(|error| Error::labels(file.path, error.to_string()))
}

fn records(file: &LabelRewrite<'_>, bytes: &[u8], delimiter: u8) -> Result<Vec<ByteRecord>> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let records = reader.byte_records().collect::<Result<Vec<_>, _>>();
    records.map_err(|error| Error::labels(file.path, error.to_string()))
}

fn cell<'r>(file: &LabelRewrite<'_>, record: &'r ByteRecord, row: usize, column: usize) -> Result<&'r str> {
    let cell = record.get(column).and_then(|cell| std::str::from_utf8(cell).ok());
    cell.map(str::trim).ok_or_else(|| Error::labels(file.path, format!("row {row} has no label in column {column}")))
}

/// The column that was named, or the only one, or the only one with a name that labels have.
fn label_column(file: &LabelRewrite<'_>, head: Option<&ByteRecord>, columns: usize) -> Result<usize> {
    let names: Vec<String> = match head {
        Some(head) => head.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect(),
        None => (0..columns).map(|column| column.to_string()).collect(),
    };
    let named: Vec<usize> = match file.key {
        Some(key) => (0..names.len()).filter(|&column| names[column] == key).collect(),
        None if names.len() == 1 => vec![0],
        None => (0..names.len()).filter(|&column| LABELS.contains(&names[column].to_lowercase().as_str())).collect(),
    };
    match named[..] {
        [column] => Ok(column),
        _ => Err(Error::labels(file.path, format!("name the column of labels: the table has {}", names.join(", ")))),
    }
}

fn terminator(bytes: &[u8]) -> csv::Terminator {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(place) if place > 0 && bytes[place - 1] == b'\r' => csv::Terminator::CRLF,
        _ => csv::Terminator::Any(b'\n'),
    }
}
