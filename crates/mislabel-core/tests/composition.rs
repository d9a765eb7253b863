//! References, boxes and `Arc`s of what the traits name work wherever the plain ones do.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]
#![expect(clippy::needless_borrows_for_generic_args, reason = "references are among what is tested")]

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use mislabel_core::{
    Checkpoint, ClassEvidence, Detector, EmbeddingSource, Embeddings, Error, ErrorSummary, Judge, LabelIssues,
    LabelQuality, Labels, Pipeline, Progress, Result, Run, WeightedEvidence, progress_fn,
};
use ndarray::{Array2, ArrayViewMut2, array};

/// The part that the evidence keeps.
const PART: &str = "errors";

/// Errors |x − class| of rows with one feature, divided by the reach: it shows which neighbors were asked for.
struct Distances;

impl ClassEvidence for Distances {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        self.evidence_within(1, embeddings, given, run)
    }

    fn evidence_within(
        &self,
        reach: usize,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let stage = run.stage("measuring distances", given.len());
        let mut rows = Array2::zeros(embeddings.shape());
        embeddings.read_rows(0, rows.view_mut())?;
        let error = |(row, class): (usize, usize)| f64::from((rows[[row, 0]] - class as f32).abs()) / reach as f64;
        let errors = Array2::from_shape_fn((given.len(), given.class_count()), error);
        run.store(PART, b"measured")?;
        stage.advance(given.len())?;
        ErrorSummary::from_dense(errors.view(), given)
    }
}

impl WeightedEvidence for Distances {
    fn weighted_evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        _: &[f64],
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        self.evidence(embeddings, given, run)
    }
}

/// The score is the error of the given class; it reads so many neighbors.
struct OwnError(usize);

impl Judge<ErrorSummary> for OwnError {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        run.stage("judging", 1).advance(1)?;
        let score = errors.own().to_vec();
        let quality = LabelQuality::new(score.iter().map(|error| 1.0 / (1.0 + error)).collect())?;
        LabelIssues::new(quality, score.iter().map(|error| *error > 0.2).collect(), given.clone(), score)
    }

    fn reach(&self) -> usize {
        self.0
    }
}

fn rows() -> Array2<f32> {
    array![[0.0], [1.0], [1.0]]
}

/// The third label is wrong.
fn given() -> Labels {
    Labels::new(vec![0, 1, 0], 2).unwrap()
}

/// What the pipeline finds: the error of the third sample is 1, divided by the reach of 4.
fn expected() -> LabelIssues {
    let quality = LabelQuality::new(vec![1.0, 1.0, 0.8]).unwrap();
    LabelIssues::new(quality, vec![false, false, true], given(), vec![0.0, 0.0, 0.25]).unwrap()
}

fn found_by(detector: impl Detector) -> LabelIssues {
    let rows = rows();
    detector.detect(&Embeddings::new(rows.view()).unwrap(), &given(), &Run::quiet()).unwrap()
}

type AnyEvidence = dyn ClassEvidence<Evidence = ErrorSummary>;
type AnyJudge = dyn Judge<ErrorSummary>;

#[test]
fn a_pipeline_of_boxes_references_and_arcs_is_the_same_detector() {
    assert_eq!(found_by(Pipeline::new(Distances, OwnError(4))), expected());
    assert_eq!(found_by(Pipeline::new(&Distances, &OwnError(4))), expected());
    assert_eq!(found_by(Pipeline::new(Box::new(Distances), Arc::new(OwnError(4)))), expected());
    let (evidence, judge): (Box<AnyEvidence>, Box<AnyJudge>) = (Box::new(Distances), Box::new(OwnError(4)));
    assert_eq!(found_by(Pipeline::new(&*evidence, &*judge)), expected());
    assert_eq!(found_by(Pipeline::new(evidence, judge)), expected());
    let (evidence, judge): (Arc<AnyEvidence>, Arc<AnyJudge>) = (Arc::new(Distances), Arc::new(OwnError(4)));
    assert_eq!(found_by(Pipeline::new(evidence, judge)), expected());
}

#[test]
fn a_detector_behind_a_pointer_is_a_detector() {
    let plain = || Pipeline::new(Distances, OwnError(4));
    assert_eq!(found_by(&plain()), expected());
    let boxed: Box<dyn Detector> = Box::new(plain());
    assert_eq!(found_by(&boxed), expected());
    assert_eq!(found_by(Box::new(boxed) as Box<dyn Detector>), expected());
    let shared: Arc<dyn Detector> = Arc::new(plain());
    assert_eq!(std::thread::spawn(move || found_by(shared)).join().unwrap(), expected());
}

#[test]
fn weighted_evidence_behind_a_pointer_is_weighted_evidence() {
    fn own_errors(evidence: impl WeightedEvidence<Evidence = ErrorSummary>) -> Vec<f64> {
        let rows = rows();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        evidence.weighted_evidence(&embeddings, &given(), &[1.0; 3], &Run::quiet()).unwrap().own().to_vec()
    }
    let plain = own_errors(Distances);
    assert_eq!(own_errors(&Distances), plain);
    assert_eq!(own_errors(Box::new(Distances) as Box<dyn WeightedEvidence<Evidence = ErrorSummary>>), plain);
    assert_eq!(own_errors(Arc::new(Distances)), plain);
}

/// Rows whose number is their value, gathered by a method of its own.
struct Numbers;

impl EmbeddingSource for Numbers {
    fn shape(&self) -> (usize, usize) {
        (4, 1)
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        out.indexed_iter_mut().for_each(|((row, _), value)| *value = (start + row) as f32);
        Ok(())
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        out.iter_mut().zip(rows).for_each(|(value, row)| *value = 10.0 * *row as f32);
        Ok(())
    }
}

#[test]
fn a_source_behind_a_pointer_is_read_by_its_own_methods() {
    fn read(source: impl EmbeddingSource) -> (Array2<f32>, Array2<f32>) {
        let (mut rows, mut gathered) = (Array2::zeros((2, 1)), Array2::zeros((2, 1)));
        source.read_rows(1, rows.view_mut()).unwrap();
        source.gather(&[3, 0], gathered.view_mut()).unwrap();
        assert_eq!(source.shape(), (4, 1));
        (rows, gathered)
    }
    let plain = (array![[1.0], [2.0]], array![[30.0], [0.0]]);
    assert_eq!(read(Numbers), plain);
    assert_eq!(read(&Numbers), plain);
    assert_eq!(read(Box::new(Numbers) as Box<dyn EmbeddingSource>), plain);
    assert_eq!(read(Arc::new(Numbers) as Arc<dyn EmbeddingSource>), plain);
}

#[test]
fn progress_behind_a_pointer_watches_and_cancels() {
    fn stopped(progress: impl Progress) {
        let rows = rows();
        let run = Run::quiet().with_progress(&progress);
        let detector = Pipeline::new(Distances, OwnError(1));
        let outcome = detector.detect(&Embeddings::new(rows.view()).unwrap(), &given(), &run);
        assert!(matches!(outcome, Err(Error::Cancelled { stage: "judging" })));
    }
    let reports = AtomicUsize::new(0);
    let stop_at_the_judge = progress_fn(|stage, _, _| {
        reports.fetch_add(1, Ordering::Relaxed);
        if stage == "judging" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    stopped(&stop_at_the_judge);
    stopped(Box::new(stop_at_the_judge) as Box<dyn Progress + '_>);
    stopped(Arc::new(stop_at_the_judge));
    assert_eq!(reports.load(Ordering::Relaxed), 6);
}

/// Parts in memory.
#[derive(Default)]
struct Parts(Mutex<HashMap<String, Vec<u8>>>);

impl Checkpoint for Parts {
    fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(part).cloned())
    }

    fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
        self.0.lock().unwrap().insert(part.into(), bytes.into());
        Ok(())
    }
}

#[test]
fn a_checkpoint_behind_a_pointer_keeps_parts() {
    fn kept(checkpoint: impl Checkpoint) -> Option<Vec<u8>> {
        let rows = rows();
        let run = Run::quiet().with_checkpoint(&checkpoint);
        assert!(run.keeps_parts());
        Distances.evidence(&Embeddings::new(rows.view()).unwrap(), &given(), &run).unwrap();
        run.load(PART).unwrap()
    }
    let part = Some(b"measured".to_vec());
    assert_eq!(kept(Parts::default()), part);
    assert_eq!(kept(&Parts::default()), part);
    assert_eq!(kept(Box::new(Parts::default()) as Box<dyn Checkpoint>), part);
    let shared = Arc::new(Parts::default());
    assert_eq!(kept(Arc::clone(&shared)), part);
    assert_eq!(shared.load(PART).unwrap(), part);
}
