//! Confident learning over a table of probabilities, beside the same in memory.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, FixedSizeListArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use mislabel_confident::{ConfidentJoint, ConfidentLearning, ConfidentThresholds, Filter};
use mislabel_core::{Labels, ProbabilityMatrix, Run};
use mislabel_datafusion::{Columns, ConfidentDetection, ConfidentReport, Engine, Layout, Table};
use ndarray::{Array2, Axis};
use support::write;

/// What the order of a sum of a few hundred f64 of at most 1 moves a mean by, at most.
const ROUNDING: f64 = 1e-14;

const CLASSES: usize = 10;

#[derive(Clone)]
struct Predictions {
    probabilities: Array2<f64>,
    labels: Vec<u32>,
}

impl Predictions {
    /// Rows whose probabilities are small fractions, so that many tie; a fifth of the labels are others, and in every third row
    /// nothing is sure.
    fn new(n: usize) -> Self {
        let mixed = |row: usize, salt: usize| (row * 2_654_435_761 + salt * 40_503) >> 7;
        let weight = |(row, class): (usize, usize)| {
            let own = if row % 3 == 0 { 2.0 } else { 24.0 };
            let base = 1.0 + (mixed(row, class) % 4) as f64;
            base + if mixed(row, 77) % CLASSES == class { own } else { 0.0 }
        };
        let weights = Array2::from_shape_fn((n, CLASSES), weight);
        let sums = weights.sum_axis(Axis(1)).insert_axis(Axis(1));
        let label = |row: usize| {
            let truth = mixed(row, 77) % CLASSES;
            if mixed(row, 5) % 5 == 0 { (truth + 1 + mixed(row, 6) % 3) % CLASSES } else { truth }
        };
        Self { probabilities: weights / sums, labels: (0..n).map(|row| label(row) as u32).collect() }
    }

    fn given(&self) -> Labels {
        Labels::new(self.labels.clone(), CLASSES).unwrap()
    }

    fn matrix(&self) -> ProbabilityMatrix {
        ProbabilityMatrix::new(self.probabilities.clone()).unwrap()
    }

    /// The columns of the rows with these numbers, which are their ids.
    fn columns(&self, rows: &[usize]) -> [(&'static str, ArrayRef); 3] {
        let ids = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| *row as i64)));
        let labels = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| i64::from(self.labels[*row]))));
        [("id", ids), ("label", labels), ("p", lists(&self.probabilities.select(Axis(0), rows)))]
    }
}

fn lists(rows: &Array2<f64>) -> ArrayRef {
    let item = Arc::new(Field::new("item", DataType::Float64, true));
    let values = Arc::new(Float64Array::from(rows.iter().copied().collect::<Vec<_>>()));
    Arc::new(FixedSizeListArray::try_new(item, rows.ncols() as i32, values, None).unwrap())
}

fn file<'a>(path: &Path, columns: impl IntoIterator<Item = (&'a str, ArrayRef)>) {
    write(path, &RecordBatch::try_from_iter(columns).unwrap());
}

/// A folder with the rows in this order, in so many files.
fn folder(data: &Predictions, order: &[usize], files: usize) -> PathBuf {
    let folder = tempfile::tempdir().unwrap().keep();
    for (part, rows) in order.chunks(order.len().div_ceil(files)).enumerate() {
        file(&folder.join(format!("table/part-{part}.parquet")), data.columns(rows));
    }
    folder
}

fn detection(folder: &Path, filter: Filter) -> ConfidentDetection {
    let work = folder.join(format!("work-{}", filter.name()));
    ConfidentDetection { filter, ..ConfidentDetection::new(work.to_str().unwrap()) }
}

async fn run(
    folder: &Path,
    detection: &ConfidentDetection,
    partitions: usize,
) -> mislabel_datafusion::Result<ConfidentReport> {
    let columns = Columns { embedding: "p".to_owned(), ..Columns::default() };
    let table = Table { location: folder.join("table").to_str().unwrap().to_owned(), columns, layout: Layout::Any };
    detection.run(&Engine::embedded(Some(partitions)).unwrap(), &table, &()).await
}

/// A row of the table of issues: id, label, suggested class, bits of the quality, flag.
type Row = (String, String, String, u64, bool);

/// All rows of a run's table, by id.
fn issues(report: &ConfidentReport) -> Vec<Row> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(report.table.strip_prefix("file://").unwrap()).unwrap() {
        let file = std::fs::File::open(entry.unwrap().path()).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let [ids, labels, suggested] = ["id", "label", "suggested"]
                .map(|name| cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap());
            let text = |column: &ArrayRef, row: usize| column.as_string::<i32>().value(row).to_owned();
            let quality = batch.column_by_name("quality").unwrap().as_primitive::<Float64Type>();
            let flags = batch.column_by_name("is_issue").unwrap().as_boolean();
            all.extend((0..batch.num_rows()).map(|row| {
                let (quality, flag) = (quality.value(row).to_bits(), flags.value(row));
                (text(&ids, row), text(&labels, row), text(&suggested, row), quality, flag)
            }));
        }
    }
    all.sort_by_key(|(id, ..)| id.parse::<i64>().unwrap());
    all
}

/// The same in memory.
fn expected(data: &Predictions, method: &ConfidentLearning) -> Vec<Row> {
    let found = method.issues(&data.matrix(), &data.given(), &Run::quiet()).unwrap();
    let row = |row: usize| {
        let (suggested, quality) = (found.suggested().values()[row], found.quality().as_slice()[row]);
        (row.to_string(), data.labels[row].to_string(), suggested.to_string(), quality.to_bits(), found.is_issue()[row])
    };
    (0..data.labels.len()).map(row).collect()
}

/// The first row that differs says more than all.
fn same(found: &[Row], expected: &[Row], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let differing = found.iter().zip(expected).find(|(found, expected)| found != expected);
    assert_eq!(differing, None, "{what}");
}

fn in_order(n: usize) -> Vec<usize> {
    (0..n).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_joint_and_flags_are_those_in_memory() {
    let (data, run_quiet) = (Predictions::new(3000), Run::quiet());
    let (matrix, given) = (data.matrix(), data.given());
    let folder = folder(&data, &in_order(3000), 2);
    let filters = [
        Filter::PruneByNoiseRate,
        Filter::PruneByClass,
        Filter::Both,
        Filter::ConfidentLearning,
        Filter::PredictedNotGiven,
    ];
    for filter in filters {
        let report = run(&folder, &detection(&folder, filter), 2).await.unwrap();
        let thresholds = ConfidentThresholds::estimate(&matrix, &given, &run_quiet).unwrap();
        for (found, expected) in report.thresholds().iter().zip(thresholds.view()) {
            assert!((found - expected).abs() < ROUNDING, "{found} {expected}");
        }
        let joint = ConfidentJoint::of_confident_classes(report.joint_counts()).unwrap();
        assert_eq!(joint, ConfidentJoint::count(&matrix, &given, &run_quiet).unwrap());
        let expected = expected(&data, &ConfidentLearning { filter, ..ConfidentLearning::default() });
        same(&issues(&report), &expected, filter.name());
        assert_eq!(report.flagged, expected.iter().filter(|row| row.4).count() as u64);
        assert!(report.flagged > 100 && report.flagged < 1500, "{filter:?}: {}", report.flagged);
        assert_eq!(report.flagged, report.classes.iter().map(|class| class.flagged).sum::<u64>());

        let mut flagged: Vec<&Row> = expected.iter().filter(|row| row.4).collect();
        flagged.sort_by(|a, b| f64::from_bits(a.3).total_cmp(&f64::from_bits(b.3)));
        let first: Vec<&str> = flagged.iter().take(report.suspects.len()).map(|row| row.0.as_str()).collect();
        assert_eq!(report.suspects.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), first);
    }
    // Nothing of this would be tested were all margins those of rows whose other class is ahead.
    assert!(std::fs::read_dir(folder.join("work-both/margins-behind")).unwrap().count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn less_noise_and_more_kept_rows_are_pruned_as_in_memory() {
    let data = Predictions::new(400);
    let folder = folder(&data, &in_order(400), 1);
    for (noise_fraction, min_examples_per_class) in [(0.5, 1), (1.0, 38)] {
        for filter in [Filter::PruneByNoiseRate, Filter::PruneByClass] {
            let work = folder.join(format!("work-{noise_fraction}-{}", filter.name()));
            let detection = ConfidentDetection {
                noise_fraction,
                min_examples_per_class,
                work: work.to_str().unwrap().to_owned(),
                ..detection(&folder, filter)
            };
            let report = run(&folder, &detection, 3).await.unwrap();
            let method = ConfidentLearning { filter, noise_fraction, min_examples_per_class, ..Default::default() };
            same(&issues(&report), &expected(&data, &method), &format!("{method:?}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cut_and_order_gives_the_same_bits() {
    let data = Predictions::new(1200);
    let mut turned = in_order(1200);
    turned.reverse();
    turned.rotate_left(431);
    let mut first: Option<(ConfidentReport, Vec<Row>)> = None;
    for order in [in_order(1200), turned] {
        for files in [1, 5] {
            let folder = folder(&data, &order, files);
            for partitions in [1, 3, 16] {
                let work = folder.join(format!("work-{partitions}")).to_str().unwrap().to_owned();
                let detection = ConfidentDetection { work, ..detection(&folder, Filter::Both) };
                let report = run(&folder, &detection, partitions).await.unwrap();
                let rows = issues(&report);
                let report = ConfidentReport { table: String::new(), ..report };
                let (first, first_rows) = first.get_or_insert_with(|| (report.clone(), rows.clone()));
                same(&rows, first_rows, &format!("{files} files, {partitions} partitions"));
                assert_eq!(&report, first, "{files} files, {partitions} partitions");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_rows_that_tie_those_with_the_lesser_ids_are_flagged() {
    let data = Predictions::new(600);
    let folder = folder(&data, &in_order(600), 1);
    let report = run(&folder, &detection(&folder, Filter::PruneByNoiseRate), 2).await.unwrap();
    // In memory the earlier of two rows is flagged: turned around, another.
    let turned: Vec<usize> = (0..600).rev().collect();
    let other = Predictions {
        probabilities: data.probabilities.select(Axis(0), &turned),
        labels: turned.iter().map(|row| data.labels[*row]).collect(),
    };
    let flags = |rows: Vec<Row>| rows.into_iter().map(|row| row.4).collect::<Vec<_>>();
    let mut turned = flags(expected(&other, &ConfidentLearning::default()));
    turned.reverse();
    let found = flags(issues(&report));
    assert_ne!(found, turned, "no row ties for the last place");
    assert_eq!(found, flags(expected(&data, &ConfidentLearning::default())));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_lists_of_any_length_and_classes_without_rows_are_taken() {
    let mut data = Predictions::new(500);
    data.probabilities.mapv_inplace(|p| f64::from(p as f32));
    data.labels.iter_mut().for_each(|label| *label = (*label).min(7));
    let folder = tempfile::tempdir().unwrap().keep();
    let name = |label: &u32| format!("class \"{label}\" isn't");
    let [ids, _, probabilities] = data.columns(&in_order(500));
    let labels: ArrayRef = Arc::new(StringArray::from_iter_values(data.labels.iter().map(name)));
    let item = Arc::new(Field::new("item", DataType::Float32, true));
    let probabilities = cast(&probabilities.1, &DataType::List(item)).unwrap();
    file(&folder.join("table/all.parquet"), [ids, ("label", labels), ("p", probabilities)]);

    let classes = Some((0..CLASSES as u32).map(|label| name(&label)).collect());
    let detection = ConfidentDetection { classes, ..detection(&folder, Filter::PruneByNoiseRate) };
    let report = run(&folder, &detection, 2).await.unwrap();
    assert_eq!(report.thresholds()[8..], [2.0, 2.0]);
    let mut expected = expected(&data, &ConfidentLearning::default());
    let named = |label: &str| name(&label.parse().unwrap());
    expected.iter_mut().for_each(|row| (row.1, row.2) = (named(&row.1), named(&row.2)));
    same(&issues(&report), &expected, "names");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_a_label_are_left_alone_and_a_run_goes_on_where_it_ended() {
    let data = Predictions::new(300);
    let folder = folder(&data, &in_order(300), 1);
    let [_, _, probabilities] = data.columns(&[0, 1]);
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![300, 301]));
    let labels: ArrayRef = Arc::new(Int64Array::from(vec![None, None]));
    file(&folder.join("table/unlabeled.parquet"), [("id", ids), ("label", labels), probabilities]);
    let first = run(&folder, &detection(&folder, Filter::Both), 2).await.unwrap();
    assert_eq!((first.rows, first.unlabeled), (300, 2));
    let rows = issues(&first);
    let method = ConfidentLearning { filter: Filter::Both, ..ConfidentLearning::default() };
    same(&rows, &expected(&data, &method), "without labels");

    let again = run(&folder, &detection(&folder, Filter::Both), 2).await.unwrap_err().to_string();
    assert!(again.contains("holds a run already"), "{again}");
    for step in ["report", "pruned"] {
        std::fs::remove_file(folder.join(format!("work-both/steps/{step}.json"))).unwrap();
        let resumed = ConfidentDetection { resume: true, ..detection(&folder, Filter::Both) };
        let report = run(&folder, &resumed, 3).await.unwrap();
        assert_eq!(report, first, "{step}");
        same(&issues(&report), &rows, step);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_of_classes_in_which_nobody_is_ahead_is_no_obstacle() {
    // Row 3 is confidently of class 2 alone, and predicted as given.
    let own = [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.33, 0.32, 0.35], [0.5, 0.1, 0.4]];
    let row = |row: usize| if row == 3 { own[3] } else { own[row % 3] };
    let probabilities = Array2::from_shape_fn((30, 3), |(at, class)| row(at)[class]);
    let data = Predictions { probabilities, labels: (0..30).map(|row| row % 3).collect() };
    let folder = folder(&data, &in_order(30), 1);
    let report = run(&folder, &detection(&folder, Filter::PruneByNoiseRate), 2).await.unwrap();
    assert_eq!(report.joint, [(0, 0, 9), (0, 2, 1), (1, 1, 10), (2, 2, 10)]);
    assert_eq!((report.flagged, report.suspects.len()), (0, 0));
    assert_eq!(issues(&report).iter().filter(|row| row.4).count(), 0);
}

/// What a run over one file of these columns says.
async fn refused(columns: [(&str, ArrayRef); 3], changed: impl Fn(&mut ConfidentDetection)) -> String {
    let folder = tempfile::tempdir().unwrap().keep();
    file(&folder.join("table/all.parquet"), columns);
    let mut detection = detection(&folder, Filter::PruneByNoiseRate);
    changed(&mut detection);
    let message = run(&folder, &detection, 2).await.unwrap_err().to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn what_are_no_probabilities_is_refused_in_one_line_that_names_the_row() {
    let data = Predictions::new(300);
    let with = |column: usize, value: f64| {
        let mut changed = data.clone();
        changed.probabilities[[61, column]] = value;
        changed.columns(&in_order(300))
    };
    let same = |_: &mut ConfidentDetection| {};
    let ending = |message: String, expected: &str| assert!(message.ends_with(expected), "{message}");
    let expected = "the row with id 61: predicted probability 3 is NaN, expected a number in [0, 1]";
    ending(refused(with(3, f64::NAN), same).await, expected);
    let expected = "the row with id 61: predicted probability 4 is -0.25, expected a number in [0, 1]";
    ending(refused(with(4, -0.25), same).await, expected);
    let message = refused(with(0, 0.9), same).await;
    assert!(message.contains("the row with id 61: predicted probabilities sum to 1."), "{message}");

    let [ids, labels, (_, lists)] = data.columns(&in_order(300));
    let null = datafusion::arrow::compute::nullif(&lists, &(0..300).map(|row| Some(row == 7)).collect()).unwrap();
    let expected = "the row with id 7 has no predicted probabilities (null): leave such rows out of the table";
    ending(refused([ids.clone(), labels.clone(), ("p", null)], same).await, expected);
    let short =
        (0..300).map(|row| Some(vec![Some(1.0 / if row == 8 { 9.0 } else { 10.0 }); if row == 8 { 9 } else { 10 }]));
    let short: ArrayRef =
        Arc::new(datafusion::arrow::array::ListArray::from_iter_primitive::<Float64Type, _, _>(short));
    let expected = "the row with id 8 has 9 predicted probabilities, expected 10: one for each class";
    ending(refused([ids.clone(), labels.clone(), ("p", short)], same).await, expected);
    let whole: ArrayRef = Arc::new(Int64Array::from_iter_values(0..300));
    let message = refused([ids.clone(), labels.clone(), ("p", whole)], same).await;
    assert!(
        message.contains("column \"p\" is of type Int64; predicted probabilities are lists of numbers"),
        "{message}"
    );
    let missing = refused([ids, labels, ("q", lists)], same).await;
    assert!(missing.contains("has no column \"p\" for predicted probabilities"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn classes_and_parameters_that_do_not_fit_are_refused_in_one_line() {
    let data = Predictions::new(100);
    let columns = || data.columns(&in_order(100));
    let listed = |names: &'static [&str]| {
        move |detection: &mut ConfidentDetection| {
            detection.classes = Some(names.iter().map(|name| (*name).to_owned()).collect())
        }
    };
    let message = refused(columns(), listed(&["0", "1", "2"])).await;
    assert!(message.contains("is none of the 3 classes that are listed"), "{message}");
    let message = refused(columns(), listed(&["0", "1", "0"])).await;
    assert_eq!(message, "class \"0\" is listed twice");
    let message = refused(columns(), listed(&["0", "cat"])).await;
    assert_eq!(message, "class \"cat\" is listed, and labels are whole numbers");
    let eleven = listed(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    let message = refused(columns(), eleven).await;
    assert!(message.contains("has lists of 10 numbers for 11 classes"), "{message}");

    let mut fewer = data.clone();
    fewer.labels.iter_mut().for_each(|label| *label = (*label).min(8));
    let message = refused(fewer.columns(&in_order(100)), |_| {}).await;
    assert!(message.contains("has lists of 10 numbers for 9 classes"), "{message}");
    let message = refused(columns(), |detection| detection.noise_fraction = 1.5).await;
    assert_eq!(message, "parameter noise_fraction is 1.5: it must be between 0 and 1");
    let message = refused(columns(), |detection| detection.filter = Filter::LowSelfConfidence).await;
    assert_eq!(message, "over a table labels are not filtered by low_self_confidence");
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_there_for_queries_of_ones_own() {
    let data = Predictions::new(50);
    let folder = folder(&data, &in_order(50), 1);
    let engine = Engine::embedded(Some(1)).unwrap();
    let context = engine.context();
    context.register_parquet("t", folder.join("table").to_str().unwrap(), Default::default()).await.unwrap();
    let thresholds = vec![0.1; CLASSES];
    let sql = format!("SELECT mislabel_confident_class(p, '{thresholds:?}') AS class FROM t ORDER BY id");
    let rows = context.sql(&sql).await.unwrap().collect().await.unwrap();
    let found: Vec<usize> = rows
        .iter()
        .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values())
        .map(|class| *class as usize)
        .collect();
    let first_greatest = |row: usize| {
        let row = data.probabilities.row(row);
        (0..CLASSES).rev().max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap()
    };
    assert_eq!(found, (0..50).map(first_greatest).collect::<Vec<_>>());
    let wrong = context.sql("SELECT mislabel_confident_class(p, 'half') FROM t").await.unwrap().collect().await;
    assert!(wrong.unwrap_err().to_string().contains("thresholds are written as [0.8, 0.7], not half"));
}
