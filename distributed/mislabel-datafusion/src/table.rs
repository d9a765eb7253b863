//! The table of samples.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::prelude::{SessionContext, col};
use glob::Pattern;

use crate::error::{Error, Result};
use crate::session::{Engine, name};
use crate::store::url_of;

/// Names of the columns that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What tells rows apart: whole numbers or text, none twice.
    pub id: String,
    /// Lists of equally many numbers: embeddings, or the predicted probabilities that [`ConfidentDetection`] reads.
    ///
    /// [`ConfidentDetection`]: crate::ConfidentDetection
    pub embedding: String,
    /// The given labels: whole numbers or text; null: none.
    pub label: String,
}

impl Default for Columns {
    fn default() -> Self {
        Self { id: "id".to_owned(), embedding: "embedding".to_owned(), label: "label".to_owned() }
    }
}

/// How rows lie in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// In any way. A sum of every class is held for every part that is read at a time.
    #[default]
    Any,
    /// Every file is sorted by label, ascending, and no label goes on in a file that is not the next: one class is held at a
    /// time.
    Sorted,
    /// In folders `label=...`, one for each: one class is held at a time, and no row goes anywhere.
    Hive,
}

/// Parquet files with samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// A file, a folder, or a pattern with `*`; a path or a URL.
    pub location: String,
    /// Which columns are read.
    pub columns: Columns,
    /// How rows lie in files.
    pub layout: Layout,
}

/// A table that an engine knows.
#[derive(Clone, Debug)]
pub(crate) struct Samples {
    /// Its name.
    pub(crate) table: String,
    /// Its columns as SQL.
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) embedding: String,
    /// How many numbers the lists have; 0 where no type and no row was asked.
    pub(crate) features: usize,
    /// Whether labels are whole numbers.
    pub(crate) numbers: bool,
    /// Whether ids are.
    pub(crate) number_ids: bool,
    pub(crate) layout: Layout,
    /// Names, sizes and times of the files, in short.
    pub(crate) files: String,
}

/// The name of the table of samples in a session.
const SAMPLES: &str = "mislabel_samples";

/// What the lists of numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lists {
    Embeddings,
    Probabilities,
}

impl Table {
    /// Looks at the files and makes the table known.
    pub(crate) async fn open(&self, engine: &Engine) -> Result<Samples> {
        self.opened(engine, Lists::Embeddings).await
    }

    /// The same for a table of predicted probabilities, whose lists functions take as they are.
    pub(crate) async fn open_probabilities(&self, engine: &Engine) -> Result<Samples> {
        self.opened(engine, Lists::Probabilities).await
    }

    async fn opened(&self, engine: &Engine, lists: Lists) -> Result<Samples> {
        let context = engine.context();
        let url = listed(&self.location)?;
        let files = files(context, &url).await?;
        let format = Arc::new(ParquetFormat::default());
        let mut options = ListingOptions::new(format).with_file_extension("");
        let Columns { id, embedding, label } = &self.columns;
        match self.layout {
            Layout::Any => {}
            Layout::Sorted => {
                options = options.with_file_sort_order(vec![vec![col(name(label)).sort(true, false)]]);
            }
            Layout::Hive => {
                options = options.with_table_partition_cols(vec![(label.clone(), DataType::Utf8)]);
            }
        }
        // Folders stay apart, so that no row goes anywhere to be added to its class.
        let kept =
            format!("SET datafusion.optimizer.preserve_file_partitions = {}", u8::from(self.layout == Layout::Hive));
        engine.rows("setting the layout", &kept).await?;
        let config = ListingTableConfig::new(url.clone()).with_listing_options(options);
        let state = context.state();
        let doing = format!("reading the schema of {}", self.location);
        let config = config.infer_schema(&state).await.map_err(Error::engine(&doing))?;
        let in_files = config.file_schema.as_ref().is_some_and(|schema| schema.field_with_name(label).is_ok());
        if self.layout == Layout::Hive && in_files {
            return Err(Error::Input(format!(
                "{}: the files have a column {label:?} of their own, beside the folders' names: read them with --layout any, or sorted",
                self.location
            )));
        }
        let listing = ListingTable::try_new(config).map_err(Error::engine(&doing))?;
        context.deregister_table(SAMPLES).map_err(Error::engine(&doing))?;
        context.register_table(SAMPLES, Arc::new(listing)).map_err(Error::engine(&doing))?;
        let frame = context.table(SAMPLES).await.map_err(Error::engine(&doing))?;
        let schema = frame.schema().as_arrow().clone();
        let column = |wanted: &str, what: &str| -> Result<DataType> {
            let found = schema.field_with_name(wanted);
            found.map(|field| field.data_type().clone()).map_err(|_| {
                let there: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
                let hive = match what {
                    "labels" => ", or, where the rows lie in folders label=…, add --layout hive",
                    _ => "",
                };
                Error::Input(format!(
                    "{} has no column {wanted:?} for {what}; its columns are {}: name those to read with --columns id,embedding,label{hive}",
                    self.location,
                    there.join(", ")
                ))
            })
        };
        let (id_type, label_type) = (column(id, "ids")?, column(label, "labels")?);
        let number_ids = named_type(&id_type, id, "ids")?;
        let numbers = named_type(&label_type, label, "labels")?;
        let (embedding, features) = match lists {
            Lists::Embeddings => self.embedding(engine, &column(embedding, "embeddings")?).await?,
            Lists::Probabilities => self.probabilities(&column(embedding, "predicted probabilities")?)?,
        };
        Ok(Samples {
            table: SAMPLES.to_owned(),
            id: name(id),
            label: name(label),
            embedding,
            features,
            numbers,
            number_ids,
            layout: self.layout,
            files,
        })
    }

    /// The predicted probabilities as functions take them, and how many a row has where the type says it.
    fn probabilities(&self, found: &DataType) -> Result<(String, usize)> {
        let column = &self.columns.embedding;
        match found {
            DataType::FixedSizeList(item, classes) if item.data_type().is_floating() => {
                Ok((name(column), usize::try_from(*classes).unwrap_or(0)))
            }
            DataType::List(item) | DataType::LargeList(item) if item.data_type().is_floating() => Ok((name(column), 0)),
            other => Err(Error::Input(format!(
                "{}: column {column:?} is of type {other}; predicted probabilities are lists of numbers (FixedSizeList or List of \
                 Float16, Float32 or Float64)",
                self.location
            ))),
        }
    }

    /// The embeddings as functions take them, and the number of features.
    async fn embedding(&self, engine: &Engine, found: &DataType) -> Result<(String, usize)> {
        let column = name(&self.columns.embedding);
        let number = |item: &DataType| matches!(item, DataType::Float16 | DataType::Float32 | DataType::Float64);
        let cast = |features: usize| format!("arrow_cast({column}, 'FixedSizeList({features}, Float32)')");
        match found {
            DataType::FixedSizeList(item, features) if number(item.data_type()) && *features > 0 => {
                let features = *features as usize;
                let exact = item.data_type() == &DataType::Float32;
                Ok((if exact { column } else { cast(features) }, features))
            }
            DataType::List(item) | DataType::LargeList(item) if number(item.data_type()) => {
                let sql = format!("SELECT {column} AS e FROM {SAMPLES} WHERE {column} IS NOT NULL LIMIT 1");
                let rows = engine.rows("looking at the first embedding", &sql).await?;
                let first = rows.iter().find(|batch| batch.num_rows() > 0).map(|batch| Arc::clone(batch.column(0)));
                let features = first.map_or(0, |first| match first.data_type() {
                    DataType::LargeList(_) => first.as_list::<i64>().value(0).len(),
                    _ => first.as_list::<i32>().value(0).len(),
                });
                if features == 0 {
                    return Err(Error::Input(format!("{}: the first embedding is empty", self.location)));
                }
                Ok((cast(features), features))
            }
            other => Err(Error::Input(format!(
                "{}: column {:?} is of type {other}; embeddings are lists of numbers (FixedSizeList or List of Float16, Float32 or \
                 Float64)",
                self.location, self.columns.embedding
            ))),
        }
    }
}

/// Whether a column of names holds whole numbers.
fn named_type(found: &DataType, column: &str, what: &str) -> Result<bool> {
    match found {
        found if found.is_integer() => Ok(true),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Ok(false),
        DataType::Dictionary(_, value) if !value.is_integer() => Ok(false),
        other => Err(Error::Input(format!("column {column:?} is of type {other}; {what} are whole numbers or text"))),
    }
}

/// A location as the engine lists it; a folder with a slash at its end.
fn listed(location: &str) -> Result<ListingTableUrl> {
    let folder = std::path::Path::new(location).is_dir() && !location.ends_with('/');
    let no_table = || Error::engine(format!("{location} is no location of a table"));
    // The engine takes patterns for paths only.
    if let Some((base, pattern)) = location.contains("://").then(|| split_pattern(location)).flatten() {
        let pattern =
            Pattern::new(pattern).map_err(|error| Error::Input(format!("{location} is no pattern: {error}")))?;
        return ListingTableUrl::try_new(url_of(base)?, Some(pattern)).map_err(no_table());
    }
    let url = match location.contains("://") || location.contains('*') {
        true => location.to_owned(),
        false => url_of(location)?.to_string(),
    };
    let url = if folder { format!("{url}/") } else { url };
    ListingTableUrl::parse(&url).map_err(no_table())
}

/// A URL up to the folder above its first `*`, and the pattern of what is in it.
fn split_pattern(location: &str) -> Option<(&str, &str)> {
    let folder = location[..location.find('*')?].rfind('/')?;
    Some((&location[..=folder], &location[folder + 1..]))
}

/// Names, sizes and times of all files of a table, as one short mark.
async fn files(context: &SessionContext, url: &ListingTableUrl) -> Result<String> {
    use futures::TryStreamExt;
    use sha2::{Digest, Sha256};

    let doing = format!("listing the files of {url}");
    let state = context.state();
    let store = context.runtime_env().object_store(url.object_store()).map_err(Error::engine(&doing))?;
    let listed = url.list_all_files(&state, store.as_ref(), "").await.map_err(Error::engine(&doing))?;
    let mut found: Vec<_> = listed.try_collect().await.map_err(Error::engine(&doing))?;
    if found.is_empty() {
        return Err(Error::Input(format!("{url}: there is no Parquet file")));
    }
    if let Some(empty) = found.iter().find(|file| file.size == 0) {
        return Err(Error::Input(format!(
            "{} of the table is empty, not a Parquet file: was its writing interrupted? Write it again, or remove it",
            empty.location
        )));
    }
    found.sort_by(|one, other| one.location.as_ref().cmp(other.location.as_ref()));
    let mut digest = Sha256::new();
    for file in &found {
        digest.update(format!("{} {} {}\n", file.location, file.size, file.last_modified.timestamp_millis()));
    }
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
