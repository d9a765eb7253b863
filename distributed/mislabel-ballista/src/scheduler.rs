//! The process that plans jobs and hands out their tasks.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::execution::SessionStateBuilder;
use mislabel_datafusion::{Error, Result, session_state};

/// What a scheduler is told. Executors fetch their tasks: where the scheduler sends them, Ballista 55's default, a job may
/// never end when one is sent to an executor that has just died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduler {
    /// Where it listens; port 0: any that is free.
    pub bind: SocketAddr,
    /// How executors and commands call it; the address it listens on where there is none.
    pub external_host: Option<String>,
    /// Seconds after which an executor that does not ask for work counts as lost, and its tasks go to others; more than the 5
    /// that a busy one leaves between two requests.
    pub executor_timeout: u64,
    /// Seconds between looks for lost executors.
    pub expiry_interval: u64,
}

impl Scheduler {
    /// At an address, with 60 s after which executors are lost.
    pub fn at(bind: SocketAddr) -> Self {
        Self { bind, external_host: None, executor_timeout: 60, expiry_interval: 15 }
    }

    /// Listens, calls `ready` with the address, and serves until the process ends.
    ///
    /// # Errors
    /// [`Error::Input`] where the address is taken; what Ballista says.
    pub async fn serve(self, ready: impl FnOnce(SocketAddr)) -> Result<()> {
        let taken = |error: std::io::Error| Error::Input(format!("{} cannot be listened on: {error}", self.bind));
        let listener = tokio::net::TcpListener::bind(self.bind).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let config = SchedulerConfig {
            bind_host: address.ip().to_string(),
            external_host: self.external_host.unwrap_or_else(|| address.ip().to_string()),
            bind_port: address.port(),
            executor_timeout_seconds: self.executor_timeout,
            expire_dead_executor_interval_seconds: self.expiry_interval,
            no_executors_grace_period_seconds: self.executor_timeout,
            scheduling_policy: TaskSchedulingPolicy::PullStaged,
            override_session_builder: Some(Arc::new(|config| {
                let state = session_state(config)?;
                Ok(SessionStateBuilder::new_from_existing(state).build())
            })),
            ..SchedulerConfig::default()
        };
        let failed = |error: ballista_core::error::BallistaError| Error::Lost(format!("the scheduler failed: {error}"));
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(failed)?;
        let scheduler = create_scheduler::<
            datafusion_proto::protobuf::LogicalPlanNode,
            datafusion_proto::protobuf::PhysicalPlanNode,
        >(cluster, Arc::new(config))
        .await
        .map_err(failed)?;
        ready(address);
        start_grpc_service_with_listener(listener, scheduler).await.map_err(failed)
    }
}
