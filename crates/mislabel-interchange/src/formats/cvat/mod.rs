//! CVAT: the XML of "CVAT for images 1.1".

mod names;
mod parser;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;
