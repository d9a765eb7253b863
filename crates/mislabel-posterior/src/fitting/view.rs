//! What one sample says under the parameters.

use crate::fitting::evidence::Outlook;

/// One sample under the parameters; its classes as in its [`Outlook`].
#[derive(Default)]
pub(crate) struct View {
    pub(crate) outlook: Outlook,
    /// p(c | x).
    pub(crate) prior: Vec<f64>,
    /// P(true class is c | x, given label); of the smoothed labels while starting.
    pub(crate) posterior: Vec<f64>,
    /// P(another label | c, x), but for the rest; empty where nothing asks for it.
    pub(crate) flips: Vec<f64>,
    pub(crate) likelihood: f64,
}
