//! Out-of-sample predicted probabilities from embeddings.
