//! Faulty detectors on embeddings: distances to class means with something wrong.

use mislabel_core::checks::same_length;
use mislabel_core::{Detector, EmbeddingSource, Embeddings, Error, LabelIssues, LabelQuality, Labels, Result, Run};
use mislabel_testkit::{Laws, check_laws};
use ndarray::{Array2, ArrayView1, Axis};

use crate::Fault;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Flaw {
    Nothing,
    FirstMemberForMean,
    ZeroNorm,
    Deviations,
    LeaveOneOut,
    Cityblock,
    AbsoluteUnit,
    SwallowsSource,
    Deaf,
    OtherError,
    ForeignParts,
    ThreadErrors,
}

/// Own distance over the least other distance to a class mean.
pub(crate) struct Centroids(pub(crate) Flaw);

impl Detector for Centroids {
    fn detect(&self, source: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        same_length("given labels", source.shape().0, given.len())?;
        given.need_classes(2)?;
        if self.0 == Flaw::ThreadErrors && given.len() > 20 && rayon::current_num_threads() > 2 {
            return Err(Error::Empty { what: "patience" });
        }
        if self.0 == Flaw::ForeignParts {
            let is_kept = run.load("issues")?.is_some();
            run.store("issues", b"of some other work")?;
            return Centroids(if is_kept { Flaw::AbsoluteUnit } else { Flaw::Nothing }).detect(source, given, run);
        }
        let rows = match rows(source) {
            Err(_) if self.0 == Flaw::SwallowsSource => Array2::ones(source.shape()),
            rows => rows?,
        };
        match (self.0, run.stage("judging", 1).advance(1)) {
            (Flaw::Deaf, _) => {}
            (Flaw::OtherError, Err(_)) => return Err(Error::Empty { what: "patience" }),
            (_, outcome) => outcome?,
        }
        self.issues(&self.scaled(rows), given)
    }
}

impl Centroids {
    /// Rows in the unit of the flaw.
    fn scaled(&self, mut rows: Array2<f64>) -> Array2<f64> {
        match self.0 {
            Flaw::ZeroNorm => {
                for mut row in rows.outer_iter_mut() {
                    let norm = row.dot(&row).sqrt();
                    row /= norm;
                }
            }
            Flaw::Deviations => {
                for mut column in rows.columns_mut() {
                    let deviation = column.std(0.0);
                    column /= deviation;
                }
            }
            _ => {}
        }
        rows
    }

    fn issues(&self, rows: &Array2<f64>, given: &Labels) -> Result<LabelIssues> {
        let means = self.means(rows, given);
        let spread = rows.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let mut ratio = vec![0.0; given.len()];
        let mut suggested = vec![0; given.len()];
        for (row, values) in rows.outer_iter().enumerate() {
            let own = given.class(row);
            let mut distances: Vec<f64> = means.iter().map(|mean| self.distance(values, mean)).collect();
            if self.0 == Flaw::LeaveOneOut {
                let n = given.counts()[own] as f64;
                distances[own] *= n / (n - 1.0);
            }
            let other =
                (0..means.len()).filter(|class| *class != own).min_by(|a, b| distances[*a].total_cmp(&distances[*b]));
            let other = other.unwrap_or(own);
            // A billionth of all variation, so that samples that agree but for rounding have a ratio of 1.
            let unit = if self.0 == Flaw::AbsoluteUnit { 1.0 } else { 1e-9 * spread + f64::MIN_POSITIVE };
            ratio[row] = (distances[own] + unit) / (distances[other] + unit);
            suggested[row] = other as u32;
        }
        let quality = LabelQuality::new(ratio.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect())?;
        LabelIssues::new(
            quality,
            ratio.iter().map(|ratio| *ratio > 1.0).collect(),
            given.with_values(suggested)?,
            ratio,
        )
    }

    /// The mean of every class; infinitely far where it has no samples.
    fn means(&self, rows: &Array2<f64>, given: &Labels) -> Vec<Vec<f64>> {
        let members = given.members();
        let mean = |class: usize| {
            let all: Vec<usize> = members.rows(class).iter().map(|row| *row as usize).collect();
            let used = if self.0 == Flaw::FirstMemberForMean { &all[..all.len().min(1)] } else { &all[..] };
            match rows.select(Axis(0), used).mean_axis(Axis(0)) {
                Some(mean) => mean.to_vec(),
                None => vec![1e100; rows.ncols()],
            }
        };
        (0..given.class_count()).map(mean).collect()
    }

    fn distance(&self, row: ArrayView1<'_, f64>, mean: &[f64]) -> f64 {
        let differences = row.iter().zip(mean).map(|(a, b)| (a - b).abs());
        match self.0 {
            Flaw::Cityblock => differences.enumerate().map(|(axis, d)| d / (1.0 + 0.01 * axis as f64)).sum(),
            _ => differences.map(|d| d * d).sum::<f64>().sqrt(),
        }
    }
}

fn rows(source: &dyn EmbeddingSource) -> Result<Array2<f64>> {
    let mut rows = Array2::zeros(source.shape());
    source.read_rows(0, rows.view_mut())?;
    Embeddings::new(rows.view())?;
    Ok(rows.mapv(f64::from))
}

/// Laws that every one of these promises: neither scale nor axes matter.
fn laws() -> Laws {
    Laws { scale: true, rotation: true, ..Laws::default() }
}

pub(crate) fn faults() -> Vec<Fault> {
    let fault =
        |name, laws_that_catch, flaw| Fault::new(name, laws_that_catch, move || check_laws(&Centroids(flaw), &laws()));
    const FORM: &[&str] = &["answers are well formed"];
    vec![
        fault("the first member stands for its class", &["sample order does not matter"], Flaw::FirstMemberForMean),
        fault("a row of zeros, divided by its norm", FORM, Flaw::ZeroNorm),
        fault("a constant feature, divided by its deviation", FORM, Flaw::Deviations),
        fault("n/(n − 1) of a class of one", FORM, Flaw::LeaveOneOut),
        fault("distances by axis, where axes must not matter", &["rotation does not matter"], Flaw::Cityblock),
        fault("an absolute unit, where scale must not matter", &["scale does not matter"], Flaw::AbsoluteUnit),
        fault("an unreadable source is swallowed", &["failing sources are reported"], Flaw::SwallowsSource),
        fault("nobody can stop it", &["cancelling is obeyed"], Flaw::Deaf),
        fault("stopping is reported as something else", &["cancelling is obeyed"], Flaw::OtherError),
        fault("parts of other work are taken up", &["stopping and resuming changes nothing"], Flaw::ForeignParts),
        fault("refused on many threads", &["threads do not matter"], Flaw::ThreadErrors),
    ]
}

#[test]
fn without_a_fault_the_laws_hold() {
    let verdict = check_laws(&Centroids(Flaw::Nothing), &Laws { cases: 200, ..laws() });
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
}
