//! One module for every format.

pub(crate) mod argilla;
pub(crate) mod cleanlab;
#[cfg(feature = "cvat")]
pub(crate) mod cvat;
pub(crate) mod datumaro;
pub(crate) mod fiftyone;
pub(crate) mod hugging_face;
pub(crate) mod image_folder;
pub(crate) mod label_studio;
pub(crate) mod labelbox;
pub(crate) mod prodigy;
pub(crate) mod scale;
pub(crate) mod table;
