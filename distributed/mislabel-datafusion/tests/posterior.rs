//! The posterior over a table, beside the same in memory.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use mislabel_core::{Embeddings, NoiseModel, Run};
use mislabel_datafusion::{Engine, Layout, PosteriorDetection, PosteriorReport, Table, rows_scored};
use mislabel_posterior::SoftLinearPosterior;
use support::{Data, digits, files, judged, waves};

/// What rounding the sums moves a probability by at most.
const SAME: f64 = 1e-4;

/// Tests of this file count scored rows: one at a time.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn table(folder: &Path) -> Table {
    Table { location: folder.to_str().unwrap().to_owned(), columns: Default::default(), layout: Layout::Any }
}

async fn detected(
    data: &Data,
    order: &[usize],
    (parts, partitions): (usize, usize),
    method: &SoftLinearPosterior,
) -> PosteriorReport {
    let folder = tempfile::tempdir().unwrap();
    files(&folder.path().join("table"), data, order, parts);
    let engine = Engine::embedded(Some(partitions)).unwrap();
    let work = folder.keep().join("work");
    let detection = PosteriorDetection { method: method.clone(), ..PosteriorDetection::new(work.to_str().unwrap()) };
    detection.run(&engine, &table(&work.parent().unwrap().join("table")), &()).await.unwrap()
}

/// The greatest difference of two probabilities, and how many flags differ.
fn differences(data: &Data, report: &PosteriorReport, method: &SoftLinearPosterior) -> (f64, usize) {
    let rows = Embeddings::new(data.rows.view()).unwrap();
    let given = data.labels();
    let posterior = method.fitted(&rows, &given, &Run::quiet()).unwrap().posterior;
    let expected = posterior.issues(posterior.default_rule()).unwrap();
    let found = judged(&report.table);
    assert_eq!(found.len(), given.len());
    let (mut most, mut flags) = (0.0_f64, 0);
    for (row, (id, quality, suggested, flag)) in found.into_iter().enumerate() {
        assert_eq!(id, row as i64);
        most = most.max((quality - expected.quality().as_slice()[row]).abs());
        match flag == expected.is_issue()[row] {
            false => flags += 1,
            true if flag => assert_eq!(suggested, i64::from(expected.suggested().values()[row]), "row {row}"),
            true => {}
        }
    }
    assert!(
        (report.noise_rate - posterior.noise_rate()).abs() < 1e-3,
        "{} {}",
        report.noise_rate,
        posterior.noise_rate()
    );
    (most, flags)
}

fn all(data: &Data) -> Vec<usize> {
    (0..data.labels.len()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_are_judged_as_in_memory_and_no_row_twice() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let truth = mislabel_datasets::digits();
    let noise = mislabel_noise::Asymmetric { rate: 0.4, ..Default::default() };
    let directed = noise.corrupt(&truth.labels, 51).unwrap().given.values().to_vec();
    let directed = Data { labels: directed, ..digits() };
    let method = SoftLinearPosterior::default();
    // Errors of one direction take more than one fit.
    for (data, fewest_fits) in [(digits(), 1), (directed, 2)] {
        let n = data.labels.len() as u64;
        let before = rows_scored();
        let report = detected(&data, &all(&data), (4, 2), &method).await;
        let scored = rows_scored() - before;
        let (most, flags) = differences(&data, &report, &method);
        assert!(most < SAME && flags == 0, "{most} {flags}");
        // Every fit looks at all rows for the label noise, and every accepted one judges all; one more may have been refused.
        let accepted = report.dropped.len() as u64 + 1;
        assert!(
            accepted >= fewest_fits && [2 * accepted * n, (2 * accepted + 1) * n].contains(&scored),
            "{scored} {accepted}"
        );
        assert!(report.precision.unwrap() > 0.9 && report.fitted_rows == n);
        assert!(report.suspects[0].quality < 1e-3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cut_and_order_gives_the_same_bits() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data = waves(2500, 12, 35);
    // Of so many classes the rows that shrinkages are tried on are other ones in memory.
    let method = SoftLinearPosterior { shrinkages: vec![3.0], ..SoftLinearPosterior::default() };
    let order = all(&data);
    let first = detected(&data, &order, (1, 1), &method).await;
    let (most, flags) = differences(&data, &first, &method);
    assert!(most < SAME && flags == 0, "{most} {flags}");
    let mut turned = order.clone();
    turned.reverse();
    turned.rotate_left(1023);
    for method in [method, SoftLinearPosterior::default()] {
        let first = detected(&data, &order, (1, 1), &method).await;
        for (order, cut) in [(&order, (4, 3)), (&turned, (9, 16))] {
            let report = detected(&data, order, cut, &method).await;
            assert_eq!(judged(&report.table), judged(&first.table), "{cut:?}");
            let without =
                |report: PosteriorReport| PosteriorReport { table: String::new(), model: String::new(), ..report };
            assert_eq!(without(report), without(first.clone()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_the_noise_was_not_learnt_from_are_judged_much_as_in_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    // More rows than have their errors under all classes summed, and more than the noise is learnt from.
    let data = waves(20_000, 12, 40);
    let mut method = SoftLinearPosterior { shrinkages: vec![3.0], ..SoftLinearPosterior::default() };
    method.model.sample = 8_000;
    let report = detected(&data, &all(&data), (3, 2), &method).await;
    assert!(report.fitted_rows == 8_000, "{}", report.fitted_rows);
    method.model.sample = 131_072;
    let (_, flags) = differences(&data, &report, &method);
    assert!(flags <= 40, "{flags} of 20,000 flags differ");
    let report = detected(&data, &all(&data), (3, 2), &method).await;
    assert_eq!(report.fitted_rows, 20_000);
    let (most, flags) = differences(&data, &report, &method);
    assert!(most < 0.05 && flags <= 4, "{most}, {flags} of 20,000 flags differ");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_rows_and_classes_are_judged_as_in_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let method = SoftLinearPosterior::default();
    // Class 1 holds five of its own and twenty of class 0; class 3 has one row, class 4 two.
    let mut data = waves(150, 8, 3);
    for row in 0..150 {
        data.labels[row] = if row % 3 == 0 && row < 120 { 1 } else { (row % 3) as u32 };
        if row % 3 == 1 && row > 15 {
            data.labels[row] = 2;
        }
    }
    (data.labels[149], data.labels[148], data.labels[147], data.classes) = (3, 4, 4, 5);
    let mut two = waves(60, 5, 2);
    two.rows.row_mut(3).fill(0.0);
    for data in [data, two] {
        let report = detected(&data, &all(&data), (3, 2), &method).await;
        let (most, flags) = differences(&data, &report, &method);
        assert!(most < 1e-2 && flags == 0, "{most} {flags}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ends_goes_on_where_it_was_and_changes_nothing() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data = digits();
    let folder = tempfile::tempdir().unwrap();
    files(&folder.path().join("table"), &data, &all(&data), 2);
    let table = table(&folder.path().join("table"));
    let work = folder.path().join("work");
    let detection = PosteriorDetection { resume: true, ..PosteriorDetection::new(work.to_str().unwrap().to_owned()) };
    let engine = Engine::embedded(Some(2)).unwrap();
    let first = detection.run(&engine, &table, &()).await.unwrap();
    let steps = |work: &Path| -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(work.join("steps"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let names = steps(&work);
    // As if it had been stopped after each step in turn.
    for gone in &names {
        std::fs::remove_file(work.join("steps").join(gone)).unwrap();
        let again = detection.run(&engine, &table, &()).await.unwrap();
        assert_eq!(again, first, "after {gone} was taken again");
        assert_eq!(steps(&work), names);
    }
    // Damage of a marker, and results that are gone, are told with the way out.
    let marker = work.join("steps").join("shrinkage.json");
    let whole = std::fs::read(&marker).unwrap();
    std::fs::write(&marker, [b"2".as_slice(), &whole[1..]].concat()).unwrap();
    let said = detection.run(&engine, &table, &()).await.unwrap_err().to_string();
    assert!(said.contains("shrinkage.json is damaged") && said.contains("the step is taken again"), "{said}");
    std::fs::write(&marker, whole).unwrap();
    std::fs::remove_dir_all(work.join("issues")).unwrap();
    let said = detection.run(&engine, &table, &()).await.unwrap_err().to_string();
    assert!(said.contains("holds 0 of 1797 rows"), "{said}");
    std::fs::remove_file(work.join("steps").join("report.json")).unwrap();
    assert_eq!(detection.run(&engine, &table, &()).await.unwrap(), first);
    let inside = PosteriorDetection::new(folder.path().join("table/run").to_str().unwrap());
    let said = inside.run(&engine, &table, &()).await.unwrap_err().to_string();
    assert!(said.contains("lies in the folder of the table"), "{said}");
    let other = PosteriorDetection { seed: 1, ..detection.clone() };
    let refused = other.run(&engine, &table, &()).await.unwrap_err().to_string();
    assert!(refused.contains("parameters"), "{refused}");
    let metric = Some(mislabel_reconstruct::SharedMetric::default());
    let method = SoftLinearPosterior { metric, ..SoftLinearPosterior::default() };
    let refused = PosteriorDetection { method, ..detection.clone() }.check().unwrap_err().to_string();
    assert!(refused.contains("metric"), "{refused}");
    let mut method = SoftLinearPosterior::default();
    method.evidence.model.trim = vec![1.06];
    let refused = PosteriorDetection { method, ..detection }.check().unwrap_err().to_string();
    assert!(refused.contains("trim"), "{refused}");
}

/// Starts the same run once more while the first step that it hears of is taken.
struct Second(std::sync::Mutex<Option<std::sync::mpsc::Sender<()>>>);

impl mislabel_datafusion::Progress for Second {
    fn begins(&self, step: &str) {
        if step == "sums"
            && let Some(begin) = self.0.lock().unwrap().take()
        {
            begin.send(()).unwrap();
            // Until the other has begun.
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
    }
    fn ended(&self, _: &str, _: Option<f64>) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_commands_on_one_run_the_first_gives_way() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data = waves(300, 8, 4);
    let folder = tempfile::tempdir().unwrap();
    files(&folder.path().join("table"), &data, &all(&data), 2);
    let table = table(&folder.path().join("table"));
    let work = folder.path().join("work");
    let first = PosteriorDetection::new(work.to_str().unwrap().to_owned());
    let second = PosteriorDetection { resume: true, ..first.clone() };
    let (begin, begun) = std::sync::mpsc::channel();
    let progress = Second(std::sync::Mutex::new(Some(begin)));
    let engine = Engine::embedded(Some(1)).unwrap();
    let same = table.clone();
    let taken_over = tokio::spawn(async move {
        tokio::task::spawn_blocking(move || begun.recv().unwrap()).await.unwrap();
        second.run(&Engine::embedded(Some(1)).unwrap(), &same, &()).await
    });
    let refused = first.run(&engine, &table, &progress).await;
    let report = taken_over.await.unwrap();
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("another command has gone on with the run"), "{said}");
    assert_eq!(judged(&report.unwrap().table).len(), 300);
}
