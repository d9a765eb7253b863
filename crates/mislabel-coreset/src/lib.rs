//! Importance of samples, and coresets: few weighted samples that stand for all.
//!
//! The *sensitivity* of a sample is the largest share of a classifier's total loss that it can make up, over all
//! classifiers. Drawing samples in proportion to it, with weights of one over the chance, gives a small set on which every
//! classifier has nearly the loss that it has on everything: a coreset. This crate measures importance in five ways (the
//! [`Importance`]s, or one of them as a value, [`Sensitivity`]), keeps a coreset of a stream in bounded memory
//! ([`MergeReduce`] makes a [`CoresetTree`]), and lists the most important samples for review.
//!
//! A wrong label can make a sample important, but only to a measure that looks at labels. [`ClassLeverage`] and
//! [`LossSensitivity`] do, and [`CoresetDetector`] turns them into label issues; [`RootLeverage`] and [`LewisWeights`], the
//! measures of coreset theory, are blind to labels and find label errors no better than chance (table below).
//!
//! ```
//! use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Run};
//! use mislabel_coreset::{
//!     ClassSize, CoresetDetector, CoresetEvidence, ImportantSamples, LabelUpdate, MergeReduce, Samples,
//! };
//! use ndarray::Array2;
//!
//! // Two classes on two axes; sample 40 is labeled wrong.
//! let rows = Array2::from_shape_fn((100, 2), |(i, j)| if i % 2 == j { 5.0 } else { (i % 7) as f32 / 7.0 });
//! let mut labels: Vec<u32> = (0..100).map(|i| i % 2).collect();
//! labels[40] = 1;
//! let given = Labels::new(labels, 2)?;
//! let rows = Embeddings::new(rows.view())?;
//!
//! let detector: Pipeline<CoresetEvidence, CoresetDetector> = Pipeline::default();
//! assert_eq!(detector.detect(&rows, &given, &Run::quiet())?.quality().ranking()[0], 40);
//!
//! // The same as a stream: 10 samples of every 50 are kept, the important ones for sure.
//! let options = MergeReduce { chunk: 50, size: 10, certain: 0.5, ..MergeReduce::default() };
//! let mut tree = options.build(&Samples::new(&rows, &given)?, None, &Run::quiet())?;
//! let one = ImportantSamples { class_size: [(1, ClassSize::Count(1))].into(), ..ImportantSamples::default() };
//! assert_eq!(tree.important_samples(&one, &Run::quiet())?[0].id, 40);
//! tree.update_labels(&[LabelUpdate { id: 40, label: 0, loss: None }])?;
//! assert_ne!(tree.important_samples(&one, &Run::quiet())?[0].id, 40);
//! # Ok::<(), mislabel_core::Error>(())
//! ```
//!
//! # Which importances find label errors
//! AUROC / average precision against the known errors; the losses are those of cross-validated logistic regression.
//! `cargo run --release -p mislabel-experiments --example label_errors -- ../shared/data`
//!
//! | data, given labels | class leverage | loss | root leverage | Lewis weights | uniform |
//! |---|---|---|---|---|---|
//! | digits, symmetric .1 | .951 / .742 | .998 / .988 | .480 / .103 | .482 / .105 | .500 / .111 |
//! | digits, asymmetric .2 | .920 / .718 | .948 / .782 | .466 / .181 | .467 / .183 | .500 / .196 |
//! | fashion pixels, symmetric .1 | .879 / .638 | .985 / .900 | .530 / .116 | .529 / .116 | .500 / .106 |
//! | fashion pixels, asymmetric .2 | .841 / .599 | .916 / .638 | .506 / .212 | .505 / .212 | .500 / .210 |
//! | banking77 MiniLM, symmetric .1 | .986 / .895 | .999 / .987 | .494 / .094 | .494 / .094 | .500 / .097 |
//! | banking77 MiniLM, asymmetric .2 | .914 / .719 | .925 / .672 | .499 / .201 | .498 / .201 | .500 / .204 |
//! | CIFAR-10 EfficientNet, human errors (worst) | .789 / .739 | .946 / .931 | .523 / .431 | .523 / .431 | .500 / .406 |
//! | CIFAR-10 EfficientNet, human errors (aggregate) | .805 / .399 | .949 / .736 | .547 / .105 | .548 / .105 | .500 / .089 |
//!
//! Class leverage takes embeddings only and about a second; where probabilities are to be had, losses are mostly the
//! better measure. Both stay behind the reconstruction error ratio on all eight rows, far behind where errors have a
//! direction. In classes of one or two samples neither leverage nor the nearest mean can tell a wrong label.
//!
//! # The vocabulary of coreset services
//! | there | here |
//! |---|---|
//! | build, partial build | [`MergeReduce::build`], [`CoresetTree::extend`] |
//! | important samples: class size, ignore, already seen | [`CoresetTree::important_samples`], [`CoresetTree::mark_seen`] |
//! | update targets, remove samples | [`CoresetTree::update_labels`], [`CoresetTree::remove_samples`] |
//! | coreset with weights | [`CoresetTree::coreset`] |
//! | save, load | [`CoresetTree::save`], [`CoresetTree::load`] |
//! | classes of interest | [`classes_of_interest`] |

mod algebra;
mod confusion;
mod detector;
mod evidence;
mod importance;
mod samples;
mod tree;

pub use confusion::{ConfusedPair, classes_of_interest, confused_pairs};
pub use detector::CoresetDetector;
pub use evidence::{CoresetEvidence, ImportanceEvidence};
pub use importance::{
    ClassLeverage, Comparison, Importance, LewisWeights, LossSensitivity, RootLeverage, Sensitivity, Uniform,
};
pub use samples::{Samples, log_losses};
pub use tree::{
    ClassSize, Coreset, CoresetTree, ImportantSample, ImportantSamples, LabelUpdate, MergeReduce, TreeError,
};
