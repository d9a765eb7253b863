//! Pages made for tests.

use mislabel_core::{Embeddings, LabelIssues, LabelQuality, Labels, NoiseModel as _, Run, split_seed};
use mislabel_methods::{Dataset, Report, detect};
use mislabel_noise::Symmetric;
use mislabel_report::{Origin, PixelForm, ReportOptions, ReportPage, Samples};
use ndarray::Array2;
use scraper::Html;
use serde_json::json;

/// The digits with 10% of the labels wrong.
pub(crate) fn noisy_digits() -> (Array2<f32>, Labels) {
    let digits = mislabel_datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51).unwrap();
    (digits.embeddings, noisy.given)
}

/// What the method says of the digits, and the page on it.
pub(crate) fn digits_page(method: &str) -> (Report, ReportPage) {
    let (rows, given) = noisy_digits();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap();
    let report = detect(method, &data, &Run::quiet()).unwrap();
    let samples = Samples { pixels: Some(PixelForm { height: 8, width: 8, ink: 16.0 }), ..Samples::default() };
    let page = ReportPage::new(&report, &data, &samples, &ReportOptions::default(), origin(), &Run::quiet()).unwrap();
    (report, page)
}

pub(crate) fn origin() -> Origin {
    Origin { command: Some("mislabel report".into()), made: Some("2026-11-28".into()), ..Origin::default() }
}

/// A report that flags every tenth label and suggests the next class, with qualities by chance.
pub(crate) fn made_up(given: &Labels) -> Report {
    let n = given.len();
    let share = |row: usize| (split_seed(3, &[row as u64]) % 10_000) as f64 / 10_000.0;
    let flags: Vec<bool> = (0..n).map(|row| row % 10 == 3).collect();
    let quality = (0..n).map(|row| if flags[row] { 0.3 * share(row) } else { 0.3 + 0.7 * share(row) }).collect();
    let next = |row: usize| (given.values()[row] + u32::from(flags[row])) % given.class_count() as u32;
    let suggested = given.with_values((0..n).map(next).collect()).unwrap();
    let issues = LabelIssues::new(LabelQuality::new(quality).unwrap(), flags, suggested, vec![1.0; n]).unwrap();
    Report::new("knn", json!({ "judge": { "neighbors": 10 } }), issues)
}

/// Rows that lie near the center of their class.
pub(crate) fn clustered(given: &Labels, features: usize) -> Array2<f32> {
    let value = |parts: &[u64]| (split_seed(9, parts) % 2000) as f32 / 1000.0 - 1.0;
    Array2::from_shape_fn((given.len(), features), |(row, feature)| {
        let class = u64::from(given.values()[row]);
        3.0 * value(&[class, feature as u64]) + value(&[row as u64, feature as u64, 1])
    })
}

/// The document, which must be well formed.
pub(crate) fn parsed(html: &str) -> Html {
    let document = Html::parse_document(html);
    assert!(document.errors.is_empty(), "{:?}", document.errors);
    document
}
