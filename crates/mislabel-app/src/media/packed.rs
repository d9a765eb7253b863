//! Pictures that lie in files with others.

/// Pictures of samples that lie in files with others, such as tar files. Names in such files lead nowhere: a picture is asked for
/// by the number of its sample.
pub trait PackedPictures: Send + Sync {
    /// The picture of sample `row`, as the bytes of a file of its own; else why there is none.
    ///
    /// # Errors
    /// The reason, as text for people.
    fn picture(&self, row: usize) -> Result<Vec<u8>, String>;
}
