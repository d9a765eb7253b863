//! Names of methods on the command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mislabel::methods::{Entry, METHODS};

/// Parses the name of a method.
pub(crate) fn method_parser() -> impl TypedValueParser<Value = &'static Entry> {
    let values = METHODS.iter().map(|method| PossibleValue::new(method.name).help(method.about));
    PossibleValuesParser::new(values).try_map(|name| Entry::named(&name))
}

/// Parses the name of a method whose difficulty can be measured.
pub(crate) fn ratio_method_parser() -> impl TypedValueParser<Value = &'static Entry> {
    let values = METHODS.iter().filter(|method| has_ratio(method.name));
    let values = values.map(|method| PossibleValue::new(method.name).help(method.about));
    PossibleValuesParser::new(values).try_map(|name| Entry::named(&name))
}

fn has_ratio(method: &str) -> bool {
    ["rer", "centroid", "autoencoder"].contains(&method)
}

/// Members of a consensus: methods that are none themselves.
pub(crate) fn member_parser() -> impl TypedValueParser<Value = &'static Entry> {
    let is_member = |method: &&Entry| method.name != "consensus";
    let values = METHODS.iter().filter(is_member).map(|method| PossibleValue::new(method.name));
    PossibleValuesParser::new(values).try_map(|name| Entry::named(&name))
}

/// The method of that name, which must be in the table.
pub(crate) fn named(name: &str) -> &'static Entry {
    Entry::named(name).expect("a method of the table")
}
