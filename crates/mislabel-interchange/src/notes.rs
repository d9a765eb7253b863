//! What to know about a reading or a writing, with how often it happened.

use std::collections::BTreeMap;

/// Sentences, each with how many samples it is about.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    counted: BTreeMap<String, usize>,
    single: Vec<String>,
}

impl Notes {
    /// Says `text` once.
    pub(crate) fn say(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.single.contains(&text) {
            self.single.push(text);
        }
    }

    /// Says `text` of one more sample.
    pub(crate) fn count(&mut self, text: impl Into<String>) {
        *self.counted.entry(text.into()).or_default() += 1;
    }

    pub(crate) fn finish(self) -> Vec<String> {
        let counted = self.counted.into_iter().map(|(text, count)| format!("{text}: {count}"));
        self.single.into_iter().chain(counted).collect()
    }
}
