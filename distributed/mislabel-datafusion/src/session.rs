//! Where queries run: in this process, or in a session of somebody else's, a cluster's for instance.

use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionState;
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::ObjectStore;
use url::Url;

use crate::error::{Error, Result};
use crate::functions;
use crate::model::VERSION;
use crate::store::parsed;

/// Settings without which steps are wrong or slow; [`Engine`] refuses a session that has others.
///
/// The first keeps a function that returns a struct from being evaluated once for every field that is read; the second keeps
/// every row from becoming a state of `class_moments`.
const SETTINGS: [(&str, &str); 2] = [
    ("datafusion.optimizer.enable_leaf_expression_pushdown", "false"),
    ("datafusion.execution.skip_partial_aggregation_probe_ratio_threshold", "1"),
];

/// How long is waited before a query is asked again whose connection broke.
pub(crate) const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];

/// The configuration with all settings that steps need.
pub fn configured(config: SessionConfig) -> SessionConfig {
    SETTINGS.iter().fold(config, |config, (name, value)| config.set_str(name, value))
}

/// The state of a session that knows all functions, for a scheduler or for an engine of one's own.
///
/// # Errors
/// What the engine says.
pub fn session_state(config: SessionConfig) -> datafusion::error::Result<SessionState> {
    let mut state = SessionStateBuilder::new()
        .with_config(configured(config))
        .with_runtime_env(runtime(RuntimeEnvBuilder::new())?)
        .with_default_features()
        .build();
    functions::register(&mut state)?;
    Ok(state)
}

/// An environment that opens object stores when a location names them.
///
/// # Errors
/// What the engine says.
pub fn runtime(builder: RuntimeEnvBuilder) -> datafusion::error::Result<Arc<RuntimeEnv>> {
    builder.with_object_store_registry(Arc::new(Stores(DefaultObjectStoreRegistry::new()))).build_arc()
}

/// Stores by the scheme and host of a location, with what the environment says of keys and regions.
#[derive(Debug)]
struct Stores(DefaultObjectStoreRegistry);

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.0.register_store(url, store)
    }
    fn get_store(&self, url: &Url) -> datafusion::error::Result<Arc<dyn ObjectStore>> {
        self.0.get_store(url).or_else(|_| {
            let (store, _) = parsed(url)?;
            self.0.register_store(url, Arc::clone(&store));
            Ok(store)
        })
    }
}

/// Where queries run.
#[derive(Clone)]
pub struct Engine {
    context: SessionContext,
    /// How a cluster is called; `None`: this process.
    cluster: Option<String>,
    /// How long a query may take.
    limit: Option<Duration>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("cluster", &self.cluster).field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl Engine {
    /// This process, on so many partitions at a time, or as many as there are cores.
    ///
    /// # Errors
    /// [`Error::Engine`].
    pub fn embedded(partitions: Option<usize>) -> Result<Self> {
        let config = SessionConfig::new();
        let config = match partitions {
            Some(partitions) => config.with_target_partitions(partitions),
            None => config,
        };
        let state = session_state(config).map_err(Error::engine("starting the engine"))?;
        Ok(Self { context: SessionContext::new_with_state(state), cluster: None, limit: None })
    }

    /// A session of one's own, which must know all [`functions`](functions::register) and be
    /// [`configured`]; `cluster` is what messages call it.
    ///
    /// # Errors
    /// [`Error::Input`] naming a setting that is another.
    pub fn of_session(context: SessionContext, cluster: Option<String>) -> Result<Self> {
        let entries = context.copied_config().options().entries();
        for (name, needed) in SETTINGS {
            let found = entries.iter().find(|entry| entry.key == name).and_then(|entry| entry.value.clone());
            let same = found.as_deref().is_some_and(|found| found.trim_end_matches(".0") == needed);
            if !same {
                let found = found.unwrap_or_default();
                return Err(Error::Input(format!(
                    "the session has {name} = {found:?}: steps need {needed}, see session::configured"
                )));
            }
        }
        Ok(Self { context, cluster, limit: None })
    }

    /// The same, with a time that each query may take at most.
    pub fn with_limit(self, limit: Option<Duration>) -> Self {
        Self { limit, ..self }
    }

    /// The session.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// How the cluster is called; `None`: this process.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// Runs a query and collects its rows; again, where a connection broke: an executor that dies after its job takes the
    /// rows with it that nobody has fetched yet.
    pub(crate) async fn rows(&self, doing: &str, sql: &str) -> Result<Vec<RecordBatch>> {
        for pause in PAUSES {
            match self.rows_once(doing, sql).await {
                Err(Error::Disconnected(_)) => tokio::time::sleep(pause).await,
                other => return other,
            }
        }
        self.rows_once(doing, sql).await
    }

    async fn rows_once(&self, doing: &str, sql: &str) -> Result<Vec<RecordBatch>> {
        let work = async {
            let frame = self.context.sql(sql).await?;
            frame.collect().await
        };
        let outcome = match self.limit {
            None => work.await,
            Some(limit) => tokio::time::timeout(limit, work).await.map_err(|_| {
                let place = self.cluster.as_deref().unwrap_or("this process");
                let limit = limit.as_secs();
                Error::Lost(format!(
                    "{doing} took longer than {limit} s on {place}: look at its log, or give it more time"
                ))
            })?,
        };
        outcome.map_err(|error| self.failed(doing, error))
    }

    /// A cluster that is not there, or is no more, named as such.
    fn failed(&self, doing: &str, error: DataFusionError) -> Error {
        let said = error.to_string();
        match &self.cluster {
            Some(cluster) if said.contains("ConnectError") => Error::Disconnected(format!(
                "{doing}: no scheduler answers at {cluster}, or an executor went with its results: start one with \
                 `mislabel-worker scheduler`, and go on with --resume"
            )),
            Some(cluster) if said.contains("transport error") || said.contains("h2 protocol error") => {
                Error::Disconnected(format!(
                    "{doing}: the connection to {cluster} broke: is its scheduler alive? What is finished is kept; go on with --resume"
                ))
            }
            Some(cluster) if said.contains("executors were lost") => Error::Lost(format!(
                "{doing}: all executors of {cluster} were lost. What is finished is kept: start others and go on with --resume"
            )),
            _ => Error::engine(doing)(error),
        }
    }

    /// Writes the rows of a query as Parquet files into a folder; how many there were. Once: what a broken attempt left must
    /// be cleared first.
    pub(crate) async fn copy(&self, doing: &str, query: &str, folder: &str) -> Result<u64> {
        let sql = format!("COPY ({query}) TO {} STORED AS PARQUET", quoted(&format!("{folder}/")));
        let rows = self.rows_once(doing, &sql).await?;
        let count = |batch: &RecordBatch| {
            batch
                .column(0)
                .as_primitive_opt::<datafusion::arrow::datatypes::UInt64Type>()
                .map_or(0, |counts| counts.values().iter().sum())
        };
        Ok(rows.iter().map(count).sum())
    }

    /// Asks those who will do the work for their version.
    ///
    /// # Errors
    /// [`Error::Input`] when they do not know the functions or have another version.
    pub async fn handshake(&self) -> Result<()> {
        let place = self.cluster.as_deref().unwrap_or("this process");
        let sql = "SELECT DISTINCT mislabel_version(x) AS version FROM (VALUES (1), (2), (3), (4)) AS t(x)";
        let rows = self.rows(&format!("asking {place} for its version"), sql).await.map_err(|error| match error {
            lost @ (Error::Lost(_) | Error::Disconnected(_)) => lost,
            other => Error::Input(format!(
                "{place} does not answer as an executor of mislabel does ({other}): start executors with `mislabel-worker \
                 executor` of {VERSION}"
            )),
        })?;
        for batch in &rows {
            let versions =
                datafusion::arrow::compute::cast(batch.column(0), &datafusion::arrow::datatypes::DataType::Utf8);
            let versions = versions.map_err(|error| Error::Damaged(error.to_string()))?;
            for version in versions.as_string::<i32>().iter().flatten().filter(|version| *version != VERSION) {
                return Err(Error::Input(format!(
                    "{place} runs {version}, this command is {VERSION}: use one version"
                )));
            }
        }
        Ok(())
    }
}

/// A text as SQL.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL.
pub fn name(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}
