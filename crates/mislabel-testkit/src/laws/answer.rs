//! What a judge makes of a case, and how two such answers compare.

use mislabel_core::{ErrorSummary, LabelIssues, NearestErrors, NoiseTransition, ProbabilityMatrix, ProbabilitySource};

use crate::violation::Breach;

/// How the samples and the classes of a changed case stand for those of the plain one.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Correspondence<'a> {
    /// Sample i of the changed case is sample `rows[i]` of the plain one.
    pub rows: &'a [usize],
    /// Class c of the plain case is called `names[c]` in the changed one, `(k,)`.
    pub names: &'a [u32],
    /// How far two numbers may differ, in units of max(1, |value|).
    pub tolerance: f64,
    /// Whether classes that are named must agree. Where classes tie, any of them may be named.
    pub named_classes: bool,
}

/// What a judge makes of a case: issues, evidence, a noise transition matrix. The laws compare one answer with another.
///
/// An answer of your own is held against the laws once it implements two methods:
///
/// ```
/// use mislabel_core::{Error, Result};
/// use mislabel_testkit::laws::{Answer, Correspondence, sample_order_does_not_matter};
/// use mislabel_testkit::{Breach, LabeledRows};
///
/// /// A number per sample.
/// struct Norms(Vec<f64>);
///
/// impl Answer for Norms {
///     fn shape(&self) -> (Option<usize>, Option<usize>) {
///         (Some(self.0.len()), None)
///     }
///
///     fn agrees(&self, changed: &Self, by: &Correspondence<'_>) -> std::result::Result<(), Breach> {
///         let pairs = by.rows.iter().zip(&changed.0);
///         pairs.into_iter().try_for_each(|(&row, found)| by.number("norm", row, self.0[row], *found))
///     }
/// }
///
/// let norms = |case: &LabeledRows| -> Result<Norms> {
///     Ok(Norms(case.rows.outer_iter().map(|row| f64::from(row.dot(&row)).sqrt()).collect()))
/// };
/// let case = LabeledRows::from_rows(&[[3.0, 4.0], [1.0, 0.0]], &[0, 1], 2)?;
/// sample_order_does_not_matter(&norms, &case, &[1, 0], 0.0).expect("a norm is of one sample");
/// # Ok::<(), Error>(())
/// ```
pub trait Answer {
    /// The number of samples that the answer speaks of, and the number of classes; `None` where it speaks of none.
    fn shape(&self) -> (Option<usize>, Option<usize>);

    /// Whether `changed`, the answer to a changed case, says the same as this one `by` the correspondence.
    ///
    /// # Errors
    /// The first difference.
    fn agrees(&self, changed: &Self, by: &Correspondence<'_>) -> Result<(), Breach>;

    /// The issues, for the laws that speak of quality; `None` for evidence.
    fn issues(&self) -> Option<&LabelIssues> {
        None
    }
}

impl Correspondence<'_> {
    /// Checks that `found` is `expected`, for sample `row` of the plain case.
    ///
    /// # Errors
    /// [`Breach::Differs`], naming the `column`.
    pub fn number(&self, column: &'static str, row: usize, expected: f64, found: f64) -> Result<(), Breach> {
        let scale = expected.abs().max(found.abs()).max(1.0);
        // Two infinite numbers are the same one; a NaN is no number's like.
        if expected == found || (expected - found).abs() <= self.tolerance * scale {
            return Ok(());
        }
        Err(Breach::Differs { column, row, expected, found })
    }

    /// Checks that `found` is the new name of the class `expected`, for sample `row` of the plain case.
    ///
    /// # Errors
    /// [`Breach::Differs`], naming the `column`.
    pub fn class(&self, column: &'static str, row: usize, expected: usize, found: usize) -> Result<(), Breach> {
        let name = self.names.get(expected).map_or(-1.0, |name| f64::from(*name));
        if !self.named_classes || name == found as f64 {
            return Ok(());
        }
        Err(Breach::Differs { column, row, expected: name, found: found as f64 })
    }
}

impl Answer for LabelIssues {
    fn shape(&self) -> (Option<usize>, Option<usize>) {
        (Some(self.len()), Some(self.suggested().class_count()))
    }

    fn agrees(&self, changed: &Self, by: &Correspondence<'_>) -> Result<(), Breach> {
        let flag = |issues: &Self, row: usize| f64::from(u8::from(issues.is_issue()[row]));
        by.rows.iter().enumerate().try_for_each(|(place, &row)| {
            by.number("quality", row, self.quality().as_slice()[row], changed.quality().as_slice()[place])?;
            by.number("score", row, self.score()[row], changed.score()[place])?;
            by.number("flag", row, flag(self, row), flag(changed, place))?;
            by.class("suggested label", row, self.suggested().class(row), changed.suggested().class(place))
        })
    }

    fn issues(&self) -> Option<&LabelIssues> {
        Some(self)
    }
}

impl Answer for ErrorSummary {
    fn shape(&self) -> (Option<usize>, Option<usize>) {
        (Some(self.len()), Some(self.class_count()))
    }

    fn agrees(&self, changed: &Self, by: &Correspondence<'_>) -> Result<(), Breach> {
        by.rows.iter().enumerate().try_for_each(|(place, &row)| {
            by.number("own error", row, self.own()[row], changed.own()[place])?;
            by.number("least other error", row, self.least_other()[row], changed.least_other()[place])?;
            let second = (self.second_least_other()[row], changed.second_least_other()[place]);
            by.number("second least other error", row, second.0, second.1)?;
            let class = |summary: &Self, row: usize| summary.least_other_class()[row] as usize;
            by.class("class of the least other error", row, class(self, row), class(changed, place))?;
            match (self.sampled(), changed.sampled()) {
                (None, None) => by.number("sum", row, self.estimated_sum(row), changed.estimated_sum(place)),
                _ => Ok(()),
            }
        })
    }
}

impl Answer for NearestErrors {
    fn shape(&self) -> (Option<usize>, Option<usize>) {
        self.summary().shape()
    }

    fn agrees(&self, changed: &Self, by: &Correspondence<'_>) -> Result<(), Breach> {
        self.summary().agrees(changed.summary(), by)?;
        by.rows.iter().enumerate().try_for_each(|(place, &row)| {
            let pairs = self.errors(row).to_vec().into_iter().zip(changed.errors(place).to_vec());
            pairs.into_iter().try_for_each(|(expected, found)| {
                by.number("error of a near class", row, f64::from(expected), f64::from(found))
            })
        })
    }
}

impl Answer for ProbabilityMatrix {
    fn shape(&self) -> (Option<usize>, Option<usize>) {
        let (n, k) = ProbabilitySource::shape(self);
        (Some(n), Some(k))
    }

    fn agrees(&self, changed: &Self, by: &Correspondence<'_>) -> Result<(), Breach> {
        by.rows.iter().enumerate().try_for_each(|(place, &row)| {
            let classes = by.names.iter().enumerate();
            classes.into_iter().try_for_each(|(class, &name)| {
                let found = changed.view()[[place, name as usize]];
                by.number("probability", row, self.view()[[row, class]], found)
            })
        })
    }
}

impl Answer for NoiseTransition {
    fn shape(&self) -> (Option<usize>, Option<usize>) {
        (None, Some(self.class_count()))
    }

    fn agrees(&self, changed: &Self, by: &Correspondence<'_>) -> Result<(), Breach> {
        let classes = || by.names.iter().enumerate();
        classes().try_for_each(|(truth, &truth_name)| {
            classes().try_for_each(|(given, &given_name)| {
                let found = changed.probability(truth_name as usize, given_name as usize);
                by.number("transition (row: true class)", truth, self.probability(truth, given), found)
            })
        })
    }
}
