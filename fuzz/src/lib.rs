//! What fuzz targets share: bytes as files, and bytes as small datasets.
//!
//! `scripts/fuzz` in the repository runs all targets.

pub mod datasets;
pub mod readers;
