//! What a query can ask of samples.

use crate::decisions::board::Board;
use crate::samples::column::{Column, TextColumn};
use crate::samples::field_names::FIELDS;
use crate::samples::media::Media;
use crate::samples::packed_texts::PackedTexts;
use crate::samples::samples::Samples;
use crate::slices::query_error::{QueryError, nearest};

/// Before the name of a tag.
const TAG: &str = "tag.";

/// Fields of samples without a label: are they such, and how sure is the suggestion? A column of the samples called
/// `confidence` goes before.
const UNLABELLED: &str = "unlabelled";
const CONFIDENCE: &str = "confidence";

/// The decision on a sample that nobody has decided on.
pub(crate) const UNDECIDED: &str = "none";

/// The values of a field, by what can be asked of them.
pub(crate) enum Field<'a> {
    /// A class, by sample, where it has one.
    Classes(Box<dyn Fn(usize) -> Option<usize> + Sync + 'a>),
    /// Numbers, by sample.
    Numbers(Box<dyn Fn(usize) -> f64 + Sync + 'a>),
    /// Texts, each distinct one once.
    Texts(&'a TextColumn),
    /// A text a sample.
    Packed(&'a PackedTexts),
    /// Yes or no, by sample.
    Flags(Box<dyn Fn(usize) -> bool + Sync + 'a>),
    /// Texts of the samples that somebody answered, and those of all others.
    Answered(Box<dyn Fn(u32) -> Vec<String> + 'a>, Vec<String>),
}

/// The field `name` of `samples`, as far as `board` has come.
pub(crate) fn field<'a>(
    name: &'a str,
    place: usize,
    samples: &'a Samples,
    board: &'a Board,
) -> Result<Field<'a>, QueryError> {
    if let Some(column) = samples.column(name) {
        return Ok(match column {
            Column::Numbers(values) => Field::Numbers(Box::new(|row| values[row])),
            Column::Texts(texts) => Field::Texts(texts),
        });
    }
    if let Some(tag) = name.strip_prefix(TAG) {
        return match board.tag(tag) {
            Some(rows) => Ok(Field::Flags(Box::new(move |row| rows.contains(&(row as u32))))),
            None => Err(unknown_tag(tag, place, board)),
        };
    }
    of_labels(name, samples)
        .or_else(|| of_decisions(name, samples, board))
        .or_else(|| of_media(name, samples))
        .ok_or_else(|| unknown_field(name, place, samples))
}

fn of_labels<'a>(name: &str, samples: &'a Samples) -> Option<Field<'a>> {
    // No comparison but != holds for a number that is missing, as of a sample without a label.
    let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
    Some(match name {
        "index" => Field::Numbers(Box::new(|row| row as f64)),
        "rank" => Field::Numbers(Box::new(move |row| number(samples.rank(row).map(|rank| rank as f64)))),
        "quality" => Field::Numbers(Box::new(move |row| number(samples.quality(row)))),
        "score" => Field::Numbers(Box::new(move |row| number(samples.score(row)))),
        CONFIDENCE => Field::Numbers(Box::new(move |row| {
            number(samples.suggestion(row).and_then(|suggestion| suggestion.confidence))
        })),
        "given" => Field::Classes(Box::new(|row| samples.given(row))),
        "suggested" => Field::Classes(Box::new(|row| samples.suggested(row))),
        "flagged" => Field::Flags(Box::new(|row| samples.flagged(row))),
        UNLABELLED => Field::Flags(Box::new(|row| samples.is_unlabelled(row))),
        "id" => Field::Packed(samples.ids()?),
        _ => return None,
    })
}

fn of_decisions<'a>(name: &str, samples: &'a Samples, board: &'a Board) -> Option<Field<'a>> {
    let decision = |row| vec![board.verdict(row).map_or(UNDECIDED, |verdict| verdict.decision.name()).to_owned()];
    let label = |row| {
        let verdict = board.verdict(row)?;
        let class = verdict.decision.label(samples.given_labels().class(row as usize))?;
        Some(samples.class_name(class as usize).into_owned())
    };
    Some(match name {
        "decided" => Field::Flags(Box::new(|row| board.verdict(row as u32).is_some())),
        "disputed" => Field::Flags(Box::new(|row| board.is_disputed(row as u32))),
        "decision" => Field::Answered(Box::new(decision), vec![UNDECIDED.into()]),
        "decided_label" => Field::Answered(Box::new(move |row| label(row).into_iter().collect()), Vec::new()),
        "reviewer" => Field::Answered(Box::new(|row| board.reviewers(row)), Vec::new()),
        "note" => Field::Answered(Box::new(|row| board.notes(row)), Vec::new()),
        _ => return None,
    })
}

fn of_media<'a>(name: &str, samples: &'a Samples) -> Option<Field<'a>> {
    match (name, samples.media()) {
        ("path", Media::Files(texts)) | ("text", Media::Texts(texts)) => Some(Field::Packed(texts)),
        _ => None,
    }
}

/// The names of all fields that a query can ask of `samples`.
pub fn field_names(samples: &Samples) -> Vec<&str> {
    let media = match samples.media() {
        Media::Files(_) => Some("path"),
        Media::Texts(_) => Some("text"),
        _ => None,
    };
    let some_lack_labels = !samples.given_labels().unlabelled().is_empty();
    let is_there = |name: &&str| match *name {
        "id" => samples.ids().is_some(),
        UNLABELLED => some_lack_labels,
        _ => true,
    };
    let known = FIELDS.iter().copied().filter(is_there);
    let confidence = (some_lack_labels && samples.column(CONFIDENCE).is_none()).then_some(CONFIDENCE);
    known.chain(confidence).chain(media).chain(samples.columns().map(|(name, _)| name)).collect()
}

fn unknown_field(name: &str, place: usize, samples: &Samples) -> QueryError {
    let names = field_names(samples);
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("the fields are {}, and tag.NAME", names.join(", ")),
    };
    QueryError::new(place, format!("there is no field {name:?}: {hint}"))
}

fn unknown_tag(tag: &str, place: usize, board: &Board) -> QueryError {
    let names: Vec<&str> = board.tags().map(|(name, _)| name).collect();
    let hint = match names.is_empty() {
        true => "no sample has a tag yet".into(),
        false => format!("the tags are {}", names.join(", ")),
    };
    QueryError::new(place, format!("there is no tag {tag:?}: {hint}"))
}
