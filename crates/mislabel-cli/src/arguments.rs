//! The command line.

use std::ffi::OsString;

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use mislabel::methods::ConsensusMethod;

#[cfg(feature = "app")]
use crate::commands::app;
#[cfg(feature = "embed")]
use crate::commands::embed;
use crate::commands::{
    apply, compare, completions, demo, detect, difficulty, evaluate, export, generate, import, methods, noise, report,
    review, similar, slice,
};
use crate::failure::Result;
use crate::options::given::GivenOptions;
use crate::options::understood::{is_of_methods, understands};

const EXAMPLES: &str = "\
Examples:
  mislabel demo
  mislabel detect --embeddings embeddings.npy --labels labels.npy --out issues.csv
  mislabel difficulty --embeddings embeddings.npy --labels labels.npy

Exit status: 0 on success; 2, with one line on standard error, when something is wrong with the input.";

/// Find label errors in classification datasets and measure how hard they are.
#[derive(Parser)]
#[command(name = "mislabel", version, after_help = EXAMPLES, arg_required_else_help = true)]
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
    /// Find the label issues of a dataset and write a page to look at: one HTML file
    Report(Box<report::Report>),
    /// Turn pictures and texts into embeddings
    #[cfg(feature = "embed")]
    Embed(Box<embed::Embed>),
    /// Say how many labels are likely wrong, and which to look at to know better
    Review(Box<review::Review>),
    /// Look at label issues and decide on them, on a local page
    #[cfg(feature = "app")]
    App(Box<app::AppCommand>),
    /// List the samples that a query takes, with their classes and how noisy they are
    Slice(Box<slice::Slice>),
    /// Search samples like others, and keep them as a tag
    Similar(Box<similar::Similar>),
    /// Write the decisions of a review into the labels
    Apply(Box<apply::Apply>),
    /// Write label issues as an annotation tool or a dataset viewer reads them
    Export(Box<export::Export>),
    /// Take decisions back from a tool, and compare them with what was sent
    Import(Box<import::Import>),
    /// List the methods, or print the parameters of one
    Methods(methods::Methods),
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
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the manual page
    Man(completions::Man),
}

impl Arguments {
    /// The arguments of this process, and which options of methods are among them.
    pub(crate) fn parsed() -> Result<(Self, GivenOptions), clap::Error> {
        let arguments = served(std::env::args_os().collect());
        let methods = named_methods(&arguments);
        let ratio: &[String] = if methods.is_empty() { &["rer".into()] } else { &methods };
        let mut command = Self::command()
            .mut_subcommand("review", |review| review.mut_args(|option| shown_for(&["posterior".into()], option)))
            .mut_subcommand("detect", |detect| detect.mut_args(|option| shown_for(&methods, option)))
            .mut_subcommand("report", |report| report.mut_args(|option| of_report(shown_for(&methods, option))))
            .mut_subcommand("compare", |compare| compare.mut_args(|option| shown_for(&methods, option)))
            .mut_subcommand("difficulty", |difficulty| difficulty.mut_args(|option| shown_for(ratio, option)));
        let matches = command.try_get_matches_from_mut(arguments)?;
        let arguments = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        Ok((arguments, GivenOptions::of(&command, &matches)))
    }
}

/// `review --serve` is another way to say `app`.
fn served(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let asked = arguments.iter().position(|argument| argument == "--serve");
    if let (Some(place), Some("review")) = (asked, arguments.get(1).and_then(|command| command.to_str())) {
        arguments.remove(place);
        arguments[1] = "app".into();
    }
    arguments
}

/// What follows `--method`, before anything is parsed, and the members of a consensus: the help shows the options of these
/// methods.
fn named_methods(arguments: &[OsString]) -> Vec<String> {
    let mut methods: Vec<String> = value_of("--method", arguments).into_iter().collect();
    if methods == ["consensus"] {
        match value_of("--members", arguments) {
            Some(members) => methods.extend(members.split(',').map(Into::into)),
            None => methods.extend(ConsensusMethod::MEMBERS.map(Into::into)),
        }
    }
    methods
}

/// What follows the option called `name`, or is joined to it by an equals sign.
fn value_of(name: &str, arguments: &[OsString]) -> Option<String> {
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let joined = texts.iter().find_map(|text| text.strip_prefix(name)?.strip_prefix('='));
    let following = || texts.windows(2).find(|pair| pair[0] == name).map(|pair| &*pair[1]);
    joined.or_else(following).map(Into::into)
}

/// Hides an option of methods that none of `methods` has a use for.
fn shown_for(methods: &[String], option: Arg) -> Arg {
    let is_used = |name: &str| methods.iter().any(|method| understands(method, name));
    let foreign = option.get_long().is_some_and(|name| is_of_methods(name) && !is_used(name));
    if foreign { option.hide(true) } else { option }
}

/// An option of `detect` as `report` has it.
fn of_report(option: Arg) -> Arg {
    match option.get_long() {
        Some("out") => option.help("Where to write the page: .html").long_help(None),
        Some("explain" | "json") => option.hide(true),
        _ => option,
    }
}

impl Command {
    pub(crate) fn run(&self, given: &GivenOptions) -> Result<()> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Detect(command) => command.run(given),
            Self::Report(command) => command.run(given),
            #[cfg(feature = "embed")]
            Self::Embed(command) => command.run(),
            Self::Review(command) => command.run(given),
            #[cfg(feature = "app")]
            Self::App(command) => command.run(),
            Self::Slice(command) => command.run(),
            Self::Similar(command) => command.run(),
            Self::Apply(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Noise(command) => command.run(),
            Self::Generate(command) => command.run(),
            Self::Evaluate(command) => command.run(),
            Self::Compare(command) => command.run(given),
            Self::Difficulty(command) => command.run(given),
            Self::Methods(command) => command.run(),
            Self::Completions(command) => command.run::<Arguments>(),
            Self::Man(command) => command.run::<Arguments>(),
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
