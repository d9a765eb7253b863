//! A review that is going on: what the page asks, without HTTP.

pub(crate) mod action;
pub(crate) mod card;
pub(crate) mod evidence;
pub(crate) mod judging;
pub(crate) mod requests;
#[expect(clippy::module_inception, reason = "the folder is named by the noun of its main file")]
pub(crate) mod session;
pub(crate) mod slices;
pub(crate) mod summary;
pub(crate) mod verified_table;
