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

/// Few samples, none alike.
fn few(labels: &[u32], d: usize, classes: usize) -> Data {
    Data { labels: labels.to_vec(), classes, ..waves(labels.len(), d, classes) }
}

#[tokio::test(flavor = "multi_thread")]
async fn classes_of_every_size_are_judged_as_in_memory() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let method = SoftLinear::default();
    let order = |data: &Data| (0..data.labels.len()).collect::<Vec<_>>();
    // Codes 1 and 4 have no sample, code 3 has one, 5 two; fewer and more than features.
    let mut labels: Vec<u32> = (0..60).map(|row| if row % 3 == 0 { 0 } else { 2 }).collect();
    labels.extend([3, 5, 5]);
    for d in [4, 50] {
        let data = few(&labels, d, 6);
        let report = detected(&data, &order(&data), 3, 2, &method).await;
        alike(&data, &report, &method);
    }
    let mut two = few(&(0..40).map(|row| row % 2).collect::<Vec<_>>(), 5, 2);
    alike(&two, &detected(&two, &order(&two), 2, 2, &method).await, &method);
    // Rows of zeros, and rows that are all alike.
    two.rows.row_mut(3).fill(0.0);
    two.rows.row_mut(8).fill(0.0);
    alike(&two, &detected(&two, &order(&two), 2, 2, &method).await, &method);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_class_that_is_mostly_wrong_stays() {
    let _alone = ONE_AT_A_TIME.lock().await;
    // Class 1 holds five of its own and twenty of class 0; every row is there twice, so that suspicions tie.
    let mut data = waves(150, 8, 3);
    for row in 0..150 {
        data.labels[row] = if row % 3 == 0 && row < 120 { 1 } else { (row % 3) as u32 };
        if row % 3 == 1 && row > 15 {
            data.labels[row] = 2;
        }
    }
    let twin = data.rows.clone();
    for row in (0..148).step_by(6) {
        data.rows.row_mut(row + 3).assign(&twin.row(row));
    }
    let method = SoftLinear { trim: vec![0.5, 1.0], ..SoftLinear::default() };
    let order: Vec<usize> = (0..150).rev().collect();
    let report = detected(&data, &order, 4, 3, &method).await;
    assert!(report.dropped.iter().all(|dropped| *dropped > 0));
    alike(&data, &report, &method);
}

#[tokio::test(flavor = "multi_thread")]
async fn sorted_files_and_folders_by_label_give_the_same_without_moving_rows() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data = waves(300, 10, 5);
    let mut order: Vec<usize> = (0..300).collect();
    let any = detected(&data, &order, 4, 3, &SoftLinear::default()).await;
    order.sort_by_key(|row| (data.labels[*row], *row));
    let folder = tempfile::tempdir().unwrap();
    files(&folder.path().join("sorted"), &data, &order, 3);
    for class in 0..5 {
        let ids: Vec<usize> = (0..300).filter(|row| data.labels[*row] == class).collect();
        let batch = support::batch(&data, &ids);
        let batch = batch.project(&[0, 2]).unwrap();
        support::write(&folder.path().join(format!("hive/label={class}/rows.parquet")), &batch);
    }
    for (name, layout) in [("sorted", Layout::Sorted), ("hive", Layout::Hive)] {
        let engine = Engine::embedded(Some(3)).unwrap();
        let table = Table { layout, ..table(&folder.path().join(name)) };
        let detection = Detection::new(folder.path().join(format!("work-{name}")).to_str().unwrap());
        let report = detection.run(&engine, &table, &()).await.unwrap();
        let ratios = |report: &Report| {
            issues(report).into_iter().map(|(id, ratio, _, flag)| (id, ratio, flag)).collect::<Vec<_>>()
        };
        assert_eq!(ratios(&report), ratios(&any), "{name}");
        let plan = engine.context().sql(
            "EXPLAIN SELECT label, class_moments(embedding) FROM mislabel_samples WHERE label IS NOT NULL GROUP BY label",
        );
        let plan = plan.await.unwrap().collect().await.unwrap();
        let plan = datafusion::arrow::util::pretty::pretty_format_batches(&plan).unwrap().to_string();
        // What is exchanged, if anything, are sums of classes, after the rows have been added up one class at a time.
        let partial = plan.find("mode=Partial").or(plan.find("mode=Single")).unwrap();
        assert!(!plan[partial..].contains("RepartitionExec"), "{plan}");
        assert!(plan.contains("ordering_mode=Sorted") || plan.contains("SinglePartitioned"), "{plan}");
    }
    // What is said to be sorted and is not, is found out.
    files(&folder.path().join("mixed"), &data, &(0..300).collect::<Vec<_>>(), 3);
    let engine = Engine::embedded(Some(3)).unwrap();
    let wrong = Table { layout: Layout::Sorted, ..table(&folder.path().join("mixed")) };
    let detection = Detection::new(folder.path().join("work-mixed").to_str().unwrap());
    // Or the sums of a class came together by chance: then they are right.
    match detection.run(&engine, &wrong, &()).await {
        Ok(report) => assert_eq!(issues(&report), issues(&any)),
        Err(error) => assert!(error.to_string().contains("not sorted by label"), "{error}"),
    }
}

/// Any table with these columns.
fn other(folder: &std::path::Path, columns: Vec<(&str, datafusion::arrow::array::ArrayRef)>) -> Table {
    support::write(
        &folder.join("rows.parquet"),
        &datafusion::arrow::array::RecordBatch::try_from_iter(columns).unwrap(),
    );
    table(folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn other_types_of_columns_mean_the_same() {
    use datafusion::arrow::array::{ArrayRef, AsArray, Int8Array, StringArray};
    use datafusion::arrow::compute::cast;
    use datafusion::arrow::datatypes::{DataType, Field};
    use std::sync::Arc;

    let _alone = ONE_AT_A_TIME.lock().await;
    let data = waves(120, 6, 3);
    let order: Vec<usize> = (0..120).collect();
    let expected = detected(&data, &order, 1, 2, &SoftLinear::default()).await;
    let batch = support::batch(&data, &order);
    let lists = DataType::List(Arc::new(Field::new("item", DataType::Float64, true)));
    let names: ArrayRef =
        Arc::new(StringArray::from_iter_values(data.labels.iter().map(|label| format!("c'{label}\""))));
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values((0..120).map(|id| format!("row {id:03}"))));
    let small: ArrayRef = Arc::new(Int8Array::from_iter_values(data.labels.iter().map(|label| *label as i8 - 1)));
    let doubles = cast(batch.column(2), &lists).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let number = Arc::clone(batch.column(0));
    for (name, id, label) in [("names", texts, names), ("small", number, small)] {
        let table =
            other(&folder.path().join(name), vec![("id", id), ("label", label), ("embedding", Arc::clone(&doubles))]);
        let detection = Detection::new(folder.path().join(format!("work {name}")).to_str().unwrap());
        let report = detection.run(&Engine::embedded(Some(2)).unwrap(), &table, &()).await.unwrap();
        assert_eq!((report.flagged, report.threshold), (expected.flagged, expected.threshold));
        let ids = |report: &Report| {
            report
                .suspects
                .iter()
                .map(|row| row.id.trim_start_matches("row ").parse::<u32>().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&report), ids(&expected));
    }
    // Rows without a label take no part.
    let mut some = cast(batch.column(1), &DataType::Int64).unwrap();
    let kept = some.as_primitive::<datafusion::arrow::datatypes::Int64Type>();
    some = Arc::new(
        kept.iter()
            .enumerate()
            .map(|(row, label)| label.filter(|_| row < 90))
            .collect::<datafusion::arrow::array::Int64Array>(),
    );
    let columns =
        vec![("id", Arc::clone(batch.column(0))), ("label", some), ("embedding", Arc::clone(batch.column(2)))];
    let table = other(&folder.path().join("unlabeled"), columns);
    let detection = Detection::new(folder.path().join("work-unlabeled").to_str().unwrap());
    let report = detection.run(&Engine::embedded(Some(2)).unwrap(), &table, &()).await.unwrap();
    let part = Data {
        rows: data.rows.slice(ndarray::s![..90, ..]).to_owned(),
        labels: data.labels[..90].to_vec(),
        classes: 3,
    };
    assert_eq!((report.rows, report.unlabeled, issues(&report).len()), (90, 30, 90));
    alike(&part, &report, &SoftLinear::default());
    assert_eq!(some_nulls(&report), 0);
}

fn some_nulls(report: &Report) -> usize {
    report.suspects.iter().filter(|row| row.label.is_empty() || row.suggested.is_empty()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_in_one_line() {
    use datafusion::arrow::array::{
        ArrayRef, BooleanArray, FixedSizeListArray, Int64Array, ListArray, StringArray, UInt64Array,
    };
    use datafusion::arrow::buffer::NullBuffer;
    use datafusion::arrow::datatypes::{DataType, Float32Type};
    use mislabel_datafusion::Columns;
    use mislabel_rer::Threshold;
    use std::sync::Arc;

    let _alone = ONE_AT_A_TIME.lock().await;
    let data = waves(60, 6, 3);
    let order: Vec<usize> = (0..60).collect();
    let batch = support::batch(&data, &order);
    let [id, label, embedding]: [ArrayRef; 3] = std::array::from_fn(|at| Arc::clone(batch.column(at)));
    let folder = tempfile::tempdir().unwrap();
    let text = |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values((0..60).map(|_| text.to_owned()))) };
    let DataType::FixedSizeList(item, width) = embedding.data_type().clone() else { panic!("lists") };
    let lists = |values: ArrayRef, nulls: Option<NullBuffer>| -> ArrayRef {
        Arc::new(FixedSizeListArray::try_new(Arc::clone(&item), width, values, nulls).unwrap())
    };
    let values = |change: &dyn Fn(usize) -> Option<f32>| -> ArrayRef {
        let all: Vec<f32> = data.rows.iter().copied().collect();
        Arc::new(datafusion::arrow::array::Float32Array::from_iter_values(
            all.into_iter().enumerate().map(|(at, value)| change(at).unwrap_or(value)),
        ))
    };
    let uneven: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(
        (0..60).map(|row| Some((0..if row == 7 { 5 } else { 6 }).map(move |at| Some((row * at) as f32 + 1.0)))),
    ));
    let null_id: ArrayRef = Arc::new((0..60).map(|id| (id != 4).then_some(id)).collect::<Int64Array>());
    let large: ArrayRef = Arc::new((0..60).map(|row| Some(u64::MAX - row % 3)).collect::<UInt64Array>());
    let missing = NullBuffer::from((0..60).map(|row| row != 11).collect::<Vec<_>>());
    let cases: Vec<(&str, [ArrayRef; 3], &str)> = vec![
        ("one class", [id.clone(), text("a"), embedding.clone()], "two or more"),
        ("text embeddings", [id.clone(), label.clone(), text("1,2,3")], "embeddings are lists of numbers"),
        (
            "flags as labels",
            [id.clone(), Arc::new(BooleanArray::from(vec![true; 60])), embedding.clone()],
            "whole numbers or text",
        ),
        ("uneven", [id.clone(), label.clone(), uneven], "id 7: its embedding has 5 features"),
        ("no number", [id.clone(), label.clone(), lists(values(&|at| (at == 62).then_some(f32::NAN)), None)], "id 10"),
        (
            "infinite",
            [id.clone(), label.clone(), lists(values(&|at| (at == 0).then_some(f32::INFINITY)), None)],
            "id 0",
        ),
        ("null", [id.clone(), label.clone(), lists(values(&|_| None), Some(missing))], "id 11"),
        ("null id", [null_id, label.clone(), embedding.clone()], "1 rows have no id"),
        ("twice", [text("7"), label.clone(), embedding.clone()], "60 rows have the id 7"),
        ("large", [id.clone(), large, embedding.clone()], "whole numbers up to 9223372036854775807 are taken"),
    ];
    for (name, [id, label, embedding], expected) in cases {
        let table = other(&folder.path().join(name), vec![("id", id), ("label", label), ("embedding", embedding)]);
        let work = folder.path().join(format!("work {name}"));
        let detection = Detection::new(work.to_str().unwrap());
        let said = detection.run(&Engine::embedded(Some(2)).unwrap(), &table, &()).await.unwrap_err().to_string();
        assert!(said.contains(expected) && said.lines().count() == 1, "{name}: {said}");
    }

    files(&folder.path().join("good"), &data, &order, 2);
    let good = table(&folder.path().join("good"));
    let engine = Engine::embedded(Some(2)).unwrap();
    let detection = Detection::new(folder.path().join("work").to_str().unwrap());
    let refused = async |detection: &Detection, table: &Table| -> String {
        let said = detection.run(&engine, table, &()).await.unwrap_err().to_string();
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    };
    let models = [
        SoftLinear { shrinkage: 0.0, ..SoftLinear::default() },
        SoftLinear { shrinkage: f64::NAN, ..SoftLinear::default() },
        SoftLinear { tail: 1.5, ..SoftLinear::default() },
        SoftLinear { trim: vec![-1.0], ..SoftLinear::default() },
    ];
    for model in models {
        let said = refused(&Detection { model, ..detection.clone() }, &good).await;
        assert!(said.contains("shrinkage") || said.contains("tail") || said.contains("trim"), "{said}");
    }
    assert!(
        refused(&Detection { threshold: Threshold::Fixed(f64::NAN), ..detection.clone() }, &good)
            .await
            .contains("threshold")
    );
    assert!(
        refused(&Detection { work: "nowhere://x/y".to_owned(), ..detection.clone() }, &good).await.contains("nowhere")
    );
    let columns = |id: &str, label: &str| Columns { id: id.to_owned(), label: label.to_owned(), ..Columns::default() };
    let named = |columns: Columns| Table { columns, ..good.clone() };
    assert!(
        refused(&detection, &named(columns("key", "label")))
            .await
            .contains("no column \"key\" for ids; its columns are id, label, embedding")
    );
    assert!(refused(&detection, &named(columns("id", "class"))).await.contains("no column \"class\" for labels"));
    let absent = Table { location: folder.path().join("absent").to_str().unwrap().to_owned(), ..good.clone() };
    assert!(refused(&detection, &absent).await.contains("absent"));
    assert!(!folder.path().join("work/steps").exists(), "nothing was begun");

    // A run is not mistaken for another.
    let report = detection.run(&engine, &good, &()).await.unwrap();
    assert!(refused(&detection, &good).await.contains("--resume"));
    let resumed = Detection { resume: true, ..detection.clone() };
    assert_eq!(resumed.run(&engine, &good, &()).await.unwrap(), report);
    let changed = Detection { model: SoftLinear { components: 3, ..SoftLinear::default() }, ..resumed.clone() };
    assert!(refused(&changed, &good).await.contains("other parameters"));
    files(&folder.path().join("good"), &waves(70, 6, 3), &order, 2);
    // An engine remembers what it has listed; another process looks anew.
    let other_process = Engine::embedded(Some(2)).unwrap();
    let said = resumed.run(&other_process, &good, &()).await.unwrap_err().to_string();
    assert!(said.contains("other files"), "{said}");

    // A damaged part is found out.
    let object = folder.path().join("work/model-1/own-0000001");
    let mut bytes = std::fs::read(&object).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&object, bytes).unwrap();
    let sql = format!(
        "SELECT mislabel_rer(embedding, label, '{}') FROM mislabel_samples",
        folder.path().join("work/model-1").display()
    );
    let said = engine.context().sql(&sql).await.unwrap().collect().await.unwrap_err().to_string();
    assert!(said.contains("own-0000001"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_that_are_moved_in_parts_are_the_same() {
    let _alone = ONE_AT_A_TIME.lock().await;
    // The sums of a class of 2,048 features take 16.8 MB: three of five are moved at a time where files are sorted.
    let data = waves(50, 2048, 5);
    let mut order: Vec<usize> = (0..50).collect();
    let any = detected(&data, &order, 2, 2, &SoftLinear::default()).await;
    order.sort_by_key(|row| (data.labels[*row], *row));
    let folder = tempfile::tempdir().unwrap();
    files(&folder.path().join("sorted"), &data, &order, 3);
    let sorted = Table { layout: Layout::Sorted, ..table(&folder.path().join("sorted")) };
    let detection = Detection::new(folder.path().join("work").to_str().unwrap());
    let report = detection.run(&Engine::embedded(Some(2)).unwrap(), &sorted, &()).await.unwrap();
    assert_eq!(issues(&report), issues(&any));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_many_batches_are_scored_once_in_each_pass() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data = waves(30_000, 8, 4);
    let order: Vec<usize> = (0..30_000).collect();
    let before = rows_scored();
    detected(&data, &order, 2, 2, &SoftLinear::default()).await;
    // For suspects and for scores; all classes of so few are summed there.
    assert_eq!(rows_scored() - before, 60_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_oddly_in_files_is_refused_by_name() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data = waves(60, 6, 3);
    let order: Vec<usize> = (0..60).collect();
    let folder = tempfile::tempdir().unwrap();
    let refused = async |name: &str, layout: Layout| {
        let table = Table { layout, ..table(&folder.path().join(name)) };
        let work = folder.path().join(format!("work {name}"));
        let detection = Detection::new(work.to_str().unwrap());
        detection.run(&Engine::embedded(Some(2)).unwrap(), &table, &()).await.unwrap_err().to_string()
    };
    files(&folder.path().join("empty"), &data, &order, 2);
    std::fs::write(folder.path().join("empty/part-9.parquet"), b"").unwrap();
    let said = refused("empty", Layout::Any).await;
    assert!(said.contains("part-9.parquet of the table is empty"), "{said}");

    files(&folder.path().join("own/label=0"), &data, &order, 1);
    let said = refused("own", Layout::Hive).await;
    assert!(said.contains("have a column \"label\" of their own"), "{said}");

    for (part, name) in ["label=a", "label=b", "label=__HIVE_DEFAULT_PARTITION__"].into_iter().enumerate() {
        let batch = support::batch(&data, &order[20 * part..20 * (part + 1)]).project(&[0, 2]).unwrap();
        support::write(&folder.path().join("null").join(name).join("part-0.parquet"), &batch);
    }
    let said = refused("null", Layout::Hive).await;
    assert!(said.contains("20 rows lie in a folder label=__HIVE_DEFAULT_PARTITION__"), "{said}");
    let said = refused("null", Layout::Any).await;
    assert!(said.contains("add --layout hive"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_all_alike_are_not_doubted() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let mut data = waves(300, 8, 3);
    data.rows.fill(1.0);
    let order: Vec<usize> = (0..300).collect();
    let report = detected(&data, &order, 2, 2, &SoftLinear::default()).await;
    assert_eq!((report.flagged, report.share_above_one), (0, 0.0));
}
