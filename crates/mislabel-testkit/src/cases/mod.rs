//! What is judged: rows, errors or probabilities, with given labels.

pub(crate) mod case;
pub(crate) mod errors;
pub(crate) mod members;
pub(crate) mod probabilities;
pub(crate) mod rows;
mod rows_case;
