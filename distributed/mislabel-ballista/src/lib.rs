//! The steps of `mislabel-datafusion` on a Ballista cluster: [`connect`] to one, and the [`scheduler`] and [`executor`] that
//! make one up. The program `mislabel-worker` is both, and the command that asks them.
//!
//! Ballista's ports know neither passwords nor encryption: whoever reaches them can run queries. Keep them on a network of
//! one's own.

pub mod executor;
pub mod scheduler;

use std::sync::Arc;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::prelude::{SessionConfig, SessionContext};
use mislabel_datafusion::{Engine, Error, Result, functions, one_line, session_state};

/// How a cluster is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Parts that a table is read in: as many as the executors have cores together, or more.
    pub partitions: usize,
    /// Whether executors read each other's results over the network even on one machine, as they do on several.
    pub remote_reads: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self { partitions: 16, remote_reads: false }
    }
}

/// The cluster whose scheduler is at `url`, `ballista://host:port`.
///
/// # Errors
/// [`Error::Input`] for another URL and where nobody answers.
pub async fn connect(url: &str, connection: Connection) -> Result<Engine> {
    let host = url.strip_prefix("ballista://").filter(|host| {
        host.rsplit_once(':').is_some_and(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok())
    });
    let Some(host) = host else {
        return Err(Error::Input(format!("{url:?} is no cluster: write ballista://host:port")));
    };
    // With the adaptive planner, Ballista 55's default, a job that loses an executor after its first stage never ends.
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(connection.partitions.max(1))
        .with_ballista_job_name("mislabel")
        .with_ballista_adaptive_query_planner(false)
        .with_ballista_shuffle_reader_force_remote_read(connection.remote_reads)
        .set_usize("ballista.scheduler.max_partitions_per_task", 1);
    let doing = |error: datafusion::error::DataFusionError| {
        Error::Input(format!(
            "no scheduler answers at {url}: {}; start one with `mislabel-worker scheduler`",
            one_line(&error)
        ))
    };
    let state = session_state(config).map_err(doing)?;
    let context = SessionContext::remote_with_state(&format!("df://{host}"), state).await.map_err(doing)?;
    // The functions of the state are replaced on the way.
    functions::register(&mut *context.state_ref().write()).map_err(doing)?;
    Engine::of_session(context, Some(url.to_owned()))
}

/// The functions for executors.
fn registry() -> Arc<ballista_core::registry::BallistaFunctionRegistry> {
    let mut registry = ballista_core::registry::BallistaFunctionRegistry::default();
    for function in functions::aggregates() {
        registry.aggregate_functions.insert(function.name().to_owned(), function);
    }
    for function in functions::scalars() {
        registry.scalar_functions.insert(function.name().to_owned(), function);
    }
    Arc::new(registry)
}
