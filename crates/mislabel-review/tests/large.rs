//! As many samples as ImageNet has, in memory:
//! `cargo test --release -p mislabel-review --test large -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::hint::black_box;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{
    Action, Candidates, Circumstances, Decision, Distribution, Journal, Order, Progress, Query, Queue, SampleTable,
    Samples,
};

const SAMPLES: usize = 1_281_167;
const CLASSES: usize = 1000;

/// A page may take 200 ms in all, a decision 50 ms.
const PAGE: Duration = Duration::from_millis(200);
const DECISION: Duration = Duration::from_millis(50);

/// A twentieth of the labels is flagged, all over the data.
fn judged() -> (Labels, LabelIssues) {
    let quality: Vec<f64> =
        (0..SAMPLES).map(|row| (row.wrapping_mul(2_654_435_761) % SAMPLES) as f64 / SAMPLES as f64).collect();
    let flags: Vec<bool> = quality.iter().map(|quality| *quality < 0.05).collect();
    let given = Labels::new((0..SAMPLES).map(|row| (row % CLASSES) as u32).collect(), CLASSES).unwrap();
    let suggested = |row: usize| if flags[row] { (row % CLASSES * 7 + 3) % CLASSES } else { row % CLASSES } as u32;
    let suggested = given.with_values((0..SAMPLES).map(suggested).collect()).unwrap();
    let quality = LabelQuality::new(quality).unwrap();
    (given, LabelIssues::new(quality, flags, suggested, vec![0.0; SAMPLES]).unwrap())
}

fn write_table(path: &Path) {
    let mut table = BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(table, "path,split").unwrap();
    for row in 0..SAMPLES {
        let class = row % CLASSES;
        writeln!(table, "train/n{class:08}/n{class:08}_{row}.JPEG,train").unwrap();
    }
}

fn timed(name: &str, most: Duration, mut work: impl FnMut()) {
    let mut times: Vec<Duration> = (0..11)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("{name}: median {:?}, worst {:?}", times[5], times[10]);
    assert!(times[5] < most, "{name}: {times:?}");
}

#[test]
#[ignore = "measures times of an optimized build"]
fn a_million_samples_are_sliced_and_decided_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("samples.csv");
    write_table(&table);
    let (given, issues) = judged();
    let start = Instant::now();
    let samples = SampleTable::read(&table).unwrap().join(Samples::new(given, issues).unwrap()).unwrap();
    let mut journal = Journal::open(folder.path().join("review.jsonl"), samples.given_labels()).unwrap();
    let queue = Queue::suspects(&samples, 0.1, 0).unwrap();
    let candidates = Candidates::of(&samples);
    println!("reading the table of samples and getting ready: {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(5));

    let selected =
        |journal: &Journal, query: &str| Query::parse(query).unwrap().select(&samples, journal.board()).unwrap();
    let slice = |journal: &Journal, query: &str, order: Order| order.rows(&samples, &selected(journal, query));
    timed("all, most suspect first", PAGE, || drop(slice(&journal, "", Order::MostSuspect)));
    timed("all, by given label", PAGE, || drop(slice(&journal, "", Order::Given)));
    let query = "given = 3 and quality < 0.3 and not decided and path contains \"n00000003\"";
    timed("four conditions, by confusion", PAGE, || drop(slice(&journal, query, Order::Pair)));
    timed("the queue without what was decided", PAGE, || {
        let wanted = selected(&journal, "not decided");
        black_box(queue.rows().iter().filter(|row| wanted[**row as usize]).count());
    });
    let all = slice(&journal, "", Order::MostSuspect);
    timed("likely classes of 200 cards", PAGE, || {
        let page = &all[1_000_000..1_000_200];
        black_box(page.iter().map(|row| candidates.classes(&samples, *row as usize, 9).len()).sum::<usize>());
    });
    timed("distribution of all", PAGE, || drop(Distribution::of(&all, &samples, 50)));
    let mut row = 0;
    timed("a decision, on the disk", DECISION, || {
        row += 1;
        let action = Action::Decide { row, decision: Decision::Keep, circumstances: Circumstances::default() };
        journal.write(&row.to_string(), "ann", vec![action]).unwrap();
    });
    timed("progress", PAGE, || _ = Progress::of(journal.board(), &samples));
}
