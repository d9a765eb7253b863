//! Many samples of many classes.

use std::time::Instant;

use mislabel_core::{Embeddings, Labels, Run};
use mislabel_methods::Dataset;
use mislabel_report::{ReportOptions, ReportPage, Samples};

use crate::made::{clustered, made_up, origin};

/// Bytes of a page that can be mailed.
const MAILABLE: usize = 25_000_000;

fn large_page(samples: u32, features: usize) -> (ReportPage, f64) {
    let given = Labels::new((0..samples).map(|row| row.wrapping_mul(2_654_435_761) % 1000).collect(), 1000).unwrap();
    let names = (0..1000).map(|class| format!("class {class} of a thousand, with a name that is not short"));
    let given = given.with_class_names(names).unwrap();
    let rows = clustered(&given, features);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap();
    let report = made_up(&given);
    let shown = Samples { numbers: true, ..Samples::default() };
    let options = ReportOptions { top: 200, ..ReportOptions::default() };
    let start = Instant::now();
    let page = ReportPage::new(&report, &data, &shown, &options, origin(), &Run::quiet()).unwrap();
    (page, start.elapsed().as_secs_f64())
}

#[test]
fn a_page_of_a_thousand_classes_can_be_mailed() {
    let (page, _) = large_page(60_000, 4);
    assert_eq!(page.map.as_ref().unwrap().len(), 20_000);
    assert!(page.html().len() < MAILABLE / 5);
}

/// Figures: `cargo test --release -p mislabel-report --test page -- --ignored --nocapture`.
#[test]
#[ignore = "1,281,167 rows of 768 features: 4 GB"]
fn a_page_of_imagenet_size_takes_ten_seconds() {
    let (page, seconds) = large_page(1_281_167, 768);
    let start = Instant::now();
    let bytes = page.html().len();
    let drawn = start.elapsed().as_secs_f64();
    println!("values in {seconds:.1} s, page of {:.1} MB in {drawn:.1} s", bytes as f64 / 1e6);
    assert!(bytes < MAILABLE && seconds + drawn < 20.0);
}
