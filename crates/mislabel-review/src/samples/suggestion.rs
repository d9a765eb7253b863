//! What a sample without a label likely is.

/// The class that a method suggests for a sample without a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suggestion {
    /// The likeliest class.
    pub class: u32,
    /// Its probability, in [0, 1], where that is known.
    pub confidence: Option<f64>,
}
