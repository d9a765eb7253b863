//! The members of a consensus: detectors, and what they say.

use std::fmt;

use mislabel_core::{Detector, EmbeddingSource, LabelIssues, Labels, Result, Run};

/// A detector with the name by which reports call it.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    /// The name.
    pub name: &'a str,
    /// The detector.
    pub detector: &'a dyn Detector,
}

impl fmt::Debug for Member<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Member").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Member<'_> {
    /// What the detector says of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// Those of the detector.
    pub fn issues(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<MemberIssues> {
        // Members may do work of one kind with other parameters: their parts need names of their own.
        Ok(MemberIssues::new(self.name, self.detector.detect(embeddings, given, &run.scoped(self.name))?))
    }
}

/// What a member says of n labels.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MemberIssues {
    /// The member's name.
    pub name: String,
    /// Its label issues.
    pub issues: LabelIssues,
    /// The share of the samples whose given label the member would have predicted without it, in [0, 1]; `None` where it
    /// predicts none. Wrong labels take as much from every member, so a greater share tells who sees the classes better.
    pub accuracy: Option<f64>,
}

impl MemberIssues {
    /// The issues that the member called `name` found.
    pub fn new(name: impl Into<String>, issues: LabelIssues) -> Self {
        Self { name: name.into(), issues, accuracy: None }
    }

    /// The same with the share of given labels that the member predicts without them.
    #[must_use]
    pub fn with_accuracy(self, accuracy: f64) -> Self {
        Self { accuracy: Some(accuracy), ..self }
    }
}
