//! Samples with their rows.

use std::collections::HashMap;

use mislabel_core::EmbeddingSource;
use mislabel_core::checks::rows_in_range;
use mislabel_io::SampleColumn;
use ndarray::ArrayViewMut2;

use crate::identity::Identity;
use crate::rows::store::RowStore;
use crate::samples::skipped::Skipped;

/// A sample that has a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedSample {
    /// Its number in the source, from 0.
    pub number: usize,
    /// Its name: the path below the folder, or the place in a table.
    pub name: String,
    /// Its given label.
    pub label: Option<String>,
    /// The split that it belongs to.
    pub split: Option<String>,
    /// XXH3 of its content, 128 bits.
    pub content: u128,
    /// Width and height of a picture.
    pub size: Option<(usize, usize)>,
    /// The text that it is.
    pub text: Option<String>,
}

/// Samples with their rows: a source of embeddings whose row i is that of sample i.
#[derive(Debug)]
pub struct Embedded {
    pub(crate) identity: Identity,
    pub(crate) samples: Vec<EmbeddedSample>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) computed: usize,
    pub(crate) store: RowStore,
}

impl Embedded {
    /// The samples, in the order of the source.
    pub fn samples(&self) -> &[EmbeddedSample] {
        &self.samples
    }

    /// Those that have no row, in the order of the source.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Rows that were computed; the others were kept by an earlier run, or are of content that another sample has too.
    pub fn computed(&self) -> usize {
        self.computed
    }

    /// What the rows depend on beside the samples.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The table of the samples, a row each in the order of the rows: `path` or `text`, `label`, `split` where there is one,
    /// `content_hash`, `width` and `height` of pictures.
    pub fn columns(&self) -> Vec<SampleColumn> {
        let column = |name: &str, cell: &dyn Fn(&EmbeddedSample) -> Option<String>| SampleColumn {
            name: name.into(),
            cells: self.samples.iter().map(cell).collect(),
        };
        let texts = self.samples.iter().any(|sample| sample.text.is_some());
        let mut columns = match texts {
            true => vec![column("text", &|sample| sample.text.clone())],
            false => vec![column("path", &|sample| Some(sample.name.clone()))],
        };
        columns.push(column("label", &|sample| sample.label.clone()));
        if self.samples.iter().any(|sample| sample.split.is_some()) {
            columns.push(column("split", &|sample| sample.split.clone()));
        }
        columns.push(column("content_hash", &|sample| Some(format!("{:032x}", sample.content))));
        if !texts {
            columns.push(column("width", &|sample| sample.size.map(|(width, _)| width.to_string())));
            columns.push(column("height", &|sample| sample.size.map(|(_, height)| height.to_string())));
        }
        columns
    }

    /// The table of those that have no row: `path`, `label`, `reason`, `message`.
    pub fn skipped_columns(&self) -> Vec<SampleColumn> {
        let column = |name: &str, cell: &dyn Fn(&Skipped) -> Option<String>| SampleColumn {
            name: name.into(),
            cells: self.skipped.iter().map(cell).collect(),
        };
        vec![
            column("path", &|skipped| Some(skipped.name.clone())),
            column("label", &|skipped| skipped.label.clone()),
            column("reason", &|skipped| Some(skipped.skip.reason.name().into())),
            column("message", &|skipped| Some(skipped.skip.message.clone())),
        ]
    }

    /// Groups of samples, by number, whose contents are equal byte for byte; those with different labels first, since one of
    /// these labels must be wrong. O(n).
    pub fn duplicates(&self) -> Vec<Vec<usize>> {
        let mut by_content: HashMap<u128, Vec<usize>> = HashMap::new();
        for (number, sample) in self.samples.iter().enumerate() {
            by_content.entry(sample.content).or_default().push(number);
        }
        let mut groups: Vec<Vec<usize>> = by_content.into_values().filter(|group| group.len() > 1).collect();
        groups.sort_unstable_by_key(|group| (!self.contradicts(group), group[0]));
        groups
    }

    /// Whether the samples of `group` have different labels.
    pub fn contradicts(&self, group: &[usize]) -> bool {
        group.windows(2).any(|pair| self.samples[pair[0]].label != self.samples[pair[1]].label)
    }
}

impl EmbeddingSource for Embedded {
    fn shape(&self) -> (usize, usize) {
        (self.samples.len(), self.store.dimension())
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> mislabel_core::Result<()> {
        rows_in_range(self.samples.len(), start, out.nrows())?;
        let mut values = vec![0.0; self.store.dimension()];
        for (sample, mut row) in self.samples[start..].iter().zip(out.outer_iter_mut()) {
            self.store.read(sample.content, &mut values).map_err(mislabel_core::Error::other)?;
            row.iter_mut().zip(&values).for_each(|(place, value)| *place = *value);
        }
        Ok(())
    }
}
