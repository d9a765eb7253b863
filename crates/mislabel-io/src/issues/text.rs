//! Tables of label issues as comma- or tab-separated text.

use std::io::Write;

use crate::issues::columns::COLUMNS;
use crate::issues::table::IssueTable;

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
