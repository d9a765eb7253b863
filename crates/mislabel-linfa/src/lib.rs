//! Classifiers of [linfa](https://docs.rs/linfa) behind mislabel-probe.
//!
//! [`Probe`](mislabel_probe::Probe) cross-validates any [`Classifier`](mislabel_probe::Classifier). linfa has several that
//! predict probabilities; [`Linfa`] makes one out of a function that trains such a model, and [`LinfaLogistic`] is the
//! stock one, with the objective of [`SoftmaxRegression`](mislabel_probe::SoftmaxRegression).
//! linfa is on ndarray 0.16 and mislabel on 0.17: this crate alone knows both, and passes arrays by slice and shape.
//!
//! What linfa lacks is done here or refused: it is shown the present classes only, numbered from 0, and what it
//! predicts is mapped back, so that classes without samples have probability 0; one class alone is certain without
//! training; sample weights, which linfa does not have, are an error. It computes in f64, on one thread.
//!
//! ```
//! use linfa::prelude::*;
//! use linfa_logistic::MultiLogisticRegression;
//! use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
//! use mislabel_linfa::{Linfa, LinfaLogistic, Rows, Training};
//! use mislabel_probe::Probe;
//! use ndarray::Array2;
//!
//! let rows = Array2::from_shape_fn((40, 2), |(i, j)| if i % 2 == j { 5.0 } else { (i / 2) as f32 / 9.0 });
//! let given = Labels::new((0..40).map(|i| i % 2).collect(), 3)?;
//! let stock = Probe::of(LinfaLogistic::default()).evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
//! assert!(stock.view()[[0, 0]] > 0.5 && stock.view()[[0, 2]] == 0.0);
//!
//! // Any other: a function from a linfa dataset to a function from rows to probabilities.
//! let own = Linfa(|training: &Training| {
//!     let model = MultiLogisticRegression::default().alpha(1.0).fit(training)?;
//!     Ok(move |rows: &Rows| model.predict_probabilities(rows))
//! });
//! let probabilities = Probe::of(own).evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
//! assert!(probabilities.view()[[0, 0]] > 0.5);
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod adapter;
mod logistic;

pub use adapter::{Failure, Linfa, Rows, Training};
pub use logistic::LinfaLogistic;
