//! Many opinions made one.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, LabelIssues, LabelQuality, Labels, Result, VerifiedLabels};
use ndarray::{Array1, Array2};

use crate::combining::agreement::{agreement, central_weights};
use crate::combining::combined::CombinedIssues;
use crate::combining::learnt::LearntWeights;
use crate::combining::log_ranks::log_ranks;
use crate::member::MemberIssues;

/// How the members' issues are combined.
///
/// The combined score of a sample is Σ_m w_m·(−ln(rank_m/n)), over all members, the most suspect sample having rank 1:
/// HIGHER is more suspect. Ranks ask nothing of a member's scale, their logarithm counts the most suspect samples most.
///
/// *Without verified labels* the weights w come from agreement alone: members whose most suspect samples are those of other
/// members that agree count, members that stand alone do not. That needs at least three members, some of them of different kinds:
/// of two nobody is central, and many of one kind outvote a better one, unless `accuracy` tells which kind sees the classes
/// better. A detector that is misled by the noise at hand mostly stands alone, since others are misled by other noise; where
/// most are misled alike, so is the consensus.
///
/// *With verified labels* the weights are learnt: a logistic regression of "the label is wrong" on the log-ranks, its prior
/// the weights without them, so that a few rows move them a little and some dozens as far as they speak. Its probabilities are
/// then the quality, and flags are those above one half.
///
/// ```
/// use mislabel_consensus::{Combination, MemberIssues};
/// use mislabel_core::{LabelIssues, LabelQuality, Labels};
///
/// let given = Labels::new((0..40).map(|row| row % 2).collect(), 2)?;
/// let member = |name: &str, suspects: [usize; 3], slope: f64| {
///     let quality: Vec<f64> = (0..40).map(|row| if suspects.contains(&row) { 0.1 } else { 0.5 + slope * row as f64 }).collect();
///     let flags = quality.iter().map(|quality| *quality < 0.11).collect();
///     let issues = LabelIssues::new(LabelQuality::new(quality.clone())?, flags, given.clone(), quality)?;
///     Ok::<_, mislabel_core::Error>(MemberIssues::new(name, issues))
/// };
/// let members = [member("a", [7, 20, 31], 0.01)?, member("b", [7, 20, 38], 0.01)?, member("stranger", [33, 34, 35], -0.01)?];
/// let combined = Combination::default().combine(&members, &given)?;
/// assert_eq!(combined.issues.quality().ranking()[..2], [7, 20]);
/// assert!(combined.weights[2] < 0.01);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Combination {
    /// The power to which centrality is raised for the weights, at least 0: 0 weighs all alike, a great one leaves the most
    /// central member. Default 24; from 16 to 48 results differ in the third digit (docs/notebook/consensus.md).
    pub sharpness: f64,
    /// By how much weight grows with accuracy, where all members have one: e^(accuracy_weight·(accuracy − greatest accuracy)), at least
    /// 0. Default 100: a member that predicts one label in a hundred less weighs e times less.
    pub accuracy_weight: f64,
}

impl Default for Combination {
    fn default() -> Self {
        Self { sharpness: 24.0, accuracy_weight: 100.0 }
    }
}

impl Combination {
    /// Combines what `members` say of the labels `given`, `(n,)`. O(m²·n + m·n log n).
    ///
    /// # Errors
    /// [`Error::Empty`] without members, [`Error::LengthMismatch`] when one speaks of other samples or classes,
    /// [`Error::Parameter`].
    pub fn combine(&self, members: &[MemberIssues], given: &Labels) -> Result<CombinedIssues> {
        self.combine_like(members, given, None)
    }

    /// As [`combine`](Self::combine), with the quality of `scale`, which has no say in the order, handed out in that order
    /// (the most suspect sample gets its least quality, and so on), and as many flags. For issues whose quality is a
    /// probability and whose number of flags is to be trusted: a member's, or others.
    ///
    /// # Errors
    /// As there, and [`Error::LengthMismatch`] when the scale is of other samples.
    pub fn combine_on_scale_of(
        &self,
        members: &[MemberIssues],
        given: &Labels,
        scale: &LabelIssues,
    ) -> Result<CombinedIssues> {
        same_length("the issues that give the scale", given.len(), scale.len())?;
        self.combine_like(members, given, Some(scale))
    }

    fn combine_like(
        &self,
        members: &[MemberIssues],
        given: &Labels,
        scale: Option<&LabelIssues>,
    ) -> Result<CombinedIssues> {
        let opinions = Opinions::new(self, members, given)?;
        let weights = opinions.weights(self);
        let score = opinions.score(&weights);
        let ranking = LabelQuality::new(score.iter().map(|score| 1.0 / (1.0 + score)).collect())?;
        let column = |value: fn(&LabelIssues) -> Vec<f64>| match scale {
            Some(scale) => value(scale),
            None => mean_column(members, &weights, value),
        };
        let sorted = column(|issues| sorted(issues.quality()));
        let flagged = column(|issues| vec![issues.flagged() as f64])[0].round() as usize;
        let (quality, flags) = by_rank(&ranking, &sorted, flagged);
        opinions.combined(weights, score, quality, flags, given, |_| None)
    }

    /// As [`combine`](Self::combine), with weights learnt from the labels that are `verified`; without any the same as there.
    ///
    /// # Errors
    /// As there, and [`Error::LengthMismatch`] when other samples or classes were verified.
    pub fn combine_verified(
        &self,
        members: &[MemberIssues],
        given: &Labels,
        verified: &VerifiedLabels,
    ) -> Result<CombinedIssues> {
        verified.check(given)?;
        if verified.is_empty() {
            return self.combine(members, given);
        }
        let (opinions, learnt) = self.learnt(members, given, verified)?;
        let score = opinions.score(&learnt.weights);
        let wrong = score.mapv(|score| learnt.probability(score));
        let quality = LabelQuality::new(wrong.iter().map(|wrong| (1.0 - wrong).clamp(0.0, 1.0)).collect())?;
        let flags = wrong.iter().map(|wrong| *wrong > 0.5).collect();
        opinions.combined(learnt.weights, score, quality, flags, given, |_| None)
    }

    /// As [`combine_on_scale_of`](Self::combine_on_scale_of), with weights learnt from the labels that are `verified`, which the
    /// `scale` knows, too: of verified samples it gives quality, flag and suggestion; the quality of the others is handed out
    /// among them. The labels may be verified because they were suspect: they weigh members, and say nothing of how many
    /// others are wrong.
    ///
    /// # Errors
    /// As [`combine_verified`](Self::combine_verified) and [`combine_on_scale_of`](Self::combine_on_scale_of).
    pub fn combine_verified_on_scale_of(
        &self,
        members: &[MemberIssues],
        given: &Labels,
        verified: &VerifiedLabels,
        scale: &LabelIssues,
    ) -> Result<CombinedIssues> {
        same_length("the issues that give the scale", given.len(), scale.len())?;
        same_class_count("the issues that give the scale", given.class_count(), scale.suggested().class_count())?;
        verified.check(given)?;
        if verified.is_empty() {
            return self.combine_like(members, given, Some(scale));
        }
        let (opinions, learnt) = self.learnt(members, given, verified)?;
        let score = opinions.score(&learnt.weights);
        let open: Vec<usize> = (0..given.len()).filter(|row| verified.of(*row).is_none()).collect();
        let of_open = |values: &dyn Fn(usize) -> f64| open.iter().map(|row| values(*row)).collect::<Vec<f64>>();
        let ranking = LabelQuality::new(of_open(&|row| 1.0 / (1.0 + score[row])))?;
        let qualities = sorted(&LabelQuality::new(of_open(&|row| scale.quality().as_slice()[row]))?);
        let flagged = open.iter().filter(|row| scale.is_issue()[**row]).count();
        let (handed_out, flags_handed_out) = by_rank(&ranking, &qualities, flagged);
        let (mut quality, mut flags) = (scale.quality().as_slice().to_vec(), scale.is_issue().to_vec());
        for (place, row) in open.into_iter().enumerate() {
            (quality[row], flags[row]) = (handed_out.as_slice()[place], flags_handed_out[place]);
        }
        opinions.combined(learnt.weights, score, LabelQuality::new(quality)?, flags, given, |row| verified.of(row))
    }

    /// The members on one scale, and the weights that the labels that are `verified` teach.
    fn learnt<'a>(
        &self,
        members: &'a [MemberIssues],
        given: &Labels,
        verified: &VerifiedLabels,
    ) -> Result<(Opinions<'a>, LearntWeights)> {
        let unsupervised = self.combine(members, given)?;
        let opinions = Opinions::new(self, members, given)?;
        let cut = cut(&unsupervised.issues);
        let learnt = LearntWeights::fit(&opinions.log_ranks, &unsupervised.weights, cut, verified.label_errors(given));
        Ok((opinions, learnt))
    }
}

/// The weighted mean of a column of all members.
fn mean_column(members: &[MemberIssues], weights: &Array1<f64>, column: fn(&LabelIssues) -> Vec<f64>) -> Vec<f64> {
    let mut mean: Vec<f64> = Vec::new();
    for (member, weight) in members.iter().zip(weights) {
        let values = column(&member.issues);
        mean.resize(values.len(), 0.0);
        mean.iter_mut().zip(values).for_each(|(mean, value)| *mean += weight * value);
    }
    mean
}

/// The members' issues on one scale.
struct Opinions<'a> {
    members: &'a [MemberIssues],
    log_ranks: Vec<Array1<f64>>,
    agreement: Array2<f64>,
}

impl<'a> Opinions<'a> {
    fn new(parameters: &Combination, members: &'a [MemberIssues], given: &Labels) -> Result<Self> {
        if members.is_empty() {
            return Err(Error::Empty { what: "the members of a consensus" });
        }
        for member in members {
            same_length("the issues of a member", given.len(), member.issues.len())?;
            same_class_count("a member", given.class_count(), member.issues.suggested().class_count())?;
        }
        for (name, value) in [("sharpness", parameters.sharpness), ("accuracy_weight", parameters.accuracy_weight)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::parameter(name, value, "finite and at least 0"));
            }
        }
        check_accuracies(members)?;
        let log_ranks: Vec<Array1<f64>> = members.iter().map(|member| log_ranks(member.issues.quality())).collect();
        let agreement = agreement(&log_ranks);
        Ok(Self { members, log_ranks, agreement })
    }

    /// The weights without verified labels, `(m,)`, sum 1.
    fn weights(&self, parameters: &Combination) -> Array1<f64> {
        let central = central_weights(&self.agreement, parameters.sharpness);
        let accuracies: Option<Vec<f64>> = self.members.iter().map(|member| member.accuracy).collect();
        let Some(accuracies) = accuracies else { return central };
        let greatest = accuracies.iter().copied().fold(0.0, f64::max);
        let trust = accuracies.iter().map(|accuracy| (parameters.accuracy_weight * (accuracy - greatest)).exp());
        let weights: Array1<f64> = central.iter().zip(trust).map(|(weight, trust)| weight * trust).collect();
        match weights.sum() {
            // Who is central predicts next to nothing.
            total if total < f64::MIN_POSITIVE => central,
            total => weights / total,
        }
    }

    /// Σ_m w_m · log-rank, `(n,)`, at least 0.
    fn score(&self, weights: &Array1<f64>) -> Array1<f64> {
        let mut score = Array1::zeros(self.log_ranks[0].len());
        self.log_ranks.iter().zip(weights).for_each(|(ranks, weight)| score.scaled_add(*weight, ranks));
        score.mapv(|score: f64| score.max(0.0))
    }

    /// The consensus, which suggests what is `known` of a sample, and of others what the members do.
    fn combined(
        self,
        weights: Array1<f64>,
        score: Array1<f64>,
        quality: LabelQuality,
        flags: Vec<bool>,
        given: &Labels,
        known: impl Fn(usize) -> Option<u32>,
    ) -> Result<CombinedIssues> {
        let votes = Array2::from_shape_fn((given.len(), self.members.len()), |(row, member)| {
            self.members[member].issues.is_issue()[row]
        });
        let suggested = (0..given.len())
            .map(|row| known(row).unwrap_or_else(|| self.suggestion(row, &weights, flags[row], given.values()[row])));
        let suggested = given.with_values(suggested.collect())?;
        Ok(CombinedIssues {
            issues: LabelIssues::new(quality, flags, suggested, score.to_vec())?,
            members: self.members.iter().map(|member| member.name.clone()).collect(),
            weights: weights.to_vec(),
            agreement: self.agreement,
            votes,
        })
    }

    /// The class that most weight suggests; of a flagged sample another than the given one, where any member has one.
    fn suggestion(&self, row: usize, weights: &Array1<f64>, flagged: bool, given: u32) -> u32 {
        let suggestion = |member: usize| self.members[member].issues.suggested().values()[row];
        let weight_of = |class: u32| -> f64 {
            (0..self.members.len()).filter(|member| suggestion(*member) == class).map(|member| weights[member]).sum()
        };
        let mut best = (given, if flagged { -1.0 } else { weight_of(given) });
        for class in (0..self.members.len()).map(suggestion).filter(|class| *class != given) {
            let weight = weight_of(class);
            // Of equal weights the least class, so that the order of the members does not matter.
            if weight > best.1 || (weight == best.1 && best.0 != given && class < best.0) {
                best = (class, weight);
            }
        }
        best.0
    }
}

fn check_accuracies(members: &[MemberIssues]) -> Result<()> {
    let accuracies = members.iter().map(|member| member.accuracy.unwrap_or(0.0));
    match accuracies.enumerate().find(|(_, accuracy)| !(0.0..=1.0).contains(accuracy)) {
        Some((row, value)) => {
            Err(Error::OutOfRange { what: "the accuracy of members", row, column: 0, value, low: 0.0, high: 1.0 })
        }
        None => Ok(()),
    }
}

fn sorted(quality: &LabelQuality) -> Vec<f64> {
    let mut sorted = quality.as_slice().to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The share of the place in the ranking in a quality: what ranks apart differs in quality, even where the member whose scale
/// counts sees no difference.
const TELL_APART: f64 = 1e-6;

/// The values of `sorted`, ascending, in the order of a `ranking`, and flags on the most suspect `flagged`. Samples that tie
/// share the mean of their values, and flags are given to all of them or none.
fn by_rank(ranking: &LabelQuality, sorted: &[f64], flagged: usize) -> (LabelQuality, Vec<bool>) {
    let order = ranking.ranking();
    let values = ranking.as_slice();
    let mut quality = vec![0.0; sorted.len()];
    let mut flags = vec![false; sorted.len()];
    let mut first = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let end = first + tied.len();
        let mean = sorted[first..end].iter().sum::<f64>() / tied.len() as f64;
        let place = (first + end) as f64 / 2.0 / sorted.len() as f64;
        for &row in tied {
            quality[row] = ((1.0 - TELL_APART) * mean + TELL_APART * place).clamp(0.0, 1.0);
            flags[row] = end <= flagged;
        }
        first = end;
    }
    (LabelQuality::new(quality).expect("clamped means of qualities are qualities"), flags)
}

/// The score halfway between the least that is flagged and the greatest that is not.
fn cut(issues: &LabelIssues) -> f64 {
    let (mut least, mut greatest) = (f64::INFINITY, 0.0_f64);
    for (&score, &flag) in issues.score().iter().zip(issues.is_issue()) {
        match flag {
            true => least = least.min(score),
            false => greatest = greatest.max(score),
        }
    }
    if least.is_finite() { f64::midpoint(least, greatest) } else { greatest }
}
