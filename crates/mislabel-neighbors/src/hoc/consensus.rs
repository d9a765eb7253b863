//! How often a sample and its two nearest neighbors are given which labels.

use mislabel_core::{Error, Labels, Result};

use crate::graph::neighbor_graph::NeighborGraph;

/// Shares of labels, of ordered pairs and of ordered triples (sample, first and second neighbor), kept sparse:
/// at most n entries each, whatever the number of classes. Classes without samples are left out.
#[derive(Clone, Debug)]
pub(crate) struct Consensus {
    /// The classes that have samples, ascending; classes below are places in this list.
    pub(crate) present: Vec<u32>,
    /// Share of every class, `(present,)`.
    pub(crate) first: Vec<f64>,
    /// Pairs in every order, to whom they matter.
    pub(crate) second: Terms,
    /// Triples in every order, to whom they matter.
    pub(crate) third: Terms,
    /// Σ of the squared shares of pairs and of triples.
    pub(crate) square_sums: [f64; 2],
}

/// Products of columns of the transition matrix, grouped by the column whose gradient they add to.
///
/// Target j gets Σ over its terms of weight · t_l ∘ t_m (third order) or weight · t_l (second order, m unused). Every
/// unordered pair or triple appears once for each of its members.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    starts: Vec<usize>,
    entries: Vec<Term>,
}

/// One term; entries of a target are sorted by `l`, then `m`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Term {
    pub(crate) l: u32,
    pub(crate) m: u32,
    pub(crate) weight: f64,
}

impl Terms {
    /// From (target, l, m, weight), any order; equal ones are added up.
    fn new(mut records: Vec<(u32, u32, u32, f64)>, targets: usize) -> Self {
        records.sort_unstable_by_key(|(target, l, m, _)| (*target, *l, *m));
        records.dedup_by(|next, kept| {
            let same = (next.0, next.1, next.2) == (kept.0, kept.1, kept.2);
            kept.3 += if same { next.3 } else { 0.0 };
            same
        });
        let starts = (0..=targets as u32).map(|target| records.partition_point(|record| record.0 < target)).collect();
        let entries = records.into_iter().map(|(_, l, m, weight)| Term { l, m, weight }).collect();
        Self { starts, entries }
    }

    /// The terms of one target.
    pub(crate) fn of(&self, target: usize) -> &[Term] {
        &self.entries[self.starts[target]..self.starts[target + 1]]
    }
}

impl Consensus {
    /// Counts over all samples of `graph`. O(n log n).
    pub(crate) fn new(graph: &NeighborGraph, given: &Labels) -> Result<Self> {
        graph.labeled_by(given)?;
        if graph.width() < 2 {
            let reason = "samples have fewer than two neighbors";
            return Err(Error::Undefined { quantity: "the consensus of a sample with two neighbors", reason });
        }
        let counts = given.counts();
        let present: Vec<u32> = (0..given.class_count() as u32).filter(|class| counts[*class as usize] > 0).collect();
        let mut places = vec![0; given.class_count()];
        present.iter().enumerate().for_each(|(place, class)| places[*class as usize] = place as u32);
        let place = |row: u32| places[given.class(row as usize)];
        let label_triple = |row: usize| {
            let neighbors = graph.neighbors(row);
            [place(row as u32), place(neighbors[0]), place(neighbors[1])]
        };
        let triples: Vec<[u32; 3]> = (0..graph.len()).map(label_triple).collect();
        Ok(Self::of_triples(&triples, present))
    }

    /// Counts of the label triples, places in `present` each.
    pub(crate) fn of_triples(triples: &[[u32; 3]], present: Vec<u32>) -> Self {
        let (k, share) = (present.len(), 1.0 / triples.len() as f64);
        let mut first = vec![0.0; k];
        triples.iter().for_each(|[a, _, _]| first[*a as usize] += share);
        let pairs = shares(triples.iter().map(|[a, b, _]| [*a, *b]).collect(), share);
        let triples = shares(triples.to_vec(), share);
        let square_sums = [square_sum(&pairs), square_sum(&triples)];
        let pair_terms = pairs.iter().flat_map(|&([a, b], w)| [(a, b, 0, w), (b, a, 0, w)]);
        let triple_terms = triples.iter().flat_map(|&([a, b, c], w)| {
            [(a, b, c), (b, a, c), (c, a, b)].map(|(target, l, m)| (target, l.min(m), l.max(m), w))
        });
        let second = Terms::new(pair_terms.collect(), k);
        let third = Terms::new(triple_terms.collect(), k);
        Self { present, first, second, third, square_sums }
    }
}

/// The distinct tuples with the share of each.
fn shares<const N: usize>(mut tuples: Vec<[u32; N]>, share: f64) -> Vec<([u32; N], f64)> {
    tuples.sort_unstable();
    tuples.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as f64 * share)).collect()
}

fn square_sum<const N: usize>(shares: &[([u32; N], f64)]) -> f64 {
    shares.iter().map(|(_, share)| share * share).sum()
}
