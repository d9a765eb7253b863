//! What a query says, before it meets samples.

use crate::slices::token::Sign;

/// A condition on a sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Test(Test),
}

/// A field, and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Test {
    pub(crate) field: Word,
    pub(crate) question: Question,
}

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    /// The field stands alone: does it hold?
    Holds,
    Compares(Sign, Word),
    IsAmong(Vec<Word>),
    Contains(Word),
}

/// A word of the query, and the character it begins at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) place: usize,
    pub(crate) text: String,
}
