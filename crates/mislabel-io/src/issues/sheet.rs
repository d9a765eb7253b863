//! A table of label issues as columns that any format can hold.

use crate::issues::columns::{COLUMNS, CONFIDENCE};
use crate::issues::table::IssueTable;
use crate::labels::values::LabelValues;

/// The values of one column; `None` where a sample has none.
pub(crate) enum Values {
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Flags(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
}

/// A named column.
pub(crate) struct SheetColumn {
    pub(crate) name: String,
    pub(crate) values: Values,
}

/// The columns of `table`, in the order of files: the own ones, those of the input, and what only some tables have.
pub(crate) fn sheet(table: &IssueTable) -> Vec<SheetColumn> {
    let order = order(table);
    let columns = table.columns();
    let of = |row: &Place| match row {
        Place::Judged(row) => columns.index[*row],
        Place::Unlabelled(row) => table.unlabelled[*row].index,
    };
    let index: Vec<u64> = order.iter().map(of).collect();
    let mut sheet = vec![
        column(COLUMNS[0], Values::Integers(index.iter().map(|index| Some(*index as i64)).collect())),
        column(COLUMNS[1], labels(&columns.given_label, &order, |_| None)),
        column(
            COLUMNS[2],
            labels(&columns.suggested_label, &order, |row| table.unlabelled[row].suggested_label.clone()),
        ),
        column(COLUMNS[3], Values::Numbers(judged(&order, |row| columns.quality[row]))),
        column(COLUMNS[4], Values::Numbers(judged(&order, |row| columns.score[row]))),
        column(COLUMNS[5], Values::Flags(judged(&order, |row| columns.is_issue[row]))),
    ];
    if let Some([given, suggested]) = &table.indices {
        sheet.push(column("given_index", Values::Integers(judged(&order, |row| given[row].into()))));
        sheet.push(column("suggested_index", Values::Integers(judged(&order, |row| suggested[row].into()))));
    }
    if !table.unlabelled.is_empty() {
        sheet.push(column(CONFIDENCE, Values::Numbers(unlabelled(&order, |row| table.unlabelled[row].confidence))));
    }
    for further in &table.further {
        let cell = |index: &u64| further.cells.get(*index as usize).cloned().flatten();
        let name = free_name(&sheet, &further.name);
        sheet.push(SheetColumn { name, values: Values::Texts(index.iter().map(cell).collect()) });
    }
    sheet
}

/// A row of the sheet: a sample that was judged, or one without a label.
enum Place {
    Judged(usize),
    Unlabelled(usize),
}

/// The rows in the order of the table, with those without a label where their index puts them if the table is in the order
/// of the samples, or else at the end.
fn order(table: &IssueTable) -> Vec<Place> {
    let index = &table.columns().index;
    let mut order: Vec<Place> = (0..table.len()).map(Place::Judged).collect();
    order.extend((0..table.unlabelled.len()).map(Place::Unlabelled));
    if index.is_sorted() {
        order.sort_by_key(|place| match place {
            Place::Judged(row) => index[*row],
            Place::Unlabelled(row) => table.unlabelled[*row].index,
        });
    }
    order
}

fn column(name: &str, values: Values) -> SheetColumn {
    SheetColumn { name: name.into(), values }
}

fn judged<V>(order: &[Place], value: impl Fn(usize) -> V) -> Vec<Option<V>> {
    order.iter().map(|place| if let Place::Judged(row) = place { Some(value(*row)) } else { None }).collect()
}

fn unlabelled<V>(order: &[Place], value: impl Fn(usize) -> Option<V>) -> Vec<Option<V>> {
    order.iter().map(|place| if let Place::Unlabelled(row) = place { value(*row) } else { None }).collect()
}

fn labels(values: &LabelValues, order: &[Place], otherwise: impl Fn(usize) -> Option<String>) -> Values {
    let text = |place: &Place| match place {
        Place::Judged(row) => Some(values.text(*row).to_string()),
        Place::Unlabelled(row) => otherwise(*row),
    };
    let texts: Vec<Option<String>> = order.iter().map(text).collect();
    let integer = |text: &Option<String>| text.as_ref().map(|text| text.parse::<i64>());
    match values {
        LabelValues::Integers(_) => match texts.iter().map(|text| integer(text).transpose()).collect() {
            Ok(integers) => Values::Integers(integers),
            Err(_) => Values::Texts(texts),
        },
        LabelValues::Strings(_) => Values::Texts(texts),
    }
}

/// `name`, or else the name with `input_` before it, where the sheet has a column called so.
fn free_name(sheet: &[SheetColumn], name: &str) -> String {
    let taken = |name: &str| sheet.iter().any(|column| column.name == name);
    let mut free = if name.trim().is_empty() { "id".to_owned() } else { name.to_owned() };
    while taken(&free) {
        free.insert_str(0, "input_");
    }
    free
}
