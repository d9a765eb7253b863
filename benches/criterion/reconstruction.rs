//! Fitting and scoring class-wise reconstructors, on all cores (`RAYON_NUM_THREADS=1` for one).

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mislabel_benches::Shape;
use mislabel_core::{ClassEvidence, Embeddings, ErrorSummary, Labels, Run};
use mislabel_reconstruct::{Centroid, SoftLinear};
use ndarray::Array2;

const SHAPES: [Shape; 3] = [
    Shape { samples: 10_000, features: 384, classes: 77 },
    Shape { samples: 10_000, features: 1_280, classes: 10 },
    Shape { samples: 5_000, features: 64, classes: 1_000 },
];

/// Name, rows, given labels.
fn datasets() -> Vec<(String, Array2<f32>, Labels)> {
    let digits = mislabel_datasets::digits();
    let clusters = SHAPES.map(|shape| {
        let Shape { samples, features, classes } = shape;
        let dataset = shape.dataset().expect("a sound shape");
        (format!("{samples}x{features}x{classes}"), dataset.rows().expect("the rows exist"), dataset.given)
    });
    std::iter::once(("digits".into(), digits.embeddings, digits.labels)).chain(clusters).collect()
}

fn fitting(criterion: &mut Criterion) {
    let one_round = SoftLinear { trim: Vec::new(), ..SoftLinear::default() };
    let (trimmed, centroid) = (SoftLinear::default(), Centroid::default());
    let methods: [(&str, &dyn ClassEvidence<Evidence = ErrorSummary>); 3] =
        [("centroid", &centroid), ("soft linear, no trim", &one_round), ("soft linear, one trim", &trimmed)];
    let mut group = criterion.benchmark_group("fitting and scoring");
    group.sample_size(10);
    for (data, rows, given) in datasets() {
        let embeddings = Embeddings::new(rows.view()).expect("the rows are finite");
        for (method, evidence) in methods {
            group.bench_function(BenchmarkId::new(method, &data), |bencher| {
                bencher.iter(|| evidence.evidence(&embeddings, &given, &Run::quiet()).expect("the data are sound"));
            });
        }
    }
    group.finish();
}

fn scoring(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scoring new samples");
    group.sample_size(10);
    for (data, rows, given) in datasets() {
        let embeddings = Embeddings::new(rows.view()).expect("the rows are finite");
        let method = SoftLinear { trim: Vec::new(), ..SoftLinear::default() };
        let (reconstructors, _) = method.fit(&embeddings, &given, &Run::quiet()).expect("the data are sound");
        group.bench_function(BenchmarkId::new("soft linear", &data), |bencher| {
            bencher.iter(|| reconstructors.summary(&embeddings, &given, &Run::quiet()).expect("the data are sound"));
        });
    }
    group.finish();
}

criterion_group!(benches, fitting, scoring);
criterion_main!(benches);
