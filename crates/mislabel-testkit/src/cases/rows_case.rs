//! Embeddings with given labels as cases of the laws.

use mislabel_core::Labels;
use ndarray::Axis;
use proptest::prelude::BoxedStrategy;
use proptest::strategy::Strategy as _;

use crate::cases::case::{Case, CaseKind, relabeled, renamed_labels, selected_labels, with_empty_class, without_class};
use crate::cases::members::members_kept;
use crate::cases::rows::LabeledRows;
use crate::strategies::rounding::rounded_f32;
use crate::strategies::rows::{LEAST_MEMBERS, are_apart, awkward_rows, separable_rows, tied_rows};

impl Case for LabeledRows {
    fn given(&self) -> &Labels {
        &self.given
    }

    fn selected(&self, rows: &[usize]) -> Self {
        Self { rows: self.rows.select(Axis(0), rows), given: selected_labels(&self.given, rows) }
    }

    fn renamed(&self, names: &[u32]) -> Self {
        Self { rows: self.rows.clone(), given: renamed_labels(&self.given, names) }
    }

    fn relabeled(&self, row: usize, class: u32) -> Self {
        Self { rows: self.rows.clone(), given: relabeled(&self.given, row, class) }
    }

    fn with_labels_of(&self, given: Labels) -> Self {
        Self { rows: self.rows.clone(), given }
    }

    fn with_empty_class(&self) -> Self {
        Self { rows: self.rows.clone(), given: with_empty_class(&self.given) }
    }

    fn without_class(&self, class: usize) -> Option<Self> {
        Some(Self { rows: self.rows.clone(), given: without_class(&self.given, class)? })
    }

    fn rounded(&self, digits: usize) -> Option<Self> {
        let rows = self.rows.mapv(|value| rounded_f32(value, digits));
        if rows == self.rows { None } else { Some(Self { rows, given: self.given.clone() }) }
    }

    fn narrower(&self) -> Vec<Self> {
        let d = self.rows.ncols();
        let without = |column: usize| {
            let left: Vec<usize> = (0..d).filter(|other| *other != column).collect();
            Self { rows: self.rows.select(Axis(1), &left), given: self.given.clone() }
        };
        if d > 1 { (0..d).rev().map(without).collect() } else { Vec::new() }
    }

    fn is_plain(&self) -> bool {
        members_kept(&self.given, LEAST_MEMBERS) && are_apart(self)
    }

    fn cases(kind: CaseKind) -> BoxedStrategy<Self> {
        match kind {
            CaseKind::Plain => separable_rows().boxed(),
            CaseKind::Tied => tied_rows().boxed(),
            CaseKind::Awkward => awkward_rows().boxed(),
        }
    }
}
