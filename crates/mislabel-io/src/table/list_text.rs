//! Lists of numbers that are written into a cell of text: as JSON, Python, or a database write them, as NumPy
//! prints arrays, and as plain numbers in a row.

/// Numbers that a list without brackets must have: fewer may be a date, a telephone number, or a number with blanks in it.
const LEAST_BARE: usize = 8;

/// Whether `cell` looks like a list of numbers: brackets around it, or as many numbers that nothing else could be; digits in it,
/// and nothing that numbers lack.
pub(crate) fn is_list(cell: &str) -> bool {
    cell.contains(|c: char| c.is_ascii_digit()) && numbers(cell, &mut Vec::new()).is_some()
}

/// Appends the numbers of the list in `cell` to `out`, those of nested lists in their order; `None` where it is no list of
/// numbers. Python writes lists of NumPy's and PyTorch's numbers with their types: `[np.float64(0.5)]`.
pub(crate) fn numbers(cell: &str, out: &mut Vec<f64>) -> Option<()> {
    let cell = cell.trim();
    let inner = cell.strip_prefix("array").or_else(|| cell.strip_prefix("tensor")).unwrap_or(cell);
    let closed = [('[', ']'), ('(', ')'), ('{', '}')];
    if !closed.iter().any(|(open, close)| inner.starts_with(*open) && inner.ends_with(*close)) {
        return bare_numbers(cell, out);
    }
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '(' | ')' | '{' | '}');
    for part in inner.split(between) {
        match part {
            "" | "tensor" | "array" => {}
            // NumPy leaves out the middle of long arrays.
            "..." | "…" => return None,
            part if part.contains('=') || part.starts_with("np.") || part.starts_with("numpy.") => {}
            part => out.push(part.trim_matches(['\'', '"']).parse().ok()?),
        }
    }
    Some(())
}

/// The numbers of a list without brackets, separated by blanks, semicolons, or bars.
fn bare_numbers(cell: &str, out: &mut Vec<f64>) -> Option<()> {
    let mut parts = cell.split(|c: char| c.is_whitespace() || matches!(c, ';' | '|')).filter(|part| !part.is_empty());
    let before = out.len();
    let all = parts.all(|part| {
        part.parse().is_ok_and(|value: f64| {
            out.push(value);
            value.is_finite()
        })
    });
    if all && out.len() - before >= LEAST_BARE {
        return Some(());
    }
    out.truncate(before);
    None
}

/// Whether NumPy left out the middle of the array in `cell`.
pub(crate) fn is_abridged(cell: &str) -> bool {
    cell.trim().starts_with('[') && (cell.contains("...") || cell.contains('…'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str) -> Option<Vec<f64>> {
        let mut out = Vec::new();
        numbers(cell, &mut out).map(|()| out)
    }

    #[test]
    fn lists_read_as_json_python_and_numpy_write_them() {
        for cell in [
            "[0.9, 0.1]",
            "[0.9 0.1]",
            "(0.9, .1)",
            "[[0.9], [0.1]]",
            " [9.0e-1\n 1e-1] ",
            "array([0.9, 0.1], dtype=float32)",
            "[np.float64(0.9), np.float64(0.1)]",
            "tensor([0.9, 0.1], device='cuda:0')",
            "[tensor(0.9), tensor(0.1)]",
            "['0.9', '0.1']",
            "{0.9,0.1}",
        ] {
            assert_eq!(read(cell), Some(vec![0.9, 0.1]), "{cell}");
            assert!(is_list(cell), "{cell}");
        }
        for cell in ["0.9, 0.1", "[cat]", "[0.1 ... 0.9]", "[note] text", "06 12 34 56 78", "{\"a\": 1}", "2020 01 31"]
        {
            assert!(!is_list(cell), "{cell}");
            assert_eq!(read(cell), None, "{cell}");
        }
        for cell in ["1 2 3 4 5 6 7 8", "1;2;3;4;5;6;7;8", "1|2|3|4|5|6|7|8"] {
            assert_eq!(read(cell), Some((1..9).map(f64::from).collect()), "{cell}");
        }
        assert!(is_abridged("[0.1 ... 0.9]"));
    }
}
