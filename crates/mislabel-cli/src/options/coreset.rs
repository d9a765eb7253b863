//! Options of coreset importance.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mislabel::coreset::Sensitivity;

const HEADING: &str = "Options of coreset";

/// What makes a sample important.
#[derive(Args)]
pub(crate) struct CoresetOptions {
    /// What importance is: loss is that of the predictions, lewis, root-leverage and uniform are blind to labels
    /// [default: class-leverage, or loss where predictions are given]
    #[arg(long, value_name = "NAME", value_parser = importance(), help_heading = HEADING)]
    pub(crate) importance: Option<Sensitivity>,
}

fn importance() -> impl TypedValueParser<Value = Sensitivity> {
    let by_name = |name: String| Sensitivity::ALL.into_iter().find(|importance| importance.name() == name);
    let names = Sensitivity::ALL.each_ref().map(Sensitivity::name);
    PossibleValuesParser::new(names).try_map(move |name| by_name(name).ok_or("no such importance"))
}
