//! The whole way over a table in this process, beside the same in memory.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use mislabel_core::{ClassEvidence, Embeddings, Run};
use mislabel_datafusion::{Detection, Engine, Layout, Report, Table, rows_scored};
use mislabel_reconstruct::SoftLinear;
use mislabel_rer::Rer;
use support::{Data, digits, files, issues, waves};

/// What rounding the sums moves χ by at most, relative to it.
const SAME: f64 = 1e-6;

/// Tests of this file count scored rows: one at a time.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn table(folder: &std::path::Path) -> Table {
    Table { location: folder.to_str().unwrap().to_owned(), columns: Default::default(), layout: Layout::Any }
}

async fn detected(data: &Data, order: &[usize], parts: usize, partitions: usize, method: &SoftLinear) -> Report {
    let folder = tempfile::tempdir().unwrap();
    files(&folder.path().join("table"), data, order, parts);
    let engine = Engine::embedded(Some(partitions)).unwrap();
    let work = folder.keep().join("work");
    let detection = Detection { model: method.clone(), ..Detection::new(work.to_str().unwrap()) };
    detection.run(&engine, &table(&work.parent().unwrap().join("table")), &()).await.unwrap()
}

fn alike(data: &Data, report: &Report, method: &SoftLinear) {
    let rows = Embeddings::new(data.rows.view()).unwrap();
    let given = data.labels();
    let errors = method.evidence(&rows, &given, &Run::quiet()).unwrap();
    let expected = Rer::default().report(&errors, &given).unwrap();
    let found = issues(report);
    assert_eq!(found.len(), given.len());
    for ((id, ratio, suggested, flag), row) in found.into_iter().zip(0..) {
        let (ratio, expected_ratio) = (f64::from_bits(ratio), expected.ratios().as_slice()[row]);
        assert_eq!(id, row as i64);
        assert!((ratio - expected_ratio).abs() <= SAME * expected_ratio, "row {row}: {ratio} {expected_ratio}");
        assert_eq!(suggested, i64::from(expected.ratios().suggested().values()[row]), "row {row}");
        assert_eq!(flag, expected.issues().is_issue()[row], "row {row}");
    }
    let ranking = expected.issues().quality().ranking();
    let first: Vec<String> = ranking.iter().take(5).map(|row| row.to_string()).collect();
    assert_eq!(report.suspects.iter().take(5).map(|row| row.id.clone()).collect::<Vec<_>>(), first);
    assert!((report.threshold - expected.threshold()).abs() < SAME);
    assert!((report.difficulty - expected.difficulty()).abs() < SAME);
    assert!((report.noise_rate.unwrap() - expected.noise().rate().unwrap()).abs() < SAME);
    assert_eq!(report.flagged, expected.flagged() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_in_four_files_are_judged_as_in_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (data, method) = (digits(), SoftLinear::default());
    let n = data.labels.len();
    let order: Vec<usize> = (0..n).collect();
    let before = rows_scored();
    let report = detected(&data, &order, 4, 2, &method).await;
    alike(&data, &report, &method);
    // Once to find suspects, once in the end: nothing is evaluated twice.
    assert_eq!(rows_scored() - before, 2 * n as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cut_and_order_gives_the_same_bits() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (data, method) = (waves(700, 12, 35), SoftLinear { trim: vec![1.06, 1.02], ..SoftLinear::default() });
    let order: Vec<usize> = (0..700).collect();
    let first = detected(&data, &order, 1, 1, &method).await;
    alike(&data, &first, &method);
    let mut turned = order.clone();
    turned.reverse();
    turned.rotate_left(123);
    for (order, files, partitions) in [(&order, 1, 2), (&order, 4, 3), (&order, 9, 5), (&turned, 4, 16)] {
        let report = detected(&data, order, files, partitions, &method).await;
        assert_eq!(issues(&report), issues(&first), "{files} files, {partitions} partitions");
        assert_eq!(Report { table: String::new(), ..report }, Report { table: String::new(), ..first.clone() });
    }
}
