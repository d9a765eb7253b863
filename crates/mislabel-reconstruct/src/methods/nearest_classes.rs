//! The classes that reconstruct every sample best.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, Error, ErrorSummary, Labels, NearestErrors, Result, Run};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use crate::fitting::strangers::Strangers;
use crate::methods::reconstructors::Reconstructors;
use crate::methods::soft_linear::SoftLinear;
use crate::rows::scaling::ScaledRows;
use crate::scoring::block::{ROW_BLOCK, Workspace};
use crate::search::nearest::Nearest;
use crate::search::scope::SearchScope;

/// Evidence by soft linear reconstructors, with the errors of every sample under its nearest classes.
///
/// The fit is that of [`SoftLinear`]; one pass over the rows gives the summary and the errors under the nearest classes.
///
/// Own errors are exact, of full rank; those of other classes have `model.components` components and a factor for all
/// other directions. A factor that is too small makes other classes look too far away, which a ranking hardly notices and
/// a probability does: the likelier label is believed too readily. So every class measures the factor on `strangers`,
/// the nearest samples of other classes among up to 4,096 drawn with the seed: the share of what no component carries of
/// them that the directions left out explain, in full rank. With 50 components the posterior of `mislabel-posterior` is
/// then what it is by all (docs/notebook/posterior.md).
///
/// Where [`SoftLinear`] searches classes instead of scoring all, beyond 31 classes and 16,384 samples, so does this pass,
/// with the same result; with [`ClassSearch::Nearest`](crate::ClassSearch::Nearest) it looks among as many nearest
/// means, or `width` if that is more.
///
/// # Cost
/// That of [`SoftLinear`], and O(d·(n_c + `strangers`) + n_c²) per class for each of its `strangers`. Memory: 8·`width`
/// bytes a sample more, and blocks of rows within the budget of `model`.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
/// use mislabel_reconstruct::NearestClasses;
/// use ndarray::array;
///
/// let rows = array![[3.0_f32, 0.1, 0.0], [4.0, 0.0, 0.0], [0.1, 3.0, 0.0], [0.2, 5.0, 0.0], [0.0, 0.1, 2.0], [0.0, 0.0, 1.0]];
/// let given = Labels::new(vec![0, 0, 1, 1, 2, 2], 3)?;
/// let nearest = NearestClasses::default().evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert_eq!(nearest.classes(0).to_vec(), [1, 2]); // of 16 wanted there are two
/// assert_eq!(f64::from(nearest.errors(0)[0]), f64::from(nearest.summary().least_other()[0] as f32));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct NearestClasses {
    /// The reconstructors.
    pub model: SoftLinear,
    /// How many classes beside the given one, at least 1; all others where there are fewer. Default 16: on 77 classes
    /// the posterior of `mislabel-posterior` by 16 equals that by all in the third digit, by 8 it does not.
    pub width: usize,
    /// How many samples of other classes every class measures the factor of its left-out directions on; 0: none, the
    /// factor is that of `model.tail`. Default 64, on which it is known to a few hundredths of itself.
    pub strangers: usize,
}

impl Default for NearestClasses {
    fn default() -> Self {
        Self { model: SoftLinear::default(), width: 16, strangers: 64 }
    }
}

impl ClassEvidence for NearestClasses {
    type Evidence = NearestErrors;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<NearestErrors> {
        self.model.check()?;
        let rows = ScaledRows::new(embeddings, given, self.model.scaling)?;
        let keep = self.model.kept_samples(&rows, given, run)?;
        self.of_kept(&rows, given, &keep, run)
    }
}

impl NearestClasses {
    /// The evidence by reconstructors fitted on the samples to `keep`, `(n,)`, alone, without any trimming by χ. The
    /// samples left out are scored as if they had never been there; those kept, each as if it had not.
    ///
    /// # Errors
    /// As [`SoftLinear::fit`]; [`Error::ClassNotFitted`] where no sample of a class is kept.
    pub fn evidence_of_kept(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        keep: &[bool],
        run: &Run<'_>,
    ) -> Result<NearestErrors> {
        self.model.check()?;
        same_length("samples to keep", given.len(), keep.len())?;
        let rows = ScaledRows::new(embeddings, given, self.model.scaling)?;
        self.of_kept(&rows, given, keep, run)
    }

    fn of_kept(&self, rows: &ScaledRows<'_>, given: &Labels, keep: &[bool], run: &Run<'_>) -> Result<NearestErrors> {
        if self.width == 0 {
            return Err(Error::parameter("width", 0.0, "at least 1"));
        }
        let strangers = match self.strangers {
            0 => None,
            wanted => Some(Strangers::drawn(rows, given, wanted, self.model.seed)?),
        };
        let round = self.model.round(rows, given, keep, (false, strangers.as_ref()), run)?;
        let reconstructors = Reconstructors::new(rows, &round.moments, round.models);
        let scope = self.model.round_scope(self.model.trim.len(), given, rows.shape().1, run)?;
        // Two, so that the search knows the second least error.
        let scope = SearchScope { wanted: self.width.max(2), ..scope };
        reconstructors.nearest_of(rows, given, &round.own, (self.width, scope), run)
    }
}

impl Reconstructors {
    /// The errors of `embeddings`, `(n, d)`, under the `width` classes other than `given`, `(n,)`, that reconstruct
    /// them best, beside a `summary` of the same samples. O(n·d·Σ_c(r_c + 1)), 8·n·`width` bytes.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `width` is 0, [`Error::LengthMismatch`], [`Error::Cancelled`], and what the source
    /// reports.
    pub fn nearest(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        summary: ErrorSummary,
        width: usize,
        run: &Run<'_>,
    ) -> Result<NearestErrors> {
        let (mut classes, mut errors) = self.no_classes(embeddings, given, &summary, width)?;
        let rows = self.scaled(embeddings);
        let (n, d) = rows.shape();
        let stage = run.stage("scoring the nearest classes", n);
        let blocks = classes.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter();
        let blocks = blocks.zip(errors.axis_chunks_iter_mut(Axis(0), ROW_BLOCK)).enumerate();
        blocks.try_for_each_init(Workspace::default, |workspace, (index, (classes, errors))| {
            let start = index * ROW_BLOCK;
            rows.read(start, workspace.rows(errors.nrows(), d))?;
            let mut nearest = Nearest { labels: &given.values()[start..start + errors.nrows()], classes, errors };
            workspace.for_each_class(&self.table, |class, squared| nearest.offer_all(class as u32, squared));
            nearest.errors.mapv_inplace(|squared| (f64::from(squared).sqrt() * self.error_unit) as f32);
            stage.advance(nearest.labels.len())
        })?;
        NearestErrors::new(summary, classes, errors)
    }

    /// No class yet, and infinite errors, `(n, width)` each.
    fn no_classes(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        summary: &ErrorSummary,
        width: usize,
    ) -> Result<(Array2<u32>, Array2<f32>)> {
        let (n, d) = embeddings.shape();
        same_length("given labels", n, given.len())?;
        same_length("a row of embeddings", self.features(), d)?;
        if width == 0 {
            return Err(Error::parameter("width", 0.0, "at least 1"));
        }
        let width = width.min(summary.reconstructors() - 1);
        Ok((Array2::zeros((n, width)), Array2::from_elem((n, width), f32::INFINITY)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::class_search::ClassSearch;
    use mislabel_core::{Embeddings, Run};

    #[test]
    fn a_search_finds_the_nearest_of_all_classes_bit_for_bit_in_blocks_of_any_size() {
        let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
        let rows = Array2::from_shape_fn((700, 20), |(i, j)| 0.45 * wave(i % 19, j) + wave(i, j + 50));
        // Class 4 has no samples.
        let given = Labels::new((0..700).map(|i| (i % 19 + usize::from(i % 19 > 3)) as u32).collect(), 21).unwrap();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let (reconstructors, summary) = SoftLinear::default().fit(&embeddings, &given, &Run::quiet()).unwrap();
        let all = reconstructors.nearest(&embeddings, &given, summary, 5, &Run::quiet()).unwrap();
        let rows = reconstructors.scaled(&embeddings);
        for (block, eight_bits) in [(1, true), (97, true), (97, false), (700, true)] {
            let search = ClassSearch::Pruned;
            let few = SearchScope { least_classes: 2, least_components: 2, sample: 50, ..SearchScope::default() };
            let scope = SearchScope { search, block, eight_bits, wanted: 5, ..few };
            let some = reconstructors.nearest_of(&rows, &given, &[], (5, scope), &Run::quiet()).unwrap();
            assert_eq!(some.summary().sampled().map(|sample| sample.rows.len()), Some(50));
            for row in 0..700 {
                let (some, all) = ((some.classes(row), some.errors(row)), (all.classes(row), all.errors(row)));
                assert_eq!(some, all, "row {row} in blocks of {block}");
            }
        }
    }
}
