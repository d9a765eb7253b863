//! Label errors from nearest neighbours.
