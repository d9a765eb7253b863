//! The classes of fitted reconstructors as rows of one matrix.

use crate::fitting::class_model::ClassModel;
use crate::fitting::moments::ClassMoments;

/// How one class reconstructs.
#[derive(Clone, Copy, Debug)]
pub struct ClassRow<'a> {
    /// The class.
    pub class: usize,
    /// By what ‖x − m‖² counts.
    pub scale: f32,
    /// The part of the squared error that no row changes: `scale`·‖m‖² and, with some methods, a penalty.
    pub constant: f32,
    /// The mean m, `(d,)`.
    pub mean: &'a [f32],
    /// The directions a_j, `(r, d)`, row after row; r may be 0.
    pub directions: &'a [f32],
}

/// Where a class stands in the table.
#[derive(Clone, Debug)]
pub(crate) struct ClassSlot {
    /// The class.
    pub(crate) class: usize,
    /// Its first table row: the mean; the directions follow.
    pub(crate) start: usize,
    /// 1 − f̄: the share of ‖x − m‖² that no component explains.
    pub(crate) open: f32,
    /// (1 − f̄)·‖m‖², and the penalty if there is one.
    pub(crate) constant: f32,
    /// ‖m‖².
    pub(crate) square: f32,
    /// aᵀ_j m for every direction.
    pub(crate) offsets: Vec<f32>,
    /// ‖a_j‖² for every direction, descending.
    pub(crate) factors: Vec<f32>,
}

impl ClassSlot {
    /// Table rows of the class.
    pub(crate) fn width(&self) -> usize {
        1 + self.offsets.len()
    }

    /// The squared error of a row of squared norm `norm` and product `product` with the mean, before any component.
    pub(crate) fn unexplained(&self, norm: f32, product: f32) -> f32 {
        self.open * (norm - 2.0 * product) + self.constant
    }
}

/// Means and directions of all classes as rows of one matrix, so that one product serves many classes.
#[derive(Clone, Debug)]
pub(crate) struct ClassTable {
    slots: Vec<ClassSlot>,
    rows: Vec<f32>,
    features: usize,
}

impl ClassTable {
    /// Joins the models of all classes that have samples, each freed as it is copied.
    pub(crate) fn new(moments: &[ClassMoments], models: Vec<ClassModel>, features: usize) -> Self {
        let mut table = Self { slots: Vec::new(), rows: Vec::new(), features };
        for (class, (moments, model)) in moments.iter().zip(models).enumerate() {
            if moments.count > 0 {
                table.push(class, &moments.mean, &model);
            }
        }
        table
    }

    fn push(&mut self, class: usize, mean: &[f64], model: &ClassModel) {
        let directions = model.directions.as_slice();
        let dot = |direction: &[f32]| direction.iter().zip(mean).map(|(a, m)| f64::from(*a) * m).sum::<f64>() as f32;
        self.slots.push(ClassSlot {
            class,
            start: self.rows.len() / self.features,
            open: (1.0 - model.tail) as f32,
            square: mean.iter().map(|m| m * m).sum::<f64>() as f32,
            factors: model.factors.iter().map(|factor| *factor as f32).collect(),
            constant: ((1.0 - model.tail) * mean.iter().map(|m| m * m).sum::<f64>() + model.penalty) as f32,
            offsets: directions.chunks_exact(self.features).map(dot).collect(),
        });
        self.rows.extend(mean.iter().map(|m| *m as f32));
        self.rows.extend_from_slice(directions);
    }

    /// `width` table rows from `first` on.
    pub(crate) fn rows(&self, first: usize, width: usize) -> &[f32] {
        &self.rows[first * self.features..(first + width) * self.features]
    }

    /// All classes, for a machine that scores in the CPU's stead.
    pub(crate) fn class_rows(&self) -> Vec<ClassRow<'_>> {
        let class_row = |slot: &ClassSlot| {
            let (mean, directions) = self.rows(slot.start, slot.width()).split_at(self.features);
            ClassRow { class: slot.class, scale: slot.open, constant: slot.constant, mean, directions }
        };
        self.slots.iter().map(class_row).collect()
    }

    /// Runs of neighboring classes of together at most `most` table rows, or one class alone.
    pub(crate) fn groups(&self, most: usize) -> impl Iterator<Item = &[ClassSlot]> {
        let mut rest = self.slots.as_slice();
        std::iter::from_fn(move || {
            let mut width = 0;
            let fits = |slot: &&ClassSlot| {
                width += slot.width();
                width <= most
            };
            let count = rest.iter().take_while(fits).count().max(1).min(rest.len());
            let (group, tail) = rest.split_at(count);
            rest = tail;
            (!group.is_empty()).then_some(group)
        })
    }

    /// Where the classes stand, ascending by class.
    pub(crate) fn slots(&self) -> &[ClassSlot] {
        &self.slots
    }
}
