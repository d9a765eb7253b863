//! Tables of label issues as comma- or tab-separated text.

use std::io::Write;

use crate::issues::sheet::{SheetColumn, Values, sheet};
use crate::issues::table::IssueTable;

pub(crate) fn write(table: &IssueTable, delimiter: u8, out: &mut (impl Write + ?Sized)) -> csv::Result<()> {
    write_sheet(&sheet(table), table.len() + table.unlabelled.len(), delimiter, out)
}

/// Writes `rows` rows of the columns of `sheet`.
pub(crate) fn write_sheet(
    sheet: &[SheetColumn],
    rows: usize,
    delimiter: u8,
    out: &mut (impl Write + ?Sized),
) -> csv::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(sheet.iter().map(|column| column.name.as_str()))?;
    for row in 0..rows {
        for column in sheet {
            writer.write_field(cell(&column.values, row))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}

/// The cell as text; nothing where there is no value.
fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Integers(values) => values[row].map(|value| value.to_string()),
        // Debug writes the shortest digits that read back the same, with an exponent where Display writes zeros.
        Values::Numbers(values) => values[row].map(|value| format!("{value:?}")),
        Values::Flags(values) => values[row].map(|value| value.to_string()),
        Values::Texts(values) => values[row].clone(),
    }
    .unwrap_or_default()
}
