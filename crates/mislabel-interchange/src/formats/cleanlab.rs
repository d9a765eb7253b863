//! cleanlab: the table of `Datalab.get_issues("label")` and of `CleanLearning.find_label_issues`, and `issues.csv` of a
//! saved Datalab.

use std::path::Path;

use serde_json::{Map, Value};

use crate::cells;
use crate::error::{Error, Result};
use crate::files::folder::Output;
#[cfg(feature = "parquet")]
use crate::files::parquet::write as parquet;
use crate::files::{delimited, input};
use crate::formats::table;
use crate::model::sample::Sample;
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

const NAME: &str = "cleanlab";
const ISSUE: &str = "is_label_issue";
/// Datalab's name of the quality, and that of CleanLearning.
const SCORES: [&str; 2] = ["label_score", "label_quality"];
const GIVEN: &str = "given_label";
const PREDICTED: &str = "predicted_label";

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    // A saved Datalab is a folder; its pickle is never read.
    let saved = path.join("issues.csv");
    let path = if input::is_folder(path)? { saved.as_path() } else { path };
    let mut reading = Reading::new(path, options);
    reading.set_method(NAME);
    table::each_row(path, options, |number, row| {
        let sample = sample(row, &mut reading, number)?;
        reading.push(sample);
        Ok(())
    })?;
    reading.finish()
}

fn sample(mut row: Map<String, Value>, reading: &mut Reading<'_>, number: usize) -> Result<Sample> {
    let place = reading.file.row(number);
    let mut of = |name: &str| row.remove(name);
    let index = cells::index(&place, "index", &of("index").unwrap_or_default())?;
    let index = index.unwrap_or(number as u64);
    let (issue, scores) = (of(ISSUE), SCORES.map(|name| (name, of(name))));
    let (given, predicted) = (of(GIVEN).unwrap_or_default(), of(PREDICTED).unwrap_or_default());
    let Some(issue) = issue else {
        let remedy = "give what lab.get_issues(\"label\") or CleanLearning.find_label_issues returned";
        return Err(Error::missing(&place, ISSUE, remedy));
    };
    let mut sample = Sample { index: Some(index), ..Sample::new(index.to_string()) };
    sample.flagged = cells::truth(&place, ISSUE, &issue)?;
    for (name, score) in scores {
        let quality = cells::fraction(&place, name, &score.unwrap_or_default())?;
        sample.quality = sample.quality.or(quality);
    }
    sample.given = reading.class_of(&place, GIVEN, &given)?;
    sample.suggested = reading.class_of(&place, PREDICTED, &predicted)?;
    row.retain(|_, value| !cells::is_absent(value));
    for name in row.keys() {
        reading.notes.say(format!("column {name:?} is kept as it is"));
    }
    sample.columns = row;
    Ok(sample)
}

pub(crate) fn write(set: &SampleSet, path: &Path, _: &WriteOptions) -> Result<Written> {
    let samples = in_order(set)?;
    let rows = samples.iter().map(|sample| row(set, sample)).collect::<Result<Vec<_>>>()?;
    let mut output = Output::default();
    let columns = ["index", ISSUE, SCORES[0], GIVEN, PREDICTED].map(String::from);
    match input::extension(path).as_str() {
        "csv" => output.file(path, |out| {
            let mut text = Vec::new();
            delimited::write(&mut text, b',', &columns, &as_pandas(&rows))?;
            out.write_all(text.strip_prefix(b"index").unwrap_or(&text))
        })?,
        #[cfg(feature = "parquet")]
        "parquet" => {
            let columns = columns[1..].iter().map(|name| parquet::Column::of(name, &rows)).collect();
            let table = parquet::Table { columns, metadata: Vec::new(), group: parquet::ROWS };
            output.file(path, |out| parquet::write(&table, out))?;
        }
        _ => {
            let expected = "the extension csv, or parquet where that feature is on";
            return Err(Error::Extension { path: path.into(), format: NAME, expected });
        }
    }
    output.notes.say("ids, paths, decisions and further columns have no place in cleanlab's table");
    Ok(output.finish())
}

/// cleanlab's tables are positional: the samples in order of index, none missing.
fn in_order(set: &SampleSet) -> Result<Vec<&Sample>> {
    let mut samples: Vec<&Sample> = set.samples().iter().collect();
    samples.sort_by_key(|sample| sample.index);
    match samples.iter().enumerate().find(|(row, sample)| sample.index != Some(*row as u64)) {
        Some((row, sample)) => Err(Error::unwritable(
            NAME,
            &sample.id,
            format!("its table is positional and needs every sample: the sample with the index {row} is missing"),
        )),
        None => Ok(samples),
    }
}

/// pandas writes truth values with a capital letter; the index has no name.
fn as_pandas(rows: &[Map<String, Value>]) -> Vec<Map<String, Value>> {
    let mut rows = rows.to_vec();
    for flag in rows.iter_mut().filter_map(|row| row.get_mut(ISSUE)) {
        *flag = if *flag == Value::Bool(true) { "True" } else { "False" }.into();
    }
    rows
}

fn row(set: &SampleSet, sample: &Sample) -> Result<Map<String, Value>> {
    let need = |what: &str| Error::unwritable(NAME, &sample.id, format!("it has no {what}: export detected issues"));
    let flagged = sample.flagged.ok_or_else(|| need("flag"))?;
    let quality = sample.quality.ok_or_else(|| need("quality"))?;
    let label = |class: Option<u32>| class.map(|class| set.classes().name(class)).into();
    let cells: [(&str, Value); 5] = [
        ("index", sample.index.into()),
        (ISSUE, flagged.into()),
        (SCORES[0], quality.into()),
        (GIVEN, label(sample.given)),
        (PREDICTED, label(sample.suggested)),
    ];
    Ok(cells.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
