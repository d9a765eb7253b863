//! Why a query cannot be understood.

/// What is wrong with a query, and where.
///
/// ```
/// use mislabel_review::Query;
///
/// let error = Query::parse("quality <").unwrap_err();
/// assert_eq!(error.to_string(), "character 10: the query ends where a value should stand, such as quality < 0.2");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {}: {problem}", place + 1)]
#[non_exhaustive]
pub struct QueryError {
    /// The character of the query where the problem begins, from 0.
    pub place: usize,
    /// What is wrong, and the way out.
    pub problem: String,
}

impl QueryError {
    pub(crate) fn new(place: usize, problem: impl Into<String>) -> Self {
        Self { place, problem: problem.into() }
    }
}

/// "did you mean" the one of `known` that is nearest to `word`, if one is near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const MOST_EDITS: usize = 2;
    let word = word.to_lowercase();
    let measured = known.into_iter().take(10_000).map(|name| (edits(&word, &name.to_lowercase()), name));
    measured.min_by_key(|(edits, _)| *edits).filter(|(edits, _)| *edits <= MOST_EDITS).map(|(_, name)| name)
}

/// Letters to insert, remove or replace between two words ([Levenshtein 1966]); texts beyond 64 letters are far apart.
///
/// [Levenshtein 1966]: https://nymity.ch/sybilhunting/pdf/Levenshtein1966a.pdf
fn edits(one: &str, other: &str) -> usize {
    const LONGEST: usize = 64;
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len() > LONGEST || other.len() > LONGEST {
        return if one == other { 0 } else { LONGEST };
    }
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut line = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = above[j] + usize::from(a != b);
            line.push(replaced.min(above[j + 1] + 1).min(line[j] + 1));
        }
        above = line;
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_with_two_slips_is_recognized_and_one_with_more_is_not() {
        assert_eq!(nearest("qualty", ["given", "quality"]), Some("quality"));
        assert_eq!(nearest("GIVN", ["given", "quality"]), Some("given"));
        assert_eq!(nearest("color", ["given", "quality"]), None);
    }
}
