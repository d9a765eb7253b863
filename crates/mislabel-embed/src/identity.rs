//! What rows depend on beside their samples.

use std::fmt;

use twox_hash::XxHash3_128;

/// Everything that a row depends on beside its sample, as text: the embedder, its version, its settings.
///
/// ```
/// use mislabel_embed::Identity;
///
/// let one = Identity::new("first-look-1").with("orientation", "upright");
/// let other = Identity::new("first-look-1").with("orientation", "ignored");
/// assert_ne!(one.digest(), other.digest());
/// assert_eq!(one.name(), "first-look-1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(String);

impl Identity {
    /// That of the embedder called `name`; the name tells the version of the definition.
    pub fn new(name: &str) -> Self {
        Self(name.replace('\n', " "))
    }

    /// The same, and `setting` has this `value`.
    #[must_use]
    pub fn with(self, setting: &str, value: impl fmt::Display) -> Self {
        let value = value.to_string().replace('\n', " ");
        Self(format!("{}\n{setting} = {value}", self.0))
    }

    /// The name of the embedder.
    pub fn name(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    /// All of it in one number of 128 bits, as 32 hexadecimal digits.
    pub fn digest(&self) -> String {
        format!("{:032x}", XxHash3_128::oneshot(self.0.as_bytes()))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
