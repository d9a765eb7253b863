//! A moment in time.

use std::fmt;
use std::str::FromStr;

/// A moment in time, to the millisecond; written and read as RFC 3339 in UTC.
///
/// ```
/// use mislabel_interchange::Timestamp;
///
/// let time: Timestamp = "2026-11-28T18:40:48.5+02:00".parse()?;
/// assert_eq!(time.to_string(), "2026-11-28T16:40:48.500Z");
/// assert_eq!(time.milliseconds(), 1_795_884_048_500);
/// # Ok::<(), mislabel_interchange::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

/// Why a text or a number is no moment in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TimestampError(String);

impl Timestamp {
    /// The moment so many milliseconds after the beginning of 1970 in UTC.
    ///
    /// # Errors
    /// [`TimestampError`] outside the years -9999 to 9999.
    pub fn from_milliseconds(milliseconds: i64) -> Result<Self, TimestampError> {
        jiff::Timestamp::from_millisecond(milliseconds).map(Self).map_err(|error| TimestampError(error.to_string()))
    }

    /// Milliseconds after the beginning of 1970 in UTC.
    pub fn milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339; a time without an offset is taken as UTC.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let parsed = text.parse::<jiff::Timestamp>().or_else(|error| format!("{text}Z").parse().map_err(|_| error));
        let time = parsed.map_err(|error| TimestampError(error.to_string()))?;
        Self::from_milliseconds(time.as_millisecond())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}
