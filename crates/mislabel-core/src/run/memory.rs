//! How much memory a computation may take.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::run::size::Size;

/// Memory that a computation may hold at once, in bytes, at least 1: block sizes obey it.
///
/// Written as a number of bytes or with a unit: `4GiB`, `1.5 GiB`, `500MB`, `64k`. `KiB`, `MiB`, `GiB` and `TiB` are powers
/// of 1024; `kB`, `MB`, `GB` and `TB`, and the letters alone, are powers of 1000. Case does not matter.
///
/// ```
/// use mislabel_core::MemoryBudget;
///
/// let budget: MemoryBudget = "4GiB".parse()?;
/// assert_eq!(budget.bytes(), 4 << 30);
/// assert_eq!(budget.to_string(), "4GiB");
/// assert_eq!("500 MB".parse::<MemoryBudget>()?.bytes(), 500_000_000);
/// assert!(budget.need("one class", 5 << 30).is_err());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct MemoryBudget(u64);

/// Units by their lower-case names.
const UNITS: [(&str, u64); 14] = [
    ("", 1),
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("k", 1000),
    ("m", 1_000_000),
    ("g", 1_000_000_000),
    ("t", 1_000_000_000_000),
];

impl MemoryBudget {
    /// A budget of `bytes`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is 0.
    pub fn new(bytes: u64) -> Result<Self> {
        if bytes == 0 {
            return Err(bad(0));
        }
        Ok(Self(bytes))
    }

    /// The budget in bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// What is left when `bytes` are taken for `what`.
    ///
    /// # Errors
    /// [`Error::Memory`] when `what` needs more than the budget.
    pub fn need(self, what: &'static str, bytes: u64) -> Result<u64> {
        self.0.checked_sub(bytes).ok_or(Error::Memory { what, needed: bytes, budget: self.0 })
    }
}

impl fmt::Display for MemoryBudget {
    /// In the largest binary unit that divides it, else rounded up to hundredths of the largest unit that it reaches.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Size(self.0).fmt(f)
    }
}

impl FromStr for MemoryBudget {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self> {
        let text = given.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start().to_ascii_lowercase();
        let number = number.parse::<f64>().map_err(|_| bad(given))?;
        let (_, factor) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(|| bad(given))?;
        let bytes = number * factor as f64;
        // Beyond this no machine goes, and f64 no longer counts single bytes.
        if !(1.0..=9e15).contains(&bytes) {
            return Err(bad(given));
        }
        Self::new(bytes as u64)
    }
}

fn bad(value: impl fmt::Display) -> Error {
    Error::parameter("memory", value, "bytes from 1 to 9e15, such as 4GiB, 500MB or 1000000")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Option<u64> {
        text.parse::<MemoryBudget>().ok().map(MemoryBudget::bytes)
    }

    #[test]
    fn every_unit_is_read_in_any_case_with_or_without_a_space() {
        let cases = [("1", 1), ("7b", 7), ("1KiB", 1024), ("1.5 gib", 3 << 29), ("2TB", 2_000_000_000_000)];
        cases.into_iter().for_each(|(text, expected)| assert_eq!(bytes(text), Some(expected), "{text}"));
    }

    #[test]
    fn what_is_no_amount_of_memory_is_an_error() {
        for text in ["", "0", "0.4", "-1", "GiB", "4 gigs", "1e3", "1.2.3", "9999999TiB", "nan", "4GiB extra", "٤GiB"]
        {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_printed_reads_back_as_no_less() {
        for value in [1, 1023, 1024, 1025, 4 << 30, (4 << 30) + 1, 5_000_000_000, 8_000_000_000_000_001] {
            let budget = MemoryBudget::new(value).unwrap();
            assert!(bytes(&budget.to_string()).unwrap() >= value, "{value}: {budget}");
        }
        assert_eq!(MemoryBudget::new(3 << 29).unwrap().to_string(), "1.50GiB");
    }

    #[test]
    fn a_need_above_the_budget_names_both() {
        let error = MemoryBudget::new(1 << 20).unwrap().need("one class", 3 << 20).unwrap_err();
        assert_eq!(error.to_string(), "one class needs 3MiB of memory: the budget is 1MiB");
    }
}
