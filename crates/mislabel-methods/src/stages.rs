//! The stages of every method.

use mislabel_core::PlannedStage;

use crate::table::Entry;

/// A stage that takes `share` of a method's time.
const fn stage(name: &'static str, share: f64) -> PlannedStage {
    PlannedStage { name, share }
}

/// The stages of the method called `name`, with its default parameters, on ten classes or so of embeddings.
fn stages(name: &str) -> &'static [PlannedStage] {
    match name {
        _ => &[],
    }
}

impl Entry {
    /// The stages that the method goes through with its default parameters, in order, with their shares of the time, measured
    /// on the embedded digits: for [`overall_progress`](mislabel_core::overall_progress). Other parameters and other data, those of
    /// many classes above all, may have other stages; a stage that is not listed leaves the fraction where it is.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use mislabel_core::{Embeddings, Run, overall_progress};
    /// use mislabel_methods::{Dataset, Entry};
    ///
    /// let digits = mislabel_datasets::digits();
    /// let embeddings = Embeddings::new(digits.embeddings.view())?;
    /// let data = Dataset::new(&digits.labels).with_embeddings(&embeddings)?;
    ///
    /// let entry = Entry::named("rer")?;
    /// let progress = overall_progress(entry.stages(), |standing| {
    ///     eprintln!("{:3.0}% {}", 100.0 * standing.fraction, standing.stage);
    ///     ControlFlow::Continue(())
    /// });
    /// entry.seeded(0).report(&data, &Run::quiet().with_progress(&progress))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stages(&self) -> &'static [PlannedStage] {
        stages(self.name)
    }
}
