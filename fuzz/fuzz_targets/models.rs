//! Fitted models as bytes, and sums of rows: what is read is a model that is written as it was, and whose figures are numbers.

#![no_main]

use std::sync::Arc;

use mislabel_core::{Embeddings, ErrorSummary, Labels, NearestErrors};
use mislabel_posterior::FittedPosterior;
use mislabel_reconstruct::{ClassSearch, FittedClass, OwnModel, RowScorer, RowSums, ScoredRow};
use ndarray::{Array2, array};

/// Larger ones are only written again.
const MOST: usize = 64;

fn with_mark(mark: &[u8; 8], content: &[u8]) -> Vec<u8> {
    [mark, content].concat()
}

/// Two classes of the same model score rows, however odd it is: by numbers or a refusal.
fn class(bytes: &[u8], own: Option<Arc<OwnModel>>) {
    let Ok(class) = FittedClass::from_bytes(bytes) else { return };
    assert_eq!(class.to_bytes(), bytes);
    let d = class.features();
    if d > MOST {
        return;
    }
    let twice = [bytes, bytes].map(|bytes| FittedClass::from_bytes(bytes).ok());
    let Ok(scorer) = RowScorer::new(twice.into(), vec![0.0; d], ClassSearch::All) else { return };
    let rows = Array2::from_shape_fn((3, d), |(row, feature)| (row * 7 + feature) as f32 * 0.1);
    let rows = Embeddings::new(rows.view()).expect("finite rows");
    let own = own.filter(|own| own.footprint() == 8 * d * (d + 1));
    let asked: Vec<ScoredRow> = (0..3).map(|row| ScoredRow { label: row % 2, fitted_on: own.is_some() }).collect();
    let of_class = |_: u32| own.clone().ok_or_else(|| mislabel_core::Error::other("no model"));
    if let Ok(columns) = scorer.score(&rows, &asked, &of_class, true) {
        assert_eq!((columns.own.len(), columns.least_other.len()), (3, 3));
    }
}

fn posterior(bytes: &[u8]) {
    let Ok(fitted) = FittedPosterior::from_bytes(bytes) else { return };
    assert_eq!(fitted.to_bytes(), bytes);
    let k = fitted.class_count();
    if k > MOST {
        return;
    }
    let given = Labels::new(vec![0, 1], k).expect("labels of the classes");
    let mut errors = Array2::from_elem((2, k), 3.0);
    (errors[[0, 0]], errors[[0, 1]], errors[[1, 0]]) = (1.0, 2.0, 0.5);
    let summary = ErrorSummary::from_dense(errors.view(), &given).expect("errors of all classes");
    let nearest = NearestErrors::new(summary, array![[1], [0]], array![[2.0], [0.5]]).expect("the nearest class");
    if let Ok(opinions) = fitted.judge(&nearest, &given) {
        assert!(opinions.quality().as_slice().iter().all(|quality| (0.0..=1.0).contains(quality)));
    }
}

fn sums(bytes: &[u8]) {
    let Some((&[features, bits], entries)) = bytes.split_first_chunk::<2>() else { return };
    let entries: Vec<i64> = entries.as_chunks::<8>().0.iter().map(|word| i64::from_le_bytes(*word)).collect();
    let features = usize::from(features % 8);
    let Ok(mut sums) = RowSums::from_entries(features, u32::from(bits), entries.clone()) else { return };
    let other = sums.clone();
    if let Ok(scatter) = sums.scatter() {
        assert!(scatter.variance() >= 0.0);
    }
    let _ = sums.subtract(&other);
    let _ = sums.add(&other);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    match first % 4 {
        0 => sums(content),
        1 => posterior(&with_mark(b"MLNOISE1", content)),
        2 => class(&with_mark(b"MLCLASS1", content), None),
        _ => {
            // A model of own samples, then a class.
            let Some((&cut, content)) = content.split_first() else { return };
            let (own, of_class) = content.split_at(content.len() * usize::from(cut) / 256);
            let bytes = with_mark(b"MLOWNMDL", own);
            let own = OwnModel::from_bytes(&bytes).ok();
            if let Some(own) = &own {
                assert_eq!(own.to_bytes(), bytes);
            }
            class(&with_mark(b"MLCLASS1", of_class), own.map(Arc::new));
        }
    }
});
