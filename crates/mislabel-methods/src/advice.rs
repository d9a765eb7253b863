//! What is odd about features, before a method sees them.

use mislabel_core::{EmbeddingSource, Result};
use ndarray::{Array2, ArrayView1};

/// Rows that are looked at.
const LOOKED_AT: usize = 4096;
/// The share of the variance that one column may hold before a word is said.
const NEARLY_ALL: f64 = 0.95;
/// Rows that a note names.
const NAMED: usize = 3;

/// What is odd about the features of `source`, in words: a column with nearly all the variance, constant columns, rows of zeros,
/// a single feature. `names`, `(d,)`, are those of the columns, where they have some. The first and other 4,096 rows at equal
/// distances are looked at.
///
/// # Errors
/// As [`EmbeddingSource::read_rows`].
pub fn feature_notes(source: &dyn EmbeddingSource, names: Option<&[String]>) -> Result<Vec<String>> {
    let (n, d) = source.shape();
    let rows: Vec<u32> = (0..n as u32).step_by(n.div_ceil(LOOKED_AT)).collect();
    let mut values = Array2::zeros((rows.len(), d));
    source.gather(&rows, values.view_mut())?;
    let name = |column: usize| names.map_or_else(|| column.to_string(), |names| names[column].clone());
    let mut notes = Vec::new();
    if d == 1 {
        notes.push(
            "there is one feature: methods that compare directions (cosine) cannot tell samples apart by it".into(),
        );
        return Ok(notes);
    }
    let variances: Vec<f64> = values.columns().into_iter().map(variance).collect();
    let total: f64 = variances.iter().sum();
    let widest = (0..d).max_by(|one, other| variances[*one].total_cmp(&variances[*other])).unwrap_or(0);
    if total > 0.0 && variances[widest] > NEARLY_ALL * total {
        let share = 100.0 * variances[widest] / total;
        notes.push(format!(
            "column {} holds {share:.1}% of the variance of all features: if their units differ, --standardize puts them on one scale",
            name(widest)
        ));
    }
    let constant: Vec<String> = (0..d).filter(|column| variances[*column] == 0.0).map(name).collect();
    if !constant.is_empty() && rows.len() > 1 {
        notes.push(format!("{} of {d} columns are constant and tell nothing: {}", constant.len(), first(&constant)));
    }
    let zeros: Vec<String> = values
        .rows()
        .into_iter()
        .zip(&rows)
        .filter(|(row, _)| row.iter().all(|value| *value == 0.0))
        .map(|(_, row)| row.to_string())
        .collect();
    if !zeros.is_empty() {
        notes.push(format!(
            "{} rows are all zeros, which have no direction (cosine): rows {}",
            zeros.len(),
            first(&zeros)
        ));
    }
    Ok(notes)
}

fn first(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<&str>>().join(", ");
    if names.len() > NAMED { format!("{shown} …") } else { shown }
}

fn variance(column: ArrayView1<'_, f32>) -> f64 {
    let mean = column.iter().map(|value| f64::from(*value)).sum::<f64>() / column.len() as f64;
    let variance = column.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>() / column.len() as f64;
    if column.iter().all(|value| *value == column[0]) { 0.0 } else { variance }
}
