//! Pages to look at: of few and of many classes, with names of every kind.

use std::fs;
use std::path::Path;

use mislabel_core::{Embeddings, Labels, Run};
use mislabel_methods::Dataset;
use mislabel_report::{ReportOptions, ReportPage, Samples};

use crate::made::{clustered, digits_page, made_up, origin};

fn page_of(classes: u32, samples: u32, names: impl Fn(u32) -> String) -> ReportPage {
    let given =
        Labels::new((0..samples).map(|row| row.wrapping_mul(2_654_435_761) % classes).collect(), classes as usize);
    let given = given.unwrap().with_class_names((0..classes).map(names)).unwrap();
    let rows = clustered(&given, 8);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap();
    let texts: Vec<String> =
        (0..samples).map(|row| format!("The text of sample {row}. ").repeat(row as usize % 9 + 1)).collect();
    let shown = Samples { texts: Some(&texts), ..Samples::default() };
    ReportPage::new(&made_up(&given), &data, &shown, &ReportOptions::default(), origin(), &Run::quiet()).unwrap()
}

fn species(class: u32) -> String {
    match class {
        3 => "</script><img src=x onerror=alert(1)>".into(),
        4 => "a very long name ".repeat(20),
        5 => "שלום עולם".into(),
        6 => "averylongwordwithoutanyspaces".repeat(10),
        _ => format!("scientific name of species number {class}, subspecies"),
    }
}

/// `cargo test --release -p mislabel-report --test page -- --ignored pages_to_look_at`, then open `target/tmp/pages/*.html`.
#[test]
#[ignore = "writes pages for people to look at"]
fn pages_to_look_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, page: &ReportPage| page.write_html(folder.join(name)).unwrap();
    write("digits.html", &digits_page("consensus").1);
    write("2.html", &page_of(2, 600, |class| if class == 0 { "spam".into() } else { "no spam".into() }));
    write("77.html", &page_of(77, 5_000, |class| format!("request_of_kind_{class}")));
    write("1000.html", &page_of(1000, 30_000, species));
}
