//! The Python dictionary in the header of a `.npy` file.

/// What the header of a `.npy` file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dictionary {
    /// The element type, such as `<f2`.
    pub(crate) descr: String,
    /// Whether columns lie one after another instead of rows.
    pub(crate) fortran_order: bool,
    /// The lengths of the axes.
    pub(crate) shape: Vec<usize>,
}

/// Why a header cannot be read, and at which of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) offset: usize,
    pub(crate) problem: &'static str,
}

type Parsed<T> = Result<T, Refusal>;

impl Dictionary {
    /// Reads `{'descr': '<f2', 'fortran_order': False, 'shape': (3, 4), }`: these three keys in any order, once each.
    pub(crate) fn parse(text: &[u8]) -> Parsed<Self> {
        let mut cursor = Cursor { text, offset: 0 };
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        cursor.expect(b'{', "the header must be a dictionary")?;
        while !cursor.take(b'}') {
            let key = cursor.string("a key of the header must be a string")?;
            cursor.expect(b':', "a key of the header must be followed by a colon")?;
            match key {
                b"descr" => once(&mut descr, cursor.descr()?, &cursor)?,
                b"fortran_order" => once(&mut fortran_order, cursor.boolean()?, &cursor)?,
                b"shape" => once(&mut shape, cursor.tuple()?, &cursor)?,
                _ => return cursor.refuse("the header has a key that is not descr, fortran_order or shape"),
            }
            if !cursor.take(b',') {
                cursor.expect(b'}', "the header must go on with a comma or end with a brace")?;
                break;
            }
        }
        if cursor.peek().is_some() {
            return cursor.refuse("the header goes on after its dictionary");
        }
        match (descr, fortran_order, shape) {
            (Some(descr), Some(fortran_order), Some(shape)) => Ok(Self { descr, fortran_order, shape }),
            _ => cursor.refuse("the header lacks descr, fortran_order or shape"),
        }
    }
}

fn once<T>(slot: &mut Option<T>, value: T, cursor: &Cursor<'_>) -> Parsed<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => cursor.refuse("the header has a key twice"),
    }
}

struct Cursor<'a> {
    text: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    fn refuse<T>(&self, problem: &'static str) -> Parsed<T> {
        Err(Refusal { offset: self.offset, problem })
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.offset).is_some_and(u8::is_ascii_whitespace) {
            self.offset += 1;
        }
        self.text.get(self.offset).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.offset += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, problem: &'static str) -> Parsed<()> {
        if self.take(byte) { Ok(()) } else { self.refuse(problem) }
    }

    fn string(&mut self, problem: &'static str) -> Parsed<&'a [u8]> {
        let Some(quote @ (b'\'' | b'"')) = self.peek() else {
            return self.refuse(problem);
        };
        let rest = &self.text[self.offset + 1..];
        match rest.iter().position(|&byte| byte == quote || byte == b'\\') {
            Some(end) if rest[end] == quote => {
                self.offset += end + 2;
                Ok(&rest[..end])
            }
            _ => self.refuse("a string in the header does not end, or has a backslash"),
        }
    }

    fn descr(&mut self) -> Parsed<String> {
        const STRUCTURED: &str = "the element type must be one string: structured arrays cannot be read";
        let descr = self.string(STRUCTURED)?;
        match std::str::from_utf8(descr) {
            Ok(descr) => Ok(descr.into()),
            Err(_) => self.refuse("the element type is not text"),
        }
    }

    fn boolean(&mut self) -> Parsed<bool> {
        self.peek();
        for (word, value) in [(b"True".as_slice(), true), (b"False".as_slice(), false)] {
            if self.text[self.offset..].starts_with(word) {
                self.offset += word.len();
                return Ok(value);
            }
        }
        self.refuse("fortran_order must be True or False")
    }

    fn tuple(&mut self) -> Parsed<Vec<usize>> {
        /// NumPy's own limit is 64 axes.
        const MOST_AXES: usize = 64;
        self.expect(b'(', "the shape must be a tuple")?;
        let mut shape = Vec::new();
        while !self.take(b')') {
            if shape.len() == MOST_AXES {
                return self.refuse("the shape has too many axes");
            }
            shape.push(self.integer()?);
            if !self.take(b',') {
                self.expect(b')', "the shape must go on with a comma or end with a bracket")?;
                break;
            }
        }
        Ok(shape)
    }

    fn integer(&mut self) -> Parsed<usize> {
        self.peek();
        let rest = &self.text[self.offset..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return self.refuse("a length in the shape must be a whole number");
        }
        let value = std::str::from_utf8(&rest[..digits]).ok().and_then(|digits| digits.parse().ok());
        let Some(value) = value else {
            return self.refuse("a length in the shape is too large");
        };
        // Python 2 wrote long integers as 10L.
        self.offset += digits + usize::from(rest.get(digits) == Some(&b'L'));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Dictionary, Refusal};

    #[test]
    fn a_header_reads_in_any_order_and_spacing() {
        let wanted = Dictionary { descr: "<f2".into(), fortran_order: true, shape: vec![3, 4] };
        for text in [
            "{'descr': '<f2', 'fortran_order': True, 'shape': (3, 4), }   \n",
            "{\"shape\":(3,4),'fortran_order':True,'descr':\"<f2\"}",
            "{'shape': (3L, 4L), 'fortran_order': True, 'descr': '<f2'}",
        ] {
            assert_eq!(Dictionary::parse(text.as_bytes()), Ok(wanted.clone()), "{text}");
        }
    }

    #[test]
    fn every_prefix_of_a_header_is_refused_within_its_bytes() {
        let text = b"{'descr': '<f2', 'fortran_order': False, 'shape': (3, 4), }";
        for end in 0..text.len() {
            let Err(Refusal { offset, .. }) = Dictionary::parse(&text[..end]) else {
                panic!("{end} bytes were enough");
            };
            assert!(offset <= end);
        }
    }
}
