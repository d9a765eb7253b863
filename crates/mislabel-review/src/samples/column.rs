//! A further column of the samples.

use std::collections::HashMap;

use crate::samples::packed_texts::PackedTexts;

/// A column of n values, all numbers or all texts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Column {
    /// Numbers; a missing one is NaN.
    Numbers(Vec<f64>),
    /// Texts; a missing one is empty.
    Texts(TextColumn),
}

/// Texts of which many are alike: every distinct one is held once.
#[derive(Clone, Debug)]
pub struct TextColumn {
    codes: Vec<u32>,
    distinct: PackedTexts,
}

impl Column {
    /// The column of `texts`: numbers if every text that is not empty is one, and at least one is.
    pub fn from_texts(texts: &PackedTexts) -> Self {
        numbers(texts).map_or_else(|| Self::Texts(TextColumn::new(texts)), Self::Numbers)
    }

    /// The number of values n.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Texts(texts) => texts.codes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value `row` as people read it. Panics when `row` ≥ n, as slices do.
    pub fn text(&self, row: usize) -> String {
        match self {
            Self::Numbers(values) if values[row].is_nan() => String::new(),
            Self::Numbers(values) => values[row].to_string(),
            Self::Texts(texts) => texts.get(row).to_owned(),
        }
    }
}

impl TextColumn {
    /// The column of these texts, `(n,)`.
    pub fn new(texts: &PackedTexts) -> Self {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut distinct = PackedTexts::default();
        let mut code = |text| {
            *known.entry(text).or_insert_with(|| {
                distinct.push(text);
                distinct.len() as u32 - 1
            })
        };
        let codes = texts.iter().map(&mut code).collect();
        Self { codes, distinct }
    }

    /// Text `row`. Panics when `row` ≥ n, as slices do.
    pub fn get(&self, row: usize) -> &str {
        self.distinct.get(self.codes[row] as usize)
    }

    /// For every sample whether its text fulfills `wanted`, `(n,)`; each distinct text is looked at once.
    pub(crate) fn matching(&self, wanted: impl Fn(&str) -> bool) -> Vec<bool> {
        let wanted: Vec<bool> = self.distinct.iter().map(wanted).collect();
        self.codes.iter().map(|&code| wanted[code as usize]).collect()
    }
}

/// The numbers that `texts` are, if they are.
fn numbers(texts: &PackedTexts) -> Option<Vec<f64>> {
    let number = |text: &str| match text.trim() {
        "" => Some(f64::NAN),
        text => text.parse().ok().filter(|value: &f64| value.is_finite()),
    };
    let values: Vec<f64> = texts.iter().map(number).collect::<Option<_>>()?;
    values.iter().any(|value| !value.is_nan()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_of_numbers_only_if_every_value_is_one_or_missing() {
        let column = |texts: &[&str]| Column::from_texts(&texts.iter().copied().collect());
        assert!(matches!(column(&["1", "", "2.5"]), Column::Numbers(values) if values[1].is_nan() && values[2] == 2.5));
        assert!(matches!(column(&["1", "train"]), Column::Texts(_)));
        assert!(matches!(column(&["", ""]), Column::Texts(_)));
        assert!(matches!(column(&["1", "inf"]), Column::Texts(_)));
    }
}
