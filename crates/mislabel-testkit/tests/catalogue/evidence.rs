//! Faulty evidence.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, Embeddings, ErrorSummary, Labels, ProbabilityMatrix, Result, Run};
use mislabel_testkit::{Laws, check_evidence_laws};
use ndarray::{Array2, Axis};

use crate::Fault;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    Nothing,
    LastClassUnfitted,
    SingleSums,
    AnyLength,
    Deaf,
    ColumnsByAppearance,
}

/// Distances to class means, as errors or as probabilities.
struct Distances(Flaw);

impl Distances {
    fn matrix(&self, source: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<Array2<f64>> {
        if self.0 != Flaw::AnyLength {
            same_length("given labels", source.shape().0, given.len())?;
        }
        given.need_classes(2)?;
        let stopped = run.stage("measuring", 1).advance(1);
        if self.0 != Flaw::Deaf {
            stopped?;
        }
        let mut rows = Array2::zeros(source.shape());
        source.read_rows(0, rows.view_mut())?;
        Embeddings::new(rows.view())?;
        let n = rows.nrows().min(given.len());
        let mut errors = Array2::from_elem((n, given.class_count()), f64::INFINITY);
        let members = given.members();
        for class in 0..given.class_count() {
            let used: Vec<usize> = members.rows(class).iter().map(|row| *row as usize).filter(|row| *row < n).collect();
            let rows = rows.mapv(f64::from);
            let Some(mean) = rows.select(Axis(0), &used).mean_axis(Axis(0)) else { continue };
            let threads = if self.0 == Flaw::SingleSums { rayon::current_num_threads() as f64 } else { 1.0 };
            for row in 0..n {
                let difference = &rows.row(row) - &mean;
                errors[[row, class]] = difference.dot(&difference).sqrt() * (1.0 + 1e-12 * (threads - 1.0));
            }
        }
        Ok(errors)
    }
}

/// As errors.
struct AsErrors(Distances);

impl ClassEvidence for AsErrors {
    type Evidence = ErrorSummary;

    fn evidence(&self, source: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        let mut errors = self.0.matrix(source, given, run)?;
        let last = given.class_count() - 1;
        if self.0.0 == Flaw::LastClassUnfitted {
            errors.column_mut(last).mapv_inplace(|error| if error.is_finite() { error * 1.5 } else { error });
        }
        let given = given.with_values(given.values()[..errors.nrows()].to_vec())?;
        ErrorSummary::from_dense(errors.view(), &given)
    }
}

/// As probabilities.
struct AsProbabilities(Distances);

impl ClassEvidence for AsProbabilities {
    type Evidence = ProbabilityMatrix;

    fn evidence(&self, source: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ProbabilityMatrix> {
        let mut errors = self.0.matrix(source, given, run)?;
        let scale =
            errors.iter().filter(|error| error.is_finite()).fold(f64::MIN_POSITIVE, |most, error| most.max(*error));
        for mut row in errors.outer_iter_mut() {
            row.mapv_inplace(|error| (-error / scale).exp());
            let sum = row.sum();
            row /= sum;
        }
        if self.0.0 == Flaw::ColumnsByAppearance {
            let mut classes: Vec<usize> = Vec::new();
            for class in given.values().iter().map(|class| *class as usize).chain(0..given.class_count()) {
                if !classes.contains(&class) {
                    classes.push(class);
                }
            }
            errors = errors.select(Axis(1), &classes);
        }
        ProbabilityMatrix::new(errors)
    }
}

pub(crate) fn faults() -> Vec<Fault> {
    let errors = |name, laws, flaw| {
        Fault::new(name, laws, move || check_evidence_laws(&AsErrors(Distances(flaw)), &Laws::default()))
    };
    let probabilities = |name, laws, flaw| {
        Fault::new(name, laws, move || check_evidence_laws(&AsProbabilities(Distances(flaw)), &Laws::default()))
    };
    vec![
        errors("the last class is harder", &["class names do not matter"], Flaw::LastClassUnfitted),
        errors("errors that depend on threads", &["threads do not matter"], Flaw::SingleSums),
        errors("evidence for any number of labels", &["other lengths are refused"], Flaw::AnyLength),
        errors("evidence that nobody can stop", &["cancelling is obeyed"], Flaw::Deaf),
        probabilities(
            "columns in the order in which classes appear",
            &["sample order does not matter", "class names do not matter"],
            Flaw::ColumnsByAppearance,
        ),
    ]
}

#[test]
fn without_a_fault_the_laws_hold() {
    for verdict in [
        check_evidence_laws(&AsErrors(Distances(Flaw::Nothing)), &Laws { cases: 100, ..Laws::default() }),
        check_evidence_laws(&AsProbabilities(Distances(Flaw::Nothing)), &Laws { cases: 100, ..Laws::default() }),
    ] {
        assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
    }
}
