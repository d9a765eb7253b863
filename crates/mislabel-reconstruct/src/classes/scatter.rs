//! What a fit needs to know of the samples of a class.

use faer::Mat;
use mislabel_core::checks::same_length;
use mislabel_core::{Error, Result};

use crate::classes::fitted_class::FittedClass;
use crate::classes::own_model::OwnModel;
use crate::fitting::class_model::{ClassModel, Shrinkage, from_scatter};
use crate::fitting::moments::median;
use crate::fitting::strangers::Strangers;
use crate::methods::nearest_classes::NearestClasses;
use crate::methods::soft_linear::SoftLinear;

/// Count, mean and scatter of the rows of one class, each row divided by its length; gathered in one piece, or summed up
/// from many.
#[derive(Clone, Debug)]
pub struct ClassScatter {
    count: u64,
    mean: Vec<f64>,
    /// Σ (x − m)(x − m)ᵀ; of what is above the diagonal nothing is read.
    lower: Mat<f64>,
}

impl ClassScatter {
    /// Of `count` rows of length 1 with this `mean`, `(d,)`, and the lower triangle of Σ (x − m)(x − m)ᵀ, row after row,
    /// `(d(d + 1)/2,)`.
    ///
    /// # Errors
    /// [`Error::Empty`] without features, [`Error::LengthMismatch`], [`Error::NotFinite`].
    pub fn new(count: u64, mean: Vec<f64>, lower: &[f64]) -> Result<Self> {
        let d = mean.len();
        if d == 0 {
            return Err(Error::Empty { what: "the mean of a class" });
        }
        same_length("a lower triangle", d * (d + 1) / 2, lower.len())?;
        if let Some((column, value)) = mean.iter().chain(lower).enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NotFinite { what: "the moments of a class", row: 0, column, value: *value });
        }
        let lower = Mat::from_fn(d, d, |i, j| if i < j { 0.0 } else { lower[i * (i + 1) / 2 + j] });
        Ok(Self { count, mean, lower })
    }

    /// The number of samples n_c.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean squared distance of the rows to their mean, tr(C_c); 0 of no rows.
    pub fn variance(&self) -> f64 {
        let trace: f64 = self.lower.diagonal().column_vector().iter().map(|value| value.max(0.0)).sum();
        trace / (self.count as f64).max(1.0)
    }
}

impl SoftLinear {
    /// α for classes with these `variances` of d `features`: those of all classes of two samples or more, in any order.
    /// What [`SoftLinear::fit`] finds itself.
    ///
    /// # Errors
    /// [`Error::Parameter`].
    pub fn alpha_for(&self, features: usize, variances: Vec<f64>) -> Result<f64> {
        self.check()?;
        Ok(self.alpha_of(features, median(variances)))
    }

    /// Fits one class at this α, from [`alpha_for`](Self::alpha_for): as [`fit`](Self::fit) does, but for what rounding and
    /// the start of the eigensolver leave. `scaling` and `trim` have no part in it. O(d³).
    ///
    /// # Errors
    /// [`Error::Parameter`], also for an α that is not positive.
    pub fn fit_class(&self, class: ClassScatter, alpha: f64) -> Result<FittedClass> {
        self.fit_class_seeing(class, alpha, None)
    }

    fn fit_class_seeing(
        &self,
        class: ClassScatter,
        alpha: f64,
        strangers: Option<(u32, &Strangers)>,
    ) -> Result<FittedClass> {
        self.check()?;
        if !(alpha > 0.0 && alpha.is_finite()) {
            return Err(Error::parameter("alpha", alpha, "positive and finite"));
        }
        let ClassScatter { count, mean, lower } = class;
        if count < 2 {
            return Ok(FittedClass { count, mean, model: ClassModel::default(), own: None });
        }
        let members = usize::try_from(count).map_err(Error::other)?;
        let seen = strangers.map(|(code, strangers)| strangers.nearest(code as usize, &mean));
        let shrinkage =
            Shrinkage { alpha, components: self.components, tail: self.tail, spread: false, strangers: None };
        let (model, factor, ()) =
            from_scatter(lower, members, (shrinkage, seen), self.seed, |factor| Ok((factor.sum_of_leverages(), ())))?;
        let own = Some(OwnModel { count, mean: mean.clone(), factor });
        Ok(FittedClass { count, mean, model, own })
    }
}

impl NearestClasses {
    /// Fits the class of this `code` at this α, from [`SoftLinear::alpha_for`]: as [`evidence_of_kept`](Self::evidence_of_kept)
    /// does, but for what rounding, the start of the eigensolver, and the draw of the `strangers` leave.
    ///
    /// # Errors
    /// As [`SoftLinear::fit_class`]; [`Error::LengthMismatch`] where the strangers have not d features.
    pub fn fit_class(
        &self,
        class: ClassScatter,
        alpha: f64,
        (code, strangers): (u32, Option<&Strangers>),
    ) -> Result<FittedClass> {
        if let Some(strangers) = strangers {
            same_length("features of strangers", class.mean.len(), strangers.features())?;
        }
        self.model.fit_class_seeing(class, alpha, strangers.map(|strangers| (code, strangers)))
    }
}
