//! Columns of lists, nested or not, flattened.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_cast::cast;
use arrow_schema::DataType;

/// How many values every row of `array` has, and all of them in order; an array that is no list is its own values.
///
/// # Errors
/// The row of a list that is null.
pub(crate) fn flattened(array: &ArrayRef) -> Result<(Vec<usize>, ArrayRef), usize> {
    let (counts, inner) = one_level(array)?;
    if !is_list(inner.data_type()) {
        return Ok((counts, inner));
    }
    let (lengths, values) = flattened(&inner).map_err(|place| row_of(&counts, place))?;
    let mut rest = &lengths[..];
    let sum = |count: &usize| {
        let (own, others) = rest.split_at(*count);
        rest = others;
        own.iter().sum()
    };
    Ok((counts.iter().map(sum).collect(), values))
}

/// Lists per row, and what is in them.
fn one_level(array: &ArrayRef) -> Result<(Vec<usize>, ArrayRef), usize> {
    if let Some(row) = (array.null_count() > 0).then(|| (0..array.len()).find(|row| array.is_null(*row))).flatten() {
        return Err(row);
    }
    match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let offsets: Vec<usize> = list.value_offsets().iter().map(|offset| *offset as usize).collect();
            Ok(of_offsets(&offsets, list.values()))
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            let offsets: Vec<usize> = list.value_offsets().iter().map(|offset| *offset as usize).collect();
            Ok(of_offsets(&offsets, list.values()))
        }
        DataType::FixedSizeList(_, width) => {
            let list = array.as_fixed_size_list();
            let width = usize::try_from(*width).unwrap_or(0);
            let start = list.value_offset_at(0);
            Ok((vec![width; list.len()], list.values().slice(start, width * list.len())))
        }
        DataType::ListView(field) | DataType::LargeListView(field) => {
            let list = cast(array, &DataType::LargeList(field.clone())).map_err(|_| 0_usize)?;
            one_level(&list)
        }
        _ => Ok((vec![1; array.len()], array.clone())),
    }
}

fn of_offsets(offsets: &[usize], values: &ArrayRef) -> (Vec<usize>, ArrayRef) {
    let counts = offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
    (counts, values.slice(first, last - first))
}

/// The row that the list at `place` belongs to.
fn row_of(counts: &[usize], place: usize) -> usize {
    let mut end = 0;
    let reaches = |count: &usize| {
        end += count;
        end > place
    };
    counts.iter().position(reaches).unwrap_or(0)
}

pub(crate) fn is_list(kind: &DataType) -> bool {
    use DataType::{FixedSizeList, LargeList, LargeListView, List, ListView};
    matches!(kind, List(_) | LargeList(_) | FixedSizeList(..) | ListView(_) | LargeListView(_))
}
