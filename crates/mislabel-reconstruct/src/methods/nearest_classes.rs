//! The classes that reconstruct every sample best.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, Error, ErrorSummary, Labels, NearestErrors, Result, Run};
use ndarray::{Array2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::methods::reconstructors::Reconstructors;
use crate::methods::soft_linear::SoftLinear;
use crate::scoring::block::{ROW_BLOCK, Workspace};
use crate::search::block_search::Search;
use crate::search::goal::Goal;
use crate::search::prepared_table::PreparedTable;
use crate::search::scope::SearchScope;

/// Evidence by soft linear reconstructors, with the errors of every sample under its nearest classes.
///
/// The fit is that of [`SoftLinear`]; the errors under the nearest classes take a second pass over the rows.
///
/// Where [`SoftLinear`] searches classes instead of scoring all, beyond 31 classes and 16,384 samples, so does the
/// second pass, with the same result; with [`ClassSearch::Nearest`](crate::ClassSearch::Nearest) it looks among as many nearest
/// means, or `width` if that is more.
///
/// # Cost
/// Twice that of [`SoftLinear`]'s last round, with 5 times as many components. Memory: 8·`width` bytes a sample more,
/// and blocks of rows within the budget of `model`.
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
    /// The reconstructors; by default those of [`SoftLinear`] with 256 components instead of 50. Own errors are exact,
    /// those under other classes are too large by what the components left out would explain: a ranking hardly notices,
    /// a probability does. On CIFAR-10N worst the share of wrong labels, .41, is put at .21 with 50 components, .25
    /// with 256, .26 with all (docs/notebook/soft-linear.md).
    pub model: SoftLinear,
    /// How many classes beside the given one, at least 1; all others where there are fewer. Default 16: on 77 classes
    /// the posterior of `mislabel-posterior` by 16 equals that by all in the third digit, by 8 it does not.
    pub width: usize,
}

impl Default for NearestClasses {
    fn default() -> Self {
        Self { model: SoftLinear { components: 256, ..SoftLinear::default() }, width: 16 }
    }
}

impl ClassEvidence for NearestClasses {
    type Evidence = NearestErrors;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<NearestErrors> {
        let (reconstructors, summary) = self.model.fit(embeddings, given, run)?;
        let scope = SearchScope { wanted: self.width, ..self.model.scope(given, embeddings.shape().1, run)? };
        if self.width > 0 && scope.prunes(&reconstructors.table) && given.len() > scope.sample {
            return reconstructors.search_nearest(embeddings, given, summary, (self.width, scope), run);
        }
        reconstructors.nearest(embeddings, given, summary, self.width, run)
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

    /// The same by a search of `scope`.
    fn search_nearest(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        summary: ErrorSummary,
        (width, scope): (usize, SearchScope),
        run: &Run<'_>,
    ) -> Result<NearestErrors> {
        let (mut classes, mut errors) = self.no_classes(embeddings, given, &summary, width)?;
        let rows = self.scaled(embeddings);
        let stage = run.stage("scoring the nearest classes", given.len());
        let prepared = PreparedTable::new(&self.table, scope);
        let blocks = classes.axis_chunks_iter_mut(Axis(0), scope.block).into_par_iter();
        let blocks = blocks.zip(errors.axis_chunks_iter_mut(Axis(0), scope.block)).enumerate();
        blocks.try_for_each_init(Search::default, |search, (index, (classes, errors))| {
            let range = index * scope.block..index * scope.block + errors.nrows();
            let labels = &given.values()[range.clone()];
            let mut nearest = Nearest { labels, classes, errors };
            search.read(&prepared, &rows, range.start, range.len())?;
            search.search(&prepared, labels, &mut nearest);
            nearest.errors.mapv_inplace(|squared| (f64::from(squared).sqrt() * self.error_unit) as f32);
            stage.advance(range.len())
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

/// The least errors of a block of rows so far, ascending in every row.
struct Nearest<'a> {
    labels: &'a [u32],
    classes: ArrayViewMut2<'a, u32>,
    errors: ArrayViewMut2<'a, f32>,
}

impl Goal for Nearest<'_> {
    fn bar(&self, row: usize) -> f32 {
        self.errors[[row, self.errors.ncols() - 1]]
    }

    fn offer(&mut self, row: usize, class: u32, squared: f32) {
        self.insert(row, class, squared);
    }
}

impl Nearest<'_> {
    fn offer_all(&mut self, class: u32, squared: &[f32]) {
        for (row, (&error, &label)) in squared.iter().zip(self.labels).enumerate() {
            if label != class && error < self.bar(row) {
                self.insert(row, class, error);
            }
        }
    }

    /// Classes come in any order; of equal errors the one of the earlier class is the lesser.
    fn insert(&mut self, row: usize, class: u32, error: f32) {
        let (mut errors, mut classes) = (self.errors.row_mut(row), self.classes.row_mut(row));
        let lesser = |errors: &f32, known: &u32| error < *errors || error == *errors && class < *known;
        let mut place = errors.len();
        while place > 0 && lesser(&errors[place - 1], &classes[place - 1]) {
            if place < errors.len() {
                errors[place] = errors[place - 1];
                classes[place] = classes[place - 1];
            }
            place -= 1;
        }
        if place < errors.len() {
            errors[place] = error;
            classes[place] = class;
        }
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
        let all = reconstructors.nearest(&embeddings, &given, summary.clone(), 5, &Run::quiet()).unwrap();
        for (block, eight_bits) in [(1, true), (97, true), (97, false), (700, true)] {
            let scope = SearchScope { search: ClassSearch::Pruned, block, eight_bits, ..SearchScope::default() };
            let some =
                reconstructors.search_nearest(&embeddings, &given, summary.clone(), (5, scope), &Run::quiet()).unwrap();
            for row in 0..700 {
                let (some, all) = ((some.classes(row), some.errors(row)), (all.classes(row), all.errors(row)));
                assert_eq!(some, all, "row {row} in blocks of {block}");
            }
        }
    }
}
