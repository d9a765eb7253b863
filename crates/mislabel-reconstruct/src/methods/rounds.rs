//! The rounds of a soft linear run: fit, trim, fit again.

use mislabel_core::{ClassMembers, Labels, Result, Run};
use rayon::prelude::*;

use crate::checkpoint::{flag_bytes, flags, kept_or};
use crate::fitting::class_model::{ClassModel, Shrinkage, fit_class};
use crate::fitting::moments::{ClassMoments, class_moments, median_variance};
use crate::fitting::strangers::Strangers;
use crate::fitting::trim::{kept, leaves_enough};
use crate::methods::reconstructors::Reconstructors;
use crate::methods::soft_linear::SoftLinear;
use crate::rows::scaling::ScaledRows;
use crate::scoring::own_error::OwnError;
use crate::search::prepared_table::PreparedTable;

/// The classes fitted on some of the samples.
pub(crate) struct Round {
    pub(crate) members: ClassMembers,
    pub(crate) moments: Vec<ClassMoments>,
    pub(crate) models: Vec<ClassModel>,
    pub(crate) own: Vec<OwnError>,
    pub(crate) alpha: f64,
}

impl SoftLinear {
    /// Trims and refits; the last fit with the spread of every class where it is wanted.
    pub(crate) fn last_round(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        spread: bool,
        run: &Run<'_>,
    ) -> Result<Round> {
        let keep = self.kept_samples(rows, given, run)?;
        self.round(rows, given, &keep, (spread, None), run)
    }

    /// The samples that all rounds of trimming keep.
    pub(crate) fn kept_samples(&self, rows: &ScaledRows<'_>, given: &Labels, run: &Run<'_>) -> Result<Vec<bool>> {
        let mut keep = vec![true; given.len()];
        for (number, threshold) in self.trim.iter().enumerate() {
            let part = Some(format!("soft linear/round {number}/kept"));
            keep = kept_or(
                run,
                part,
                |bytes| flags(bytes, given.len()),
                |keep| flag_bytes(keep),
                || {
                    let round = self.round(rows, given, &keep, (false, None), run)?;
                    self.kept(number, round, rows, given, *threshold, run)
                },
            )?;
        }
        Ok(keep)
    }

    /// Which samples stay after a round: by asking for each whether any class is good enough where that decides it,
    /// else by its least error.
    fn kept(
        &self,
        number: usize,
        round: Round,
        rows: &ScaledRows<'_>,
        given: &Labels,
        threshold: f64,
        run: &Run<'_>,
    ) -> Result<Vec<bool>> {
        let all_left_out = !round.own.contains(&OwnError::Plain);
        let reconstructors = Reconstructors::new(rows, &round.moments, round.models);
        let scope = self.round_scope(number, given, rows.shape().1, run)?;
        if all_left_out && scope.prunes(&reconstructors.table) {
            let prepared = PreparedTable::new(&reconstructors.table, scope);
            let passed = prepared.passed(rows, given, &round.own, threshold, run)?;
            if leaves_enough(&passed, given) {
                return Ok(passed);
            }
        }
        Ok(kept(&reconstructors.summary_of(rows, given, &round.own, scope, run)?, given, threshold))
    }

    /// One fit on the samples to `keep`: with the spread of every class where it is wanted, and with what the directions
    /// left out explain as `strangers` have it.
    pub(crate) fn round(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        keep: &[bool],
        (spread, strangers): (bool, Option<&Strangers>),
        run: &Run<'_>,
    ) -> Result<Round> {
        let members = ClassMembers::of(given, |row| keep[row]);
        let moments = class_moments(rows, &members)?;
        let alpha = self.alpha(rows.shape().1, &moments);
        let shrinkage = Shrinkage { alpha, components: self.components, tail: self.tail, spread, strangers };
        let stage = run.stage("fitting", given.class_count());
        let fit = |class: usize| {
            let model = match members.rows(class) {
                [] | [_] => ClassModel::default(),
                several => fit_class(rows, (class, several), &moments[class], shrinkage, self.seed)?,
            };
            stage.advance(1)?;
            Ok(model)
        };
        let at_once = self.footprint(given, rows.shape().1, run).classes_at_once()?;
        let mut models = Vec::with_capacity(given.class_count());
        while models.len() < given.class_count() {
            let classes = models.len()..given.class_count().min(models.len().saturating_add(at_once));
            models.extend(classes.into_par_iter().map(fit).collect::<Result<Vec<_>>>()?);
        }
        let squared = |class: usize| models[class].leave_one_out.iter().map(|left_out| left_out.squared).collect();
        let own = OwnError::of_members(&members, given.len(), squared);
        Ok(Round { members, moments, models, own, alpha })
    }

    /// α, in units of the scaled rows.
    fn alpha(&self, features: usize, moments: &[ClassMoments]) -> f64 {
        self.alpha_of(features, median_variance(moments))
    }

    /// The same, from the median of the classes' variances.
    pub(crate) fn alpha_of(&self, features: usize, variance: f64) -> f64 {
        // Where most classes do not vary at all, any positive value orders the samples alike.
        let variance = if variance > 0.0 { variance } else { 1.0 };
        self.shrinkage * variance / features as f64
    }
}
