//! The consensus of several methods.

use mislabel_consensus::{Combination, MemberIssues};
use mislabel_core::Run;
use serde_json::json;

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::interface::{Method, Needs};
use crate::report::Report;

/// The method whose quality is the probability that the label is right.
const PROBABILISTIC: &str = "posterior";

/// `consensus` of methods of the table; by default of [`MEMBERS`](Self::MEMBERS).
///
/// Where `posterior` is a member, its probabilities are handed out in the order of the consensus, which flags as many as it does.
#[derive(Debug)]
pub struct ConsensusMethod {
    members: Vec<Box<dyn Method>>,
    combination: Combination,
}

impl ConsensusMethod {
    /// The members by default, of three kinds; the first finds most on most data.
    pub const MEMBERS: [&str; 3] = ["posterior", "rer", "knn"];

    /// The consensus of `members`, by default weights.
    ///
    /// # Errors
    /// [`Error::RepeatedMember`] when two have one name.
    pub fn new(members: Vec<Box<dyn Method>>) -> Result<Self> {
        for (place, member) in members.iter().enumerate() {
            if members[..place].iter().any(|other| other.name() == member.name()) {
                return Err(Error::RepeatedMember { member: member.name() });
            }
        }
        Ok(Self { members, combination: Combination::default() })
    }
}

impl Method for ConsensusMethod {
    fn name(&self) -> &'static str {
        "consensus"
    }

    fn needs(&self) -> Needs {
        let needs = |needs: Needs| self.members.iter().any(|member| member.needs() == needs);
        match () {
            () if needs(Needs::EmbeddingsAndClassTexts) => Needs::EmbeddingsAndClassTexts,
            () if needs(Needs::Embeddings) => Needs::Embeddings,
            () => Needs::PredictionsOrEmbeddings,
        }
    }

    fn parameters(&self) -> serde_json::Value {
        let members = self.members.iter();
        let members = members.map(|member| json!({ "name": member.name(), "parameters": member.parameters() }));
        json!({ "members": members.collect::<Vec<_>>() })
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let (mut errors, mut probabilistic) = (None, None);
        let mut members = Vec::new();
        for member in &self.members {
            // Members do work of one kind with other parameters: their parts need names of their own.
            let report = member.report(data, &run.scoped(member.name()))?;
            members.push(MemberIssues::new(member.name(), report.issues.clone()));
            errors = errors.or_else(|| report.errors.clone());
            if member.name() == PROBABILISTIC {
                probabilistic = Some(report);
            }
        }
        let (given, scale) = (data.given(), probabilistic.as_ref().map(|report| &report.issues));
        let combined = match (data.verified(), scale) {
            (Some(verified), Some(scale)) => {
                self.combination.combine_verified_on_scale_of(&members, given, verified, scale)?
            }
            (Some(verified), None) => self.combination.combine_verified(&members, given, verified)?,
            (None, Some(scale)) => self.combination.combine_on_scale_of(&members, given, scale)?,
            (None, None) => self.combination.combine(&members, given)?,
        };
        let issues = combined.issues.clone();
        Ok(Report {
            noise_rate: probabilistic.as_ref().and_then(|report| report.noise_rate),
            noise_interval: probabilistic.as_ref().and_then(|report| report.noise_interval),
            precision: probabilistic.as_ref().and_then(|report| report.precision),
            errors,
            consensus: Some((combined, members)),
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}
