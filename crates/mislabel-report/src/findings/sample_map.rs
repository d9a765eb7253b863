//! The samples as points of a plane.

use mislabel_core::{EmbeddingSource, LabelIssues, Labels, Result, Run};
use serde::Serialize;

use crate::findings::principal_axes::PrincipalAxes;
use crate::findings::subset::{gathered, suspects_and_others, to_unit_norm};

/// Rows that the axes are fitted to.
const FITTED: usize = 4000;
/// Rows projected at a time.
const BLOCK: usize = 4096;

/// Samples on the two leading principal axes of the rows divided by their L2 norms, `(m,)` each.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SampleMap {
    /// How many samples there are in all.
    pub of: usize,
    /// The samples of the map, ascending: the flagged ones, up to half, and others by chance.
    pub samples: Vec<u32>,
    /// The place along the first axis.
    pub x: Vec<f32>,
    /// The place along the second axis.
    pub y: Vec<f32>,
    /// The given labels.
    pub given: Vec<u32>,
    /// The suggested labels.
    pub suggested: Vec<u32>,
    /// Whether the label is flagged.
    pub flagged: Vec<bool>,
    /// The shares of the variance along the two axes, in [0, 1].
    pub shares: [f64; 2],
}

impl SampleMap {
    pub(crate) fn new(
        source: &dyn EmbeddingSource,
        given: &Labels,
        issues: &LabelIssues,
        ranking: &[usize],
        (points, seed): (usize, u64),
        run: &Run<'_>,
    ) -> Result<Self> {
        let samples = suspects_and_others(issues, ranking, points, seed);
        let axes = axes(source, &samples, seed)?;
        let (mut x, mut y) = (Vec::with_capacity(samples.len()), Vec::with_capacity(samples.len()));
        let stage = run.stage("drawing the map", samples.len());
        for rows in samples.chunks(BLOCK) {
            let mut values = gathered(source, rows)?;
            to_unit_norm(&mut values);
            let places = axes.project(&values);
            x.extend(places.column(0));
            y.extend(places.column(1));
            stage.advance(rows.len())?;
        }
        let of = |values: &[u32]| samples.iter().map(|row| values[*row as usize]).collect();
        Ok(Self {
            of: given.len(),
            x,
            y,
            given: of(given.values()),
            suggested: of(issues.suggested().values()),
            flagged: samples.iter().map(|row| issues.is_issue()[*row as usize]).collect(),
            shares: axes.shares,
            samples,
        })
    }

    /// The number of points.
    #[expect(clippy::len_without_is_empty, reason = "a map is never empty")]
    pub fn len(&self) -> usize {
        self.samples.len()
    }
}

/// Of evenly spaced ones of `samples`: an order of the file must not decide what is seen.
fn axes(source: &dyn EmbeddingSource, samples: &[u32], seed: u64) -> Result<PrincipalAxes> {
    let step = samples.len().div_ceil(FITTED);
    let fitted: Vec<u32> = samples.iter().copied().step_by(step).collect();
    let mut rows = gathered(source, &fitted)?;
    to_unit_norm(&mut rows);
    Ok(PrincipalAxes::fit(&rows, seed))
}
