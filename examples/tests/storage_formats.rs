//! Every method gives the same bits whether embeddings and probabilities lie in memory or in a file of any format.

mod stored;

use mislabel::confident::{ConfidentLearning, Pruned};
use mislabel::coreset::{ClassLeverage, CoresetDetector, CoresetEvidence};
use mislabel::datasets::{Clusters, SimulatedPredictions};
use mislabel::io::{FloatFormat, ProbabilityFile, ReadOptions, write_embeddings};
use mislabel::neighbors::{
    Agreement, ExactSearch, KNearest, KnnShapley, NeighborGraph, RelationGraph, SelfClean, SimiFeat, SimiFeatRule, Wann,
};
use mislabel::posterior::PosteriorModel;
use mislabel::prelude::*;
use mislabel::probe::{Probe, SoftmaxRegression};
use mislabel::reconstruct::{
    Autoencoder, ClassSearch as Search, Gaussian, LikelihoodRatio, NearestClasses, TrainingLength,
};
use mislabel::{LabelIssues, MemoryBudget, ProbabilityMatrix, Result, Run};
use ndarray::Array2;
use proptest::prelude::*;

use crate::stored::{Cut, Stored, every_file};

const FILES: [&str; 3] = ["single.npy", "single.safetensors", "single.parquet"];

fn soft_linear(classes: Search) -> Box<dyn Detector> {
    Box::new(Pipeline::new(SoftLinear { search: classes, ..SoftLinear::default() }, Rer::default()))
}

fn nearest<J: Judge<NeighborGraph> + 'static>(judge: J) -> Box<dyn Detector> {
    Box::new(Pipeline::new(KNearest { neighbors: Some(20), search: ExactSearch::default() }, judge))
}

/// Judges by soft linear errors under the nearest classes, with the model of the label noise.
struct Posterior(NearestClasses);

impl Detector for Posterior {
    fn detect(&self, rows: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let posterior = PosteriorModel::default().posterior(&self.0.evidence(rows, given, run)?, given, run)?;
        posterior.issues(posterior.default_rule())
    }
}

/// Every detector of embeddings whose work is cut by the data alone.
fn detectors() -> Vec<(&'static str, Box<dyn Detector>)> {
    let classifier = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
    let probe = Probe::of(classifier);
    let coresets: Pipeline<CoresetEvidence<ClassLeverage>, CoresetDetector> = Pipeline::default();
    let model = SoftLinear::default();
    let network =
        Autoencoder { hidden: vec![4], latent: 2, length: TrainingLength::Epochs(2), ..Autoencoder::default() };
    let posterior = NearestClasses { model: model.clone(), ..NearestClasses::default() };
    let votes = SimiFeat { rule: SimiFeatRule::Vote, ..SimiFeat::default() };
    vec![
        ("soft linear, all classes", soft_linear(Search::All)),
        ("soft linear, pruned", soft_linear(Search::Pruned)),
        ("soft linear, nearest means", soft_linear(Search::Nearest(2))),
        ("centroid", Box::new(Pipeline::new(Centroid::default(), Rer::default()))),
        ("gaussian", Box::new(Pipeline::new(Gaussian { model }, LikelihoodRatio::default()))),
        ("autoencoder", Box::new(Pipeline::new(network, Rer::default()))),
        ("posterior", Box::new(Posterior(posterior))),
        ("probe", Box::new(Pipeline::new(probe, ConfidentLearning::default()))),
        ("probe, pruned", Box::new(Pipeline::new(Pruned::of(probe), ConfidentLearning::default()))),
        ("agreement", nearest(Agreement { neighbors: 5, ..Agreement::default() })),
        ("simifeat", nearest(SimiFeat::default())),
        ("simifeat-vote", nearest(votes)),
        ("selfclean", nearest(SelfClean)),
        ("wann", nearest(Wann { most: 20, fewest: 5 })),
        ("relation", nearest(RelationGraph { neighbors: 20, ..RelationGraph::default() })),
        ("shapley", nearest(KnnShapley { neighbors: 5 })),
        ("coreset", Box::new(coresets)),
    ]
}

/// What `detector` says of the rows in `file`, on so many threads, within `run`.
fn from_file(detector: &dyn Detector, file: &Stored, given: &Labels, threads: usize, run: &Run<'_>) -> LabelIssues {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| detector.detect(&file.open(), given, run)).expect("issues")
}

fn bits(issues: &LabelIssues) -> (Vec<u64>, Vec<u64>, Vec<bool>, Vec<u32>) {
    let numbers = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
    let flags = issues.is_issue().to_vec();
    (numbers(issues.quality().as_slice()), numbers(issues.score()), flags, issues.suggested().values().to_vec())
}

/// The rows of `source`, rounded to what 16 bits hold.
fn halves(source: &dyn EmbeddingSource) -> Array2<f32> {
    let mut rows = Array2::zeros(source.shape());
    source.read_rows(0, rows.view_mut()).expect("all rows");
    rows.mapv(half::f16::from_f32).mapv(half::f16::to_f32)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn embeddings_of_every_format_give_the_same_issues_whatever_the_threads_and_the_budget(
        samples in 60_usize..160, features in 3_usize..20, classes in 2_usize..5, seed: u64,
        rows_of_group in 1_usize..200, rows_of_page in 1_usize..50, mebibytes in 5_u64..64,
    ) {
        let recipe = Clusters { samples, features, classes, components: 2, separation: 3.0, seed, ..Clusters::default() };
        let clusters = recipe.sampled().expect("a sound recipe");
        let given = Symmetric::default().corrupt(clusters.truth(), seed).expect("two classes").given;
        let rows = halves(&clusters);
        let memory = Embeddings::new(rows.view()).expect("finite");
        let folder = tempfile::tempdir().expect("a folder");
        let files = every_file(folder.path(), rows.view(), Cut { rows_of_group, rows_of_page });
        let within = Run::quiet().with_memory(MemoryBudget::new(mebibytes << 20).expect("bytes"));
        for (method, detector) in detectors() {
            let expected = bits(&detector.detect(&memory, &given, &Run::quiet()).expect("issues"));
            prop_assert!(bits(&detector.detect(&memory, &given, &within).expect("issues")) == expected, "{} in memory", method);
            for (place, file) in files.iter().enumerate() {
                let found = from_file(&*detector, file, &given, 1 + place % 2, &within);
                prop_assert!(bits(&found) == expected, "{} from {}", method, file.name());
            }
        }
    }

    #[test]
    fn probabilities_of_every_format_give_the_same_issues(
        samples in 20_usize..400, classes in 2_usize..30, seed: u64, margin in 0.0..10.0_f64,
    ) {
        let truth = Labels::new((0..samples).map(|row| (row % classes) as u32).collect(), classes).expect("labels below k");
        let given = Symmetric::default().corrupt(&truth, seed).expect("two classes").given;
        let predictions = SimulatedPredictions::new(&truth, 3, margin, seed).expect("a sound recipe");
        let mut rows = Array2::zeros((samples, classes));
        predictions.read_rows(0, rows.view_mut()).expect("all rows");
        let memory = ProbabilityMatrix::new(rows.mapv(f64::from)).expect("distributions");
        let expected = ConfidentLearning::default().issues(&memory, &given, &Run::quiet()).expect("issues");
        let folder = tempfile::tempdir().expect("a folder");
        for name in FILES {
            let path = folder.path().join(name);
            write_embeddings(&path, &predictions, FloatFormat::Single, &Run::quiet()).expect("written");
            let file = ProbabilityFile::open(&path, &ReadOptions::default()).expect("opened");
            let found = ConfidentLearning::default().issues(&file, &given, &Run::quiet()).expect("issues");
            prop_assert!(bits(&found) == bits(&expected), "{}", name);
        }
    }
}

#[test]
fn the_formats_are_those_that_embeddings_are_written_in() -> Result<()> {
    let clusters = Clusters { samples: 20, features: 8, classes: 2, ..Clusters::default() }.sampled()?;
    let folder = tempfile::tempdir().expect("a folder");
    let refused = write_embeddings(folder.path().join("e.csv"), &clusters, FloatFormat::Half, &Run::quiet());
    assert!(refused.is_err());
    Ok(())
}
