//! A search by examples that goes on: more examples, and counter-examples, make it better.

use std::collections::BTreeSet;

use mislabel_core::{EmbeddingSource, Run};

use crate::decisions::board::Board;
use crate::error::Result;
use crate::similarity::similarities;

/// Samples that are examples of what is searched for, and samples that are not.
///
/// Whoever looks at the samples that a search finds says of some that they belong, and of others that they do not, and searches
/// again. What is found is kept as a tag of the journal, and queries ask for it by `tag.NAME`.
///
/// ```
/// use mislabel_core::{Embeddings, Run};
/// use mislabel_review::Examples;
/// use ndarray::array;
///
/// let rows = array![[5.0_f32, 1.0, 0.2], [6.0, 1.1, 0.1], [1.0, 5.0, 0.1], [5.0, 0.9, 4.0]];
/// let embeddings = Embeddings::new(rows.view())?;
///
/// let mut examples = Examples::default();
/// examples.add(&[0]);
/// assert_eq!(examples.search(&embeddings, &Run::quiet())?.best(2, |_| true), [0, 1]);
/// examples.add_counter(&[3]);
/// assert!(examples.search(&embeddings, &Run::quiet())?.scores()[3] < 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examples {
    like: BTreeSet<u32>,
    unlike: BTreeSet<u32>,
}

/// How like its examples each sample is, `(n,)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarity(Vec<f32>);

impl Examples {
    /// Examples from the samples that have the tag `name`; none where nobody has put it on.
    pub fn of_tag(board: &Board, name: &str) -> Self {
        let like = board.tag(name).cloned().unwrap_or_default();
        Self { like, unlike: BTreeSet::new() }
    }

    /// Adds examples; a sample that was a counter-example is none any more.
    pub fn add(&mut self, rows: &[u32]) {
        for row in rows {
            self.like.insert(*row);
            self.unlike.remove(row);
        }
    }

    /// Adds counter-examples; a sample that was an example is none any more.
    pub fn add_counter(&mut self, rows: &[u32]) {
        for row in rows {
            self.unlike.insert(*row);
            self.like.remove(row);
        }
    }

    /// The examples, ascending.
    pub fn like(&self) -> Vec<u32> {
        self.like.iter().copied().collect()
    }

    /// The counter-examples, ascending.
    pub fn unlike(&self) -> Vec<u32> {
        self.unlike.iter().copied().collect()
    }

    /// Compares all samples with the examples: [`similarities`].
    ///
    /// # Errors
    /// As [`similarities`].
    pub fn search(&self, source: &dyn EmbeddingSource, run: &Run<'_>) -> Result<Similarity> {
        similarities(source, &self.like(), &self.unlike(), run).map(Similarity)
    }
}

impl Similarity {
    /// For every sample a number in [-1, 1], `(n,)`: above 0 it is rather like the examples than unlike.
    pub fn scores(&self) -> &[f32] {
        &self.0
    }

    /// The samples for which `wanted` holds, at most `most`, the most similar first. O(n log n).
    pub fn best(&self, most: usize, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.0.len() as u32).filter(|&row| wanted(row)).collect();
        rows.sort_unstable_by(|&a, &b| self.0[b as usize].total_cmp(&self.0[a as usize]).then(a.cmp(&b)));
        rows.truncate(most);
        rows
    }
}
