//! Tables larger than a machine: the program `mislabel-worker`, which is built apart, does the work.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::failure::{Failure, Result};

const WORKER: &str = "mislabel-worker";

/// The exit code of the worker where it is asked for: by `detect --table` or by `score`.
pub(crate) fn worked(arguments: &[OsString]) -> Option<Result<ExitCode>> {
    let command = arguments.get(1)?.to_str()?;
    let is_table = |argument: &OsString| argument == "--table" || argument.to_string_lossy().starts_with("--table=");
    let asked = match command {
        "detect" => arguments[2..].iter().any(is_table),
        "score" => true,
        _ => false,
    };
    asked.then(|| {
        // `--table` wants a value: beside `--help` it has none.
        let help = arguments[2..].iter().any(|argument| argument == "--help" || argument == "-h");
        if help { run(&[command.into(), "--help".into()]) } else { run(&arguments[1..]) }
    })
}

fn run(arguments: &[OsString]) -> Result<ExitCode> {
    let program = beside_this_one().unwrap_or_else(|| WORKER.into());
    match Command::new(&program).args(arguments).status() {
        Ok(status) => {
            Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Err(Failure::Arguments(format!(
            "tables are the work of the program {WORKER}, which is neither beside this one nor on the PATH: build it with `cargo \
             install --path distributed/mislabel-ballista`"
        ))),
        Err(cause) => Err(Failure::Arguments(format!("{WORKER} cannot be started: {cause}"))),
    }
}

fn beside_this_one() -> Option<PathBuf> {
    let this = std::env::current_exe().ok()?;
    let extension = this.extension().unwrap_or(OsStr::new(""));
    let worker = this.with_file_name(WORKER).with_extension(extension);
    worker.is_file().then_some(worker)
}
