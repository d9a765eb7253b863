//! The demo.

use std::error::Error;
use std::io::stdout;
use std::process::ExitCode;
use std::time::Instant;

use mislabel_core::Run;
use mislabel_demo::{Demo, describe};

fn main() -> ExitCode {
    if std::env::args_os().len() > 1 {
        eprintln!("error: this program takes no arguments; `mislabel demo` of the crate mislabel-cli does");
        return ExitCode::from(2);
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let demo = Demo::default().data()?;
    let start = Instant::now();
    let posterior = demo.posterior(&Run::quiet())?;
    let issues = posterior.issues(posterior.default_rule())?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(describe(&mut stdout().lock(), &demo, &issues, Some(posterior.noise_rate()), seconds)?)
}
