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
        "rer" => {
            const { &[stage("fitting", 0.49), stage("scoring", 0.11), stage("fitting", 0.31), stage("scoring", 0.10)] }
        }
        "centroid" => const { &[stage("fitting", 0.64), stage("scoring", 0.36)] },
        "autoencoder" => {
            const {
                &[
                    stage("training", 0.32),
                    stage("scoring", 0.01),
                    stage("training", 0.30),
                    stage("scoring", 0.01),
                    stage("training", 0.35),
                    stage("scoring", 0.01),
                ]
            }
        }
        "gaussian" => {
            const {
                &[
                    stage("fitting", 0.40),
                    stage("scoring", 0.10),
                    stage("fitting", 0.41),
                    stage("scoring", 0.09),
                    stage("judging likelihoods", 0.01),
                ]
            }
        }
        "posterior" => {
            const {
                &[
                    stage("fitting", 0.04),
                    stage("scoring the nearest classes", 0.01),
                    stage("estimating label noise", 0.08),
                    stage("fitting", 0.03),
                    stage("scoring the nearest classes", 0.01),
                    stage("estimating label noise", 0.15),
                    stage("fitting", 0.07),
                    stage("scoring the nearest classes", 0.01),
                    stage("estimating label noise", 0.17),
                    stage("fitting", 0.03),
                    stage("scoring the nearest classes", 0.01),
                    stage("estimating label noise", 0.08),
                    stage("fitting", 0.03),
                    stage("scoring the nearest classes", 0.01),
                    stage("estimating label noise", 0.13),
                    stage("fitting", 0.03),
                    stage("scoring the nearest classes", 0.01),
                    stage("estimating label noise", 0.10),
                ]
            }
        }
        "consensus" => {
            const {
                &[
                    stage("fitting", 0.04),
                    stage("scoring", 0.01),
                    stage("fitting", 0.06),
                    stage("scoring the nearest classes", 0.02),
                    stage("judging ratios", 0.01),
                    stage("estimating where errors go", 0.09),
                    stage("reading embeddings", 0.01),
                    stage("searching neighbors", 0.54),
                    stage("judging labels", 0.01),
                    stage("judging labels", 0.01),
                    stage("judging labels", 0.01),
                    stage("judging labels", 0.01),
                    stage("estimating label noise", 0.22),
                ]
            }
        }
        "confident" => {
            const {
                &[
                    stage("predicting held-out folds", 0.30),
                    stage("reading probabilities", 0.01),
                    stage("finding confident classes", 0.01),
                    stage("pruning by noise rate", 0.01),
                    stage("predicting held-out folds", 0.31),
                    stage("reading probabilities", 0.01),
                    stage("finding confident classes", 0.01),
                    stage("pruning by noise rate", 0.01),
                    stage("predicting held-out folds", 0.39),
                    stage("reading probabilities", 0.01),
                    stage("finding confident classes", 0.01),
                    stage("pruning by noise rate", 0.01),
                ]
            }
        }
        "mistakenness" => {
            const {
                &[
                    stage("predicting held-out folds", 0.26),
                    stage("reading probabilities", 0.01),
                    stage("finding confident classes", 0.01),
                    stage("pruning by noise rate", 0.01),
                    stage("predicting held-out folds", 0.36),
                    stage("reading probabilities", 0.01),
                    stage("finding confident classes", 0.01),
                    stage("pruning by noise rate", 0.01),
                    stage("predicting held-out folds", 0.38),
                    stage("reading predictions", 0.01),
                ]
            }
        }
        "zero-shot" => const { &[stage("reading predictions", 1.00)] },
        "simifeat" => {
            const {
                &[
                    stage("reading embeddings", 0.01),
                    stage("searching neighbors", 0.84),
                    stage("fitting the transition matrix", 0.08),
                    stage("judging random subsets", 0.08),
                ]
            }
        }
        "simifeat-vote" => {
            const {
                &[
                    stage("reading embeddings", 0.02),
                    stage("searching neighbors", 0.91),
                    stage("judging random subsets", 0.07),
                ]
            }
        }
        "knn" => {
            &[stage("reading embeddings", 0.01), stage("searching neighbors", 0.96), stage("judging labels", 0.03)]
        }
        "selfclean" => {
            &[stage("reading embeddings", 0.01), stage("searching neighbors", 0.97), stage("judging labels", 0.03)]
        }
        "wann" => {
            &[stage("reading embeddings", 0.01), stage("searching neighbors", 0.95), stage("judging labels", 0.05)]
        }
        "relation" => {
            &[stage("reading embeddings", 0.02), stage("searching neighbors", 0.90), stage("relating samples", 0.08)]
        }
        "shapley" => {
            &[stage("reading embeddings", 0.01), stage("searching neighbors", 0.93), stage("valuing samples", 0.07)]
        }
        "coreset" => {
            const {
                &[
                    stage("measuring the spread of classes", 0.76),
                    stage("measuring leverage within classes", 0.13),
                    stage("finding the nearest class means", 0.11),
                ]
            }
        }
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
