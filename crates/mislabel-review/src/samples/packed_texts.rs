//! Many short texts in one piece of memory.

/// Texts, `(m,)`, in one string: 8 bytes a text beside its own bytes, where a `String` takes 24 and an allocation.
///
/// ```
/// use mislabel_review::PackedTexts;
///
/// let texts: PackedTexts = ["cat.png", "", "dog.png"].into_iter().collect();
/// assert_eq!((texts.len(), texts.get(2)), (3, "dog.png"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedTexts {
    bytes: String,
    /// Where text i ends.
    ends: Vec<usize>,
}

impl PackedTexts {
    /// Adds a text at the end.
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    /// The number of texts m.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Text `place`. Panics when `place` ≥ m, as slices do.
    pub fn get(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.bytes[start..self.ends[place]]
    }

    /// All texts, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|place| self.get(place))
    }
}

impl<'a> FromIterator<&'a str> for PackedTexts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut packed = Self::default();
        texts.into_iter().for_each(|text| packed.push(text));
        packed
    }
}
