//! A sample as the page shows it.

use std::collections::BTreeMap;

use mislabel_review::{Board, Candidates, Media, Samples, Verdict};
use serde::Serialize;

/// Numbers of a row that are shown at most.
const MOST_NUMBERS: usize = 256;

/// Characters of a text that are sent with a card at most.
const MOST_CHARACTERS: usize = 2000;

/// Classes that are offered for a sample.
const CANDIDATES: usize = 9;

/// A sample with what does not change while one decides.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    row: u32,
    id: Option<String>,
    /// `None` where the sample has no label; then it has neither a quality, a score, nor a rank.
    given: Option<usize>,
    suggested: Option<usize>,
    quality: Option<f64>,
    score: Option<f64>,
    /// How sure the suggestion for a sample without a label is.
    confidence: Option<f64>,
    flagged: bool,
    rank: Option<usize>,
    text: Option<String>,
    numbers: Option<Vec<f32>>,
    candidates: Vec<u32>,
    columns: BTreeMap<String, String>,
    state: CardState,
}

/// What people said of a sample so far.
#[derive(Debug, Serialize)]
pub(crate) struct CardState {
    row: u32,
    decisions: Vec<CardDecision>,
    notes: Vec<String>,
    tags: Vec<String>,
}

#[derive(Debug, Serialize)]
struct CardDecision {
    reviewer: String,
    decision: &'static str,
    label: Option<u32>,
}

impl Card {
    /// Of sample `row`.
    pub(crate) fn new(row: u32, samples: &Samples, candidates: &Candidates, board: &Board) -> Self {
        let sample = row as usize;
        let columns = samples.columns().map(|(name, column)| (name.to_owned(), column.text(sample)));
        Self {
            row,
            id: samples.id(sample).map(Into::into).or_else(|| path(samples, sample)),
            given: samples.given(sample),
            suggested: samples.suggested(sample),
            quality: samples.quality(sample),
            score: samples.score(sample),
            confidence: samples.suggestion(sample).and_then(|suggestion| suggestion.confidence),
            flagged: samples.flagged(sample),
            rank: samples.rank(sample),
            text: text(samples, sample),
            numbers: numbers(samples, sample),
            candidates: candidates.classes(samples, sample, CANDIDATES),
            columns: columns.filter(|(_, text)| !text.is_empty()).collect(),
            state: CardState::new(row, samples, board),
        }
    }
}

impl CardState {
    /// Of sample `row`.
    pub(crate) fn new(row: u32, samples: &Samples, board: &Board) -> Self {
        let given = samples.given_labels().class(row as usize);
        let decision = |Verdict { reviewer, decision, .. }: Verdict| CardDecision {
            reviewer,
            decision: decision.name(),
            label: decision.label(given),
        };
        let tags = board.tags().filter(|(_, rows)| rows.contains(&row));
        Self {
            row,
            decisions: board.verdicts_of(row).into_iter().map(decision).collect(),
            notes: board.notes(row),
            tags: tags.map(|(name, _)| name.to_owned()).collect(),
        }
    }
}

fn path(samples: &Samples, row: usize) -> Option<String> {
    match samples.media() {
        Media::Files(paths) => Some(paths.get(row).to_owned()),
        _ => None,
    }
}

fn text(samples: &Samples, row: usize) -> Option<String> {
    let Media::Texts(texts) = samples.media() else { return None };
    let text = texts.get(row);
    let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(end, _)| end);
    Some(text[..end].to_owned())
}

fn numbers(samples: &Samples, row: usize) -> Option<Vec<f32>> {
    match samples.media() {
        Media::Numbers(numbers) if numbers.image_shape.is_none() => {
            Some(numbers.rows.row(row).iter().take(MOST_NUMBERS).copied().collect())
        }
        _ => None,
    }
}
