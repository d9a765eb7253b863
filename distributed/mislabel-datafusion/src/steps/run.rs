//! Steps whose results are kept, so that a run goes on where it ended.

use std::time::Instant;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{VERSION, from_json, json, same_version, sealed, unsealed};
use crate::session::{Engine, PAUSES};
use crate::store::Store;
use crate::table::{Columns, Samples, Table};

/// Hears of every step: its name, and the seconds it took, or `None` where an earlier run had taken it.
pub trait Progress: Sync {
    /// A step begins.
    fn begins(&self, step: &str);
    /// It has ended.
    fn ended(&self, step: &str, seconds: Option<f64>);
}

/// Nobody listens.
impl Progress for () {
    fn begins(&self, _: &str) {}
    fn ended(&self, _: &str, _: Option<f64>) {}
}

/// What a run in a store is of. Another run does not go on with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Identity {
    version: String,
    table: String,
    files: String,
    columns: String,
    parameters: String,
}

const OBJECT: &str = "run.json";

/// Names the command that works on the run: the last that began.
const OWNER: &str = "owner";

/// Refuses a place for the run's files among those of the table, which later runs would take for the table's own.
fn apart(table: &str, store: &Store) -> Result<()> {
    let folder = Store::open(table).ok().map(|folder| format!("{}/", folder.location()));
    let work = format!("{}/", store.location());
    match folder.filter(|folder| !table.contains('*') && work.starts_with(folder.as_str())) {
        None => Ok(()),
        Some(_) => Err(Error::Input(format!(
            "--work {} lies in the folder of the table: its files would be read as the table's; name a folder elsewhere",
            store.location()
        ))),
    }
}

/// A name that no other command has.
fn own_name() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};

    static BEGUN: AtomicU64 = AtomicU64::new(0);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{} {} {}", std::process::id(), since.as_nanos(), BEGUN.fetch_add(1, Ordering::Relaxed))
}

/// A run under way.
pub(crate) struct Steps<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) samples: &'a Samples,
    pub(crate) store: Store,
    /// What this command wrote into [`OWNER`].
    owner: String,
    progress: &'a dyn Progress,
}

impl<'a> Steps<'a> {
    /// Begins in an empty store, or goes on in one of the same run where `resume` says so.
    pub(crate) async fn begin(
        engine: &'a Engine,
        (table, samples): (&Table, &'a Samples),
        (work, resume): (&str, bool),
        parameters: String,
        progress: &'a dyn Progress,
    ) -> Result<Self> {
        let Columns { id, embedding, label } = &table.columns;
        let identity = Identity {
            version: VERSION.to_owned(),
            table: table.location.clone(),
            files: samples.files.clone(),
            columns: format!("{id}, {embedding}, {label}"),
            parameters,
        };
        let store = Store::open(work)?;
        apart(&table.location, &store)?;
        let location = store.location_of(OBJECT);
        match store.get(OBJECT).await? {
            None => store.put(OBJECT, json(&identity)?).await?,
            Some(_) if !resume => {
                let work = store.location();
                return Err(Error::Input(format!(
                    "{work} holds a run already: go on with it with --resume, or name another --work"
                )));
            }
            Some(bytes) => {
                let known: Identity = from_json(&bytes, &location)?;
                same_version(&known.version, &location)?;
                let pairs = [
                    ("table", &known.table, &identity.table),
                    ("columns", &known.columns, &identity.columns),
                    ("parameters", &known.parameters, &identity.parameters),
                    ("files of the table (by name, size and time)", &known.files, &identity.files),
                ];
                if let Some((what, known, now)) = pairs.into_iter().find(|(_, known, now)| known != now) {
                    return Err(Error::Input(format!(
                        "{location} is of a run with other {what}: {known}, now {now}; name another --work"
                    )));
                }
            }
        }
        let owner = own_name();
        store.put(OWNER, owner.clone().into_bytes()).await?;
        Ok(Self { engine, samples, store, owner, progress })
    }

    /// Makes sure that no other command has begun to work on this run.
    async fn still_alone(&self) -> Result<()> {
        match self.store.get(OWNER).await? {
            Some(owner) if owner == self.owner.as_bytes() => Ok(()),
            _ => Err(Error::Lost(format!(
                "another command has gone on with the run in {}: this one ends, that one has it now",
                self.store.location()
            ))),
        }
    }

    /// What a step gave when it was taken before, or what `taken` gives now, which is kept.
    pub(crate) async fn step<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        taken: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let object = format!("steps/{name}.json");
        if let Some(bytes) = self.store.get(&object).await? {
            self.progress.ended(name, None);
            let location = self.store.location_of(&object);
            return unsealed(&bytes, &location).and_then(|bytes| from_json(bytes, &location)).map_err(|error| {
                Error::Damaged(format!("{error}. Remove {location} and go on with --resume: the step is taken again"))
            });
        }
        self.progress.begins(name);
        let start = Instant::now();
        let result = taken.await;
        // Whatever went wrong, went wrong because two wrote to one place.
        self.still_alone().await?;
        let result = result?;
        self.store.put(&object, sealed(json(&result)?)).await?;
        self.progress.ended(name, Some(start.elapsed().as_secs_f64()));
        Ok(result)
    }

    /// The last step, which writes a table of so many results. It must be there, whole, also where an earlier run wrote it.
    pub(crate) async fn reported<T: Serialize + DeserializeOwned>(
        &self,
        rows: u64,
        report: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let report = self.step("report", report).await?;
        let found = self.store.parquet_rows("issues").await?;
        if found == rows {
            return Ok(report);
        }
        let (issues, report) = (self.store.location_of("issues"), self.store.location_of("steps/report.json"));
        Err(Error::Lost(format!(
            "{issues} holds {found} of {rows} rows: remove {report} and go on with --resume, and they are written again"
        )))
    }

    /// Writes a row for each of so many rows of the table.
    pub(crate) async fn written_all(&self, doing: &str, query: &str, folder: &str, rows: u64) -> Result<u64> {
        let written = self.written(doing, query, folder).await?;
        self.all(doing, written, rows)
    }

    /// Makes sure that a query has seen every row once.
    pub(crate) fn all(&self, doing: &str, found: u64, rows: u64) -> Result<u64> {
        if found == rows {
            return Ok(found);
        }
        Err(Error::Lost(format!("{doing}: {found} of {rows} rows came back: did the table change?")))
    }

    /// Writes the rows of a query into an emptied folder, and makes sure that all are there.
    pub(crate) async fn written(&self, doing: &str, query: &str, folder: &str) -> Result<u64> {
        let location = self.store.location_of(folder);
        let mut pauses = PAUSES.into_iter();
        loop {
            // What a killed task left behind, or what was done twice, goes.
            self.store.clear(folder).await?;
            let failure = match self.engine.copy(doing, query, &location).await {
                Ok(said) if self.store.parquet_rows(folder).await? == said => return Ok(said),
                Ok(said) => Error::Lost(format!("{doing}: {location} holds other rows than the {said} written there")),
                Err(error @ Error::Disconnected(_)) => error,
                Err(other) => return Err(other),
            };
            let Some(pause) = pauses.next() else { return Err(failure) };
            tokio::time::sleep(pause).await;
        }
    }

    /// Makes the Parquet files of a folder known as a table of this name.
    pub(crate) async fn known(&self, table: &str, folder: &str) -> Result<()> {
        let context = self.engine.context();
        let doing = format!("reading {}", self.store.location_of(folder));
        context.deregister_table(table).map_err(Error::engine(&doing))?;
        let location = format!("{}/", self.store.location_of(folder));
        let options = datafusion::prelude::ParquetReadOptions::default();
        context.register_parquet(table, location, options).await.map_err(Error::engine(&doing))
    }
}
