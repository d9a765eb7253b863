//! Numbers and names as people read them.

/// A count with commas: 1,281,167.
pub(crate) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: 1 label, 2 labels.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    let ending = match (number, noun.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{} {noun}{ending}", count(number))
}

/// A share in [0, 1] in percent, with a decimal below ten percent.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        _ if share == 0.0 => "0%".into(),
        _ if percent < 0.05 => "below 0.1%".into(),
        _ if percent < 9.95 => format!("{percent:.1}%"),
        _ => format!("{percent:.0}%"),
    }
}

/// A label quality, in [0, 1].
pub(crate) fn quality(value: f64) -> String {
    if value > 0.0 && value < 0.0005 { "below 0.001".into() } else { format!("{value:.3}") }
}

/// A number with few decimals; very large and very small ones with a power of ten.
pub(crate) fn decimal(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if !(1e-3..1e6).contains(&size) => format!("{value:.2e}"),
        size if size < 10.0 => format!("{value:.3}"),
        size if size < 1000.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// A name as it can be shown: what would be invisible, or turn the text around, is written as an escape.
pub(crate) fn visible(name: &str) -> String {
    if name.trim().is_empty() {
        return format!("{name:?}");
    }
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        match is_hidden(character) {
            true => text.extend(character.escape_default()),
            false => text.push(character),
        }
    }
    text
}

/// Control characters, marks that change the direction of text, and what XML forbids.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// A text as it can be shown: like a name, but with its line breaks and tabs.
pub(crate) fn visible_text(text: &str) -> String {
    let escaped = |character: char| match is_hidden(character) && !matches!(character, '\n' | '\t') {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// `text` cut to so many characters, an ellipsis in its middle among them: names of a kind often differ at their ends.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    let length = text.chars().count();
    if length <= characters {
        return text.into();
    }
    let kept = characters.saturating_sub(1);
    let start: String = text.chars().take(kept.div_ceil(2)).collect();
    let end: String = text.chars().skip(length - kept / 2).collect();
    format!("{}…{}", start.trim_end(), end.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas_and_nouns_their_number() {
        assert_eq!(["7", "999", "1,000", "1,281,167"], [7, 999, 1000, 1_281_167].map(count));
        assert_eq!(
            [counted(1, "label"), counted(0, "label"), counted(2, "class")],
            ["1 label", "0 labels", "2 classes"]
        );
        assert_eq!(counted(1, "class"), "1 class");
    }

    #[test]
    fn shares_and_numbers_are_as_long_as_they_need_to_be() {
        assert_eq!([0.0, 0.0001, 0.0123, 0.0996, 0.5].map(percent), ["0%", "below 0.1%", "1.2%", "10%", "50%"]);
        assert_eq!([0.0, 1e-9, 0.0416].map(quality), ["0.000", "below 0.001", "0.042"]);
        assert_eq!([0.0, 0.12345, 12.34, 12345.6, 1e-5].map(decimal), ["0", "0.123", "12.3", "12346", "1.00e-5"]);
    }

    #[test]
    fn what_hides_in_a_name_is_shown() {
        assert_eq!(visible("a\u{202e}b\n"), "a\\u{202e}b\\n");
        assert_eq!(visible(""), "\"\"");
        assert_eq!(visible("שלום 😀"), "שלום 😀");
        assert_eq!(visible_text("one\ntwo\u{7}"), "one\ntwo\\u{7}");
        assert_eq!([cut("abcdef", 4), cut("abcdef", 6), cut("ab cdef", 4)], ["ab…f", "abcdef", "ab…f"]);
    }
}
