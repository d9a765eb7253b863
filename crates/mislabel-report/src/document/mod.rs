//! The page.

mod class_table;
mod data;
mod exhibits;
mod frame;
mod gallery;
mod importance;
mod origin;
mod pairs;
mod reasons;
mod review;
mod sentences;

pub(crate) use frame::document;
