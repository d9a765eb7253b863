//! `mislabel-worker`: a cluster's scheduler and executors, and the command that finds label errors in tables with them.

mod arguments;
mod cost;
mod detect;
mod score;

use std::process::ExitCode;

use clap::Parser;
use mislabel_ballista::executor::Executor;
use mislabel_ballista::scheduler::Scheduler;
use mislabel_datafusion::{Error, Result, set_own_models_memory};

use arguments::{Arguments, Command, ExecutorArguments, SchedulerArguments};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            eprintln!("{}", in_one_line(&error.to_string()));
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    // A command says in one line what went wrong; servers log.
    let quiet = matches!(arguments.command, Command::Detect(_) | Command::Score(_) | Command::Cost(_));
    let level = tracing_subscriber::EnvFilter::try_from_default_env();
    let level = level.unwrap_or_else(|_| if quiet { "off" } else { "error" }.into());
    tracing_subscriber::fmt().with_env_filter(level).with_writer(std::io::stderr).init();
    // Planning recurses deeply where code is not optimized.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(16 << 20).build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(async { tokio::spawn(run(arguments.command)).await }),
        Err(error) => Ok(Err(Error::Lost(format!("no threads: {error}")))),
    };
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(3)
        }
    }
}

/// What is wrong with the command line, without the lines on usage.
fn in_one_line(said: &str) -> String {
    let lines = said.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let mut sentence = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if !sentence.contains("--help") {
        sentence.push_str(" (--help tells more)");
    }
    sentence
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Scheduler(arguments) => scheduler(arguments).await,
        Command::Executor(arguments) => executor(arguments).await,
        Command::Detect(arguments) => detect::detect(*arguments).await,
        Command::Score(arguments) => score::score(&arguments).await,
        Command::Cost(arguments) => cost::cost(&arguments),
    }
}

async fn scheduler(arguments: SchedulerArguments) -> Result<()> {
    let scheduler = Scheduler {
        external_host: arguments.external_host,
        executor_timeout: arguments.executor_timeout,
        expiry_interval: arguments.expiry_interval,
        ..Scheduler::at(arguments.bind)
    };
    scheduler.serve(|address| println!("scheduler: ballista://{address}")).await
}

async fn executor(arguments: ExecutorArguments) -> Result<()> {
    set_own_models_memory(arguments.own_models.own_models_memory);
    let executor = Executor {
        bind_host: arguments.bind_host,
        external_host: arguments.external_host,
        ports: (arguments.port, arguments.task_port),
        cores: arguments.cores,
        memory: arguments.memory,
        ..Executor::of(arguments.scheduler, arguments.work_dir)
    };
    executor.work().await
}
