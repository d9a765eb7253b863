//! Which samples fulfill an expression, a field at a time.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::decisions::board::Board;
use crate::decisions::decision::DECISIONS;
use crate::samples::samples::Samples;
use crate::slices::expression::{Expression, Question, Test, Word};
use crate::slices::field::{Field, UNDECIDED, field};
use crate::slices::query_error::{QueryError, nearest};
use crate::slices::token::Sign;

type Mask = Vec<bool>;

/// For every sample whether it fulfills `expression`, `(n,)`. O(n) for every condition.
pub(crate) fn selection(expression: &Expression, samples: &Samples, board: &Board) -> Result<Mask, QueryError> {
    let of = |expression: &Expression| selection(expression, samples, board);
    Ok(match expression {
        Expression::And(one, other) => joined(of(one)?, &of(other)?, |a, b| a && b),
        Expression::Or(one, other) => joined(of(one)?, &of(other)?, |a, b| a || b),
        Expression::Not(inner) => of(inner)?.into_iter().map(|holds| !holds).collect(),
        Expression::Test(test) => tested(test, samples, board)?,
    })
}

fn joined(mut one: Mask, other: &[bool], join: impl Fn(bool, bool) -> bool) -> Mask {
    one.iter_mut().zip(other).for_each(|(a, &b)| *a = join(*a, b));
    one
}

fn tested(test: &Test, samples: &Samples, board: &Board) -> Result<Mask, QueryError> {
    let Test { field: name, question } = test;
    let rows = 0..samples.len();
    match field(&name.text, name.place, samples, board)? {
        Field::Classes(class) => {
            let wanted = wanted_classes(name, question, samples)?;
            // A sample without a class is of none that is named.
            let without = matches!(question, Question::Compares(Sign::NotEqual, _));
            Ok(rows.into_par_iter().map(|row| class(row).map_or(without, |class| wanted[class])).collect())
        }
        Field::Numbers(number) => {
            let holds = number_test(name, question)?;
            Ok(rows.into_par_iter().map(|row| holds(number(row))).collect())
        }
        Field::Texts(texts) => Ok(texts.matching(text_test(name, question)?)),
        Field::Packed(texts) => Ok(texts.iter().map(text_test(name, question)?).collect()),
        Field::Flags(flag) => {
            let wanted = flag_test(name, question)?;
            Ok(rows.into_par_iter().map(|row| flag(row) == wanted).collect())
        }
        Field::Answered(texts, without) => {
            let holds = answer_test(name, question, samples)?;
            let mut mask = vec![holds(&without); samples.len()];
            board.touched().for_each(|row| mask[row as usize] = holds(&texts(row)));
            Ok(mask)
        }
    }
}

/// For every class whether it is asked for, `(k,)`.
fn wanted_classes(name: &Word, question: &Question, samples: &Samples) -> Result<Vec<bool>, QueryError> {
    let holds = text_test(name, question)?;
    let names: Vec<_> = (0..samples.class_count()).map(|class| samples.class_name(class)).collect();
    if !matches!(question, Question::Contains(_)) {
        known(question, "class", names.iter().map(AsRef::as_ref))?;
    }
    Ok(names.iter().map(|name| holds(name)).collect())
}

/// The words that `question` asks for, each of which must be one of `names`.
fn known<'a>(question: &Question, what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), QueryError> {
    const LISTED: usize = 20;
    let names: Vec<&str> = names.collect();
    let set: HashSet<&str> = names.iter().copied().collect();
    let words: &[Word] = match question {
        Question::Compares(_, word) => std::slice::from_ref(word),
        Question::IsAmong(words) => words,
        Question::Holds | Question::Contains(_) => &[],
    };
    let Some(word) = words.iter().find(|word| !set.contains(word.text.as_str())) else { return Ok(()) };
    let hint = match nearest(&word.text, names.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None if names.len() > LISTED => format!("there are {}, such as {}", names.len(), names[..3].join(", ")),
        None => format!("there are {}", names.join(", ")),
    };
    Err(QueryError::new(word.place, format!("there is no {what} {:?}: {hint}", word.text)))
}

type Holds<'a, T> = Box<dyn Fn(T) -> bool + Sync + 'a>;

fn number_test<'a>(name: &Word, question: &'a Question) -> Result<Holds<'a, f64>, QueryError> {
    match question {
        Question::Compares(sign, word) => {
            let (sign, number) = (*sign, number(name, word)?);
            Ok(Box::new(move |value| sign.holds(value, number)))
        }
        Question::IsAmong(words) => {
            let numbers: Vec<f64> = words.iter().map(|word| number(name, word)).collect::<Result<_, _>>()?;
            Ok(Box::new(move |value| numbers.contains(&value)))
        }
        Question::Contains(word) => Err(only_texts(word)),
        Question::Holds => Err(incomplete(name, "< 0.2")),
    }
}

fn number(name: &Word, word: &Word) -> Result<f64, QueryError> {
    let problem = || format!("{} is compared with numbers, and {:?} is none", name.text, word.text);
    word.text.parse().map_err(|_| QueryError::new(word.place, problem()))
}

fn text_test<'a>(name: &Word, question: &'a Question) -> Result<impl Fn(&str) -> bool + use<'a>, QueryError> {
    match question {
        Question::Holds => return Err(incomplete(name, "= \"…\"")),
        Question::Compares(sign, word) if !matches!(sign, Sign::Equal | Sign::NotEqual) => {
            let problem = format!("{} has texts, which have no order: use = or !=", name.text);
            return Err(QueryError::new(word.place, problem));
        }
        _ => {}
    }
    Ok(move |text: &str| match question {
        Question::Compares(sign, word) => sign.holds(text, word.text.as_str()),
        Question::IsAmong(words) => words.iter().any(|word| word.text == text),
        Question::Contains(word) => text.contains(word.text.as_str()),
        Question::Holds => false,
    })
}

fn flag_test(name: &Word, question: &Question) -> Result<bool, QueryError> {
    let place = match question {
        Question::Holds => return Ok(true),
        Question::Compares(sign @ (Sign::Equal | Sign::NotEqual), word) => {
            match word.text.to_lowercase().as_str() {
                "true" | "yes" | "1" => return Ok(*sign == Sign::Equal),
                "false" | "no" | "0" => return Ok(*sign == Sign::NotEqual),
                _ => {}
            }
            word.place
        }
        _ => name.place,
    };
    Err(QueryError::new(place, format!("{0} is yes or no: write {0}, or not {0}", name.text)))
}

/// Of the texts of a sample any may answer; `!=` holds if none does.
fn answer_test<'a>(
    name: &Word,
    question: &'a Question,
    samples: &Samples,
) -> Result<impl Fn(&[String]) -> bool + use<'a>, QueryError> {
    match name.text.as_str() {
        "decision" => known(question, "decision", DECISIONS.into_iter().chain([UNDECIDED]))?,
        "decided_label" => {
            let names: Vec<_> = (0..samples.class_count()).map(|class| samples.class_name(class)).collect();
            known(question, "class", names.iter().map(AsRef::as_ref))?;
        }
        _ => {}
    }
    let (negated, holds) = match question {
        Question::Compares(Sign::NotEqual, _) => (true, text_test(name, question)?),
        _ => (false, text_test(name, question)?),
    };
    Ok(move |texts: &[String]| match negated {
        true => texts.iter().all(|text| holds(text)),
        false => texts.iter().any(|text| holds(text)),
    })
}

fn only_texts(word: &Word) -> QueryError {
    QueryError::new(word.place, "contains is for texts: compare numbers by =, <, or >")
}

fn incomplete(name: &Word, example: &str) -> QueryError {
    QueryError::new(name.place, format!("{0} needs something to compare with, such as {0} {example}", name.text))
}
