//! The process that does the work.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use mislabel_datafusion::{Error, Result, runtime};

use crate::registry;

/// What an executor is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executor {
    /// Host and port of the scheduler.
    pub scheduler: (String, u16),
    /// The address it listens on.
    pub bind_host: String,
    /// How others call it; the address it listens on where there is none.
    pub external_host: Option<String>,
    /// Ports for results and for tasks; 0: any that is free.
    pub ports: (u16, u16),
    /// Tasks at a time; 0: as many as there are cores.
    pub cores: usize,
    /// Folder for results between stages.
    pub work_dir: PathBuf,
    /// Bytes for sorting and grouping, together; none: as much as there is.
    pub memory: Option<u64>,
}

impl Executor {
    /// For a scheduler, on ports that are free.
    pub fn of(scheduler: (String, u16), work_dir: PathBuf) -> Self {
        Self {
            scheduler,
            bind_host: "127.0.0.1".to_owned(),
            external_host: None,
            ports: (0, 0),
            cores: 0,
            work_dir,
            memory: None,
        }
    }

    /// Registers with the scheduler and works until the process ends or is told to stop.
    ///
    /// # Errors
    /// [`Error::Input`] where no port is free, the folder cannot be made, or nobody answers.
    pub async fn work(self) -> Result<()> {
        let folder = self.work_dir.display().to_string();
        std::fs::create_dir_all(&self.work_dir).map_err(|error| Error::Input(format!("{folder}: {error}")))?;
        let ports = (self.free(self.ports.0)?, self.free(self.ports.1)?);
        let temporary = self.work_dir.clone();
        let config = ExecutorProcessConfig {
            bind_host: self.bind_host.clone(),
            external_host: Some(self.external_host.clone().unwrap_or_else(|| self.bind_host.clone())),
            port: ports.0,
            grpc_port: ports.1,
            scheduler_host: self.scheduler.0.clone(),
            scheduler_port: self.scheduler.1,
            scheduler_connect_timeout_seconds: 15,
            task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
            vcores: self.cores,
            work_dir: Some(folder),
            memory_pool_size: Some(self.memory.unwrap_or(0)),
            override_function_registry: Some(registry()),
            override_runtime_producer: Some(Arc::new(move |_| {
                runtime(RuntimeEnvBuilder::new().with_temp_file_path(temporary.clone()))
            })),
            ..ExecutorProcessConfig::default()
        };
        let (host, port) = &self.scheduler;
        let failed = |error| Error::Input(format!("the executor of ballista://{host}:{port} ended: {error}"));
        start_executor_process(Arc::new(config)).await.map_err(failed)
    }

    /// The port, or one that is free now.
    fn free(&self, port: u16) -> Result<u16> {
        let listener = TcpListener::bind((self.bind_host.as_str(), port));
        let address = listener.and_then(|listener| listener.local_addr());
        let taken = |error| Error::Input(format!("{}:{port} cannot be listened on: {error}", self.bind_host));
        Ok(address.map_err(taken)?.port())
    }
}
