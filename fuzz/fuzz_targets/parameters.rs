//! Methods with a parameter that is out of order: refused, or good for a report. Work that takes long is cancelled.

#![no_main]

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use mislabel_core::{MemoryBudget, Run, progress_fn};
use mislabel_fuzz::datasets::SmallDataset;
use mislabel_methods::{Entry, METHODS};
use serde_json::{Value, json};

/// How long work may take before it is cancelled. What is cancelled says nothing.
const PATIENCE: Duration = Duration::from_millis(200);

/// The places of all numbers, flags and names in `value`, as JSON pointers.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| places(field, &format!("{path}/{name}"), found))
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| places(value, &format!("{path}/{at}"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

fn number(bytes: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=12)? {
        0 => json!(0),
        1 => json!(1),
        2 => json!(2),
        3 => json!(u64::MAX),
        4 => json!(usize::MAX / 8),
        5 => json!(-1),
        6 => json!(1e-300),
        7 => json!(1e300),
        8 => json!(0.5),
        9 => Value::Null,
        10 => json!(bytes.arbitrary::<u64>()?),
        11 => json!(bytes.arbitrary::<f64>()?),
        _ => json!([]),
    })
}

fn run_one(bytes: &mut Unstructured<'_>) -> Result<()> {
    let entry: &Entry = bytes.choose(&METHODS)?;
    let mut parameters = entry.seeded(0).parameters();
    let mut all = Vec::new();
    places(&parameters, "", &mut all);
    for _ in 0..bytes.int_in_range(1..=2)? {
        let place = bytes.choose(&all)?;
        if let Some(value) = parameters.pointer_mut(place) {
            *value = number(bytes)?;
        }
    }
    let Ok(method) = entry.parameterized(&parameters) else { return Ok(()) };
    let data = SmallDataset::arbitrary(bytes)?;
    let start = Instant::now();
    let patience = progress_fn(|_, _, _| match start.elapsed() > PATIENCE {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    });
    let memory: MemoryBudget = "64MiB".parse().expect("a budget");
    let run = Run::quiet().with_progress(&patience).with_memory(memory);
    if let Ok(report) = method.report(&data.dataset(), &run) {
        assert_eq!(report.issues.len(), data.dataset().len());
        entry.parameterized(&report.parameters).expect("the parameters of a report");
    }
    Ok(())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = run_one(&mut Unstructured::new(bytes));
});
