//! Tokens that texts may hold by name, such as `[MASK]`.

/// A token that a text may hold by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Special {
    pub(crate) name: String,
    pub(crate) number: u32,
    /// Blanks before it belong to it.
    pub(crate) takes_before: bool,
    /// Blanks after it belong to it.
    pub(crate) takes_after: bool,
}

/// Tokens that texts may hold by name; they are found before anything else is done to a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Specials(pub(crate) Vec<Special>);

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Special(u32),
    Text(&'a str),
}

impl Specials {
    /// The parts of `text`, in order. Where two names begin at one place, the longer one counts.
    pub(crate) fn parts<'a>(&self, text: &'a str) -> Vec<Part<'a>> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((at, special)) = self.first(rest) {
            let (before, after) = (&rest[..at], &rest[at + special.name.len()..]);
            let before = if special.takes_before { before.trim_end() } else { before };
            if !before.is_empty() {
                parts.push(Part::Text(before));
            }
            parts.push(Part::Special(special.number));
            rest = if special.takes_after { after.trim_start() } else { after };
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest));
        }
        parts
    }

    fn first(&self, text: &str) -> Option<(usize, &Special)> {
        let found = self.0.iter().filter_map(|special| Some((text.find(&special.name)?, special)));
        found.min_by_key(|(at, special)| (*at, usize::MAX - special.name.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_text_are_found() {
        let special =
            |name: &str, number, takes_before| Special { name: name.into(), number, takes_before, takes_after: false };
        let specials = Specials(vec![special("[A]", 1, false), special("[A]]", 2, true)]);
        let found = specials.parts("x [A] y [A]][A]");
        let expected = [Part::Text("x "), Part::Special(1), Part::Text(" y"), Part::Special(2), Part::Special(1)];
        assert_eq!(found, expected);
        assert!(specials.parts("").is_empty());
    }
}
