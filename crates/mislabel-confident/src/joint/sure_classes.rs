//! The class that each sample is confidently of.

use mislabel_core::checks::same_length;
use mislabel_core::{Labels, ProbabilitySource, Result, Run, SIMPLEX_TOLERANCE};
use rayon::prelude::*;

use crate::blocks::{Block, block_rows};
use crate::joint::standing::Standing;
use crate::joint::thresholds::{ConfidentThresholds, TOLERANCE};

/// The mark of a sample that is confidently of no class.
pub(crate) const UNSURE: u32 = u32::MAX;

/// What a probability must reach to be confident: the thresholds less the tolerance, `(k,)`.
pub(crate) struct Lowered(Vec<f64>);

impl From<&ConfidentThresholds> for Lowered {
    fn from(thresholds: &ConfidentThresholds) -> Self {
        Self(thresholds.view().iter().map(|threshold| threshold - TOLERANCE).collect())
    }
}

impl ConfidentThresholds {
    /// The class that each sample of `probabilities`, `(n, k)`, is confidently of, `(n,)`, as [`ConfidentJoint::count`] says;
    /// `None`: of none.
    ///
    /// [`ConfidentJoint::count`]: crate::ConfidentJoint::count
    ///
    /// # Errors
    /// [`LengthMismatch`](mislabel_core::Error::LengthMismatch) unless there are k thresholds, and as [`estimate`](Self::estimate).
    pub fn confident_classes(
        &self,
        probabilities: &dyn ProbabilitySource,
        run: &Run<'_>,
    ) -> Result<Vec<Option<usize>>> {
        let (n, k) = probabilities.shape();
        same_length("confident thresholds", k, self.view().len())?;
        // The confident class is the same whatever labels are given.
        let given = Labels::new(vec![0; n], k)?;
        let standings = Standing::of_samples(probabilities, &given, run)?;
        let sure = Lowered::from(self).sure_classes(&standings, probabilities, &given, run)?;
        Ok(sure.into_iter().map(|class| (class != UNSURE).then_some(class as usize)).collect())
    }
}

/// What is known of a sample's confident class before all of its probabilities are looked at.
enum Sureness {
    Known(u32),
    Open,
}

impl Lowered {
    /// The number of classes k.
    pub(crate) fn class_count(&self) -> usize {
        self.0.len()
    }

    /// The class that each sample is confidently of, `(n,)`; reads only the rows that standings leave open.
    pub(crate) fn sure_classes(
        &self,
        standings: &[Standing],
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<Vec<u32>> {
        let stage = run.stage("finding confident classes", standings.len());
        let classes = self.0.len();
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let mut sure = vec![UNSURE; standings.len()];
        let rows = block_rows(classes);
        sure.par_chunks_mut(rows).enumerate().try_for_each(|(block, sure)| {
            let start = block * rows;
            let mut open = Vec::new();
            for (i, sure) in sure.iter_mut().enumerate() {
                match self.sureness(&standings[start + i], given.class(start + i), least) {
                    Sureness::Known(class) => *sure = class,
                    Sureness::Open => open.push(i),
                }
            }
            self.settle(&open, start, sure, probabilities, given, standings)?;
            stage.advance(sure.len())
        })?;
        Ok(sure)
    }

    /// The most probable class wins whenever it is confident, alone or among several. Otherwise another class may:
    /// its probability is at most the greatest, and at most what the greatest leaves.
    fn sureness(&self, standing: &Standing, given: usize, least: f64) -> Sureness {
        let (predicted, greatest) = (standing.predicted(given), standing.greatest());
        if greatest >= self.0[predicted] {
            return Sureness::Known(predicted as u32);
        }
        let left = (1.0 + 2.0 * SIMPLEX_TOLERANCE - greatest).min(greatest);
        if left < least { Sureness::Known(UNSURE) } else { Sureness::Open }
    }

    /// Looks at the open rows of one block: a quarter or more of them at once, fewer one by one.
    fn settle(
        &self,
        open: &[usize],
        start: usize,
        sure: &mut [u32],
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        standings: &[Standing],
    ) -> Result<()> {
        let Some((&first, &last)) = open.first().zip(open.last()) else { return Ok(()) };
        let span = last - first + 1;
        let at_once = open.len() * 4 >= span;
        let runs: Vec<&[usize]> = if at_once { vec![open] } else { open.chunks(1).collect() };
        let mut buffer = Vec::new();
        for run in runs {
            let block = Block::read(probabilities, start + run[0], run[run.len() - 1] - run[0] + 1, &mut buffer)?;
            for &i in run {
                let predicted = standings[start + i].predicted(given.class(start + i));
                sure[i] = self.sure_class(block.row(i - run[0]), predicted);
            }
        }
        Ok(())
    }

    /// The one confident class of a row; of several the class `predicted`; of none [`UNSURE`].
    fn sure_class(&self, row: &[f64], predicted: usize) -> u32 {
        let confident = || row.iter().zip(&self.0).map(|(p, least)| p >= least);
        match confident().map(usize::from).sum() {
            0 => UNSURE,
            1 => confident().position(|confident| confident).unwrap_or(predicted) as u32,
            _ => predicted as u32,
        }
    }
}
