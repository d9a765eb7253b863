//! Making a tree: an empty one, or one of all samples.

use mislabel_core::{Error, Labels, Result, Run};

use crate::samples::Samples;
use crate::tree::coreset_tree::CoresetTree;
use crate::tree::held::Held;
use crate::tree::merge_reduce::MergeReduce;

impl MergeReduce {
    /// An empty tree for samples over `classes` classes with `features` features, to be
    /// [extended](CoresetTree::extend) chunk by chunk.
    ///
    /// # Errors
    /// [`Error::Parameter`] for `chunk`, `size`, `certain`, `classes` (1 to [`Labels::MOST_CLASSES`]) or `features`.
    pub fn tree(&self, classes: usize, features: usize) -> Result<CoresetTree> {
        self.check()?;
        if classes == 0 || classes > Labels::MOST_CLASSES {
            let requirement = "from 1 to 4194304";
            return Err(Error::parameter("classes", classes, requirement));
        }
        if features == 0 {
            return Err(Error::parameter("features", 0.0, "at least 1"));
        }
        Ok(CoresetTree {
            options: *self,
            classes,
            features,
            seen: 0,
            sealed: 0,
            pending: Held::default(),
            levels: vec![],
        })
    }

    /// The tree of all `samples` in one go: the same as from an empty one by [`CoresetTree::extend`].
    ///
    /// # Errors
    /// As [`tree`](Self::tree) and [`CoresetTree::extend`].
    pub fn build(&self, samples: &Samples<'_>, ids: Option<&[u64]>, run: &Run<'_>) -> Result<CoresetTree> {
        let mut tree = self.tree(samples.given().class_count(), samples.embeddings().shape().1)?;
        tree.extend(samples, ids, run)?;
        Ok(tree)
    }
}
