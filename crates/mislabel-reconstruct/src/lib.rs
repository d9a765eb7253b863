//! Class-wise reconstructors: how well each class explains each sample.
