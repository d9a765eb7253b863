//! The detector that needs no choosing.

use mislabel_core::{
    ClassEvidence, Detector, EmbeddingSource, Embeddings, Error, Judge, LabelIssues, Labels, NearestErrors, Result,
    Run, VerifiedLabels,
};
use mislabel_neighbors::{Agreement, NeighborGraph, NeighborSearch, SearchBySize, SearchKind};
use mislabel_posterior::PosteriorModel;
use mislabel_reconstruct::{NearestClasses, SoftLinear};
use mislabel_rer::Rer;
use ndarray::s;

use crate::combining::combination::Combination;
use crate::combining::combined::CombinedIssues;
use crate::directed::DirectedPosterior;
use crate::member::MemberIssues;
use crate::rows::projection::projected;
use crate::trusted::{agreement_of_trusted, trusted};

/// Neighbors whose labels the posterior looks at.
const VOTERS: usize = 10;

/// The consensus of four judges that share two pieces of evidence: the detector for those who do not want to choose.
///
/// | member | evidence | misled by |
/// |---|---|---|
/// | `rer` | reconstruction errors: their ratio χ | errors that have a direction, a little |
/// | `directed` | the same: [`DirectedPosterior`] | errors near class boundaries, a little |
/// | `neighbors` | nearest neighbors that vote | errors that have a direction, badly; classes that touch |
/// | `trusted` | the same: only neighbors with χ ≤ `trusted_below` vote | few errors, many hard samples |
///
/// Who is misled mostly stands alone, which agreement finds, and which of the two pieces of evidence sees the classes better
/// is told by how many given labels it predicts without them: by both [`Combination`] weighs. Neighbors are searched among rows projected to `dimensions`, which costs a fraction of
/// the reconstructors. Quality is the probability that the label is right by the `posterior` on both pieces of evidence,
/// handed out in the order of the consensus, and the consensus flags as many as it does.
///
/// Cost: the soft linear reconstructors, once, the fit of the posterior, and 2·n²·`dimensions` operations for the neighbors of up to
/// `searched_exactly` samples, 3.2·n^1.75·`dimensions` for those of more. Memory: that of [`NearestClasses`], 4·`dimensions` + 8
/// bytes a sample and neighbor for the search, and some 100 a sample for the members.
///
/// ```
/// use mislabel_consensus::Consensus;
/// use mislabel_core::{Detector, Embeddings, NoiseModel, Run};
/// use mislabel_metrics::Evaluation;
/// use mislabel_noise::Symmetric;
///
/// let digits = mislabel_datasets::digits();
/// let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let issues = Consensus::default().detect(&embeddings, &noisy.given, &Run::quiet())?;
/// assert!(Evaluation::new(&issues, &noisy.errors)?.average_precision.value().is_some_and(|ap| ap > 0.98));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Consensus {
    /// The reconstructors; default soft linear with its own defaults, 16 nearest classes.
    pub evidence: NearestClasses,
    /// The posterior under errors that have a direction.
    pub directed: DirectedPosterior,
    /// How many neighbors may vote, at least 1 each; of these numbers the one is taken by which most given labels are
    /// predicted. Default 10, 15, 25, 50: small classes want few, noise wants many. Empty leaves the two members on
    /// neighbors out.
    pub neighbors: Vec<usize>,
    /// Dimensions among which neighbors are searched; embeddings of no more features are taken as they are. At least 1,
    /// default 128.
    pub dimensions: usize,
    /// The most samples whose neighbors are searched exactly; beyond them [`ClusteredSearch`](mislabel_neighbors::ClusteredSearch) does. Default 200,000.
    pub searched_exactly: usize,
    /// Neighbors with a ratio χ above this have no vote in `trusted` (never more than half of a class). Default 1.06, as
    /// in the refit of the reconstructors.
    pub trusted_below: f64,
    /// How the members are combined.
    pub combination: Combination,
    /// The probabilities, and how many labels are flagged; default at most 25 rounds, until one gains less than 1e-4 a sample:
    /// a third of the time to the end, and all but the same number.
    pub posterior: PosteriorModel,
    /// Seed of the projection.
    pub seed: u64,
}

impl Default for Consensus {
    fn default() -> Self {
        Self {
            evidence: NearestClasses { model: SoftLinear::default(), ..NearestClasses::default() },
            directed: DirectedPosterior::default(),
            neighbors: vec![10, 15, 25, 50],
            dimensions: 128,
            searched_exactly: SearchBySize::MOST_EXACT,
            trusted_below: 1.06,
            combination: Combination::default(),
            posterior: PosteriorModel { rounds: 25, tolerance: 1e-4, ..PosteriorModel::default() },
            seed: 0,
        }
    }
}

/// What a [`Consensus`] says, with the evidence behind it.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ConsensusReport {
    /// The consensus.
    pub combined: CombinedIssues,
    /// The reconstruction errors that it rests on.
    pub errors: NearestErrors,
    /// What every member says, `(m,)`.
    pub members: Vec<MemberIssues>,
}

impl Consensus {
    /// The consensus on the n samples of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`, weights learnt from the
    /// labels that are `verified`, if any.
    ///
    /// # Errors
    /// As the detectors', [`Error::Parameter`], [`Error::LengthMismatch`], [`Error::Cancelled`].
    pub fn report(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        verified: Option<&VerifiedLabels>,
        run: &Run<'_>,
    ) -> Result<ConsensusReport> {
        let (errors, graph, members) = self.members(embeddings, given, run)?;
        let combined = match verified {
            Some(verified) => self.combination.combine_verified(&members, given, verified)?,
            None => {
                let neighbors =
                    graph.as_ref().map(|graph| graph.indices_view().slice_move(s![.., ..VOTERS.min(graph.width())]));
                let posterior = match neighbors {
                    Some(neighbors) => self.posterior.posterior_with_neighbors(&errors, neighbors, given, run)?,
                    None => self.posterior.posterior(&errors, given, run)?,
                };
                let scale = posterior.issues(posterior.default_rule())?;
                self.combination.combine_on_scale_of(&members, given, &scale)?
            }
        };
        Ok(ConsensusReport { combined, errors, members })
    }

    fn members(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(NearestErrors, Option<NeighborGraph>, Vec<MemberIssues>)> {
        self.check()?;
        let errors = self.evidence.evidence(embeddings, given, run)?;
        let summary = errors.summary();
        let predicted = summary.own().iter().zip(summary.least_other()).filter(|(own, other)| own < other).count();
        let accuracy = predicted as f64 / given.len() as f64;
        let mut members = vec![
            MemberIssues::new("rer", Rer::default().judge(summary, given, run)?).with_accuracy(accuracy),
            MemberIssues::new("directed", self.directed.judge(&errors, given, run)?).with_accuracy(accuracy),
        ];
        let most = self.neighbors.iter().max();
        let graph = most.map(|most| self.graph(embeddings, *most, run)).transpose()?;
        if let Some(graph) = &graph {
            let (votes, width) = self.votes(graph, given, run)?;
            let trusted = trusted(summary, given, self.trusted_below);
            members.push(votes);
            members.push(unflagged_predict("trusted", agreement_of_trusted(graph, width, given, &trusted)?));
        }
        Ok((errors, graph, members))
    }

    /// What as many neighbors say as predict most given labels, and how many these are.
    fn votes(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<(MemberIssues, usize)> {
        let mut best: Option<(MemberIssues, usize)> = None;
        for &neighbors in &self.neighbors {
            let issues = Agreement { neighbors, ..Agreement::default() }.judge(graph, given, run)?;
            let votes = unflagged_predict("neighbors", issues);
            if best.as_ref().is_none_or(|(best, _)| votes.accuracy > best.accuracy) {
                best = Some((votes, neighbors));
            }
        }
        best.ok_or(Error::Empty { what: "neighbors" })
    }

    fn graph(&self, embeddings: &dyn EmbeddingSource, most: usize, run: &Run<'_>) -> Result<NeighborGraph> {
        let kind =
            if embeddings.shape().0 <= self.searched_exactly { SearchKind::Exact } else { SearchKind::Approximate };
        let search = SearchBySize { kind, seed: self.seed, ..SearchBySize::default() };
        if embeddings.shape().1 <= self.dimensions {
            return search.neighbors(embeddings, most, run);
        }
        let rows = projected(embeddings, self.dimensions, self.seed, run)?;
        search.neighbors(&Embeddings::new(rows.view())?, most, run)
    }

    fn check(&self) -> Result<()> {
        let parameter = |name, value, requirement| Err(Error::parameter(name, value, requirement));
        if self.dimensions == 0 {
            return parameter("dimensions", 0.0, "at least 1");
        }
        if self.neighbors.contains(&0) {
            return parameter("neighbors", 0.0, "at least 1");
        }
        if !(self.trusted_below > 0.0 && self.trusted_below.is_finite()) {
            return parameter("trusted_below", self.trusted_below, "finite and above 0");
        }
        Ok(())
    }
}

/// A member that predicts the given label of every sample that it does not flag.
fn unflagged_predict(name: &str, issues: LabelIssues) -> MemberIssues {
    let predicted = issues.len() - issues.flagged();
    let accuracy = predicted as f64 / issues.len() as f64;
    MemberIssues::new(name, issues).with_accuracy(accuracy)
}

impl Detector for Consensus {
    fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        Ok(self.report(embeddings, given, None, run)?.combined.issues)
    }
}
