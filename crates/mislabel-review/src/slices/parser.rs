//! From tokens to an expression, by recursive descent: `or` binds least, then `and`, then `not`.

use crate::slices::expression::{Expression, Question, Test, Word};
use crate::slices::query_error::QueryError;
use crate::slices::token::{Kind, Sign, Token, tokens};

/// Levels of parentheses and `not`s, one in the other: enough for people, few enough for the stack.
const DEEPEST: usize = 64;

/// Words that stand between conditions; as a value they need quotes.
const KEYWORDS: [&str; 5] = ["and", "or", "not", "in", "contains"];

/// The expression that `text` is.
pub(crate) fn parsed(text: &str) -> Result<Expression, QueryError> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, end: text.chars().count(), depth: 0 };
    let expression = parser.either()?;
    match parser.tokens.get(parser.next) {
        None => Ok(expression),
        Some(token) => Err(QueryError::new(token.place, "expected and, or, or the end of the query")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    depth: usize,
}

impl Parser {
    fn either(&mut self) -> Result<Expression, QueryError> {
        let mut left = self.both()?;
        while self.takes_keyword("or") {
            left = Expression::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, QueryError> {
        let mut left = self.negated()?;
        while self.takes_keyword("and") {
            left = Expression::And(Box::new(left), Box::new(self.negated()?));
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Expression, QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(QueryError::new(self.place(), format!("more than {DEEPEST} conditions one in the other")));
        }
        let expression = match self.takes_keyword("not") {
            true => Expression::Not(Box::new(self.negated()?)),
            false => self.primary()?,
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn primary(&mut self) -> Result<Expression, QueryError> {
        if !self.takes(&Kind::Open) {
            return self.test().map(Expression::Test);
        }
        let inner = self.either()?;
        match self.takes(&Kind::Close) {
            true => Ok(inner),
            false => Err(QueryError::new(self.place(), "expected ) to close the parenthesis")),
        }
    }

    fn test(&mut self) -> Result<Test, QueryError> {
        let field = self.field()?;
        let question = match self.sign() {
            Some(sign) => {
                self.next += 1;
                let example = format!("such as {} {} 0.2", field.text, sign.text());
                Question::Compares(sign, self.value(&example)?)
            }
            _ if self.takes_keyword("in") => Question::IsAmong(self.list(&field)?),
            _ if self.takes_keyword("contains") => {
                Question::Contains(self.value(&format!("such as {} contains \"dog\"", field.text))?)
            }
            _ => Question::Holds,
        };
        Ok(Test { field, question })
    }

    fn field(&mut self) -> Result<Word, QueryError> {
        let place = self.place();
        let text = match self.kind() {
            Some(Kind::Word(word)) if !is_keyword(word) => word.clone(),
            Some(Kind::Name(name)) => name.clone(),
            None => return Err(QueryError::new(place, "the query ends where a field should stand, such as given")),
            _ => return Err(QueryError::new(place, "expected a field, such as given = \"cat\"")),
        };
        self.next += 1;
        Ok(Word { place, text })
    }

    fn value(&mut self, example: &str) -> Result<Word, QueryError> {
        let place = self.place();
        let text = match self.kind() {
            Some(Kind::Word(word)) if !is_keyword(word) => word.clone(),
            Some(Kind::Quoted(text)) => text.clone(),
            None => {
                let problem = format!("the query ends where a value should stand, {example}");
                return Err(QueryError::new(place, problem));
            }
            _ => return Err(QueryError::new(place, format!("expected a value, {example}"))),
        };
        self.next += 1;
        Ok(Word { place, text })
    }

    fn list(&mut self, field: &Word) -> Result<Vec<Word>, QueryError> {
        let example = format!("such as {} in (\"cat\", \"dog\")", field.text);
        if !self.takes(&Kind::Open) {
            return Err(QueryError::new(self.place(), format!("expected ( after in, {example}")));
        }
        let mut values = vec![self.value(&example)?];
        while self.takes(&Kind::Comma) {
            values.push(self.value(&example)?);
        }
        match self.takes(&Kind::Close) {
            true => Ok(values),
            false => Err(QueryError::new(self.place(), format!("expected , or ) in the list, {example}"))),
        }
    }

    fn sign(&self) -> Option<Sign> {
        match self.kind() {
            Some(Kind::Sign(sign)) => Some(*sign),
            _ => None,
        }
    }

    fn kind(&self) -> Option<&Kind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |token| token.place)
    }

    fn takes(&mut self, kind: &Kind) -> bool {
        let found = self.kind() == Some(kind);
        self.next += usize::from(found);
        found
    }

    fn takes_keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.kind(), Some(Kind::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.next += usize::from(found);
        found
    }
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}
