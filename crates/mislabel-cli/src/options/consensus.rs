//! Options of the consensus.

use clap::Args;

use mislabel::methods::{ConsensusMethod, Entry};

use crate::options::parsers::member_parser;

const HEADING: &str = "Options of consensus";

/// Who takes part.
#[derive(Args)]
pub(crate) struct ConsensusOptions {
    /// The methods that are combined, comma-separated; options go to those that understand them
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', default_values = ConsensusMethod::MEMBERS, value_parser = member_parser(), hide_possible_values = true, help_heading = HEADING)]
    pub(crate) members: Vec<&'static Entry>,
}
