//! The consensus of several methods.

use mislabel_consensus::{Combination, Consensus, MemberIssues};
use mislabel_core::Run;
use mislabel_reconstruct::{NearestClasses, SoftLinear};

use super::reconstruction::linear;
use super::{Data, Findings, Runner, SideFile};
use crate::failure::{Failure, Result};
use crate::options::MethodOptions;

pub(super) fn consensus(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let members = &options.consensus.members;
    if members.is_empty() {
        return Ok(Box::new(OwnJudges { consensus: own_judges(options) }));
    }
    for (place, member) in members.iter().enumerate() {
        if members[..place].iter().any(|other| other.name == member.name) {
            return Err(Failure::Arguments(format!("--members has {} twice", member.name)));
        }
    }
    let runner = |member: &&super::Method| Ok((member.name, (member.runner)(options)?));
    let members = members.iter().map(runner).collect::<Result<_>>()?;
    Ok(Box::new(Methods { members }))
}

fn own_judges(options: &MethodOptions) -> Consensus {
    let default = Consensus::default();
    let evidence = NearestClasses { model: linear(&options.reconstruction), ..default.evidence };
    let neighbors = options.neighbors.neighbors.map_or(default.neighbors, |neighbors| vec![neighbors]);
    Consensus { evidence, neighbors, seed: options.reconstruction.seed, ..default }
}

/// The consensus of the crate's own judges.
struct OwnJudges {
    consensus: Consensus,
}

impl Runner for OwnJudges {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let model = SoftLinear { memory: data.memory, ..self.consensus.evidence.model.clone() };
        let evidence = NearestClasses { model, ..self.consensus.evidence.clone() };
        let consensus = Consensus { evidence, ..self.consensus.clone() };
        let report = consensus.report(data.embeddings()?, data.given, data.verified, progress)?;
        let findings = Findings::of_issues(report.combined.issues.clone());
        let errors = Some(report.errors.summary().clone());
        // Its quality is the probability that the label is right.
        let noise_rate = report.combined.issues.quality().as_slice().mean().map(|right| 1.0 - right);
        Ok(Findings { noise_rate, errors, consensus: Some((report.combined, report.members)), ..findings })
    }
}

/// The consensus of methods of the table, by name.
struct Methods {
    members: Vec<(&'static str, Box<dyn Runner>)>,
}

impl Runner for Methods {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let mut errors = None;
        let mut members = Vec::new();
        for (name, runner) in &self.members {
            // Members do work of one kind with other parameters: their parts need names of their own.
            let checkpoint = Scoped { scope: name, checkpoint: progress.checkpoint() };
            let findings = runner.run(data, &Resumable { progress, checkpoint: &checkpoint })?;
            errors = errors.or(findings.errors);
            members.push(MemberIssues::new(*name, findings.issues));
        }
        let combination = Combination::default();
        let combined = match data.verified {
            Some(verified) => combination.combine_verified(&members, data.given, verified)?,
            None => combination.combine(&members, data.given)?,
        };
        let findings = Findings::of_issues(combined.issues.clone());
        Ok(Findings { errors, consensus: Some((combined, members)), ..findings })
    }

    fn side_file(&self) -> Option<SideFile<'_>> {
        self.members.iter().find_map(|(_, runner)| runner.side_file())
    }
}
