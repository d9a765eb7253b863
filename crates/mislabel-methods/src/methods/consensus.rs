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
        let (mut errors, mut noise_rate, mut scale) = (None, None, None);
        let mut members = Vec::new();
        for member in &self.members {
            // Members do work of one kind with other parameters: their parts need names of their own.
            let report = member.report(data, &run.scoped(member.name()))?;
            errors = errors.or(report.errors);
            if member.name() == PROBABILISTIC {
                (noise_rate, scale) = (report.noise_rate, Some(report.issues.clone()));
            }
            members.push(MemberIssues::new(member.name(), report.issues));
        }
        let combined = match (data.verified(), &scale) {
            (Some(verified), _) => self.combination.combine_verified(&members, data.given(), verified)?,
            (None, Some(scale)) => self.combination.combine_on_scale_of(&members, data.given(), scale)?,
            (None, None) => self.combination.combine(&members, data.given())?,
        };
        let issues = combined.issues.clone();
        Ok(Report {
            noise_rate,
            errors,
            consensus: Some((combined, members)),
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}
