//! A text as words and runs of characters.

use twox_hash::XxHash3_128;

/// Characters of a run.
const RUNS: std::ops::RangeInclusive<usize> = 2..=5;

/// Hashes of all words, pairs of words, and runs of 2 to 5 characters of `text`, sorted; equal ones stand together.
///
/// Case does not count. Words are runs of letters and digits; between words, and around the text, runs of characters have one
/// blank, whatever stood there.
pub(crate) fn grams(text: &str) -> Vec<u64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut grams: Vec<u64> = words.iter().map(|word| hash(b'w', word)).collect();
    grams.extend(words.windows(2).map(|pair| hash(b'p', &pair.join(" "))));
    let spaced = format!(" {} ", lower.split_whitespace().collect::<Vec<&str>>().join(" "));
    let mut starts: Vec<usize> = spaced.char_indices().map(|(start, _)| start).collect();
    starts.push(spaced.len());
    for length in RUNS {
        grams.extend(starts.windows(length + 1).map(|edges| hash(b'c', &spaced[edges[0]..edges[length]])));
    }
    grams.sort_unstable();
    grams
}

/// A hash of 64 bits of `gram`, which is of this `kind`; equal on every machine.
fn hash(kind: u8, gram: &str) -> u64 {
    XxHash3_128::oneshot_with_seed(kind.into(), gram.as_bytes()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_do_not_count() {
        assert_eq!(grams("My card\n  is  lost"), grams("my CARD is lost"));
        assert_ne!(grams("my card is lost"), grams("my card is lost!"));
    }

    #[test]
    fn a_text_has_as_many_grams_as_words_pairs_and_runs() {
        // " ab c ": two words, one pair, and 5 + 4 + 3 + 2 runs.
        assert_eq!(grams("ab c").len(), 2 + 1 + 14);
        assert_eq!(grams("日本").len(), 1 + 3 + 2 + 1);
    }
}
