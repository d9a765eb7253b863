//! Coreset importance, and a merge-and-reduce tree of important samples.
