//! Stages as spans of `tracing`, for programs that log.
//!
//! An observer opens a span when a stage begins and logs when it ends; a subscriber of your program decides where it goes.
//! Here it goes to standard output, without times, so that every run prints the same.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use mislabel::Progress;
use mislabel::prelude::*;
use tracing::{Level, Span, info, info_span};

/// A span for the stage that goes on.
#[derive(Default)]
struct Spans(Mutex<Option<(&'static str, Span)>>);

impl Progress for Spans {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_none_or(|(name, _)| *name != stage) {
            *current = Some((stage, info_span!("stage", name = stage, units = total)));
        }
        if let (Some((_, span)), true) = (current.as_ref(), done == total) {
            span.in_scope(|| info!("finished"));
        }
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_max_level(Level::INFO).with_ansi(false).without_time().init();

    let digits = mislabel::datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let spans = Spans::default();
    let run = Run::quiet().with_progress(&spans);
    let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(&embeddings, &noisy.given, &run)?;
    info!(flagged = issues.flagged(), "detected");
    Ok(())
}
