//! Samples without a label, and how files write that.

use std::collections::BTreeMap;

use crate::choice::Unlabelled;
use crate::labels::numbers::whole;

/// What pandas, R, databases, and others write where a value is missing.
const WORDS: [&str; 19] = [
    "", "nan", "NaN", "NAN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "null", "NULL", "Null", "None",
    "NaT", "<null>", "\\N",
];

/// Whether `cell` is written as a missing value commonly is.
pub(crate) fn is_missing(cell: &str) -> bool {
    WORDS.contains(&cell.trim())
}

/// Whether a class called so is likely none: noted, not left out.
pub(crate) fn looks_missing(name: &str) -> bool {
    const OTHERS: [&str; 27] = [
        "none",
        "na",
        "n.a.",
        "nil",
        "unknown",
        "undefined",
        "unspecified",
        "unlabeled",
        "unlabelled",
        "not labeled",
        "not labelled",
        "missing",
        "ignore",
        "void",
        "?",
        "??",
        "-",
        "--",
        ".",
        "tbd",
        "todo",
        "no label",
        "no_label",
        "-1",
        "-9",
        "-99",
        "-100",
    ];
    is_missing(name) || OTHERS.contains(&name.trim().to_lowercase().as_str())
}

/// Which cells are of samples without a label.
pub(crate) enum Missing<'a> {
    /// Those commonly so written, which are refused or not.
    Common { refused: bool },
    /// Empty ones, and those written like one of these.
    Written(&'a [String]),
}

impl<'a> Missing<'a> {
    pub(crate) fn of(choice: &'a Unlabelled) -> Self {
        match choice {
            Unlabelled::Refuse => Self::Common { refused: true },
            Unlabelled::Keep => Self::Common { refused: false },
            Unlabelled::Written(written) => Self::Written(written),
        }
    }

    /// Whether `cell` is of a sample without a label.
    pub(crate) fn is(&self, cell: &str) -> bool {
        match self {
            Self::Common { .. } => is_missing(cell),
            Self::Written(written) => cell.is_empty() || written.iter().any(|other| is_written(cell, other.trim())),
        }
    }

    /// The first cell without a label, where those are refused.
    pub(crate) fn refused(&self, cells: &[Option<String>]) -> Option<usize> {
        let refused = match self {
            Self::Common { refused } => *refused,
            // Whoever names nothing wants every sample to have a label.
            Self::Written(written) => written.is_empty(),
        };
        let is = |cell: &Option<String>| cell.as_deref().is_none_or(|cell| self.is(cell));
        cells.iter().position(is).filter(|_| refused)
    }
}

/// Whether `cell` is `other`, or the same whole number.
fn is_written(cell: &str, other: &str) -> bool {
    cell == other || whole(cell).is_some_and(|value| whole(other) == Some(value))
}

/// PyTorch's code for labels that count for nothing.
const IGNORED: i64 = -100;

/// The codes, as written, that stand for no label beside class indices: negative ones where the file names its classes;
/// -100; and -1 beside indices from 0 on, unless -1, 0, 1 may all be classes.
pub(crate) fn is_none_of_the_codes(
    cells: &[Option<String>],
    missing: &Missing<'_>,
    choice: &Unlabelled,
    codes_of_names: bool,
) -> Vec<String> {
    if *choice != Unlabelled::Keep {
        return Vec::new();
    }
    let mut counts: BTreeMap<i64, (usize, Vec<&str>)> = BTreeMap::new();
    for cell in cells.iter().flatten().filter(|cell| !missing.is(cell)) {
        let Some(code) = whole(cell) else { return Vec::new() };
        let entry = counts.entry(code).or_default();
        entry.0 += 1;
        if !entry.1.contains(&cell.as_str()) {
            entry.1.push(cell);
        }
    }
    let negative: Vec<i64> = counts.keys().copied().filter(|code| *code < 0).collect();
    let none = match negative[..] {
        _ if codes_of_names => negative.clone(),
        [IGNORED] => vec![IGNORED],
        [-1] if is_none(&counts) => vec![-1],
        _ => Vec::new(),
    };
    none.iter().flat_map(|code| &counts[code].1).map(|cell| (*cell).to_owned()).collect()
}

/// Whether -1 is no class beside the others: these are indices from 0 on, and if they are but 0 and 1, -1 is rare, or
/// stands for most samples.
fn is_none(counts: &BTreeMap<i64, (usize, Vec<&str>)>) -> bool {
    let others: Vec<usize> = counts.iter().filter(|(code, _)| **code >= 0).map(|(_, (count, _))| *count).collect();
    let own = counts[&-1].0;
    let from_zero = counts.contains_key(&0) && counts.contains_key(&1);
    let most = counts.keys().last().is_some_and(|last| (*last as usize) < 2 * others.len());
    let fewest = others.iter().copied().min().unwrap_or(0);
    let all: usize = others.iter().sum();
    from_zero && most && (others.len() > 2 || 2 * own <= fewest || own > all)
}
