//! The order of classes that nobody gave an order.

use std::collections::HashSet;

/// Puts `names` in order: by the numbers at their ends where all are one beginning and a number (`LABEL_10`), or else by
/// their bytes. Equal names become one.
pub(crate) fn in_order<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let distinct: HashSet<&str> = names.collect();
    let mut names: Vec<&str> = distinct.into_iter().collect();
    names.sort_unstable();
    if let Some(mut numbered) = numbered(&names) {
        numbered.sort_unstable();
        names = numbered.into_iter().map(|(_, name)| name).collect();
    }
    names.into_iter().map(Into::into).collect()
}

/// The number at the end of every name, where all names begin alike and end in a number.
pub(crate) fn numbered<'a>(names: &[&'a str]) -> Option<Vec<(u64, &'a str)>> {
    let split = |name: &'a str| {
        let beginning = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = name[beginning.len()..].parse::<u64>().ok()?;
        (!beginning.is_empty()).then_some((beginning, number, name))
    };
    let parts: Vec<(&str, u64, &str)> = names.iter().map(|name| split(name)).collect::<Option<_>>()?;
    let first = parts.first()?.0;
    let alike = parts.iter().all(|(beginning, ..)| *beginning == first);
    alike.then(|| parts.into_iter().map(|(_, number, name)| (number, name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_end_in_numbers_are_in_the_order_of_these() {
        assert_eq!(in_order(["LABEL_10", "LABEL_2", "LABEL_2"].into_iter()), ["LABEL_2", "LABEL_10"]);
        assert_eq!(in_order(["b", "a10", "a2"].into_iter()), ["a10", "a2", "b"]);
        assert_eq!(in_order(["10", "9"].into_iter()), ["10", "9"]);
    }
}
