//! Label errors in tables larger than a machine: class-wise reconstruction and confident learning as functions
//! and steps of Apache DataFusion.

mod cost;
mod error;
pub mod functions;
mod model;
mod session;
mod steps;
mod store;
mod table;

pub use cost::{Constants, CostModel};
pub use error::{Error, Result, one_line};
pub use functions::{register, rows_scored};
pub use model::{Classes, Manifest, VERSION, is_posterior, own_models_memory, set_own_models_memory};
pub use session::{Engine, configured, name, quoted, runtime, session_state};
pub use steps::{
    ClassFigures, ConfidentClassFigures, ConfidentDetection, ConfidentReport, ConfidentSuspect, Detection,
    PosteriorClassFigures, PosteriorDetection, PosteriorReport, Progress, Report, Suspect,
};
pub use store::{Store, url_of};
pub use table::{Columns, Layout, Table};
