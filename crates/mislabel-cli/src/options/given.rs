//! Which options of methods a command line has.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use mislabel::methods::Entry;

use crate::failure::{Failure, Result};
use crate::options::understood::{is_of_methods, understands};

/// The method options of a command line, by their long names.
pub(crate) struct GivenOptions(Vec<String>);

impl GivenOptions {
    /// Those of the subcommand in `matches` of `command`.
    pub(crate) fn of(command: &Command, matches: &ArgMatches) -> Self {
        let Some((name, matches)) = matches.subcommand() else { return Self(Vec::new()) };
        let arguments = command.find_subcommand(name).into_iter().flat_map(Command::get_arguments);
        let of_methods = arguments.filter(|argument| argument.get_long().is_some_and(is_of_methods));
        let given = of_methods.filter(|argument| is_given(matches, argument.get_id().as_str()));
        Self(given.filter_map(|argument| argument.get_long()).map(Into::into).collect())
    }

    /// The names, without dashes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether `option` is among them.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.names().any(|name| name == option)
    }
}

fn is_given(matches: &ArgMatches, id: &str) -> bool {
    matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// Refuses options that every one of `methods` would ignore.
pub(crate) fn refuse_foreign(methods: &[&Entry], given: &GivenOptions) -> Result<()> {
    let foreign = given.names().find(|option| !methods.iter().any(|method| understands(method.name, option)));
    let Some(option) = foreign else { return Ok(()) };
    let names: Vec<&str> = methods.iter().map(|method| method.name).collect();
    let kind = if names.len() == 1 { "the method" } else { "any of the methods" };
    Err(Failure::Arguments(format!("--{option} is no option of {kind} {}", names.join(", "))))
}
