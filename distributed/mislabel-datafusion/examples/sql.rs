//! SQL in a DataFusion session of one's own: sums of classes, and ratios of rows under the model of a run.
//!
//! Run with `cargo run --example sql` in `distributed/`. It prints the five most suspect rows of a small table in which two
//! labels are wrong.

use std::error::Error;
use std::fs::{File, create_dir_all};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, AsArray, FixedSizeListArray, Float32Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use mislabel_datafusion::{Detection, Engine, PosteriorDetection, Table, session_state};

const FEATURES: i32 = 8;

/// Two clusters, and two rows with the other's name: 7 and 40.
fn samples() -> Result<RecordBatch, Box<dyn Error>> {
    let item = Arc::new(Field::new("item", DataType::Float32, true));
    let wave = |row: usize, feature: usize| {
        let center = if (row % 2 == 0) == (feature < 4) { 1.0 } else { 0.0 };
        center + 0.1 * ((row * 7919 + feature * 104_729) as f32).sin()
    };
    let values: Float32Array = (0..60).flat_map(|row| (0..8).map(move |feature| Some(wave(row, feature)))).collect();
    let name = |row: usize| if (row % 2 == 0) == (row != 7 && row != 40) { "cat" } else { "dog" };
    let embeddings = FixedSizeListArray::try_new(item, FEATURES, Arc::new(values), None)?;
    Ok(RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from_iter_values(0..60)) as Arc<dyn Array>),
        ("label", Arc::new(StringArray::from_iter_values((0..60).map(name)))),
        ("embedding", Arc::new(embeddings)),
    ])?)
}

fn written(path: &Path, batch: &RecordBatch) -> Result<(), Box<dyn Error>> {
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (table, work) = (folder.path().join("table"), folder.path().join("run"));
    create_dir_all(&table)?;
    written(&table.join("part-0.parquet"), &samples()?)?;
    let location = table.display().to_string();

    // A session that has all functions and the settings that they need.
    let context = SessionContext::new_with_state(session_state(SessionConfig::new())?);
    context.register_parquet("samples", &location, ParquetReadOptions::default()).await?;

    // The sums of every class: one list of integers each, the number of its rows first.
    let sums = context
        .sql("SELECT label, class_moments(embedding)[1] AS count FROM samples GROUP BY label ORDER BY label")
        .await?
        .collect()
        .await?;
    assert_eq!(sums[0].column(1).as_primitive::<Int64Type>().values(), &[30, 30]);

    // A run leaves models behind: the last one was fitted without the rows that the first one found suspect.
    let engine = Engine::of_session(context.clone(), None)?;
    let table = Table { location, columns: Default::default(), layout: Default::default() };
    let report = Detection::new(work.display().to_string()).run(&engine, &table, &()).await?;
    let model = work.join("model-1").display().to_string();

    let suspects = context
        .sql(&format!(
            "SELECT id, label, get_field(s, 'suggested') AS suggested, get_field(s, 'own') / get_field(s, 'least') AS ratio \
             FROM (SELECT id, label, mislabel_rer(embedding, label, '{model}', id) AS s FROM samples) \
             ORDER BY ratio DESC, id LIMIT 5"
        ))
        .await?
        .collect()
        .await?;
    println!("{}", pretty_format_batches(&suspects)?);

    let ids = suspects[0].column(0).as_primitive::<Int64Type>().values();
    assert_eq!(ids[..2].iter().copied().collect::<std::collections::BTreeSet<_>>(), [7, 40].into());
    // The same bits as the run's own table.
    let ratio = suspects[0].column(3).as_primitive::<Float64Type>().value(0);
    assert_eq!((ratio, ids[0].to_string()), (report.suspects[0].ratio, report.suspects[0].id.clone()));

    // How probably each label is right, by a model of the label noise.
    let work = folder.path().join("posterior").display().to_string();
    let report = PosteriorDetection::new(work).run(&engine, &table, &()).await?;
    let doubted = context
        .sql(&format!(
            "SELECT id, label, get_field(s, 'other') AS suggested, get_field(s, 'quality') AS quality \
             FROM (SELECT id, label, mislabel_posterior(embedding, label, '{}', id) AS s FROM samples) \
             ORDER BY quality, id LIMIT 5",
            report.model
        ))
        .await?
        .collect()
        .await?;
    println!("{}", pretty_format_batches(&doubted)?);
    let ids = doubted[0].column(0).as_primitive::<Int64Type>().values();
    assert_eq!(ids[..2].iter().copied().collect::<std::collections::BTreeSet<_>>(), [7, 40].into());
    let quality = doubted[0].column(3).as_primitive::<Float64Type>();
    assert_eq!((quality.value(0), report.flagged), (report.suspects[0].quality, 2));
    Ok(())
}
