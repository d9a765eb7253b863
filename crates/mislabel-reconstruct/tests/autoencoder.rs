//! Autoencoders from outside: laws, threads, small classes, files, divergence, bad parameters.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Mutex;

use mislabel_core::{
    Checkpoint, ClassEvidence, EmbeddingSource, Embeddings, Error, ErrorSummary, Labels, Pipeline, Result, Run,
    progress_fn,
};
use mislabel_reconstruct::{Activation, Autoencoder, AutoencoderModel, EarlyStopping, InputScaling, TrainingLength};
use mislabel_rer::Rer;
use mislabel_testkit::{Laws, check_laws};
use ndarray::{Array2, ArrayViewMut2};

fn small() -> Autoencoder {
    Autoencoder { latent: 4, batch: 16, length: TrainingLength::Steps(30), ..Autoencoder::default() }
}

/// Every kind of layer, scaling and training at once.
fn nonlinear() -> Autoencoder {
    Autoencoder {
        hidden: vec![7, 5],
        latent: 3,
        latent_activation: Activation::Tanh,
        tied: false,
        dropout: 0.1,
        noise: 0.1,
        l2: 1e-4,
        early_stopping: Some(EarlyStopping { share: 0.2, patience: 2 }),
        scaling: vec![InputScaling::Standardize, InputScaling::UnitNorm, InputScaling::ClassVariance],
        ..small()
    }
}

fn methods() -> [Autoencoder; 3] {
    let paper = Autoencoder { hidden: vec![16], length: TrainingLength::Epochs(3), ..Autoencoder::paper() };
    [small(), nonlinear(), paper]
}

fn pseudo_random(n: usize, d: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, d), |(i, j)| ((i * 7919 + j * 104_729 + i * j * 31) as f32).sin())
}

fn evidence(method: &Autoencoder, x: &Array2<f32>, labels: &Labels) -> Result<ErrorSummary, Error> {
    method.evidence(&Embeddings::new(x.view()).unwrap(), labels, &Run::quiet())
}

fn fitted() -> (AutoencoderModel, Array2<f32>, Labels) {
    let x = pseudo_random(60, 5);
    let labels = Labels::new((0..60).map(|i| i % 3).collect(), 4).unwrap();
    let (model, _) = nonlinear().fit(&Embeddings::new(x.view()).unwrap(), &labels, &Run::quiet()).unwrap();
    (model, x, labels)
}

#[test]
fn the_laws_hold() {
    let laws = Laws { cases: 16, ..Laws::default() };
    for method in methods() {
        check_laws(&Pipeline::new(method, Rer::default()), &laws).unwrap();
    }
}

#[test]
fn scores_are_the_same_on_one_and_four_threads_and_differ_between_seeds() {
    let x = pseudo_random(500, 12);
    let labels = Labels::new((0..500).map(|i| (i * i % 5) as u32).collect(), 5).unwrap();
    for method in methods() {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| evidence(&method, &x, &labels).unwrap())
        };
        let (one, four) = (on(1), on(4));
        assert_eq!((one.own(), one.least_other()), (four.own(), four.least_other()));
        assert!(one.sums().eq(four.sums()));
        let other = evidence(&Autoencoder { seed: 1, ..method }, &x, &labels).unwrap();
        assert_ne!(one.own(), other.own());
    }
}

#[test]
fn classes_of_every_size_from_none_up_give_finite_errors() {
    let x = pseudo_random(40, 6);
    let mut labels = vec![4; 40];
    labels[0] = 1; // one sample
    labels[1..3].fill(2); // two
    labels[3..6].fill(3); // three; classes 0 and 5 have none
    let labels = Labels::new(labels, 6).unwrap();
    for method in methods() {
        let errors = evidence(&method, &x, &labels).unwrap();
        assert_eq!(errors.reconstructors(), 4);
        assert!(errors.least_other_class().iter().all(|class| ![0, 5].contains(class)));
        assert_eq!(errors.own()[0], errors.least_other()[0]);
    }
}

#[test]
fn saved_and_loaded_networks_give_the_same_bits() {
    let (model, x, labels) = fitted();
    let source = Embeddings::new(x.view()).unwrap();
    let loaded = AutoencoderModel::from_bytes(&model.to_bytes()).unwrap();
    assert_eq!(loaded, model);
    assert_eq!(loaded.errors(&source, &Run::quiet()).unwrap(), model.errors(&source, &Run::quiet()).unwrap());
    let expected = ErrorSummary::from_dense(model.errors(&source, &Run::quiet()).unwrap().view(), &labels).unwrap();
    let summary = loaded.summary(&source, &labels, &Run::quiet()).unwrap();
    assert_eq!((summary.own(), summary.least_other()), (expected.own(), expected.least_other()));
}

#[cfg(feature = "files")]
#[test]
fn a_save_that_fails_leaves_what_was_there_and_one_that_works_leaves_nothing_else() {
    let (model, ..) = fitted();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("digits.autoencoder");
    std::fs::write(&path, "what was there").unwrap();
    model.save(&path).unwrap();
    assert_eq!(AutoencoderModel::load(&path).unwrap(), model);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    // A folder of that name, with something in it, cannot be replaced.
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("kept"), "").unwrap();
    model.save(&taken).unwrap_err();
    assert!(taken.join("kept").exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    model.save(folder.path().join("absent/model")).unwrap_err();
}

#[test]
fn few_networks_divide_their_batches_and_still_score_the_same_on_any_number_of_threads() {
    let x = pseudo_random(300, 150);
    let labels = Labels::new((0..300).map(|i| i % 2).collect(), 2).unwrap();
    let divided = Autoencoder { hidden: vec![128], folds: 1, dropout: 0.2, noise: 0.1, batch: 150, ..small() };
    for method in [divided.clone(), Autoencoder { trim: vec![], length: TrainingLength::Steps(5), ..divided }] {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| evidence(&method, &x, &labels).unwrap())
        };
        let (one, three) = (on(1), on(3));
        assert_eq!((one.own(), one.least_other()), (three.own(), three.least_other()));
        assert!(one.sums().eq(three.sums()));
    }
}

#[test]
fn foreign_newer_cut_and_damaged_files_are_refused() {
    let bytes = fitted().0.to_bytes();
    let refusal = |bytes: &[u8]| AutoencoderModel::from_bytes(bytes).unwrap_err().to_string();
    assert_eq!(refusal(b"\x93NUMPY"), "this is no autoencoder file");
    let mut newer = bytes.clone();
    newer[8] = 9;
    assert_eq!(refusal(&newer), "the autoencoder file has version 9; this program reads version 1");
    for length in 0..bytes.len() {
        AutoencoderModel::from_bytes(&bytes[..length]).unwrap_err();
    }
    for place in 12..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        assert!(refusal(&damaged).contains("damaged"), "byte {place}");
    }
}

#[test]
fn an_exploding_training_names_class_and_step() {
    let x = pseudo_random(60, 5);
    let labels = Labels::new((0..60).map(|i| i % 2).collect(), 2).unwrap();
    for learning_rate in [1e3, 1e30] {
        let method = Autoencoder { learning_rate, decay: false, ..small() };
        let error = evidence(&method, &x, &labels).unwrap_err();
        assert!(matches!(error, Error::Diverged { class: 0 | 1, step: 1.., .. }), "{error}");
    }
    // One step that explodes, all of it after the loss of that step is taken.
    let method = Autoencoder { learning_rate: 1e3, length: TrainingLength::Steps(1), ..small() };
    assert!(matches!(evidence(&method, &x, &labels), Err(Error::Diverged { step: 1, .. })));
    assert!(evidence(&small(), &x, &labels).is_ok());
    // One class whose squares are no f32: it is the one that is named.
    let mut uneven = x.clone();
    (0..60).step_by(2).for_each(|row| uneven.row_mut(row).mapv_inplace(|x| 1e30 * x));
    let unscaled = Autoencoder { scaling: vec![], learning_rate: 1e-3, ..small() };
    assert!(matches!(evidence(&unscaled, &uneven, &labels), Err(Error::Diverged { class: 0, step: 1, .. })));
    let huge = x.mapv(|x| x * 1e30);
    let unscaled = Autoencoder { scaling: vec![], ..small() };
    assert!(matches!(evidence(&unscaled, &huge, &labels), Err(Error::Diverged { .. })));
}

#[test]
fn every_bad_parameter_is_named() {
    let x = pseudo_random(8, 3);
    let labels = Labels::new((0..8).map(|i| i % 2).collect(), 2).unwrap();
    let good = small;
    let stopping = |share, patience| Some(EarlyStopping { share, patience });
    let bad = [
        ("a layer's width", Autoencoder { latent: 0, ..good() }),
        ("a layer's width", Autoencoder { hidden: vec![4, 0], ..good() }),
        ("encoder weights", Autoencoder { hidden: vec![1 << 20], latent: 1 << 20, ..good() }),
        ("batch", Autoencoder { batch: 0, ..good() }),
        ("folds", Autoencoder { folds: 0, ..good() }),
        ("l2", Autoencoder { l2: -1.0, ..good() }),
        ("shrinkage", Autoencoder { shrinkage: f64::NAN, ..good() }),
        ("noise", Autoencoder { noise: f64::INFINITY, ..good() }),
        ("dropout", Autoencoder { dropout: 1.0, ..good() }),
        ("betas", Autoencoder { betas: [0.9, 1.0], ..good() }),
        ("trim", Autoencoder { trim: vec![0.0], ..good() }),
        ("learning_rate", Autoencoder { learning_rate: 0.0, ..good() }),
        ("length", Autoencoder { length: TrainingLength::Epochs(0), ..good() }),
        ("early_stopping.share", Autoencoder { early_stopping: stopping(1.0, 1), ..good() }),
        ("early_stopping.patience", Autoencoder { early_stopping: stopping(0.1, 0), ..good() }),
        ("centered", Autoencoder { output: Activation::Sigmoid, ..good() }),
    ];
    for (expected, method) in bad {
        let error = evidence(&method, &x, &labels).unwrap_err();
        assert!(matches!(error, Error::Parameter { name, .. } if name == expected), "{expected}: {error}");
    }
}

#[test]
fn a_source_without_features_is_refused() {
    struct Nothing;
    impl EmbeddingSource for Nothing {
        fn shape(&self) -> (usize, usize) {
            (4, 0)
        }
        fn read_rows(&self, _: usize, _: ArrayViewMut2<'_, f32>) -> Result<(), Error> {
            Ok(())
        }
    }
    let labels = Labels::new(vec![0, 1, 0, 1], 2).unwrap();
    assert!(matches!(small().evidence(&Nothing, &labels, &Run::quiet()), Err(Error::Empty { .. })));
}

#[test]
fn training_and_scoring_can_be_cancelled() {
    let x = pseudo_random(30, 3);
    let labels = Labels::new((0..30).map(|i| i % 2).collect(), 2).unwrap();
    for cancelled in ["training", "scoring"] {
        let stop = progress_fn(move |stage, _, _| match stage == cancelled {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        let run = Run::quiet().with_progress(&stop);
        let error = small().evidence(&Embeddings::new(x.view()).unwrap(), &labels, &run).unwrap_err();
        assert!(matches!(error, Error::Cancelled { stage } if stage == cancelled));
    }
}

#[test]
fn cross_fitting_finds_the_wrong_label_that_in_sample_errors_have_learned() {
    let mut x = pseudo_random(40, 60) * 0.2;
    (0..40).for_each(|i| x[[i, i % 2]] = 1.0);
    let mut labels: Vec<u32> = (0..40).map(|i| i % 2).collect();
    labels[5] = 0;
    let labels = Labels::new(labels, 2).unwrap();
    let long = Autoencoder { latent: 30, shrinkage: 0.0, trim: vec![], length: TrainingLength::Steps(1500), ..small() };
    let ratio = |folds: usize| {
        let errors = evidence(&Autoencoder { folds, ..long.clone() }, &x, &labels).unwrap();
        errors.own()[5] / errors.least_other()[5]
    };
    assert!(ratio(1) < 1.0 && ratio(4) > 1.0, "{} {}", ratio(1), ratio(4));
}

/// Parts in memory, and the names in the order in which they were stored.
#[derive(Default)]
struct Parts {
    kept: Mutex<HashMap<String, Vec<u8>>>,
    stored: Mutex<Vec<String>>,
}

impl Checkpoint for Parts {
    fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.kept.lock().unwrap().get(part).cloned())
    }

    fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
        self.kept.lock().unwrap().insert(part.into(), bytes.into());
        self.stored.lock().unwrap().push(part.into());
        Ok(())
    }
}

#[test]
fn a_network_that_was_kept_is_not_trained_again_and_the_others_end_the_same() {
    let (rows, given) = (pseudo_random(90, 6), Labels::new((0..90).map(|i| i % 3).collect(), 3).unwrap());
    let embeddings = Embeddings::new(rows.view()).unwrap();
    for method in methods() {
        let expected = method.fit(&embeddings, &given, &Run::quiet()).unwrap();
        let parts = Parts::default();
        let run = Run::quiet().with_checkpoint(&parts);
        assert_eq!(method.fit(&embeddings, &given, &run).unwrap().0, expected.0);
        let stored = std::mem::take(&mut *parts.stored.lock().unwrap());
        assert!(stored.iter().any(|part| part.contains("round 0/network of class 2 and fold 0")), "{stored:?}");
        // As if the run had been killed when half of the parts were kept.
        let mut lost = stored[stored.len() / 2..].to_vec();
        lost.iter().for_each(|part| drop(parts.kept.lock().unwrap().remove(part)));
        let resumed = method.fit(&embeddings, &given, &run).unwrap();
        assert_eq!(resumed.0, expected.0);
        assert_eq!(resumed.1.own(), expected.1.own());
        let mut again = parts.stored.lock().unwrap().clone();
        again.sort();
        lost.sort();
        assert_eq!(again, lost);
    }
}
