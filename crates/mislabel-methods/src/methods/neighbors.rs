//! Methods on nearest neighbors.

use std::fmt::Debug;

use mislabel_core::{EmbeddingSource, Judge, LabelIssues, LabelQuality, Labels, Run};
use mislabel_neighbors::{
    Agreement, Distance, KnnShapley, NeighborGraph, NeighborSearch, RelationGraph, SearchBySize, SelfClean, SimiFeat,
    SimiFeatRule, Wann,
};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::Result;
use crate::interface::{Method, Needs, embeddings};
use crate::parameters::written;
use crate::report::Report;

/// Samples on which the recall of an approximate search is measured.
const RECALLED: usize = 1000;

/// A judge of neighbor graphs that is a method of the table.
pub trait NeighborJudge: Judge<NeighborGraph> + Debug + Serialize {
    /// The method's name.
    fn method(&self) -> &'static str;
}

/// A method on the graph of every sample's nearest others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NeighborMethod<J: Default> {
    /// How neighbors are searched.
    pub search: SearchBySize,
    /// Neighbors of the graph; `None`: as many as the judge reads.
    pub neighbors: Option<usize>,
    /// Who judges the graph.
    pub judge: J,
}

impl<J: Default> NeighborMethod<J> {
    /// The method of `judge`, with the default search.
    pub fn new(judge: J) -> Self {
        Self { judge, ..Self::default() }
    }
}

impl<J: NeighborJudge + Default> Method for NeighborMethod<J> {
    fn name(&self) -> &'static str {
        self.judge.method()
    }

    fn needs(&self) -> Needs {
        Needs::Embeddings
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let embeddings = embeddings(self.name(), data)?;
        let neighbors = self.neighbors.unwrap_or_else(|| self.judge.reach());
        let graph = self.search.neighbors(embeddings, neighbors, run)?;
        let approximate = self.search.is_approximate(data.len());
        let recall = approximate.then(|| graph.recall(embeddings, RECALLED, self.search.seed, run)).transpose()?;
        let issues = self.judge.judge(&graph, data.given(), run)?;
        let issues = match self.search.distance {
            Distance::Cosine => without_direction(issues, embeddings, data.given())?,
            _ => issues,
        };
        Ok(Report { recall, ..Report::new(self.name(), self.parameters(), issues) })
    }
}

/// Numbers read at a time in search of rows without a direction.
const READ_AT_ONCE: usize = 1 << 20;

/// Rows of zeros have no direction, so their neighbors say nothing: they take the median quality and score of all others,
/// keep their label, and are not flagged.
fn without_direction(issues: LabelIssues, embeddings: &dyn EmbeddingSource, given: &Labels) -> Result<LabelIssues> {
    let zeros = zero_rows(embeddings)?;
    if zeros.is_empty() || zeros.len() == given.len() {
        return Ok(issues);
    }
    let is_zero = |row: &usize| zeros.binary_search(row).is_ok();
    let median = |values: &[f64]| {
        let mut others: Vec<f64> = (0..values.len()).filter(|row| !is_zero(row)).map(|row| values[row]).collect();
        others.sort_unstable_by(f64::total_cmp);
        others[others.len() / 2]
    };
    let (mut quality, mut score) = (issues.quality().as_slice().to_vec(), issues.score().to_vec());
    let (mut flags, mut suggested) = (issues.is_issue().to_vec(), issues.suggested().values().to_vec());
    let (middle_quality, middle_score) = (median(&quality), median(&score));
    for &row in &zeros {
        (quality[row], score[row], flags[row], suggested[row]) =
            (middle_quality, middle_score, false, given.values()[row]);
    }
    Ok(LabelIssues::new(LabelQuality::new(quality)?, flags, given.with_values(suggested)?, score)?)
}

/// The rows of zeros, ascending.
fn zero_rows(embeddings: &dyn EmbeddingSource) -> Result<Vec<usize>> {
    let (n, d) = embeddings.shape();
    let rows = (READ_AT_ONCE / d).clamp(1, n);
    let mut zeros = Vec::new();
    for start in (0..n).step_by(rows) {
        let mut block = Array2::zeros((rows.min(n - start), d));
        embeddings.read_rows(start, block.view_mut())?;
        let is_zero = |row: ndarray::ArrayView1<'_, f32>| row.iter().all(|value| *value == 0.0);
        zeros.extend(block.rows().into_iter().enumerate().filter(|(_, row)| is_zero(*row)).map(|(row, _)| start + row));
    }
    Ok(zeros)
}

macro_rules! neighbor_judge {
    ($judge:ty, $name:literal) => {
        impl NeighborJudge for $judge {
            fn method(&self) -> &'static str {
                $name
            }
        }
    };
}

neighbor_judge!(Agreement, "knn");
neighbor_judge!(SelfClean, "selfclean");
neighbor_judge!(Wann, "wann");
neighbor_judge!(RelationGraph, "relation");
neighbor_judge!(KnnShapley, "shapley");

impl NeighborJudge for SimiFeat {
    fn method(&self) -> &'static str {
        match self.rule {
            SimiFeatRule::Vote => "simifeat-vote",
            _ => "simifeat",
        }
    }
}
