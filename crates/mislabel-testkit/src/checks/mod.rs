//! All laws at once, on generated cases, the same every time.

pub(crate) mod judges;
pub(crate) mod laws;
pub(crate) mod subjects;
