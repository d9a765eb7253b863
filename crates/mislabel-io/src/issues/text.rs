//! Tables of label issues as comma- or tab-separated text.

use std::io::Write;
use std::path::Path;

use crate::choice::{Header, ReadOptions};
use crate::error::Result;
use crate::formats::delimited::{Content, Table};
use crate::issues::columns::{COLUMNS, TextColumns, cell};
use crate::issues::table::IssueTable;
use crate::storage::mapping::Mapping;

pub(crate) fn write(table: &IssueTable, delimiter: u8, out: &mut (impl Write + ?Sized)) -> csv::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(COLUMNS)?;
    let columns = table.columns();
    for row in 0..table.len() {
        writer.write_field(columns.index[row].to_string())?;
        writer.write_field(columns.given_label.text(row).to_string())?;
        writer.write_field(columns.suggested_label.text(row).to_string())?;
        // Debug writes the shortest digits that read back the same, with an exponent where Display writes zeros.
        writer.write_field(format!("{:?}", columns.quality[row]))?;
        writer.write_field(format!("{:?}", columns.score[row]))?;
        writer.write_field(columns.is_issue[row].to_string())?;
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}

pub(crate) fn read(path: &Path, delimiter: u8) -> Result<IssueTable> {
    let mapping = Mapping::open(path)?;
    let choice = ReadOptions { header: Header::Present, ..ReadOptions::default() };
    let mut table = Table::open(path, &mapping, delimiter, &choice, Content::Labels)?;
    let mut places = [0; COLUMNS.len()];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        *place = table.position(name)?;
    }
    let mut columns = TextColumns::new();
    let mut row = 0;
    while let Some(record) = table.next()? {
        let text = |column: usize| String::from_utf8_lossy(&record[places[column]]).trim().to_owned();
        columns.index.push(cell(path, row, COLUMNS[0], &text(0))?);
        columns.given_label.push(text(1));
        columns.suggested_label.push(text(2));
        columns.quality.push(cell(path, row, COLUMNS[3], &text(3))?);
        columns.score.push(cell(path, row, COLUMNS[4], &text(4))?);
        columns.is_issue.push(cell(path, row, COLUMNS[5], &text(5).to_lowercase())?);
        row += 1;
    }
    columns.table(path)
}
