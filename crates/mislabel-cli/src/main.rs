//! The `mislabel` command: label errors from embeddings on disk.
//!
//! Exit codes: 0 on success, 2 with one line on standard error on bad input of any kind, 130 after Ctrl-C or a request to
//! terminate.

mod arguments;
mod commands;
mod failure;
mod inputs;
mod options;
mod output;
mod session;
mod subprocess;
mod value_parsers;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::arguments::{Arguments, usage_error};
use crate::commands::tables;
use crate::failure::{one_line, shortened};
use crate::session::interruption::INTERRUPTED;

fn main() -> ExitCode {
    let asked: Vec<std::ffi::OsString> = std::env::args_os().collect();
    match tables::worked(&asked) {
        Some(Ok(code)) => return code,
        Some(Err(failure)) => return refuse(&failure.to_string()),
        None => {}
    }
    let (arguments, given) = match Arguments::parsed() {
        Ok(parsed) => parsed,
        Err(help) if !help.use_stderr() => return finish(help.print().map_err(Into::into)),
        Err(help) if help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return finish(write!(stdout(), "{}", help.render()).map_err(Into::into));
        }
        Err(error) => return refuse(&usage_error(&error)),
    };
    finish(arguments.command.run(&given))
}

fn finish(result: failure::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) if failure.is_interruption() => {
            refuse("interrupted");
            ExitCode::from(INTERRUPTED)
        }
        Err(failure) => refuse(&failure.to_string()),
    }
}

fn refuse(message: &str) -> ExitCode {
    // Nobody is left to tell when standard error is gone too.
    let _ = writeln!(std::io::stderr(), "error: {}", shortened(&one_line(message)));
    ExitCode::from(2)
}
