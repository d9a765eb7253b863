//! Lists of numbers that are written into a cell of text: as JSON or Python write them, and as NumPy prints arrays.

/// Whether `cell` looks like a list of numbers: brackets around it, digits in it, and nothing that numbers lack.
pub(crate) fn is_list(cell: &str) -> bool {
    let cell = cell.trim();
    let closed = cell.starts_with('[') && cell.ends_with(']') || cell.starts_with('(') && cell.ends_with(')');
    closed && cell.contains(|c: char| c.is_ascii_digit()) && numbers(cell, &mut Vec::new()).is_some()
}

/// Appends the numbers of the list in `cell` to `out`, those of nested lists in their order; `None` where it is no list of
/// numbers.
pub(crate) fn numbers(cell: &str, out: &mut Vec<f64>) -> Option<()> {
    let cell = cell.trim();
    let cell = cell.strip_prefix("array").unwrap_or(cell);
    let cell = cell.strip_prefix("tensor").unwrap_or(cell);
    if !cell.starts_with(['[', '(']) {
        return None;
    }
    for part in cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '(' | ')')) {
        match part {
            "" => {}
            // NumPy leaves out the middle of long arrays.
            "..." | "…" => return None,
            part if part.starts_with("dtype=") => {}
            part => out.push(part.parse().ok()?),
        }
    }
    Some(())
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
        ] {
            assert_eq!(read(cell), Some(vec![0.9, 0.1]), "{cell}");
            assert!(cell.starts_with("array") || is_list(cell), "{cell}");
        }
        for cell in ["0.9, 0.1", "[cat]", "[0.1 ... 0.9]", "[note] text"] {
            assert!(!is_list(cell), "{cell}");
        }
        assert!(is_abridged("[0.1 ... 0.9]"));
    }
}
