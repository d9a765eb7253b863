//! The page over HTTP.

pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod connection;
pub(crate) mod guard;
pub(crate) mod page;
pub(crate) mod parameters;
pub(crate) mod reply;
pub(crate) mod router;
pub(crate) mod token;
