//! The table of stages is what methods report.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use mislabel_core::{Embeddings, NoiseModel, NoisyLabels, Run, overall_progress, progress_fn};
use mislabel_methods::{Dataset, Entry, METHODS};
use mislabel_noise::Symmetric;
use ndarray::Array2;

/// Digits with a tenth of wrong labels.
fn noisy() -> NoisyLabels {
    let truth = mislabel_datasets::digits().labels;
    Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&truth, 51).unwrap()
}

/// The mean digit of every class stands for the text of its name.
fn texts() -> Array2<f32> {
    let digits = mislabel_datasets::digits();
    let mut texts = Array2::zeros((10, digits.embeddings.ncols()));
    for (row, class) in digits.embeddings.outer_iter().zip(digits.labels.values()) {
        texts.row_mut(*class as usize).zip_mut_with(&row, |sum, value| *sum += value);
    }
    texts
}

/// The stages that the method reports, in order, and how long each took.
fn recorded(entry: &Entry) -> Vec<(&'static str, Duration)> {
    let (digits, noisy, texts) = (mislabel_datasets::digits(), noisy(), texts());
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let data = Dataset::new(&noisy.given).with_embeddings(&embeddings).unwrap().with_class_texts(texts.view()).unwrap();
    let seen = Mutex::new((Instant::now(), Vec::<(&'static str, usize, Duration)>::new()));
    let record = progress_fn(|stage, done, _| {
        let (last, stages) = &mut *seen.lock().unwrap();
        let time = last.elapsed();
        *last = Instant::now();
        match stages.last_mut() {
            Some((name, before, total)) if *name == stage && *before <= done => {
                *before = done;
                *total += time;
            }
            _ => stages.push((stage, done, time)),
        }
        ControlFlow::Continue(())
    });
    let run = Run::quiet().with_progress(&record);
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap()
        .install(|| entry.seeded(0).report(&data, &run))
        .unwrap();
    seen.into_inner().unwrap().1.into_iter().map(|(name, _, time)| (name, time)).collect()
}

#[test]
fn methods_go_through_the_stages_of_the_table() {
    for entry in METHODS.iter().filter(|entry| entry.name != "autoencoder") {
        let names: Vec<&str> = recorded(entry).into_iter().map(|(name, _)| name).collect();
        let planned: Vec<&str> = entry.stages().iter().map(|stage| stage.name).collect();
        assert_eq!(planned, names, "{}", entry.name);
    }
}

#[test]
fn the_fraction_of_a_whole_run_ends_at_one_and_does_not_jump_there() {
    let (digits, noisy) = (mislabel_datasets::digits(), noisy());
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let data = Dataset::new(&noisy.given).with_embeddings(&embeddings).unwrap();
    let entry = Entry::named("rer").unwrap();
    let fractions = Mutex::new(Vec::new());
    let progress = overall_progress(entry.stages(), |standing| {
        fractions.lock().unwrap().push(standing.fraction);
        ControlFlow::Continue(())
    });
    entry.seeded(0).report(&data, &Run::quiet().with_progress(&progress)).unwrap();
    drop(progress);
    let fractions = fractions.into_inner().unwrap();
    assert!(fractions.is_sorted());
    assert!(fractions.last().is_some_and(|last| *last > 0.999), "{:?}", fractions.last());
    assert!(fractions.windows(2).all(|pair| pair[1] - pair[0] < 0.5), "{fractions:?}");
}

#[test]
#[ignore = "prints the table of stages.rs"]
fn the_table_of_stages() {
    for entry in &METHODS {
        let stages = recorded(entry);
        let all: f64 = stages.iter().map(|(_, time)| time.as_secs_f64()).sum();
        println!("        {:?} => &[", entry.name);
        for (name, time) in stages {
            println!("            stage({name:?}, {:.2}),", (time.as_secs_f64() / all).max(0.01));
        }
        println!("        ],");
    }
}
