//! Judging error summaries, and measuring the result against known errors.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mislabel_benches::{Dataset, Shape};
use mislabel_core::{ClassEvidence, ErrorMask, ErrorSummary, Judge, Labels, Run};
use mislabel_metrics::{Evaluation, Ranking, auroc, average_precision};
use mislabel_reconstruct::Centroid;
use mislabel_rer::{Rer, Threshold};

const DATA: Shape = Shape { samples: 100_000, features: 16, classes: 10 };

fn data() -> (ErrorSummary, Labels, ErrorMask) {
    let Dataset { clusters, given } = DATA.dataset().expect("a sound shape");
    let errors = ErrorMask::between(&given, clusters.truth());
    let summary = Centroid::default().evidence(&clusters, &given, &Run::quiet()).expect("the data are sound");
    (summary, given, errors.expect("the labels belong together"))
}

fn metrics(criterion: &mut Criterion) {
    let (summary, given, errors) = data();
    let issues = Rer::default().judge(&summary, &given, &Run::quiet()).expect("the data are sound");
    let ranking = Ranking::by_quality(issues.quality(), &errors).expect("the lengths are the same");
    let mixture = Rer { threshold: Threshold::Mixture, ..Rer::default() };

    let mut group = criterion.benchmark_group("metrics");
    group.throughput(Throughput::Elements(DATA.samples as u64)).sample_size(20);
    group.bench_function("judge by the published threshold", |b| {
        b.iter(|| Rer::default().judge(&summary, &given, &Run::quiet()));
    });
    group.bench_function("judge by a mixture", |b| b.iter(|| mixture.judge(&summary, &given, &Run::quiet())));
    group.bench_function("rank", |b| b.iter(|| Ranking::by_quality(issues.quality(), &errors)));
    group.bench_function("auroc of a ranking", |b| b.iter(|| auroc(&ranking)));
    group.bench_function("average precision of a ranking", |b| b.iter(|| average_precision(&ranking)));
    group.bench_function("every usual measure", |b| b.iter(|| Evaluation::new(&issues, &errors)));
    group.finish();
}

criterion_group!(benches, metrics);
criterion_main!(benches);
