//! What follows the question mark of an address.

use std::str::FromStr;

/// The value of `name` in a query such as `slice=3&from=200`; only values that need no decoding are used.
pub(crate) fn parameter<T: FromStr>(query: Option<&str>, name: &str) -> Option<T> {
    let mut pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse().ok())
}
