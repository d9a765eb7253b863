//! Parts of the samples: a query says which, an order in which order, a distribution of what classes.

pub(crate) mod distribution;
pub(crate) mod expression;
pub(crate) mod field;
pub(crate) mod noise;
pub(crate) mod order;
pub(crate) mod parser;
pub(crate) mod query;
pub(crate) mod query_error;
pub(crate) mod selection;
pub(crate) mod token;
