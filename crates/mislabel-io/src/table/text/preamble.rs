//! Lines before the table itself: comments, and the line in which Excel finds the delimiter.

/// The lines before a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preamble<'a> {
    /// Bytes of these lines.
    pub(crate) bytes: usize,
    /// Their number.
    pub(crate) lines: usize,
    /// The delimiter that they name.
    pub(crate) delimiter: Option<u8>,
    /// The last comment, without its mark: it may be a header.
    pub(crate) comment: Option<&'a str>,
}

impl<'a> Preamble<'a> {
    /// The lines before the table in `text`.
    pub(crate) fn of(text: &'a str) -> Self {
        let mut preamble = Self::default();
        let mut rest = text;
        while let Some((line, next)) = rest.split_once('\n') {
            let told = line.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
            // A tab may be written out.
            let told = if told == Some(b"\\t") { Some(&b"\t"[..]) } else { told };
            match (line.trim().strip_prefix('#'), told) {
                (Some(comment), _) => preamble.comment = Some(comment.trim()),
                (None, Some(&[delimiter])) if preamble.lines == 0 => preamble.delimiter = Some(delimiter),
                _ => return preamble,
            }
            preamble.lines += 1;
            preamble.bytes = text.len() - next.len();
            rest = next;
        }
        // A file of nothing but such lines is a table of them.
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_the_delimiter_of_excel_come_before_the_table() {
        let read = Preamble::of("sep=;\na;b\n1;2\n");
        assert_eq!((read.bytes, read.lines, read.delimiter), (6, 1, Some(b';')));
        let read = Preamble::of("# made by x\n# f0 f1\n1 2\n");
        assert_eq!((read.bytes, read.lines, read.comment), (20, 2, Some("f0 f1")));
        assert_eq!(Preamble::of("#a\n#b\n"), Preamble::default());
        assert_eq!(Preamble::of("a,b\n#1,2\n"), Preamble::default());
    }
}
