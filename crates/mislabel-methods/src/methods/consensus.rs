//! The consensus of several methods.

use mislabel_consensus::{Combination, Consensus, MemberIssues};
use mislabel_core::Run;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::interface::{Method, Needs, embeddings};
use crate::parameters::written;
use crate::report::Report;

/// `consensus` of its own four judges, on reconstruction errors and neighbors.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsensusMethod {
    /// The judges and how they are combined.
    pub consensus: Consensus,
}

impl Method for ConsensusMethod {
    fn name(&self) -> &'static str {
        "consensus"
    }

    fn needs(&self) -> Needs {
        Needs::Embeddings
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let report = self.consensus.report(embeddings(self.name(), data)?, data.given(), data.verified(), run)?;
        let quality = report.combined.issues.quality().as_slice();
        // Its quality is the probability that the label is right.
        let noise_rate = ndarray::ArrayView1::from(quality).mean().map(|right| 1.0 - right);
        let issues = report.combined.issues.clone();
        Ok(Report {
            noise_rate,
            errors: Some(report.errors.summary().clone()),
            consensus: Some((report.combined, report.members)),
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}

/// `consensus` of methods of the table.
#[derive(Debug)]
pub struct MembersConsensus {
    members: Vec<Box<dyn Method>>,
    combination: Combination,
}

impl MembersConsensus {
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

impl Method for MembersConsensus {
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
        let mut errors = None;
        let mut members = Vec::new();
        for member in &self.members {
            // Members do work of one kind with other parameters: their parts need names of their own.
            let report = member.report(data, &run.scoped(member.name()))?;
            errors = errors.or(report.errors);
            members.push(MemberIssues::new(member.name(), report.issues));
        }
        let combined = match data.verified() {
            Some(verified) => self.combination.combine_verified(&members, data.given(), verified)?,
            None => self.combination.combine(&members, data.given())?,
        };
        let issues = combined.issues.clone();
        Ok(Report {
            errors,
            consensus: Some((combined, members)),
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}
