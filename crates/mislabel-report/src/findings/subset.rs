//! Samples that stand for all where all would be too many.

use mislabel_core::{ClassMembers, EmbeddingSource, LabelIssues, Result, split_seed};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// Rows gathered at a time.
const BLOCK: usize = 1024;

/// At most `most` samples: the flagged ones first, the most suspect of them, up to half; then others by chance. Ascending.
pub(crate) fn suspects_and_others(issues: &LabelIssues, ranking: &[usize], most: usize, seed: u64) -> Vec<u32> {
    let n = issues.len();
    if n <= most {
        return (0..n as u32).collect();
    }
    let flagged = ranking.iter().filter(|row| issues.is_issue()[**row]);
    let mut chosen: Vec<u32> = flagged.take(most / 2).map(|row| *row as u32).collect();
    let mut taken = vec![false; n];
    chosen.iter().for_each(|row| taken[*row as usize] = true);
    let others: Vec<u32> = (0..n as u32).filter(|row| !taken[*row as usize]).collect();
    chosen.extend(by_chance(others, most - chosen.len(), seed));
    chosen.sort_unstable();
    chosen
}

/// About `most` samples, of every class in proportion, at least two of each that has two. Ascending.
pub(crate) fn of_every_class(members: &ClassMembers, samples: usize, most: usize, seed: u64) -> Vec<u32> {
    let share = most as f64 / samples as f64;
    let of_class = |class: usize| {
        let rows = members.rows(class).to_vec();
        let count = (rows.len() as f64 * share).ceil() as usize;
        by_chance(rows, count.max(2), seed)
    };
    let mut chosen: Vec<u32> = (0..members.class_count()).flat_map(of_class).collect();
    chosen.sort_unstable();
    chosen
}

/// `count` of `rows`, the same ones whatever their order.
fn by_chance(mut rows: Vec<u32>, count: usize, seed: u64) -> Vec<u32> {
    if count < rows.len() {
        rows.select_nth_unstable_by_key(count, |row| (split_seed(seed, &[u64::from(*row)]), *row));
        rows.truncate(count);
    }
    rows
}

/// The `rows` of `source`, `(rows.len(), d)`.
pub(crate) fn gathered(source: &dyn EmbeddingSource, rows: &[u32]) -> Result<Array2<f32>> {
    let mut values = Array2::zeros((rows.len(), source.shape().1));
    let blocks = values.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter();
    blocks.zip(rows.par_chunks(BLOCK)).try_for_each(|(block, rows)| source.gather(rows, block))?;
    Ok(values)
}

/// Divides every row by its L2 norm; rows of zeros stay.
pub(crate) fn to_unit_norm(rows: &mut Array2<f32>) {
    for mut row in rows.outer_iter_mut() {
        let norm = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        if norm > 0.0 {
            row.mapv_inplace(|value| (f64::from(value) / norm) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use mislabel_core::{LabelQuality, Labels};

    use super::*;

    #[test]
    fn flagged_samples_come_first_and_every_class_has_two() {
        let labels = Labels::new((0..1000).map(|row| u32::from(row >= 990)).collect(), 2).unwrap();
        let flags: Vec<bool> = (0..1000).map(|row| row % 100 == 7).collect();
        let quality = LabelQuality::new(flags.iter().map(|flag| f64::from(!flag)).collect()).unwrap();
        let issues = LabelIssues::new(quality, flags, labels.clone(), vec![0.0; 1000]).unwrap();
        let chosen = suspects_and_others(&issues, &issues.quality().ranking(), 100, 5);
        assert_eq!(chosen.len(), 100);
        assert!((0..10).all(|place| chosen.contains(&(place * 100 + 7))));
        assert_ne!(chosen, suspects_and_others(&issues, &issues.quality().ranking(), 100, 6));
        let by_class = of_every_class(&labels.members(), 1000, 50, 5);
        assert_eq!(by_class.iter().filter(|row| **row >= 990).count(), 2);
        assert_eq!(by_class.len(), 52);
    }
}
