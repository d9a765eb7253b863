//! Scoring rows that come from anywhere.

use std::fmt;
use std::sync::Arc;

use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Error, ErrorColumns, Labels, Result, Run};
use ndarray::Array2;

use crate::classes::fitted_class::FittedClass;
use crate::classes::own_model::OwnModel;
use crate::fitting::moments::ClassMoments;
use crate::methods::reconstructors::Reconstructors;
use crate::rows::scaling::ScaledRows;
use crate::scoring::own_error::OwnError;
use crate::search::class_search::ClassSearch;
use crate::search::prepared_table::PreparedTable;
use crate::search::scope::SearchScope;

/// Classes fitted one by one, ready to score blocks of rows. What it says of a row depends on the row alone, not on those
/// that come with it.
pub struct RowScorer {
    reconstructors: Reconstructors,
    counts: Vec<u64>,
    /// Where not all classes are evaluated.
    prepared: Option<PreparedTable>,
}

/// Errors of n rows under their nearest classes.
#[derive(Clone, Debug)]
pub struct NearestColumns {
    /// Own and least errors; `sum` is empty where not all classes were evaluated.
    pub summary: ErrorColumns,
    /// The nearest other classes, the nearest first, `(n, m)`.
    pub classes: Array2<u32>,
    /// The errors under them, `(n, m)`.
    pub errors: Array2<f32>,
}

/// What is asked of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoredRow {
    /// Its given class.
    pub label: u32,
    /// Whether its class was fitted on it, so that its own error is as if it had not been.
    pub fitted_on: bool,
}

impl fmt::Debug for RowScorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut scorer = f.debug_struct("RowScorer");
        let (k, d) = (self.counts.len(), self.reconstructors.features());
        scorer.field("classes", &k).field("features", &d).finish_non_exhaustive()
    }
}

impl RowScorer {
    /// Of the `classes`, in order, `None` one without samples. `center`, `(d,)`, is any point in the middle of all rows, so that
    /// products in f32 keep their digits. The `search` looks for the best two classes, or for those that
    /// [`for_nearest`](Self::for_nearest) names.
    ///
    /// # Errors
    /// [`Error::TooFewClasses`] with fewer than two that have samples, [`Error::LengthMismatch`] where they have not d features.
    pub fn new(classes: Vec<Option<FittedClass>>, center: Vec<f64>, search: ClassSearch) -> Result<Self> {
        let (found, needed) = (classes.iter().flatten().filter(|class| class.count > 0).count(), 2);
        if found < needed {
            return Err(Error::TooFewClasses { found, classes: classes.len(), needed });
        }
        let counts = classes.iter().map(|class| class.as_ref().map_or(0, |class| class.count)).collect();
        let (mut moments, mut models) = (Vec::new(), Vec::new());
        for class in classes {
            let Some(FittedClass { count, mean, model, .. }) = class else {
                moments.push(ClassMoments { count: 0, mean: Vec::new(), variance: 0.0 });
                models.push(Default::default());
                continue;
            };
            same_length("the mean of a class", center.len(), mean.len())?;
            let mean = mean.iter().zip(&center).map(|(mean, center)| mean - center).collect();
            moments.push(ClassMoments { count: usize::try_from(count).map_err(Error::other)?, mean, variance: 0.0 });
            models.push(model);
        }
        let reconstructors = Reconstructors::of_models(&moments, models, center);
        let scope = SearchScope { search, block: SearchScope::good_block(found), ..SearchScope::default() };
        let prepared = scope.prunes(&reconstructors.table).then(|| PreparedTable::new(&reconstructors.table, scope));
        Ok(Self { reconstructors, counts, prepared })
    }

    /// The same, ready to look for so many classes: [`nearest`](Self::nearest) is faster then, and says the same.
    #[must_use]
    pub fn for_nearest(mut self, width: usize) -> Self {
        if let Some(prepared) = &mut self.prepared {
            prepared.scope.wanted = width.max(2);
        }
        self
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.counts.len()
    }

    /// The number of features d.
    pub fn features(&self) -> usize {
        self.reconstructors.features()
    }

    /// Errors of the rows of `embeddings`, `(n, d)`, under the given class and the best two others. `own` gives the models of
    /// classes that are asked for, of two samples or more. With `all` every class is evaluated; where not all are, `sum` is
    /// empty.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::LabelOutOfRange`], [`Error::ClassNotFitted`], what the source reports, and what
    /// `own` does.
    pub fn score(
        &self,
        embeddings: &dyn EmbeddingSource,
        asked: &[ScoredRow],
        own: &dyn Fn(u32) -> Result<Arc<OwnModel>>,
        all: bool,
    ) -> Result<ErrorColumns> {
        let given = self.labels(asked)?;
        let rows = self.reconstructors.scaled(embeddings);
        let own_errors = self.own_errors(&rows, &given, asked, own)?;
        let run = Run::quiet();
        let blocks = match self.prepared.as_ref().filter(|_| !all) {
            Some(prepared) => prepared.summaries(&rows, &given, &own_errors, &run)?,
            None => self.reconstructors.exhaustive_blocks(&rows, &given, SearchScope::default(), &run)?,
        };
        Ok(self.reconstructors.columns(blocks, &own_errors))
    }

    /// The same, with the errors under the `width` other classes that reconstruct each row best; under all others where there are
    /// fewer.
    ///
    /// # Errors
    /// As [`score`](Self::score); [`Error::Parameter`] when `width` is 0.
    pub fn nearest(
        &self,
        embeddings: &dyn EmbeddingSource,
        asked: &[ScoredRow],
        own: &dyn Fn(u32) -> Result<Arc<OwnModel>>,
        (width, all): (usize, bool),
    ) -> Result<NearestColumns> {
        if width == 0 {
            return Err(Error::parameter("width", 0.0, "at least 1"));
        }
        let given = self.labels(asked)?;
        let rows = self.reconstructors.scaled(embeddings);
        let own_errors = self.own_errors(&rows, &given, asked, own)?;
        let others = self.reconstructors.table.slots().len() - 1;
        let run = Run::quiet();
        let blocks = match self.prepared.as_ref().filter(|_| !all) {
            // Two, so that the search knows the second least error.
            Some(prepared) => prepared.nearest_blocks(&rows, &given, &own_errors, width.max(2).min(others), &run)?,
            None => self.reconstructors.scored(&rows, &given, (width.min(others), SearchScope::default()), &run)?,
        };
        let (summaries, classes, errors) = self.reconstructors.parted(blocks, width.min(others));
        Ok(NearestColumns { summary: self.reconstructors.columns(summaries, &own_errors), classes, errors })
    }

    fn labels(&self, asked: &[ScoredRow]) -> Result<Labels> {
        Labels::new(asked.iter().map(|row| row.label).collect(), self.class_count())
    }

    /// What each row's own class says of it.
    fn own_errors(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        asked: &[ScoredRow],
        own: &dyn Fn(u32) -> Result<Arc<OwnModel>>,
    ) -> Result<Vec<OwnError>> {
        self.reconstructors.check(rows, given)?;
        let mut own_errors = vec![OwnError::Plain; asked.len()];
        let members = given.members();
        for class in 0..self.class_count() {
            let left_out: Vec<u32> =
                members.rows(class).iter().copied().filter(|row| asked[*row as usize].fitted_on).collect();
            let mut put = |row: u32, error: OwnError| own_errors[row as usize] = error;
            if left_out.is_empty() {
                continue;
            } else if self.counts[class] < 2 {
                left_out.iter().for_each(|row| put(*row, OwnError::Alone));
            } else {
                let squared = own(class as u32)?.squared(rows, &left_out)?;
                left_out.iter().zip(squared).for_each(|(row, squared)| put(*row, OwnError::LeftOut(squared)));
            }
        }
        Ok(own_errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::scatter::ClassScatter;
    use crate::fitting::strangers::Strangers;
    use crate::methods::nearest_classes::NearestClasses;
    use crate::methods::soft_linear::SoftLinear;
    use mislabel_core::{ClassEvidence, Embeddings};
    use ndarray::Array2;

    /// What rounding and the start of the eigensolver leave between the two ways.
    const NEARLY: f64 = 1e-6;

    fn unit_rows(n: usize, d: usize, k: usize) -> (Array2<f32>, Labels) {
        let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
        let rows = Array2::from_shape_fn((n, d), |(i, j)| 0.5 * wave(i % k, j) + wave(i, j + 50));
        (rows, Labels::new((0..n).map(|i| ((i + usize::from(i % 11 == 0)) % k) as u32).collect(), k).unwrap())
    }

    /// What is known of every class from sums over its rows.
    fn scatters(rows: &Array2<f32>, given: &Labels) -> Vec<ClassScatter> {
        let d = rows.ncols();
        let of_class = |class: usize| {
            let members = given.members().rows(class).to_vec();
            let scaled: Vec<Vec<f64>> = members
                .iter()
                .map(|row| {
                    let row = rows.row(*row as usize);
                    let norm = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
                    row.iter().map(|x| f64::from(*x) / norm).collect()
                })
                .collect();
            let n = scaled.len() as f64;
            let mean: Vec<f64> = (0..d).map(|j| scaled.iter().map(|row| row[j]).sum::<f64>() / n.max(1.0)).collect();
            let entry = |i: usize, j: usize| scaled.iter().map(|row| (row[i] - mean[i]) * (row[j] - mean[j])).sum();
            let lower: Vec<f64> = (0..d).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| entry(i, j)).collect();
            ClassScatter::new(members.len() as u64, mean, &lower).unwrap()
        };
        (0..given.class_count()).map(of_class).collect()
    }

    /// The classes, each from sums over its rows.
    fn fitted(rows: &Array2<f32>, given: &Labels, method: &SoftLinear) -> Vec<Option<FittedClass>> {
        let (d, scatters) = (rows.ncols(), scatters(rows, given));
        let several = scatters.iter().filter(|class| class.count() > 1);
        let alpha = method.alpha_for(d, several.map(ClassScatter::variance).collect()).unwrap();
        let fit = |class: ClassScatter| (class.count() > 0).then(|| method.fit_class(class, alpha).unwrap());
        scatters.into_iter().map(fit).collect()
    }

    fn scored(classes: Vec<Option<FittedClass>>, rows: &Array2<f32>, given: &Labels, all: bool) -> ErrorColumns {
        let own: Vec<Option<Arc<OwnModel>>> = classes
            .iter()
            .map(|class| class.as_ref()?.own().map(|own| Arc::new(OwnModel::from_bytes(&own.to_bytes()).unwrap())))
            .collect();
        let copied =
            |class: Option<FittedClass>| class.map(|class| FittedClass::from_bytes(&class.to_bytes()).unwrap());
        let classes = classes.into_iter().map(copied).collect();
        let scorer = RowScorer::new(classes, vec![0.01; rows.ncols()], ClassSearch::default()).unwrap();
        let asked: Vec<ScoredRow> =
            given.values().iter().map(|label| ScoredRow { label: *label, fitted_on: true }).collect();
        let own = |class: u32| Ok(own[class as usize].clone().unwrap());
        let whole = scorer.score(&Embeddings::new(rows.view()).unwrap(), &asked, &own, all).unwrap();
        // In other company, by threes.
        for start in [0, 3, rows.nrows() - 3] {
            let part = rows.slice(ndarray::s![start..start + 3, ..]);
            let part = part.to_owned();
            let part = Embeddings::new(part.view()).unwrap();
            let some = scorer.score(&part, &asked[start..start + 3], &own, all).unwrap();
            let of = |columns: &ErrorColumns, from: usize| {
                let bits =
                    |values: &[f64]| values[from..from + 3].iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                (bits(&columns.own), bits(&columns.least_other), columns.least_other_class[from..from + 3].to_vec())
            };
            assert_eq!(of(&some, 0), of(&whole, start), "rows from {start} on");
        }
        whole
    }

    #[test]
    fn classes_fitted_from_sums_say_what_classes_fitted_on_rows_say() {
        // Fewer and more samples a class than features, a class of one and one of none, a search of classes or none.
        for (n, d, k) in [(60, 20, 5), (400, 12, 4), (1500, 40, 35)] {
            let (rows, given) = unit_rows(n, d, k);
            let mut labels = given.values().to_vec();
            labels[7] = k as u32;
            let given = Labels::new(labels, k + 2).unwrap();
            let method = SoftLinear { trim: Vec::new(), ..SoftLinear::default() };
            let expected = method.evidence(&Embeddings::new(rows.view()).unwrap(), &given, &Run::quiet()).unwrap();
            for all in [false, true] {
                let found = scored(fitted(&rows, &given, &method), &rows, &given, all);
                assert_eq!(found.least_other_class, expected.least_other_class());
                assert_eq!(found.sum.is_empty(), !all && k > 31);
                for (found, expected) in
                    found.own.iter().zip(expected.own()).chain(found.least_other.iter().zip(expected.least_other()))
                {
                    assert!(
                        (found - expected).abs() <= NEARLY * expected,
                        "{found} {expected} of {n} x {d}, {k} classes"
                    );
                }
            }
        }
    }

    #[test]
    fn nearest_classes_of_rows_from_anywhere_are_those_of_all_rows_together() {
        for (n, d, k) in [(400, 12, 4), (1500, 40, 35)] {
            let (rows, given) = unit_rows(n, d, k);
            let embeddings = Embeddings::new(rows.view()).unwrap();
            let model = SoftLinear { components: 7 * d / 8, trim: Vec::new(), ..SoftLinear::default() };
            let method = NearestClasses { model, width: 5, ..NearestClasses::default() };
            let expected = method.evidence(&embeddings, &given, &Run::quiet()).unwrap();
            let strangers = Strangers::of(&embeddings, &given, method.strangers).unwrap();
            let scatters = scatters(&rows, &given);
            let variances = scatters.iter().map(ClassScatter::variance).collect();
            let alpha = method.model.alpha_for(d, variances).unwrap();
            let fit = |(code, class)| method.fit_class(class, alpha, (code as u32, Some(&strangers))).unwrap();
            let classes: Vec<FittedClass> = scatters.into_iter().enumerate().map(fit).collect();
            let own: Vec<Arc<OwnModel>> = classes
                .iter()
                .map(|class| Arc::new(OwnModel::from_bytes(&class.own().unwrap().to_bytes()).unwrap()))
                .collect();
            let classes = classes.into_iter().map(Some).collect();
            let scorer = RowScorer::new(classes, vec![0.01; d], ClassSearch::Pruned).unwrap().for_nearest(5);
            let asked: Vec<ScoredRow> =
                given.values().iter().map(|label| ScoredRow { label: *label, fitted_on: true }).collect();
            let own = |class: u32| Ok(own[class as usize].clone());
            for all in [false, true] {
                let found = scorer.nearest(&embeddings, &asked, &own, (5, all)).unwrap();
                assert_eq!(found.errors.dim(), (n, 5.min(k - 1)));
                assert_eq!(found.summary.sum.is_empty(), !all && k > 31);
                for row in 0..n {
                    assert_eq!(found.classes.row(row), expected.classes(row), "row {row} of {n}");
                    let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * b;
                    assert!(found.errors.row(row).iter().zip(expected.errors(row)).all(near), "row {row} of {n}");
                }
            }
        }
    }

    #[test]
    fn damaged_models_are_refused_with_a_reason() {
        let (rows, given) = unit_rows(60, 6, 3);
        let class = fitted(&rows, &given, &SoftLinear::default()).remove(0).unwrap();
        let (bytes, own) = (class.to_bytes(), class.own().unwrap().to_bytes());
        let refusal = |bytes: &[u8]| FittedClass::from_bytes(bytes).unwrap_err().to_string();
        assert!(refusal(&bytes[..bytes.len() - 1]).contains("cut short"));
        assert!(refusal(&[bytes.as_slice(), &[0]].concat()).contains("left over"));
        assert!(refusal(&own).contains("another mark"));
        let mut huge = bytes.clone();
        huge[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(refusal(&huge).contains("cut short"));
        let mut not_a_number = own.clone();
        not_a_number[24..32].copy_from_slice(&f64::NAN.to_le_bytes());
        assert!(OwnModel::from_bytes(&not_a_number).unwrap_err().to_string().contains("not finite"));
        assert!(OwnModel::from_bytes(&own[..20]).is_err());
    }
}
