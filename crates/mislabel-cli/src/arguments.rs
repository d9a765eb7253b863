//! The command line.

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::commands::{compare, demo, detect, difficulty, evaluate, generate, noise, review};
use crate::failure::Result;
use crate::given_options::{GivenOptions, HEADING};
use crate::methods::named;

const EXAMPLES: &str = "\
Examples:
  mislabel demo
  mislabel detect --embeddings embeddings.npy --labels labels.npy --out issues.csv
  mislabel difficulty --embeddings embeddings.npy --labels labels.npy

Exit status: 0 on success; 2, with one line on standard error, when something is wrong with the input.";

/// Find label errors in classification datasets and measure how hard they are.
#[derive(Parser)]
#[command(name = "mislabel", version, after_help = EXAMPLES, arg_required_else_help = false)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Find the label errors that were put into 1,797 handwritten digits
    Demo(demo::Demo),
    /// Find the label issues of a dataset and write a table of them
    Detect(Box<detect::Detect>),
    /// Say how many labels are likely wrong, and which to look at to know better
    Review(Box<review::Review>),
    /// Make given labels from true ones with a model of label noise
    Noise(noise::Noise),
    /// Make synthetic embeddings of any size, with true and given labels
    Generate(Box<generate::Generate>),
    /// Compare a table of label issues with the true labels
    Evaluate(evaluate::Evaluate),
    /// Compare methods with each other on a dataset whose true labels are known
    Compare(Box<compare::Compare>),
    /// Measure how hard a dataset and its classes are
    Difficulty(Box<difficulty::Difficulty>),
}

impl Arguments {
    /// The arguments of this process, and which options of methods are among them.
    pub(crate) fn parsed() -> Result<(Self, GivenOptions), clap::Error> {
        let mut command = Self::command().mut_subcommand("review", |review| review.mut_args(shown_for_posterior));
        let matches = command.try_get_matches_from_mut(std::env::args_os())?;
        let arguments = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        Ok((arguments, GivenOptions::of(&command, &matches)))
    }
}

/// Hides an option of methods that the one behind `review` has no use for.
fn shown_for_posterior(option: Arg) -> Arg {
    let foreign = option.get_long().is_some_and(|name| !named("posterior").understands(name));
    let hidden = foreign && option.get_help_heading().is_some_and(|heading| heading.starts_with(HEADING));
    if hidden { option.hide(true) } else { option }
}

impl Command {
    pub(crate) fn run(&self, given: &GivenOptions) -> Result<()> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Detect(command) => command.run(given),
            Self::Review(command) => command.run(given),
            Self::Noise(command) => command.run(),
            Self::Generate(command) => command.run(),
            Self::Evaluate(command) => command.run(),
            Self::Compare(command) => command.run(given),
            Self::Difficulty(command) => command.run(given),
        }
    }
}

/// clap's message without the usage that follows it: the part that names what is wrong, and the tip if there is one.
pub(crate) fn usage_error(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let paragraphs = text.split("\n\n").map(|paragraph| {
        let lines: Vec<&str> = paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        lines.join(" ")
    });
    let telling = |paragraph: &String| !paragraph.starts_with("Usage:") && !paragraph.starts_with("For more");
    let kept: Vec<String> = paragraphs.filter(telling).collect();
    kept.join("; ").trim_start_matches("error: ").to_owned()
}
