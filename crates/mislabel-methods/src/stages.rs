//! The stages of every method.

use mislabel_core::PlannedStage;

use crate::table::Entry;

/// Stages by their names and their shares of a method's time.
macro_rules! stages {
    ($(($name:literal, $share:literal)),*) => {
        &[$(PlannedStage { name: $name, share: $share }),*]
    };
}

/// The stages of the method called `name`, with its default parameters, on ten classes or so of embeddings.
fn stages(name: &str) -> &'static [PlannedStage] {
    match name {
        "rer" => stages![("fitting", 0.49), ("scoring", 0.11), ("fitting", 0.31), ("scoring", 0.10)],
        "centroid" => stages![("fitting", 0.64), ("scoring", 0.36)],
        "autoencoder" => stages![
            ("training", 0.32),
            ("scoring", 0.01),
            ("training", 0.30),
            ("scoring", 0.01),
            ("training", 0.35),
            ("scoring", 0.01)
        ],
        "gaussian" => stages![
            ("fitting", 0.40),
            ("scoring", 0.10),
            ("fitting", 0.41),
            ("scoring", 0.09),
            ("judging likelihoods", 0.01)
        ],
        "posterior" => stages![
            ("fitting", 0.04),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.08),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.15),
            ("fitting", 0.07),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.17),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.08),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.13),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.10)
        ],
        "consensus" => stages![
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.08),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.08),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.07),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.07),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.07),
            ("fitting", 0.03),
            ("scoring the nearest classes", 0.01),
            ("estimating label noise", 0.07),
            ("fitting", 0.03),
            ("scoring", 0.01),
            ("fitting", 0.03),
            ("scoring", 0.01),
            ("reading embeddings", 0.01),
            ("searching neighbors", 0.23),
            ("judging labels", 0.01)
        ],
        "confident" => stages![
            ("predicting held-out folds", 0.30),
            ("reading probabilities", 0.01),
            ("finding confident classes", 0.01),
            ("pruning by noise rate", 0.01),
            ("predicting held-out folds", 0.31),
            ("reading probabilities", 0.01),
            ("finding confident classes", 0.01),
            ("pruning by noise rate", 0.01),
            ("predicting held-out folds", 0.39),
            ("reading probabilities", 0.01),
            ("finding confident classes", 0.01),
            ("pruning by noise rate", 0.01)
        ],
        "mistakenness" => stages![
            ("predicting held-out folds", 0.26),
            ("reading probabilities", 0.01),
            ("finding confident classes", 0.01),
            ("pruning by noise rate", 0.01),
            ("predicting held-out folds", 0.36),
            ("reading probabilities", 0.01),
            ("finding confident classes", 0.01),
            ("pruning by noise rate", 0.01),
            ("predicting held-out folds", 0.38),
            ("reading predictions", 0.01)
        ],
        "zero-shot" => stages![("reading predictions", 1.00)],
        "simifeat" => stages![
            ("reading embeddings", 0.01),
            ("searching neighbors", 0.84),
            ("fitting the transition matrix", 0.08),
            ("judging random subsets", 0.08)
        ],
        "simifeat-vote" => {
            stages![("reading embeddings", 0.02), ("searching neighbors", 0.91), ("judging random subsets", 0.07)]
        }
        "knn" => stages![("reading embeddings", 0.01), ("searching neighbors", 0.96), ("judging labels", 0.03)],
        "selfclean" => stages![("reading embeddings", 0.01), ("searching neighbors", 0.97), ("judging labels", 0.03)],
        "wann" => stages![("reading embeddings", 0.01), ("searching neighbors", 0.95), ("judging labels", 0.05)],
        "relation" => stages![("reading embeddings", 0.02), ("searching neighbors", 0.90), ("relating samples", 0.08)],
        "shapley" => stages![("reading embeddings", 0.01), ("searching neighbors", 0.93), ("valuing samples", 0.07)],
        "coreset" => stages![
            ("measuring the spread of classes", 0.76),
            ("measuring leverage within classes", 0.13),
            ("finding the nearest class means", 0.11)
        ],
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
