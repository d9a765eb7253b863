//! Tables of label issues as JSON lines: one object a line.

use std::io::Write;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::issues::sheet::{SheetColumn, Values, sheet};
use crate::issues::table::IssueTable;

/// One row of the table, as an object.
struct Line<'a> {
    sheet: &'a [SheetColumn],
    row: usize,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.sheet.len()))?;
        for SheetColumn { name, values } in self.sheet {
            match values {
                Values::Integers(values) => map.serialize_entry(name, &values[self.row])?,
                Values::Numbers(values) => map.serialize_entry(name, &values[self.row])?,
                Values::Flags(values) => map.serialize_entry(name, &values[self.row])?,
                Values::Texts(values) => map.serialize_entry(name, &values[self.row])?,
            }
        }
        map.end()
    }
}

pub(crate) fn write(table: &IssueTable, out: &mut (impl Write + ?Sized)) -> std::io::Result<()> {
    let sheet = sheet(table);
    for row in 0..table.len() + table.unlabelled.len() {
        serde_json::to_writer(&mut *out, &Line { sheet: &sheet, row })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
