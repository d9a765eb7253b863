//! The options of the methods, and which of them a method understands.

use clap::{Args, ValueEnum};
use mislabel_reconstruct::Scaling;
use mislabel_rer::{Denominator, Rer, Threshold};

use crate::failure::{Failure, Result};
use crate::method::{Method, Reconstruction, Runner, method_parser};
use crate::number::{components, positive, seed, shrinkage, threshold};

/// The method and the options of its reconstructors.
#[derive(Args)]
pub(crate) struct ReconstructionOptions {
    /// The method
    #[arg(long, value_name = "NAME", default_value = "rer", value_parser = method_parser())]
    pub(crate) method: &'static Method,
    /// Seed of everything random; same seed, same result on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    pub(crate) seed: u64,
    /// Shrinkage of the linear reconstructors, in units of the median class variance per feature [default: 10]
    #[arg(long, value_name = "A", value_parser = shrinkage, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) alpha: Option<f64>,
    /// Components kept for scoring samples of other classes [default: 50]
    #[arg(long, value_name = "N", value_parser = components, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) components: Option<usize>,
    /// Leave samples with a ratio above this out and refit; repeat for further rounds [default: 1.06]
    #[arg(long, value_name = "RATIO", value_parser = positive, allow_negative_numbers = true, help_heading = HEADING)]
    trim: Vec<f64>,
    /// Fit once, on all samples
    #[arg(long, conflicts_with = "trim", help_heading = HEADING)]
    no_trim: bool,
    /// What is done to every row of the embeddings first [default: unit-norm]
    #[arg(long, value_name = "HOW", help_heading = HEADING)]
    scaling: Option<ScalingName>,
}

/// Everything that a method can be told.
#[derive(Args)]
pub(crate) struct MethodOptions {
    #[command(flatten)]
    pub(crate) reconstruction: ReconstructionOptions,
    /// Flag samples with a score above this: published, mixture or a number [default: published]
    #[arg(long, value_name = "RULE", value_parser = threshold, allow_negative_numbers = true, help_heading = HEADING)]
    threshold: Option<Threshold>,
    /// Which class the mean error behind the noise rate leaves out [default: without-least]
    #[arg(long, value_name = "WHICH", help_heading = HEADING)]
    denominator: Option<DenominatorName>,
}

const HEADING: &str = "Method options";

#[derive(Clone, Copy, ValueEnum)]
enum ScalingName {
    /// Divide every row by its L2 norm
    UnitNorm,
    /// Leave rows as they are
    None,
}

#[derive(Clone, Copy, ValueEnum)]
enum DenominatorName {
    /// The class of least error, as the paper's released code does
    WithoutLeast,
    /// The given class, as the paper's text says
    WithoutGiven,
}

impl ReconstructionOptions {
    /// The reconstructors behind the method.
    ///
    /// Fails when it has none, or is given options that it would ignore.
    pub(crate) fn reconstruction(&self) -> Result<Reconstruction> {
        refuse_foreign(self.method, &self.present())?;
        let Some(reconstruction) = self.method.reconstruction else {
            let message =
                format!("the method {} has no reconstruction errors to measure difficulty by", self.method.name);
            return Err(Failure::Arguments(message));
        };
        Ok(reconstruction(self))
    }

    /// The thresholds of the trim-and-refit rounds, where they were given.
    pub(crate) fn trim(&self) -> Option<Vec<f64>> {
        (self.no_trim || !self.trim.is_empty()).then(|| self.trim.clone())
    }

    pub(crate) fn scaling(&self) -> Scaling {
        match self.scaling {
            Some(ScalingName::None) => Scaling::None,
            Some(ScalingName::UnitNorm) => Scaling::UnitNorm,
            None => Scaling::default(),
        }
    }

    fn present(&self) -> Vec<Present> {
        vec![
            ("alpha", self.alpha.is_some()),
            ("components", self.components.is_some()),
            ("trim", !self.trim.is_empty()),
            ("no-trim", self.no_trim),
            ("scaling", self.scaling.is_some()),
        ]
    }
}

impl MethodOptions {
    /// The method, ready to run.
    ///
    /// Fails when it is given options that it would ignore.
    pub(crate) fn runner(&self) -> Result<Box<dyn Runner>> {
        let method = self.reconstruction.method;
        refuse_foreign(method, &self.reconstruction.present())?;
        refuse_foreign(method, &self.present())?;
        Ok((method.runner)(self))
    }

    pub(crate) fn rer(&self) -> Rer {
        let denominator = match self.denominator {
            Some(DenominatorName::WithoutGiven) => Denominator::WithoutGiven,
            Some(DenominatorName::WithoutLeast) => Denominator::WithoutLeast,
            None => Denominator::default(),
        };
        Rer { threshold: self.threshold.unwrap_or_default(), denominator }
    }

    fn present(&self) -> Vec<Present> {
        vec![("threshold", self.threshold.is_some()), ("denominator", self.denominator.is_some())]
    }
}

/// An option and whether it was given.
type Present = (&'static str, bool);

fn refuse_foreign(method: &Method, options: &[Present]) -> Result<()> {
    let foreign = options.iter().find(|(name, given)| *given && !method.options.contains(name));
    match foreign {
        Some((name, _)) => Err(Failure::Arguments(format!("--{name} is no option of the method {}", method.name))),
        None => Ok(()),
    }
}
