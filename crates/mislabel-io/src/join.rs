//! Rows of two tables that belong together, by an id that both have.

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::issues::table::SampleColumn;

/// Which row of another table belongs to each row of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Join {
    /// The row of the other table, for every row of the one; `None` where it lacks the id.
    pub rows: Vec<Option<u32>>,
    /// Rows of the other table that belong to none.
    pub unused: usize,
}

impl Join {
    /// Joins the rows of two tables by their ids: `one` of the file `path`, `other` of the file `other_path`.
    ///
    /// # Errors
    /// [`Error::Join`] at an id that is missing or comes twice in either, and where no row has a partner.
    ///
    /// ```
    /// use mislabel_io::{Join, SampleColumn};
    ///
    /// let ids = |ids: &[&str]| SampleColumn { name: "id".into(), cells: ids.iter().map(|id| Some(id.to_string())).collect() };
    /// let join = Join::new("y.csv".as_ref(), &ids(&["a", "b"]), "e.csv".as_ref(), &ids(&["c", "b", "a"]))?;
    /// assert_eq!((join.rows, join.unused), (vec![Some(2), Some(1)], 1));
    /// # Ok::<(), mislabel_io::Error>(())
    /// ```
    pub fn new(path: &Path, one: &SampleColumn, other_path: &Path, other: &SampleColumn) -> Result<Self> {
        places(path, one)?;
        let places = places(other_path, other)?;
        let rows: Vec<Option<u32>> = one.cells.iter().map(|id| places.get(id.as_deref()?).copied()).collect();
        let used = rows.iter().flatten().count();
        if used == 0 {
            let example = |ids: &SampleColumn| ids.cells.iter().flatten().next().cloned().unwrap_or_default();
            let problem = format!(
                "no {} is one of {} ({:?} here, {:?} there)",
                one.name,
                other_path.display(),
                example(one),
                example(other)
            );
            return Err(Error::Join { path: path.into(), problem });
        }
        Ok(Self { rows, unused: other.cells.len() - used })
    }

    /// Whether row i belongs to row i throughout.
    pub fn is_plain(&self) -> bool {
        self.unused == 0 && self.rows.iter().copied().eq((0..self.rows.len()).map(|row| Some(row as u32)))
    }
}

/// The row of every id.
fn places<'a>(path: &Path, ids: &'a SampleColumn) -> Result<HashMap<&'a str, u32>> {
    let mut places = HashMap::with_capacity(ids.cells.len());
    for (row, id) in ids.cells.iter().enumerate() {
        let refuse = |problem: String| Error::Join { path: path.into(), problem };
        let Some(id) = id.as_deref().filter(|id| !id.is_empty()) else {
            return Err(refuse(format!("row {row} has no {}", ids.name)));
        };
        if let Some(first) = places.insert(id, row as u32) {
            return Err(refuse(format!("rows {first} and {row} have the same {}, {id:?}", ids.name)));
        }
    }
    Ok(places)
}
