//! One label a line.

use mislabel_core::Labels;

use crate::apply::corrections::Corrections;
use crate::apply::rewrite::LabelRewrite;
use crate::apply::spelling::Spelling;
use crate::error::{Error, Result};

/// The text `bytes` with corrections; line ends and blanks around labels stay.
pub(crate) fn corrected(
    file: &LabelRewrite<'_>,
    bytes: &[u8],
    given: &Labels,
    corrections: &Corrections,
) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(bytes).map_err(|_| Error::labels(file.path, "the file is not UTF-8 text"))?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let header = usize::from(file.header.unwrap_or(lines.len() == given.len() + 1));
    let (head, lines) = lines.split_at(header.min(lines.len()));
    if lines.len() != given.len() {
        let problem = format!("the file has {} labels, and {} were reviewed", lines.len(), given.len());
        return Err(Error::labels(file.path, problem));
    }
    let spelling = Spelling::of(lines.iter().map(|line| line.trim()), given);
    let mut written: String = head.concat();
    for (row, line) in lines.iter().enumerate() {
        let label = line.trim();
        spelling.check(file.path, row, label, given)?;
        if file.drop_excluded && corrections.excluded.binary_search(&row).is_ok() {
            continue;
        }
        match corrections.labels.get(&row) {
            None => written.push_str(line),
            Some(correction) => {
                let (before, after) = line.split_once(label).unwrap_or(("", "\n"));
                written.extend([before, &spelling.text(correction.to, label, given), after]);
            }
        }
    }
    Ok(written.into_bytes())
}
