//! What a column is likely to be, before it is known which columns are read.

use crate::choice::ReadOptions;
use crate::table::column::{Column, ColumnKind};
use crate::table::dataset::Table;
use crate::table::names::{folded, is_beside_predictions, is_verdict, label_rank, role_by_name};
use crate::table::numbering::{Numbering, are_dates, are_whole, numbering};
use crate::table::role::Role;

/// What a table is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Features,
    Labels,
    Predictions,
    /// Nothing is chosen: every column is what it is.
    Samples,
}

/// What is known of a column before the purpose counts.
pub(crate) struct Guess {
    /// The role, where one is certain enough.
    pub(crate) role: Option<Role>,
    pub(crate) because: String,
    pub(crate) kind: ColumnKind,
}

/// What a column is by what the file says of it, by its name, and by its content.
pub(crate) fn guess(table: &Table, number: usize, choice: &ReadOptions, purpose: Purpose) -> Guess {
    let (column, kind) = (&table.columns[number], table.kind(number));
    let with = |role: Role, because: &str| Guess { role: Some(role), because: because.into(), kind: kind.clone() };
    let named = choice.columns.features.contains(&column.name) || choice.columns.predictions.contains(&column.name);
    if named {
        return with(if purpose == Purpose::Predictions { Role::Prediction } else { Role::Feature }, "");
    }
    by_declaration(column, &kind)
        .or_else(|| by_missing_name(table, number, &kind))
        .or_else(|| by_name(table, number, &kind, purpose).map(|(role, because)| (role, because.into())))
        .or_else(|| by_content(table, number, &kind))
        .map_or_else(
            || Guess { role: None, because: String::new(), kind: kind.clone() },
            |(role, because)| with(role, &because),
        )
}

fn by_declaration(column: &Column, kind: &ColumnKind) -> Option<(Role, String)> {
    let declared = &column.declared;
    match () {
        () if declared.is_index => Some((Role::Id, "pandas' index".into())),
        () if declared.is_media && *kind == ColumnKind::Media => {
            Some((Role::MediaPath, "by the file's metadata".into()))
        }
        () if declared.is_media => Some((Role::MediaPath, "by the file's metadata".into())),
        () if declared.classes.is_some() && !kind.is_list() => {
            Some((Role::Label, "classes by the file's metadata".into()))
        }
        () if *kind == ColumnKind::Media => Some((Role::MediaPath, String::new())),
        () => None,
    }
}

/// Among columns with names, one without is an index that a program wrote beside them.
fn by_missing_name(table: &Table, number: usize, kind: &ColumnKind) -> Option<(Role, String)> {
    let column = &table.columns[number];
    if column.is_named || !table.has_names() || kind.is_list() || *kind == ColumnKind::Empty {
        return None;
    }
    let others_are_named = table.columns.iter().any(|column| column.is_named);
    let numbers = numbering(table, number);
    let what = match (numbers, kind) {
        (Some(numbering), _) => numbering.words(),
        (None, ColumnKind::Integer) => "whole numbers",
        (None, ColumnKind::Number) if are_whole(table, number) => "whole numbers",
        (None, ColumnKind::Text) => "text",
        (None, _) => return None,
    };
    (others_are_named || numbers == Some(Numbering::Counts)).then(|| (Role::Id, format!("no name, {what}")))
}

fn by_name(table: &Table, number: usize, kind: &ColumnKind, purpose: Purpose) -> Option<(Role, &'static str)> {
    let column = &table.columns[number];
    if !column.is_named {
        return None;
    }
    // Where some rows have no value, others write theirs with a fraction: `17.0`.
    let kind = if *kind == ColumnKind::Number && are_whole(table, number) { &ColumnKind::Integer } else { kind };
    let can_be_label = match (purpose, kind) {
        (_, ColumnKind::Other(_) | ColumnKind::Media | ColumnKind::Time | ColumnKind::Empty) => false,
        (Purpose::Samples, _) => false,
        (Purpose::Labels, _) => true,
        (Purpose::Predictions, ColumnKind::Number) => false,
        // Beside x, y may be a coordinate.
        (Purpose::Features, ColumnKind::Number) => folded(column.own_name()) != "y",
        (_, kind) => !kind.is_list(),
    };
    let is_code = *kind == ColumnKind::Integer && purpose != Purpose::Labels;
    if can_be_label && label_rank(column.own_name()).is_some_and(|rank| rank < 3 || kind.is_text() || is_code) {
        return Some((Role::Label, ""));
    }
    let beside_issues = || table.columns.iter().any(|column| folded(&column.name) == "is_issue");
    if kind.is_scalar_number() && purpose != Purpose::Samples && is_verdict(column.own_name(), beside_issues()) {
        return Some((Role::LeftOut, "a verdict on labels, by its name"));
    }
    if purpose == Purpose::Predictions && kind.is_scalar_number() && is_beside_predictions(column.own_name()) {
        return Some((Role::LeftOut, "no class, by its name"));
    }
    role_by_name(column.own_name(), kind).map(|role| (role, ""))
}

fn by_content(table: &Table, number: usize, kind: &ColumnKind) -> Option<(Role, String)> {
    let is_number = matches!(kind, ColumnKind::Integer | ColumnKind::Number);
    if let Some(numbering) = numbering(table, number).filter(|_| is_number) {
        return Some((Role::Id, numbering.words().into()));
    }
    match kind {
        ColumnKind::Integer if are_dates(table, number) => Some((Role::LeftOut, "dates".into())),
        ColumnKind::Time | ColumnKind::Empty | ColumnKind::OtherList | ColumnKind::Other(_) => {
            Some((Role::LeftOut, kind.words().into()))
        }
        _ => None,
    }
}
