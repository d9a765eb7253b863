//! Detectors that break one law each, which the laws must catch, and one that breaks none.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{
    Detector, EmbeddingSource, Embeddings, Error, ErrorSummary, Judge, LabelIssues, LabelQuality, Labels,
    PredictedProbabilities, Result, Run,
};
use mislabel_testkit::laws::every_report_can_stop;
use mislabel_testkit::{Breach, LawViolation, Laws, check_error_laws, check_laws, check_probability_laws};
use ndarray::Array2;

/// Which law a detector breaks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    Position,
    FirstClass,
    SuggestionOfPosition,
    Threads,
    ThreadErrors,
    Repetition,
    NotANumber,
    ShortIssues,
    OtherClasses,
    AnyLength,
    LengthPanic,
    Blind,
    Inverted,
    Picky,
    SwallowsSource,
    WrongCancel,
    Deaf,
    OtherParts,
}

/// Distance to the own class's mean over that to the nearest other mean, with a flaw.
struct Centroids(Flaw);

impl Detector for Centroids {
    fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let flaw = self.0;
        self.heed_length(embeddings.shape().0, given.len())?;
        if flaw == Flaw::LengthPanic {
            assert_eq!(embeddings.shape().0, given.len(), "lengths differ");
        }
        if flaw == Flaw::ThreadErrors && given.len() > 30 {
            let (what, expected) = ("patience", rayon::current_num_threads());
            return Err(Error::LengthMismatch { what, expected, found: given.len() });
        }
        if flaw == Flaw::OtherParts {
            let is_kept = run.load("issues")?.is_some();
            run.store("issues", b"of some other work")?;
            return Centroids(if is_kept { Flaw::Inverted } else { Flaw::None }).detect(embeddings, given, run);
        }
        if flaw != Flaw::NotANumber {
            given.need_classes(2)?;
        }
        let rows = match rows(embeddings) {
            Err(_) if flaw == Flaw::SwallowsSource => Array2::ones(embeddings.shape()),
            rows => rows?,
        };
        let errors = distances(&rows, given);
        self.report(run)?;
        self.issues(&errors, given)
    }
}

impl Centroids {
    fn report(&self, run: &Run<'_>) -> Result<()> {
        match (self.0, run.stage("judging", 1).advance(1)) {
            (Flaw::Deaf, _) => Ok(()),
            (Flaw::WrongCancel, outcome) => outcome.map_err(|_| Error::Empty { what: "patience" }),
            (_, outcome) => outcome,
        }
    }

    fn heed_length(&self, rows: usize, labels: usize) -> Result<()> {
        match self.0 {
            Flaw::AnyLength if labels < rows => Err(Error::Empty { what: "the rest of the labels" }),
            Flaw::AnyLength | Flaw::LengthPanic => Ok(()),
            _ => same_length("given labels", rows, labels),
        }
    }

    fn issues(&self, errors: &Array2<f64>, given: &Labels) -> Result<LabelIssues> {
        let (n, k) = (errors.nrows().min(given.len()), given.class_count());
        let (mut ratio, mut suggested) = (vec![0.0; given.len()], vec![0; given.len()]);
        for row in 0..n {
            let own = given.class(row);
            let others = (0..k).filter(|class| *class != own && errors[[row, *class]].is_finite());
            let other = others.min_by(|a, b| errors[[row, *a]].total_cmp(&errors[[row, *b]])).unwrap_or(own);
            let floor = if self.0 == Flaw::NotANumber { 0.0 } else { 1e-9 };
            ratio[row] = (errors[[row, own]] + floor) / (errors[[row, other]] + floor);
            suggested[row] = other as u32;
        }
        self.flawed(ratio, suggested, given)
    }

    fn flawed(&self, mut ratio: Vec<f64>, mut suggested: Vec<u32>, given: &Labels) -> Result<LabelIssues> {
        match self.0 {
            Flaw::Position => ratio[0] *= 0.5,
            Flaw::FirstClass => ratio.iter_mut().zip(given.values()).for_each(|(r, c)| *r *= f64::from(*c + 1)),
            Flaw::SuggestionOfPosition => suggested.iter_mut().enumerate().for_each(|(i, s)| *s = i as u32 % 2),
            Flaw::Threads => ratio[0] *= 1.0 + 1e-15 * rayon::current_num_threads() as f64,
            Flaw::Repetition => ratio[0] *= 1.0 + 1e-9 * f64::from(counter()),
            Flaw::ShortIssues => drop(ratio.remove(0)),
            Flaw::Blind => ratio.fill(0.5),
            Flaw::Inverted => ratio.iter_mut().for_each(|r| *r = 1.0 / *r),
            Flaw::Picky if given.len() > 30 => return Err(Error::Empty { what: "patience" }),
            _ => {}
        }
        suggested.truncate(ratio.len());
        let classes = given.class_count() + usize::from(self.0 == Flaw::OtherClasses);
        let quality = LabelQuality::new(ratio.iter().map(|r| 1.0 / (1.0 + r)).collect()).expect("a ratio is a number");
        let is_issue = ratio.iter().map(|r| *r > 1.0).collect();
        LabelIssues::new(quality, is_issue, Labels::new(suggested, classes)?, ratio)
    }
}

fn counter() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static CALLS: AtomicU32 = AtomicU32::new(0);
    CALLS.fetch_add(1, Ordering::Relaxed)
}

fn rows(embeddings: &dyn EmbeddingSource) -> Result<Array2<f32>> {
    let mut rows = Array2::zeros(embeddings.shape());
    embeddings.read_rows(0, rows.view_mut())?;
    Embeddings::new(rows.view())?;
    Ok(rows)
}

/// Distances to class means, `(n, k)`; infinite to those of absent classes.
fn distances(rows: &Array2<f32>, given: &Labels) -> Array2<f64> {
    let mut means = Array2::<f64>::zeros((given.class_count(), rows.ncols()));
    for (row, &class) in rows.outer_iter().zip(given.values()) {
        means.row_mut(class as usize).zip_mut_with(&row, |sum, value| *sum += f64::from(*value));
    }
    let counts = given.counts();
    Array2::from_shape_fn((rows.nrows(), given.class_count()), |(row, class)| {
        let difference = |(value, sum): (&f32, &f64)| (f64::from(*value) - sum / counts[class] as f64).powi(2);
        let distance = rows.row(row).iter().zip(means.row(class)).map(difference).sum::<f64>().sqrt();
        if counts[class] == 0 { f64::INFINITY } else { distance }
    })
}

fn violation(flaw: Flaw) -> LawViolation {
    check_laws(&Centroids(flaw), &Laws::default()).expect_err("a planted flaw is caught")
}

#[test]
fn a_sound_detector_breaks_no_law() {
    if let Err(violation) = check_laws(&Centroids(Flaw::None), &Laws { cases: 64, ..Laws::default() }) {
        panic!("{violation}");
    }
}

#[test]
fn every_planted_flaw_is_caught_by_its_law() {
    let caught = [
        (Flaw::Position, "sample order does not matter"),
        (Flaw::FirstClass, "class names do not matter"),
        (Flaw::SuggestionOfPosition, "sample order does not matter"),
        (Flaw::Threads, "threads do not matter"),
        (Flaw::ThreadErrors, "threads do not matter"),
        (Flaw::Repetition, "asking again changes nothing"),
        (Flaw::NotANumber, "answers are well formed"),
        (Flaw::ShortIssues, "answers are well formed"),
        (Flaw::OtherClasses, "answers are well formed"),
        (Flaw::AnyLength, "other lengths are refused"),
        (Flaw::LengthPanic, "other lengths are refused"),
        (Flaw::Blind, "a wrong label is most suspect"),
        (Flaw::Inverted, "a wrong label is most suspect"),
        (Flaw::Picky, "sound input is accepted"),
        (Flaw::SwallowsSource, "failing sources are reported"),
        (Flaw::WrongCancel, "cancelling is obeyed"),
        (Flaw::Deaf, "cancelling is obeyed"),
        (Flaw::OtherParts, "stopping and resuming changes nothing"),
    ];
    for (flaw, law) in caught {
        assert_eq!(violation(flaw).law, law, "{flaw:?}");
    }
}

#[test]
fn work_that_hears_only_some_of_the_answers_is_caught() {
    let work = |heard: [bool; 3], units: usize| {
        move |run: &Run<'_>| {
            let stage = run.stage("working", 3);
            heard
                .into_iter()
                .try_for_each(|hears| stage.advance(units).or_else(|error| if hears { Err(error) } else { Ok(()) }))
        }
    };
    assert_eq!(every_report_can_stop(&work([true; 3], 1)), Ok(()));
    let caught = |violation: LawViolation| violation.breach;
    let deaf = every_report_can_stop(&work([true, true, false], 1)).map_err(caught);
    assert_eq!(deaf, Err(Breach::Accepted { input: "a run that asks to stop" }));
    let silent = every_report_can_stop(&|_: &Run<'_>| Ok(())).map_err(caught);
    assert_eq!(silent, Err(Breach::WrongShape { what: "reports", expected: 1, found: 0 }));
    let wild = every_report_can_stop(&work([true; 3], 2)).map_err(caught);
    assert_eq!(wild, Err(Breach::WrongShape { what: "units beyond the total", expected: 0, found: 3 }));
}

#[test]
fn a_violation_shows_the_values_and_the_input_and_is_the_same_every_time() {
    let first = violation(Flaw::Position);
    assert!(matches!(first.breach, Breach::Differs { column: "quality", .. }), "{first}");
    assert!(first.input.as_ref().is_some_and(|input| input.contains("LabeledRows")), "{first}");
    assert_eq!(first, violation(Flaw::Position));
    assert!(matches!(violation(Flaw::NotANumber).breach, Breach::Panicked { .. }));
}

#[test]
fn a_law_that_is_switched_off_is_not_checked() {
    let laws = Laws { wrong_label: false, ..Laws::default() };
    assert_eq!(check_laws(&Centroids(Flaw::Blind), &laws), Ok(()));
    let laws = Laws { threads: false, ..Laws::default() };
    assert_eq!(check_laws(&Centroids(Flaw::Threads), &laws), Ok(()));
    let laws = Laws { class_names: false, wrong_label: false, ..Laws::default() };
    assert_eq!(check_laws(&Centroids(Flaw::FirstClass), &laws), Ok(()));
    let laws = Laws { sample_order: false, wrong_label: false, ..Laws::default() };
    assert_eq!(check_laws(&Centroids(Flaw::SuggestionOfPosition), &laws).unwrap_err().law, "class names do not matter");
}

/// χ by plain division: infinite where only the denominator is 0.
struct PlainRatio;

impl Judge<ErrorSummary> for PlainRatio {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, _: &Run<'_>) -> Result<LabelIssues> {
        same_length("given labels", errors.len(), given.len())?;
        let ratio: Vec<f64> = errors.own().iter().zip(errors.least_other()).map(|(own, other)| own / other).collect();
        let quality =
            LabelQuality::new(ratio.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect()).expect("a ratio is a number");
        let suggested = given.with_values(errors.least_other_class().to_vec())?;
        LabelIssues::new(quality, ratio.iter().map(|ratio| *ratio > 1.0).collect(), suggested, ratio)
    }
}

#[test]
fn a_plain_division_of_errors_is_caught() {
    let violation = check_error_laws(&PlainRatio, &Laws::default()).unwrap_err();
    assert!(matches!(violation.breach, Breach::OwnOutput { .. }), "{violation}");
}

/// Self-confidence, the probability of the given label; or its opposite.
struct SelfConfidence {
    inverted: bool,
}

impl<'a> Judge<PredictedProbabilities<'a>> for SelfConfidence {
    fn judge(&self, evidence: &PredictedProbabilities<'a>, given: &Labels, _: &Run<'_>) -> Result<LabelIssues> {
        same_length("given labels", evidence.view().nrows(), given.len())?;
        same_class_count("the given labels", evidence.view().ncols(), given.class_count())?;
        let own = |row: usize| evidence.view()[[row, given.class(row)]].min(1.0);
        let sign = |p: f64| if self.inverted { 1.0 - p } else { p };
        let scores: Vec<f64> = (0..given.len()).map(own).map(sign).collect();
        let is_issue = scores.iter().map(|p| *p < 0.5).collect();
        LabelIssues::new(LabelQuality::new(scores.clone())?, is_issue, given.clone(), scores)
    }
}

#[test]
fn judges_of_probabilities_are_held_to_the_same_laws() {
    let laws = Laws { cases: 64, ..Laws::default() };
    assert_eq!(check_probability_laws(&SelfConfidence { inverted: false }, &laws), Ok(()));
    let violation = check_probability_laws(&SelfConfidence { inverted: true }, &laws).unwrap_err();
    assert!(matches!(violation.breach, Breach::NotLowered { .. }), "{violation}");
}
