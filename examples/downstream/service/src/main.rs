//! A service that keeps detectors by name behind threads: jobs come in over a channel, and answers go out.

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::thread;

use mislabel::prelude::*;

/// Detectors by name, chosen when the service starts.
type Detectors = BTreeMap<&'static str, Box<dyn Detector>>;

/// A question: which detector, and what to judge. Everything is owned, so it moves between threads.
struct Job {
    detector: &'static str,
    embeddings: Arc<EmbeddingMatrix>,
    given: Labels,
    answer: mpsc::Sender<Result<LabelIssues, mislabel::Error>>,
}

fn detectors() -> Detectors {
    let mut detectors = Detectors::new();
    detectors.insert("rer", Box::new(Pipeline::new(SoftLinear::default(), Rer::default())));
    detectors.insert("simifeat", Box::new(Pipeline::new(KNearest::default(), SimiFeat::default())));
    detectors
}

/// Workers that share the detectors.
fn serve(detectors: Arc<Detectors>, jobs: mpsc::Receiver<Job>) {
    let workers = jobs.into_iter().map(|job| {
        let detectors = Arc::clone(&detectors);
        thread::spawn(move || {
            let detector = &detectors[job.detector];
            // Nobody listens any more: nothing to do.
            let _ = job.answer.send(detector.detect(&*job.embeddings, &job.given, &Run::quiet()));
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.join().expect("no worker panics");
    }
}

/// Every detector's most suspect sample among two clusters in different directions, of which sample 5 has a wrong label.
fn most_suspect() -> Vec<(&'static str, usize)> {
    let along = |row: u32| [5.0 + (row % 7) as f32 / 7.0, (row % 5) as f32 / 5.0];
    let rows: Vec<[f32; 2]> = (0..60)
        .map(|row| {
            let [far, near] = along(row);
            if row % 2 == 0 { [far, near] } else { [near, far] }
        })
        .collect();
    let embeddings = Arc::new(EmbeddingMatrix::from_rows(&rows).expect("finite rows"));
    let values = (0..60).map(|row| if row == 5 { 0 } else { row % 2 }).collect();
    let given = Labels::new(values, 2).expect("two classes");

    let (send, jobs) = mpsc::channel();
    let service = thread::spawn(move || serve(Arc::new(detectors()), jobs));
    let mut suspects = Vec::new();
    for detector in ["rer", "simifeat"] {
        let (answer, issues) = mpsc::channel();
        let job = Job { detector, embeddings: Arc::clone(&embeddings), given: given.clone(), answer };
        send.send(job).expect("the service runs");
        let issues = issues.recv().expect("an answer").expect("sound input");
        suspects.push((detector, issues.top(1)[0].row));
    }
    drop(send);
    service.join().expect("the service ends when no jobs come");
    suspects
}

fn main() {
    for (detector, row) in most_suspect() {
        println!("{detector}: sample {row}");
    }
}

#[test]
fn every_detector_finds_the_wrong_label() {
    assert_eq!(most_suspect(), [("rer", 5), ("simifeat", 5)]);
}
