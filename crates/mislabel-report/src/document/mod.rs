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

use crate::page::ReportPage;

impl ReportPage {
    /// The page as one HTML document that asks nothing of the network.
    pub fn html(&self) -> String {
        frame::document(self).into_string()
    }
}
