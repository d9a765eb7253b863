//! Why a label is suspect.

use std::fmt;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{EmbeddingSource, Error, ErrorSummary, LabelIssues, Labels, Result, Run};

use crate::combining::combined::CombinedIssues;
use crate::explaining::near_samples::{NearSample, surroundings};
use crate::member::MemberIssues;

/// How well the given class and the best other explain a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Reconstruction {
    /// The reconstruction error under the given class.
    pub own_error: f64,
    /// The other class of least error.
    pub other_class: u32,
    /// The error under it.
    pub other_error: f64,
}

impl Reconstruction {
    /// χ, own error over least other error: above 1 the other class explains the sample better. 1 where both are 0.
    pub fn ratio(&self) -> f64 {
        match (self.own_error, self.other_error) {
            (0.0, 0.0) => 1.0,
            (own, other) => own / other.max(f64::MIN_POSITIVE),
        }
    }
}

/// What one member of a consensus says of a sample.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MemberVote {
    /// The member's name.
    pub name: String,
    /// Its weight in the consensus, in [0, 1].
    pub weight: f64,
    /// Whether it flags the label.
    pub is_issue: bool,
    /// The label it would give.
    pub suggested: u32,
    /// Its quality, in [0, 1]: LOWER is more suspect.
    pub quality: f64,
}

/// Why the label of one sample is suspect, or is not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Explanation {
    /// The sample's number.
    pub sample: usize,
    /// Its given label.
    pub given: u32,
    /// The label suggested.
    pub suggested: u32,
    /// Whether the label is flagged.
    pub is_issue: bool,
    /// Label quality in [0, 1], LOWER is more suspect; where the method's quality is a probability, 1 − it is the
    /// probability that the label is wrong.
    pub quality: f64,
    /// The place in the ranking: 1 for the most suspect, the least place where samples tie.
    pub rank: usize,
    /// Reconstruction errors, where the method has some.
    pub reconstruction: Option<Reconstruction>,
    /// The nearest samples with the given label, the nearest first.
    pub same_class: Vec<NearSample>,
    /// The nearest samples with other labels, the nearest first.
    pub other_classes: Vec<NearSample>,
    /// What the members of a consensus say; empty for other methods.
    pub votes: Vec<MemberVote>,
}

/// Explains issues by what they were found with.
///
/// ```
/// use mislabel_consensus::Explainer;
/// use mislabel_core::{ClassEvidence, Embeddings, Judge, Labels, Run};
/// use mislabel_reconstruct::SoftLinear;
/// use mislabel_rer::Rer;
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((20, 2), |(i, j)| if i % 2 == j { 5.0 } else { (i / 2) as f32 / 9.0 });
/// let given = Labels::new((0..20).map(|i| if i == 4 { 1 } else { i % 2 }).collect(), 2)?;
/// let embeddings = Embeddings::new(rows.view())?;
/// let errors = SoftLinear::default().evidence(&embeddings, &given, &Run::quiet())?;
/// let issues = Rer::default().judge(&errors, &given, &Run::quiet())?;
/// let explainer = Explainer { errors: Some(&errors), ..Explainer::of_issues(&issues) };
/// let why = &explainer.explanations(&embeddings, &given, &[4], &Run::quiet())?[0];
/// assert_eq!((why.rank, why.given, why.suggested), (1, 1, 0));
/// assert!(why.reconstruction.is_some_and(|errors| errors.ratio() > 1.0));
/// assert!(why.other_classes[0].similarity > why.same_class[0].similarity);
/// println!("{}", why.text(&given));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Explainer<'a> {
    /// The issues to explain.
    pub issues: &'a LabelIssues,
    /// Reconstruction errors of the same samples, if there are any.
    pub errors: Option<&'a ErrorSummary>,
    /// The consensus that found them, with its members, if it was one.
    pub consensus: Option<(&'a CombinedIssues, &'a [MemberIssues])>,
    /// Near samples of either kind to show; default 3.
    pub nearest: usize,
}

impl<'a> Explainer<'a> {
    /// Explains the issues of a consensus of `members`.
    pub fn of_consensus(combined: &'a CombinedIssues, members: &'a [MemberIssues]) -> Self {
        Self { consensus: Some((combined, members)), ..Self::of_issues(&combined.issues) }
    }

    /// Explains issues of which nothing else is known.
    pub fn of_issues(issues: &'a LabelIssues) -> Self {
        Self { issues, errors: None, consensus: None, nearest: 3 }
    }

    /// The explanations of `samples`, in their order, by `embeddings`, `(n, d)`, and the labels `given`, `(n,)`.
    /// O(samples·n·d).
    ///
    /// # Errors
    /// [`Error::SampleOutOfRange`] at a sample of n or more, [`Error::LengthMismatch`] when things speak of other samples,
    /// [`Error::Cancelled`], and what the source reports.
    pub fn explanations(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        samples: &[usize],
        run: &Run<'_>,
    ) -> Result<Vec<Explanation>> {
        let n = given.len();
        same_length("embeddings", n, embeddings.shape().0)?;
        same_length("label issues", n, self.issues.len())?;
        same_class_count("the label issues", given.class_count(), self.issues.suggested().class_count())?;
        if let Some(errors) = self.errors {
            same_length("reconstruction errors", n, errors.len())?;
        }
        if let Some((row, &sample)) = samples.iter().enumerate().find(|(_, sample)| **sample >= n) {
            return Err(Error::SampleOutOfRange { row, sample, samples: n });
        }
        if samples.is_empty() {
            return Ok(Vec::new());
        }
        let near = surroundings(embeddings, given, samples, self.nearest, run)?;
        let mut sorted = self.issues.quality().as_slice().to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let explain = |(near, &sample): (crate::explaining::near_samples::Surroundings, &usize)| {
            let quality = self.issues.quality().as_slice()[sample];
            Explanation {
                sample,
                given: given.values()[sample],
                suggested: self.issues.suggested().values()[sample],
                is_issue: self.issues.is_issue()[sample],
                quality,
                rank: 1 + sorted.partition_point(|other| *other < quality),
                reconstruction: self.errors.map(|errors| reconstruction(errors, sample)),
                same_class: near.same,
                other_classes: near.others,
                votes: self.consensus.map(|(combined, members)| votes(combined, members, sample)).unwrap_or_default(),
            }
        };
        Ok(near.into_iter().zip(samples).map(explain).collect())
    }
}

fn reconstruction(errors: &ErrorSummary, sample: usize) -> Reconstruction {
    Reconstruction {
        own_error: errors.own()[sample],
        other_class: errors.least_other_class()[sample],
        other_error: errors.least_other()[sample],
    }
}

fn votes(combined: &CombinedIssues, members: &[MemberIssues], sample: usize) -> Vec<MemberVote> {
    let vote = |(member, weight): (&MemberIssues, &f64)| MemberVote {
        name: member.name.clone(),
        weight: *weight,
        is_issue: member.issues.is_issue()[sample],
        suggested: member.issues.suggested().values()[sample],
        quality: member.issues.quality().as_slice()[sample],
    };
    members.iter().zip(&combined.weights).map(vote).collect()
}

impl Explanation {
    /// The explanation in words, classes called as `given` calls them.
    pub fn text<'a>(&'a self, given: &'a Labels) -> impl fmt::Display + 'a {
        Text { explanation: self, given }
    }
}

/// `name` with control characters escaped: a name in a file may hold line breaks.
fn printable(name: &str) -> String {
    let escaped = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    name.chars().map(escaped).collect()
}

struct Text<'a> {
    explanation: &'a Explanation,
    given: &'a Labels,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { explanation: why, given } = self;
        let name = |class: u32| printable(&given.class_name(class as usize));
        let verdict = if why.is_issue { "label issue" } else { "no issue" };
        writeln!(
            out,
            "sample {}: {verdict}, labeled {}, suggested {}; quality {:.4}, number {} of {} from the most suspect",
            why.sample,
            name(why.given),
            name(why.suggested),
            why.quality,
            why.rank,
            given.len()
        )?;
        if let Some(errors) = &why.reconstruction {
            writeln!(
                out,
                "  reconstruction error {:.4} under {}, {:.4} under {}: ratio {:.3}",
                errors.own_error,
                name(why.given),
                errors.other_error,
                name(errors.other_class),
                errors.ratio()
            )?;
        }
        for (kind, near) in [("the same label", &why.same_class), ("other labels", &why.other_classes)] {
            let list: Vec<String> = near
                .iter()
                .map(|near| format!("{} ({}, cosine {:.3})", near.sample, name(near.class), near.similarity))
                .collect();
            let list = if list.is_empty() { "none".into() } else { list.join(", ") };
            writeln!(out, "  nearest with {kind}: {list}")?;
        }
        for vote in &why.votes {
            let verdict = if vote.is_issue { "flags it" } else { "lets it pass" };
            writeln!(
                out,
                "  {} (weight {:.2}) {verdict}, suggests {}; quality {:.4}",
                vote.name,
                vote.weight,
                name(vote.suggested),
                vote.quality
            )?;
        }
        Ok(())
    }
}
