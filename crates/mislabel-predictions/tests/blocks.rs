//! What is read in blocks equals what is held in memory, bit for bit.

use mislabel_core::{EmbeddingSource, Embeddings, Error, Labels, ProbabilitySource, Run};
use mislabel_predictions::{Certainty, Logits, Predictions, Softmax, ZeroShot};
use ndarray::Array2;

/// Rows enough for several blocks, the last one short.
const ROWS: usize = 700;

fn wave(rows: usize, columns: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(i, j)| 4.0 * ((i * 7919 + j * 104_729 + i * j * 31) as f32).sin())
}

fn given() -> Labels {
    Labels::new((0..ROWS as u32).map(|i| i % 5).collect(), 5).expect("labels")
}

#[test]
fn a_softmax_that_is_read_equals_one_that_is_held() {
    let rows = wave(ROWS, 5);
    let held = Logits::new(rows.clone()).expect("logits").softmax().expect("probabilities");
    let source = Embeddings::new(rows.view()).expect("rows");
    for (start, count) in [(0, ROWS), (3, 600), (ROWS - 1, 1)] {
        let mut read = Array2::zeros((count, 5));
        Softmax::new(&source).read_rows(start, read.view_mut()).expect("rows");
        assert_eq!(read, held.view().slice(ndarray::s![start..start + count, ..]));
    }
    let mut beyond = Array2::zeros((2, 5));
    assert!(Softmax::new(&source).read_rows(ROWS - 1, beyond.view_mut()).is_err());
    let mut narrow = Array2::zeros((2, 4));
    assert!(matches!(Softmax::new(&source).read_rows(0, narrow.view_mut()), Err(Error::LengthMismatch { .. })));
}

#[test]
fn predictions_of_logits_that_are_read_equal_those_of_logits_that_are_held() {
    let rows = wave(ROWS, 5);
    let logits = Logits::new(rows.clone()).expect("logits");
    let source = Embeddings::new(rows.view()).expect("rows");
    for certainty in [Certainty::Entropy, Certainty::Confidence] {
        let held = Predictions::from_logits(&logits, &given(), certainty, &Run::quiet()).expect("predictions");
        let read = Predictions::from_logit_rows(&source, &given(), certainty, &Run::quiet()).expect("predictions");
        assert_eq!(read, held);
    }
    let fewer = Labels::new(vec![0; ROWS - 1], 5).expect("labels");
    let refused = Predictions::from_logit_rows(&source, &fewer, Certainty::Entropy, &Run::quiet());
    assert!(matches!(refused, Err(Error::LengthMismatch { .. })));
}

#[test]
fn zero_shot_logits_that_are_read_equal_those_that_are_held() {
    let images = wave(ROWS, 12);
    let images = Embeddings::new(images.view()).expect("rows");
    let zero_shot = ZeroShot::new(wave(5, 12)).expect("texts");
    let held = zero_shot.logits(&images, &Run::quiet()).expect("logits");
    let rows = zero_shot.logit_rows(&images).expect("logits");
    let mut read = Array2::zeros(rows.shape());
    rows.read_rows(0, read.view_mut()).expect("rows");
    assert_eq!(read, held.view());
    let narrow = wave(3, 11);
    assert!(zero_shot.logit_rows(&Embeddings::new(narrow.view()).expect("rows")).is_err());
}
