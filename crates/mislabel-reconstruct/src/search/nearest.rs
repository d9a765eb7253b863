//! The classes of least error, in order.

use ndarray::ArrayViewMut2;

use crate::search::goal::Goal;

/// The least errors of a block of rows so far, ascending in every row.
pub(crate) struct Nearest<'a> {
    pub(crate) labels: &'a [u32],
    pub(crate) classes: ArrayViewMut2<'a, u32>,
    pub(crate) errors: ArrayViewMut2<'a, f32>,
}

impl Goal for Nearest<'_> {
    fn bar(&self, row: usize) -> f32 {
        self.errors[[row, self.errors.ncols() - 1]]
    }

    fn offer(&mut self, row: usize, class: u32, squared: f32) {
        self.insert(row, class, squared);
    }
}

impl Nearest<'_> {
    pub(crate) fn offer_all(&mut self, class: u32, squared: &[f32]) {
        for (row, (&error, &label)) in squared.iter().zip(self.labels).enumerate() {
            if label != class && error < self.bar(row) {
                self.insert(row, class, error);
            }
        }
    }

    /// Classes come in any order; of equal errors the one of the earlier class is the lesser.
    fn insert(&mut self, row: usize, class: u32, error: f32) {
        let (mut errors, mut classes) = (self.errors.row_mut(row), self.classes.row_mut(row));
        let lesser = |errors: &f32, known: &u32| error < *errors || error == *errors && class < *known;
        let mut place = errors.len();
        while place > 0 && lesser(&errors[place - 1], &classes[place - 1]) {
            if place < errors.len() {
                errors[place] = errors[place - 1];
                classes[place] = classes[place - 1];
            }
            place -= 1;
        }
        if place < errors.len() {
            errors[place] = error;
            classes[place] = class;
        }
    }
}
