//! Embeddings, labels and probabilities from files, label issues to files.
