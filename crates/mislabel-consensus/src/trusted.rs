//! Neighbors whose labels can be trusted.

use mislabel_core::checks::same_length;
use mislabel_core::{ErrorSummary, LabelIssues, LabelQuality, Labels, Result};
use mislabel_neighbors::NeighborGraph;
use rayon::prelude::*;

/// The share of trusted neighbors that have the given label, smoothed as if by half a neighbor of all classes alike.
///
/// Plain neighbors vote with their given labels, wrong ones too, and where a fifth of class i is labeled i + 1 they find
/// such a label plausible. Here only `trusted` samples vote, `(n,)`. Quality and score are the share, LOWER is more
/// suspect; a sample is an issue when another class has more votes, which is suggested. Votes weigh by similarity,
/// 1 − cosine distance; the nearest `width` are asked.
pub(crate) fn agreement_of_trusted(
    graph: &NeighborGraph,
    width: usize,
    given: &Labels,
    trusted: &[bool],
) -> Result<LabelIssues> {
    same_length("given labels", graph.len(), given.len())?;
    let of_row = |votes: &mut Vec<(u32, f64)>, row: usize| {
        vote(graph, width, given, trusted, row, votes);
        let own = given.values()[row];
        let total: f64 = votes.iter().map(|(_, weight)| weight).sum();
        let of_own = votes.iter().find(|(class, _)| *class == own).map_or(0.0, |(_, weight)| *weight);
        let winner = votes.iter().fold((own, of_own), |best, next| if next.1 > best.1 { *next } else { best });
        let even = 0.5 / given.class_count() as f64;
        (((of_own + even) / (total + 0.5)).clamp(0.0, 1.0), winner.0)
    };
    let rows: Vec<(f64, u32)> = (0..given.len()).into_par_iter().map_init(Vec::new, of_row).collect();
    let share: Vec<f64> = rows.iter().map(|(share, _)| *share).collect();
    let flags = rows.iter().zip(given.values()).map(|((_, winner), own)| winner != own).collect();
    let suggested = given.with_values(rows.iter().map(|(_, winner)| *winner).collect())?;
    LabelIssues::new(LabelQuality::new(share.clone())?, flags, suggested, share)
}

/// The votes of the trusted neighbors of sample `row` by class, in the order in which classes appear.
fn vote(
    graph: &NeighborGraph,
    width: usize,
    given: &Labels,
    trusted: &[bool],
    row: usize,
    votes: &mut Vec<(u32, f64)>,
) {
    votes.clear();
    for (&neighbor, distance) in graph.neighbors(row).iter().zip(graph.distances(row)).take(width) {
        if !trusted[neighbor as usize] {
            continue;
        }
        let (class, weight) = (given.values()[neighbor as usize], (1.0 - distance).max(0.0));
        match votes.iter_mut().find(|(known, _)| *known == class) {
            Some((_, sum)) => *sum += weight,
            None => votes.push((class, weight)),
        }
    }
}

/// Samples that their own class reconstructs at most `ratio` times as badly as the best other, `(n,)`; of every class at
/// least half, those of least ratio.
pub(crate) fn trusted(errors: &ErrorSummary, given: &Labels, ratio: f64) -> Vec<bool> {
    let chi = |row: usize| errors.own()[row] / errors.least_other()[row].max(f64::MIN_POSITIVE);
    let mut trusted: Vec<bool> = (0..errors.len()).map(|row| chi(row) <= ratio).collect();
    let members = given.members();
    for class in 0..given.class_count() {
        let rows = members.rows(class);
        let doubted = rows.iter().filter(|row| !trusted[**row as usize]).count();
        if doubted <= rows.len() / 2 {
            continue;
        }
        let mut order: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
        order.sort_by(|&a, &b| chi(a).total_cmp(&chi(b)));
        let half = rows.len().div_ceil(2);
        order.iter().enumerate().for_each(|(place, row)| trusted[*row] = place < half);
    }
    trusted
}
