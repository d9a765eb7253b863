//! Columns of numbers, or of lists of numbers, as one matrix.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float16Type, Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::DataType;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::storage::element::Element;
use crate::storage::gathered::Gathered;
use crate::storage::matrix::Matrix;
use crate::storage::stored_array::{Layout, StoredArray};
use crate::table::batches::Cells;
use crate::table::cells::texts;
use crate::table::column::{Column, ColumnKind};
use crate::table::dataset::{Place, Table};
use crate::table::floats::{Float, FloatValue};
use crate::table::list_text;
use crate::table::lists::{flattened, is_list};
use crate::table::names::is_missing;
use crate::table::text::cells::{comma_number, number};

/// Rows that are put side by side at a time.
const TILE: usize = 64;

pub(crate) const FINITE: &str = "be a finite number within the range of f32";
const HEADER: &str = "be a finite number within the range of f32: if the first row is a header, say so (--header yes)";
const MISSING: &str = "be a finite number within the range of f32: fill it in, or leave the column out (--leave-out)";
const NO_NUMBER: &str = "be a finite number within the range of f32: correct it, or leave the column out (--leave-out)";
const WHOLE_LIST: &str = "be a list with all its numbers: NumPy left out its middle, save the array itself as .npy";
const LIST: &str = "be a list of numbers";

/// The `columns` of `table`, side by side, as `most` (f32 or f64) or, where they have fewer digits, as what they are.
pub(crate) fn matrix(table: &Table, columns: &[usize], choice: &ReadOptions, most: Element) -> Result<Matrix> {
    let element = element(table, columns, most);
    match gathered(table, columns, choice, element, fast(element)) {
        // arrow-csv is faster, and particular: a blank before a number stops it. The slow way names what is wrong.
        Err(Error::Parser { .. } | Error::Value { .. }) if table.is_text() => {
            gathered(table, columns, choice, element, Cells::Text)
        }
        other => other,
    }
}

fn fast(element: Element) -> Cells {
    if element == Element::F64 { Cells::Double } else { Cells::Single }
}

/// Half floats stay half floats.
fn element(table: &Table, columns: &[usize], most: Element) -> Element {
    let types: Vec<&DataType> = columns.iter().filter_map(|column| table.columns[*column].numbers.as_ref()).collect();
    let all = |kinds: &[DataType]| types.len() == columns.len() && types.iter().all(|found| kinds.contains(found));
    match () {
        () if all(&[DataType::Float16]) => Element::F16,
        () if all(&[DataType::Float16, DataType::Float32]) => Element::F32,
        () => most,
    }
}

fn gathered(table: &Table, columns: &[usize], choice: &ReadOptions, element: Element, cells: Cells) -> Result<Matrix> {
    match element {
        Element::F16 => Sink::<Float16Type>::matrix(table, columns, choice, element, cells),
        Element::F64 => Sink::<Float64Type>::matrix(table, columns, choice, element, cells),
        _ => Sink::<Float32Type>::matrix(table, columns, choice, element, cells),
    }
}

/// The numbers of one column in a batch: `width` a row.
struct Values<V> {
    values: Vec<V>,
    width: usize,
}

/// Numbers on their way into a matrix.
struct Sink<'a, T: Float> {
    columns: Vec<&'a Column>,
    gathered: Gathered<'a>,
    /// Numbers that each column has in a row, once a row was seen.
    widths: Vec<Option<usize>>,
    bytes: Vec<u8>,
    row: Vec<T::Native>,
}

impl<'a, T: Float> Sink<'a, T> {
    fn matrix(
        table: &'a Table,
        columns: &[usize],
        choice: &'a ReadOptions,
        element: Element,
        cells: Cells,
    ) -> Result<Matrix> {
        let named: Vec<&Column> = columns.iter().map(|column| &table.columns[*column]).collect();
        let widths = vec![None; columns.len()];
        let mut sink = Self {
            columns: named,
            gathered: Gathered::new(table.path(), choice),
            widths,
            bytes: Vec::new(),
            row: Vec::new(),
        };
        let rows = table.each(columns, cells, |place, batch| sink.push(place, batch))?;
        if rows == 0 {
            return Err(Error::EmptyFile { path: table.path().into() });
        }
        let width = sink.widths.iter().flatten().sum();
        let layout = Layout { element, big_endian: false, fortran_order: false, shape: vec![rows, width] };
        let end = sink.gathered.len();
        Matrix::new(StoredArray::new(table.path(), sink.gathered.storage()?, 0..end, layout)?)
    }

    fn push(&mut self, place: Place<'_>, batch: &RecordBatch) -> Result<()> {
        let mut parts = Vec::with_capacity(self.columns.len());
        for (number, column) in self.columns.iter().enumerate() {
            let at = At { place, column };
            let values = at.values::<T>(batch.column(number), &mut self.widths[number])?;
            parts.push(values);
        }
        self.bytes.clear();
        match &parts[..] {
            [one] => one.values.iter().for_each(|value| value.append(&mut self.bytes)),
            parts => self.put_side_by_side(parts, batch.num_rows()),
        }
        self.gathered.push(&self.bytes)
    }

    fn put_side_by_side(&mut self, parts: &[Values<T::Native>], rows: usize) {
        let width: usize = parts.iter().map(|part| part.width).sum();
        for start in (0..rows).step_by(TILE) {
            let count = TILE.min(rows - start);
            self.row.clear();
            self.row.resize(count * width, T::Native::default());
            let mut first = 0;
            for part in parts {
                let source = &part.values[start * part.width..(start + count) * part.width];
                for (row, values) in source.chunks_exact(part.width).enumerate() {
                    self.row[row * width + first..][..part.width].copy_from_slice(values);
                }
                first += part.width;
            }
            self.row.iter().for_each(|value| value.append(&mut self.bytes));
        }
    }
}

/// A column of a batch, for what is said of it.
#[derive(Clone, Copy)]
struct At<'a> {
    place: Place<'a>,
    column: &'a Column,
}

impl At<'_> {
    fn refuse(self, row: usize, value: impl Into<String>, requirement: &'static str) -> Error {
        let (path, column) = (self.place.path.into(), self.column.name.clone());
        Error::Value { path, row: self.place.row + row, column, value: value.into(), requirement }
    }

    fn values<T: Float>(self, array: &ArrayRef, width: &mut Option<usize>) -> Result<Values<T::Native>> {
        match array.data_type() {
            kind if is_list(kind) => self.of_lists::<T>(array, width),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Binary | DataType::Dictionary(..) => {
                self.of_text::<T>(array, width)
            }
            _ => {
                *width = Some(1);
                Ok(Values { values: self.numbers::<T>(array, |row| row)?, width: 1 })
            }
        }
    }

    /// The numbers of `array`; the number at place i is of row `row_of(i)`.
    fn numbers<T: Float>(self, array: &ArrayRef, row_of: impl Fn(usize) -> usize) -> Result<Vec<T::Native>> {
        if let Some(place) =
            (array.null_count() > 0).then(|| (0..array.len()).find(|place| array.is_null(*place))).flatten()
        {
            return Err(self.refuse(row_of(place), "null", MISSING));
        }
        let path: &Path = self.place.path;
        let floats = cast(array, &T::DATA_TYPE).map_err(Error::parser(path))?;
        let values: Vec<T::Native> = floats.as_primitive::<T>().values().to_vec();
        // Without an early exit this vectorizes; the search is for the rare case.
        if values.iter().fold(false, |bad, value| bad | !value.fits()) {
            let place = values.iter().position(|value| !value.fits()).unwrap_or(0);
            let cells = texts(path, &self.column.name, &array.slice(place, 1))?;
            return Err(self.refuse(row_of(place), cells[0].clone().unwrap_or_else(|| "NaN".into()), FINITE));
        }
        Ok(values)
    }

    fn of_lists<T: Float>(self, array: &ArrayRef, width: &mut Option<usize>) -> Result<Values<T::Native>> {
        let (lengths, inner) = flattened(array).map_err(|row| self.refuse(row, "null", LIST))?;
        self.check_widths(&lengths, width)?;
        let width = width.unwrap_or(1);
        Ok(Values { values: self.numbers::<T>(&inner, |place| place / width.max(1))?, width })
    }

    fn check_widths(self, lengths: &[usize], width: &mut Option<usize>) -> Result<()> {
        for (row, &found) in lengths.iter().enumerate() {
            let expected = *width.get_or_insert(found);
            if found != expected {
                let (path, row) = (self.place.path.into(), self.place.row + row);
                return Err(Error::Ragged { path, row, expected, found, content: String::new() });
            }
            if found == 0 {
                return Err(self.refuse(row, "[]", LIST));
            }
        }
        Ok(())
    }

    fn of_text<T: Float>(self, array: &ArrayRef, width: &mut Option<usize>) -> Result<Values<T::Native>> {
        let cells = texts(self.place.path, &self.column.name, array)?;
        if self.column.kind == ColumnKind::TextList
            || cells.iter().flatten().next().is_some_and(|cell| list_text::is_list(cell))
        {
            return self.of_text_lists::<T>(&cells, width);
        }
        *width = Some(1);
        let value = |(row, cell): (usize, &Option<String>)| self.number::<T::Native>(row, cell.as_deref());
        Ok(Values { values: cells.iter().enumerate().map(value).collect::<Result<_>>()?, width: 1 })
    }

    fn number<V: FloatValue>(self, row: usize, cell: Option<&str>) -> Result<V> {
        let text = cell.unwrap_or("");
        let value = match self.place.decimal_comma {
            true => comma_number(text).map(V::of),
            false => number(text).and_then(|_| V::parsed(text)).or_else(|| boolean(text).map(V::of)),
        };
        let first = self.place.is_first_line && self.place.row + row == 0;
        let requirement = match () {
            () if is_missing(text) => MISSING,
            () if first => HEADER,
            () if value.is_none() => NO_NUMBER,
            () => FINITE,
        };
        value.filter(|value| value.fits()).ok_or_else(|| self.refuse(row, text, requirement))
    }

    fn of_text_lists<T: Float>(self, cells: &[Option<String>], width: &mut Option<usize>) -> Result<Values<T::Native>> {
        let (mut numbers, mut lengths) = (Vec::new(), Vec::with_capacity(cells.len()));
        for (row, cell) in cells.iter().enumerate() {
            let (text, before) = (cell.as_deref().unwrap_or(""), numbers.len());
            if list_text::numbers(text, &mut numbers).is_none() {
                let requirement = if list_text::is_abridged(text) { WHOLE_LIST } else { LIST };
                return Err(self.refuse(row, text, requirement));
            }
            if let Some(value) = numbers[before..].iter().find(|value| !(**value as f32).is_finite()) {
                return Err(self.refuse(row, value.to_string(), FINITE));
            }
            lengths.push(numbers.len() - before);
        }
        self.check_widths(&lengths, width)?;
        Ok(Values { values: numbers.into_iter().map(T::Native::of).collect(), width: width.unwrap_or(1) })
    }
}

fn boolean(text: &str) -> Option<f64> {
    match text.to_lowercase().as_str() {
        "true" => Some(1.0),
        "false" => Some(0.0),
        _ => None,
    }
}
