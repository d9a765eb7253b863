//! One file per command: its arguments, and what it does with them.

#[cfg(feature = "app")]
pub(crate) mod app;
pub(crate) mod apply;
pub(crate) mod compare;
pub(crate) mod comparison;
pub(crate) mod completions;
pub(crate) mod demo;
#[cfg(feature = "app")]
pub(crate) mod demo_app;
pub(crate) mod detect;
pub(crate) mod detected;
pub(crate) mod difficulty;
#[cfg(feature = "embed")]
pub(crate) mod embed;
#[cfg(feature = "embed")]
pub(crate) mod embed_check;
pub(crate) mod evaluate;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod methods;
pub(crate) mod noise;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod similar;
pub(crate) mod slice;
