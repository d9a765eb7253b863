//! Matrices of several files, one above the other, with their columns in any order.

use std::path::Path;

use ndarray::ArrayViewMut2;

use crate::error::{Error, Result};
use crate::storage::element::Decoded;
use crate::storage::matrix::{Matrix, in_standard_layout};
use crate::storage::stored_array::Backing;

/// Matrices with the same number of columns, one above the other; mostly one.
#[derive(Debug)]
pub(crate) struct Stack {
    parts: Vec<Matrix>,
    /// The first row of every part, and the number of rows.
    starts: Vec<usize>,
    /// The column of the file that column i is; `None` where they are in the order of the file.
    order: Option<Vec<usize>>,
    /// The row of the files that row i is; `None` where they are in the order of the files.
    rows: Option<Vec<u32>>,
}

impl Stack {
    pub(crate) fn new(parts: Vec<Matrix>) -> Result<Self> {
        let first = &parts[0];
        if let Some(other) = parts.iter().find(|part| part.shape().1 != first.shape().1) {
            let (rows, columns) = other.shape();
            let requirement = "have as many columns as the file before it";
            return Err(Error::Shape { path: other.path().into(), shape: vec![rows, columns], requirement });
        }
        let mut starts = vec![0];
        starts.extend(parts.iter().scan(0, |end, part| {
            *end += part.shape().0;
            Some(*end)
        }));
        Ok(Self { parts, starts, order: None, rows: None })
    }

    /// The same with column i taken from column `order[i]` of the file; fewer may be taken than there are.
    pub(crate) fn with_columns(self, order: Vec<usize>) -> Self {
        let columns = self.file_columns();
        assert!(order.iter().all(|column| *column < columns), "an order names columns of the file");
        Self { order: Some(order), ..self }
    }

    /// The same with row i taken from row `rows[i]` of the files.
    pub(crate) fn with_rows(self, rows: Vec<u32>) -> Self {
        let all = self.file_rows();
        assert!(rows.iter().all(|row| (*row as usize) < all), "rows of the files are taken");
        Self { rows: Some(rows), ..self }
    }

    fn file_rows(&self) -> usize {
        *self.starts.last().unwrap_or(&0)
    }

    pub(crate) fn path(&self) -> &Path {
        self.parts[0].path()
    }

    /// The part that lies in memory or on disk with the most bytes, as a whole.
    pub(crate) fn residence(&self) -> Backing {
        let sum = self.parts.iter().map(Matrix::residence).fold((0, 0), |(memory, disk), part| match part {
            Backing::Memory(bytes) => (memory + bytes, disk),
            Backing::TemporaryFile(bytes) => (memory, disk + bytes),
            Backing::File => (memory, disk),
        });
        match sum {
            (0, 0) => Backing::File,
            (memory, 0) => Backing::Memory(memory),
            (_, disk) => Backing::TemporaryFile(disk),
        }
    }

    fn file_columns(&self) -> usize {
        self.parts[0].shape().1
    }

    pub(crate) fn shape(&self) -> (usize, usize) {
        let columns = self.order.as_ref().map_or_else(|| self.file_columns(), Vec::len);
        (self.rows.as_ref().map_or_else(|| self.file_rows(), Vec::len), columns)
    }

    /// The part that has `row`, and the first row of that.
    fn part(&self, row: usize) -> (&Matrix, usize) {
        let number = self.starts.partition_point(|start| *start <= row) - 1;
        (&self.parts[number], self.starts[number])
    }

    /// Fills `out` with the rows from `start` on, which are in range.
    pub(crate) fn read<V: Decoded>(&self, start: usize, out: &mut ArrayViewMut2<'_, V>, finite: bool) -> Result<()> {
        if let Some(rows) = &self.rows {
            return self.gather_of_files(&rows[start..start + out.nrows()], out, finite);
        }
        self.ordered(out, |out, columns| self.read_rows(start, columns, out, finite))
    }

    fn read_rows<V: Decoded>(&self, start: usize, columns: usize, out: &mut [V], finite: bool) -> Result<()> {
        let mut done = 0;
        let rows = out.len() / columns.max(1);
        while done < rows {
            let (part, first) = self.part(start + done);
            let (row, count) = (start + done - first, (rows - done).min(first + part.shape().0 - start - done));
            let block = &mut out[done * columns..(done + count) * columns];
            part.read(row, block);
            if finite {
                part.finite(block, |place| row + place)?;
            }
            done += count;
        }
        Ok(())
    }

    /// Fills row i of `out` with row `rows[i]`; all are in range.
    pub(crate) fn gather<V: Decoded>(&self, rows: &[u32], out: &mut ArrayViewMut2<'_, V>) -> Result<()> {
        match &self.rows {
            Some(own) => {
                let rows: Vec<u32> = rows.iter().map(|row| own[*row as usize]).collect();
                self.gather_of_files(&rows, out, true)
            }
            None => self.gather_of_files(rows, out, true),
        }
    }

    fn gather_of_files<V: Decoded>(&self, rows: &[u32], out: &mut ArrayViewMut2<'_, V>, finite: bool) -> Result<()> {
        self.ordered(out, |out, columns| {
            let mut rest = &mut out[..];
            let part_of = |row: u32| self.starts.partition_point(|start| *start <= row as usize);
            for run in rows.chunk_by(|one, next| part_of(*one) == part_of(*next)) {
                let (block, others) = std::mem::take(&mut rest).split_at_mut(run.len() * columns);
                rest = others;
                let (part, first) = self.part(run[0] as usize);
                let own: Vec<u32> = run.iter().map(|row| row - first as u32).collect();
                part.gather(&own, block);
                if finite {
                    part.finite(block, |place| own[place] as usize)?;
                }
            }
            Ok(())
        })
    }

    /// Lets `fill` write rows in the order of the file, and puts their columns into the order asked for.
    fn ordered<V: Decoded>(
        &self,
        out: &mut ArrayViewMut2<'_, V>,
        fill: impl FnOnce(&mut [V], usize) -> Result<()>,
    ) -> Result<()> {
        let columns = self.file_columns();
        let Some(order) = &self.order else { return in_standard_layout(out, |out| fill(out, columns)) };
        let mut block = vec![V::default(); out.nrows() * columns];
        fill(&mut block, columns)?;
        for (mut row, values) in out.rows_mut().into_iter().zip(block.chunks_exact(columns.max(1))) {
            row.iter_mut().zip(order).for_each(|(value, column)| *value = values[*column]);
        }
        Ok(())
    }
}
