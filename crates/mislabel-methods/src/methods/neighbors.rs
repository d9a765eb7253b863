//! Methods on nearest neighbors.

use std::fmt::Debug;

use mislabel_core::{Judge, Run};
use mislabel_neighbors::{
    Agreement, KnnShapley, NeighborGraph, NeighborSearch, RelationGraph, SearchBySize, SelfClean, SimiFeat,
    SimiFeatRule, Wann,
};
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
        Ok(Report { recall, ..Report::new(self.name(), self.parameters(), issues) })
    }
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
