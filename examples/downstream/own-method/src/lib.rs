//! A source, evidence, and a judge of one's own: distances to the medians of the classes.

use mislabel_core::checks::{rows_in_range, same_length};
use mislabel_core::ndarray::{Array2, ArrayViewMut2};
use mislabel_core::{
    ClassEvidence, EmbeddingSource, ErrorSummary, Judge, LabelIssues, LabelQuality, Labels, Result, Run, split_seed,
};

/// Rows that are computed: class i mod k, around a corner of the cube.
#[derive(Debug)]
pub struct Corners {
    /// How many rows.
    pub samples: usize,
    /// How many classes, and features.
    pub classes: usize,
}

impl EmbeddingSource for Corners {
    fn shape(&self) -> (usize, usize) {
        (self.samples, self.classes)
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        rows_in_range(self.samples, start, out.nrows())?;
        same_length("a row of the reading buffer", self.classes, out.ncols())?;
        for ((i, feature), value) in out.indexed_iter_mut() {
            let row = start + i;
            let noise = (split_seed(7, &[row as u64, feature as u64]) >> 40) as f32 / (1 << 24) as f32;
            *value = noise + if row % self.classes == feature { 8.0 } else { 0.0 };
        }
        Ok(())
    }
}

/// Manhattan distances to the median of every class.
#[derive(Clone, Copy, Debug, Default)]
pub struct Medians;

impl ClassEvidence for Medians {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        let (n, d) = embeddings.shape();
        same_length("given labels", n, given.len())?;
        given.need_classes(2)?;
        let mut rows = Array2::zeros((n, d));
        embeddings.read_rows(0, rows.view_mut())?;
        let (members, stage) = (given.members(), run.stage("measuring distances to medians", given.class_count()));
        // An absent class has no median, and no distance to it.
        let mut errors = Array2::from_elem((n, given.class_count()), f64::INFINITY);
        for class in 0..given.class_count() {
            if !members.rows(class).is_empty() {
                let medians: Vec<f64> = (0..d).map(|feature| median(&rows, members.rows(class), feature)).collect();
                for (row, values) in rows.outer_iter().enumerate() {
                    errors[[row, class]] = values.iter().zip(&medians).map(|(a, b)| (f64::from(*a) - b).abs()).sum();
                }
            }
            stage.advance(1)?;
        }
        ErrorSummary::from_dense(errors.view(), given)
    }
}

fn median(rows: &Array2<f32>, members: &[u32], feature: usize) -> f64 {
    let mut values: Vec<f32> = members.iter().map(|row| rows[[*row as usize, feature]]).collect();
    values.sort_by(f32::total_cmp);
    let middle = |place: usize| f64::from(values[place]);
    (middle((values.len() - 1) / 2) + middle(values.len() / 2)) / 2.0
}

/// Flags a sample that is nearer to the median of another class.
#[derive(Clone, Copy, Debug, Default)]
pub struct NearerElsewhere;

impl Judge<ErrorSummary> for NearerElsewhere {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        same_length("given labels", errors.len(), given.len())?;
        run.stage("comparing distances", given.len()).advance(given.len())?;
        let share = |(own, other): (&f64, &f64)| if own + other > 0.0 { own / (own + other) } else { 0.5 };
        let score: Vec<f64> = errors.own().iter().zip(errors.least_other()).map(share).collect();
        let quality = LabelQuality::new(score.iter().map(|share| 1.0 - share).collect())?;
        let suggested = given.with_values(errors.least_other_class().to_vec())?;
        LabelIssues::new(quality, score.iter().map(|share| *share > 0.5).collect(), suggested, score)
    }
}
