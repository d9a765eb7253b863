//! The words and signs of a query.

use crate::slices::query_error::QueryError;

/// A word or sign, and the character it begins at, from 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) place: usize,
    pub(crate) kind: Kind,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A bare word: a field, a keyword, a number, or a value without blanks.
    Word(String),
    /// A value in double quotes.
    Quoted(String),
    /// A name of a field in backticks.
    Name(String),
    /// A sign of comparison.
    Sign(Sign),
    Open,
    Close,
    Comma,
}

/// A sign of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Sign {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether `one` stands in this relation to `other`.
    pub(crate) fn holds<T: PartialOrd>(self, one: T, other: T) -> bool {
        match self {
            Self::Equal => one == other,
            Self::NotEqual => one != other,
            Self::Less => one < other,
            Self::LessOrEqual => one <= other,
            Self::Greater => one > other,
            Self::GreaterOrEqual => one >= other,
        }
    }
}

/// The tokens of `text`.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut place = 0;
    while let Some(&character) = characters.get(place) {
        if character.is_whitespace() {
            place += 1;
            continue;
        }
        let (kind, end) = token(&characters, place)?;
        tokens.push(Token { place, kind });
        place = end;
    }
    Ok(tokens)
}

/// The token at `place`, and where it ends.
fn token(characters: &[char], place: usize) -> Result<(Kind, usize), QueryError> {
    let followed = characters.get(place + 1) == Some(&'=');
    let sign = |sign, length| Ok((Kind::Sign(sign), place + length));
    match characters[place] {
        '(' => Ok((Kind::Open, place + 1)),
        ')' => Ok((Kind::Close, place + 1)),
        ',' => Ok((Kind::Comma, place + 1)),
        '=' => sign(Sign::Equal, if followed { 2 } else { 1 }),
        '!' if followed => sign(Sign::NotEqual, 2),
        '!' => Err(QueryError::new(place, "a single ! has no meaning: write != or not")),
        '<' if followed => sign(Sign::LessOrEqual, 2),
        '<' => sign(Sign::Less, 1),
        '>' if followed => sign(Sign::GreaterOrEqual, 2),
        '>' => sign(Sign::Greater, 1),
        '"' => enclosed(characters, place, '"').map(|(text, end)| (Kind::Quoted(text), end)),
        '`' => enclosed(characters, place, '`').map(|(text, end)| (Kind::Name(text), end)),
        _ => Ok(word(characters, place)),
    }
}

fn word(characters: &[char], place: usize) -> (Kind, usize) {
    let ends = |character: &char| character.is_whitespace() || "()=!<>,\"`".contains(*character);
    let length = characters[place..].iter().position(ends).unwrap_or(characters.len() - place);
    (Kind::Word(characters[place..place + length].iter().collect()), place + length)
}

/// The text between two `mark`s; a backslash takes the next character as it is.
fn enclosed(characters: &[char], place: usize, mark: char) -> Result<(String, usize), QueryError> {
    let mut text = String::new();
    let mut at = place + 1;
    loop {
        match characters.get(at) {
            None => return Err(QueryError::new(place, format!("{mark} is not closed: put a {mark} at the end"))),
            Some('\\') if characters.get(at + 1).is_some() => {
                text.push(characters[at + 1]);
                at += 2;
            }
            Some(&character) if character == mark => return Ok((text, at + 1)),
            Some(&character) => {
                text.push(character);
                at += 1;
            }
        }
    }
}
