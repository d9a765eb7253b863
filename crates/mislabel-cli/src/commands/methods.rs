//! `mislabel methods`: which methods there are, what they need, and their parameters.

use std::io::{Write, stdout};

use clap::Args;
use mislabel::methods::{Entry, METHODS};
use serde::Serialize;

use crate::failure::Result;
use crate::options::parsers::method_parser;
use crate::output::json::print_json;

const EXAMPLES: &str = "\
Examples:
  mislabel methods
  mislabel methods posterior > posterior.toml
  mislabel detect --method posterior --params posterior.toml \\
      --embeddings embeddings.npy --labels labels.npy --out issues.csv
  mislabel detect --method posterior --help";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Methods {
    /// Print the parameters of this method with their defaults, in TOML
    #[arg(value_name = "NAME", value_parser = method_parser(), hide_possible_values = true)]
    method: Option<&'static Entry>,
    /// Print the list as JSON
    #[arg(long)]
    json: bool,
}

/// A line of the list.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    about: &'static str,
    needs: String,
    parameters: serde_json::Value,
}

impl Methods {
    pub(crate) fn run(&self) -> Result<()> {
        if self.json {
            let chosen = METHODS.iter().filter(|entry| self.method.is_none_or(|method| method.name == entry.name));
            return print_json(&chosen.map(Line::of).collect::<Vec<_>>());
        }
        let mut out = stdout().lock();
        match self.method {
            Some(method) => {
                writeln!(out, "# {}: {}", method.name, method.about)?;
                writeln!(out, "# Needs {}. A parameter that is absent is chosen by the method.\n", method.needs())?;
                write!(out, "{}", method.default_toml())?;
            }
            None => {
                for method in &METHODS {
                    writeln!(out, "{:<14} {}; needs {}", method.name, method.about, method.needs())?;
                }
            }
        }
        Ok(out.flush()?)
    }
}

impl Line {
    fn of(entry: &Entry) -> Self {
        let method = entry.seeded(0);
        let (needs, parameters) = (method.needs().to_string(), method.parameters());
        Self { name: entry.name, about: entry.about, needs, parameters }
    }
}
