//! Near and exact duplicates, and those whose labels conflict.

use mislabel_core::{Error, Judge, LabelIssues, Labels, Result, Run};

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::opinion::{Opinion, label_issues};
use crate::judges::union_find::UnionFind;
use crate::judges::votes::Votes;
use crate::judges::weighting::nearest_median;

/// Groups of samples that are the same or nearly so; a group with several labels has a wrong one.
///
/// Neighbors within the threshold are joined, and so is whoever they are joined with (single linkage): two samples of
/// a group may be farther apart than the threshold. Copies beyond the k-th neighbor are found too, because ties
/// of distance go to the lowest sample numbers and chain the copies together.
///
/// As a detector: quality is the share of the sample's group that has its label, 1 outside groups: LOWER is more
/// suspect; the score is the same. Where a group has several labels, all but the members of its one most frequent
/// label are issues, and that label is suggested; without a single most frequent one all members are issues and keep
/// their labels as suggestions, because nothing speaks for either. O(n·k).
///
/// ```
/// use mislabel_core::{Judge, Labels, Run};
/// use mislabel_neighbors::{Distance, Duplicates, NeighborGraph};
/// use ndarray::array;
///
/// let distances = array![[0.0], [0.0], [0.0], [1.0], [1.0], [1.0], [1.0]];
/// let indices = array![[1], [0], [0], [4], [3], [4], [4]];
/// let graph = NeighborGraph::new(indices, distances, Distance::Euclidean)?;
/// let groups = Duplicates::default().groups(&graph)?;
/// assert_eq!(groups.exact, [[0, 1, 2]]);
///
/// let given = Labels::new(vec![0, 1, 0, 0, 0, 1, 1], 2)?;
/// let issues = Duplicates::default().judge(&graph, &given, &Run::quiet())?;
/// assert_eq!((issues.flagged(), issues.suggested().class(1)), (1, 0));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Duplicates {
    /// Greatest distance of near duplicates in units of the median distance to the nearest neighbor, finite and at
    /// least 0; default 0.13, cleanlab's. 0 finds exact duplicates only.
    pub near: f64,
}

impl Default for Duplicates {
    fn default() -> Self {
        Self { near: 0.13 }
    }
}

/// Groups of at least two samples, each ascending, in order of their first samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DuplicateGroups {
    /// At distance 0: equal rows, or under cosine equal directions.
    pub exact: Vec<Vec<u32>>,
    /// Within the threshold, exact ones included.
    pub near: Vec<Vec<u32>>,
}

impl DuplicateGroups {
    /// The near groups in which not all given labels, `(n,)`, are the same. Panics when labels are missing, as slices do.
    pub fn conflicting<'a>(&'a self, given: &'a Labels) -> impl Iterator<Item = &'a [u32]> {
        let conflicts =
            |group: &&[u32]| group.iter().any(|row| given.class(*row as usize) != given.class(group[0] as usize));
        self.near.iter().map(Vec::as_slice).filter(conflicts)
    }
}

impl Duplicates {
    /// The groups of duplicates in `graph`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `near` is negative or not finite.
    pub fn groups(&self, graph: &NeighborGraph) -> Result<DuplicateGroups> {
        if !(self.near.is_finite() && self.near >= 0.0) {
            return Err(Error::parameter("near", self.near, "finite and at least 0"));
        }
        let threshold = self.near * nearest_median(graph);
        Ok(DuplicateGroups { exact: joined(graph, 0.0), near: joined(graph, threshold) })
    }
}

impl Judge<NeighborGraph> for Duplicates {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        graph.labeled_by(given)?;
        let alone = |class: &u32| Opinion { quality: 1.0, score: 1.0, is_issue: false, suggested: *class };
        let stage = run.stage("judging duplicates", graph.len());
        stage.advance(0)?;
        let mut opinions: Vec<Opinion> = given.values().iter().map(alone).collect();
        for group in self.groups(graph)?.conflicting(given) {
            judge_group(group, given, &mut opinions);
        }
        stage.advance(graph.len())?;
        label_issues(given, &opinions)
    }
}

fn judge_group(group: &[u32], given: &Labels, opinions: &mut [Opinion]) {
    let mut votes = Votes::default();
    group.iter().for_each(|row| votes.add(given.values()[*row as usize], 1.0));
    let winner = votes.winner();
    let most = winner.map_or(0.0, |class| votes.of(class));
    let single = votes.weights().iter().filter(|weight| **weight == most).count() == 1;
    for &row in group {
        let class = given.values()[row as usize];
        let quality = votes.of(class) / group.len() as f64;
        let suggested = if single { winner.unwrap_or(class) } else { class };
        let is_issue = !single || suggested != class;
        opinions[row as usize] = Opinion { quality, score: quality, is_issue, suggested };
    }
}

/// The groups of samples joined by neighbors at most `threshold` away.
fn joined(graph: &NeighborGraph, threshold: f64) -> Vec<Vec<u32>> {
    let mut sets = UnionFind::new(graph.len());
    for row in 0..graph.len() {
        let near = graph.distances(row).iter().take_while(|distance| **distance <= threshold).count();
        graph.neighbors(row)[..near].iter().for_each(|neighbor| sets.join(row as u32, *neighbor));
    }
    sets.groups()
}
