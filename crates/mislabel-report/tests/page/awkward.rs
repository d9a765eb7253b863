//! Datasets at the edge, and what must not matter.

use mislabel_core::{Embeddings, LabelIssues, LabelQuality, Labels, Run};
use mislabel_methods::{Dataset, Report};
use mislabel_report::{Origin, PixelForm, ReportOptions, ReportPage, Samples};
use ndarray::{Array2, array};
use rayon::ThreadPoolBuilder;
use serde_json::json;

use crate::made::{clustered, digits_page, made_up, origin, parsed};

fn page(report: &Report, data: &Dataset<'_>) -> ReportPage {
    ReportPage::new(report, data, &Samples::default(), &ReportOptions::default(), Origin::default(), &Run::quiet())
        .unwrap()
}

#[test]
fn threads_do_not_matter() {
    let html = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| digits_page("consensus").1.html())
    };
    assert_eq!(html(1), html(3));
}

#[test]
fn labels_alone_make_a_page() {
    let given = Labels::new((0..60).map(|row| row % 3).collect(), 3).unwrap();
    let page = page(&made_up(&given), &Dataset::new(&given));
    assert!(page.map.is_none() && page.importance.is_none() && page.facts.copies.is_none());
    assert_eq!(page.figures().len(), 4);
    parsed(&page.html());
}

#[test]
fn a_dataset_without_flags_says_so() {
    let given = Labels::new(vec![0, 0, 1], 2).unwrap();
    let quality = LabelQuality::new(vec![1.0; 3]).unwrap();
    let issues = LabelIssues::new(quality, vec![false; 3], given.clone(), vec![0.0; 3]).unwrap();
    let page = page(&Report::new("knn", json!({}), issues), &Dataset::new(&given));
    let document = parsed(&page.html());
    assert!(document.root_element().text().any(|text| text == "The method flags no label."));
    assert_eq!(page.figures().len(), 1);
}

#[test]
fn classes_of_one_sample_or_none_and_rows_that_are_all_alike_make_a_page() {
    let given = Labels::new(vec![0, 0, 0, 3, 5, 5], 7).unwrap();
    for rows in
        [Array2::zeros((6, 2)), array![[1.0_f32, 2.0], [1.0, 2.0], [0.0, 0.0], [5.0, 1.0], [1.0, 2.0], [3.0, 3.0]]]
    {
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap();
        let page = page(&made_up(&given), &data);
        let html = page.html();
        parsed(&html);
        assert!(!html.contains("NaN") && !html.contains("inf "), "a number that is none");
        assert_eq!(page.facts.absent, [1, 2, 4, 6]);
        assert_eq!(page.map.unwrap().len(), 6);
    }
}

#[test]
fn one_sample_makes_a_page() {
    let given = Labels::new(vec![1], 2).unwrap();
    let rows = array![[1.0_f32]];
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap();
    parsed(&page(&made_up(&given), &data).html());
}

#[test]
fn parts_can_be_left_out() {
    let given = Labels::new((0..60).map(|row| row % 3).collect(), 3).unwrap();
    let rows = clustered(&given, 4);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap();
    let options = ReportOptions { top: 0, map_points: 0, important_classes: 0, ..ReportOptions::default() };
    let page =
        ReportPage::new(&made_up(&given), &data, &Samples::default(), &options, origin(), &Run::quiet()).unwrap();
    assert!(page.suspects.is_empty() && page.map.is_none() && page.importance.is_none());
    parsed(&page.html());
}

#[test]
fn things_of_other_samples_are_refused() {
    let given = Labels::new((0..60).map(|row| row % 3).collect(), 3).unwrap();
    let other = Labels::new((0..59).map(|row| row % 3).collect(), 3).unwrap();
    let rows = clustered(&given, 4);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap();
    let refused = |report: &Report, samples: Samples<'_>| {
        ReportPage::new(report, &data, &samples, &ReportOptions::default(), origin(), &Run::quiet())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused(&made_up(&other), Samples::default()), "label issues: 59 entries, expected 60");
    let texts = vec![String::new(); 61];
    let samples = Samples { texts: Some(&texts), ..Samples::default() };
    assert_eq!(refused(&made_up(&given), samples), "texts of the samples: 61 entries, expected 60");
    let pixels = Samples { pixels: Some(PixelForm { height: 2, width: 3, ink: 1.0 }), ..Samples::default() };
    assert_eq!(refused(&made_up(&given), pixels), "pixels of a sample: 6 entries, expected 4");
}
