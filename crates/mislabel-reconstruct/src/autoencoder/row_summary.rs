//! What is kept of one sample's errors, in memory and in a checkpoint.

use mislabel_core::LeastTwo;

/// What one sample's errors come to.
#[derive(Clone, Copy, Default)]
pub(crate) struct RowSummary {
    pub(crate) own: f64,
    pub(crate) least: LeastTwo,
    pub(crate) sum: f64,
}

impl RowSummary {
    /// Bytes of one: four numbers and a class.
    const BYTES: usize = 36;

    pub(crate) fn all_to_bytes(rows: &[Self]) -> Vec<u8> {
        let of_row = |row: &Self| {
            let numbers = [row.own, row.least.first, row.least.second, row.sum];
            numbers.into_iter().flat_map(f64::to_le_bytes).chain(row.least.class.to_le_bytes())
        };
        rows.iter().flat_map(of_row).collect()
    }

    /// What [`all_to_bytes`](Self::all_to_bytes) made of so many.
    pub(crate) fn all_from_bytes(bytes: &[u8], count: usize) -> Option<Vec<Self>> {
        let (rows, rest) = bytes.as_chunks::<{ Self::BYTES }>();
        let of_row = |bytes: &[u8; Self::BYTES]| {
            let (numbers, class) = bytes.split_last_chunk::<4>()?;
            let [own, first, second, sum] = numbers.as_chunks().0 else { return None };
            let [own, first, second, sum] = [own, first, second, sum].map(|number| f64::from_le_bytes(*number));
            Some(Self { own, least: LeastTwo { first, class: u32::from_le_bytes(*class), second }, sum })
        };
        if rest.is_empty() && rows.len() == count { rows.iter().map(of_row).collect() } else { None }
    }
}
