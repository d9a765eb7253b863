//! Every method gives the same bits whether embeddings and probabilities lie in memory or in a file of any format.

use std::path::Path;

use mislabel::confident::ConfidentLearning;
use mislabel::coreset::{CoresetDetector, CoresetEvidence};
use mislabel::datasets::{Clusters, SimulatedPredictions};
use mislabel::io::{ArrayChoice, EmbeddingFile, ProbabilityFile, StoredFloat, write_embeddings};
use mislabel::neighbors::{Agreement, ExactSearch, KNearest};
use mislabel::prelude::*;
use mislabel::probe::{Probe, SoftmaxRegression};
use mislabel::reconstruct::{Centroid, Gaussian, LikelihoodRatio};
use mislabel::{LabelIssues, ProbabilityMatrix, Result, Silent};
use ndarray::Array2;
use proptest::prelude::*;

const FILES: [(&str, StoredFloat); 6] = [
    ("half.npy", StoredFloat::Half),
    ("half.safetensors", StoredFloat::Half),
    ("half.parquet", StoredFloat::Half),
    ("single.npy", StoredFloat::Single),
    ("single.safetensors", StoredFloat::Single),
    ("single.parquet", StoredFloat::Single),
];

fn detectors() -> Vec<(&'static str, Box<dyn Detector>)> {
    let classifier = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
    let coresets: Pipeline<CoresetEvidence, CoresetDetector> = Pipeline::default();
    let graph = KNearest { k: 5, search: ExactSearch::default() };
    vec![
        ("soft linear", Box::new(Pipeline::new(SoftLinear::default(), Rer::default()))),
        ("centroid", Box::new(Pipeline::new(Centroid::default(), Rer::default()))),
        ("gaussian", Box::new(Pipeline::new(Gaussian::default(), LikelihoodRatio::default()))),
        ("probe", Box::new(Pipeline::new(Probe::of(classifier), ConfidentLearning::default()))),
        ("neighbors", Box::new(Pipeline::new(graph, Agreement { neighbors: 5, ..Agreement::default() }))),
        ("coreset", Box::new(coresets)),
    ]
}

fn embeddings(path: &Path) -> EmbeddingFile {
    EmbeddingFile::open(path, &ArrayChoice::default()).expect("the file was just written")
}

fn bits(issues: &LabelIssues) -> (Vec<u64>, Vec<u64>, Vec<bool>, Vec<u32>) {
    let numbers = |values: ndarray::ArrayView1<'_, f64>| values.iter().map(|value| value.to_bits()).collect();
    let flags = issues.is_issue().to_vec();
    (numbers(issues.quality().view()), numbers(issues.score().view()), flags, issues.suggested().values().to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn embeddings_of_every_format_give_the_same_issues(
        samples in 60_usize..160, features in 3_usize..20, classes in 2_usize..5, seed: u64,
    ) {
        let recipe = Clusters { samples, features, classes, components: 2, separation: 3.0, seed, ..Clusters::default() };
        let clusters = recipe.sampled().expect("a sound recipe");
        let given = Symmetric::default().corrupt(clusters.truth(), seed).expect("two classes").given;
        let folder = tempfile::tempdir().expect("a folder");
        // What is stored as f16 first is exact in every format.
        let exact = folder.path().join("exact.npy");
        write_embeddings(&exact, &clusters, StoredFloat::Half, &Silent).expect("written");
        let rows = embeddings(&exact).to_array().expect("read");
        let memory = Embeddings::new(rows.view()).expect("finite");
        for (name, stored) in FILES {
            write_embeddings(folder.path().join(name), &memory, stored, &Silent).expect("written");
        }
        for (method, detector) in detectors() {
            let expected = detector.detect(&memory, &given, &Silent).expect("issues");
            for (name, _) in FILES {
                let found = detector.detect(&embeddings(&folder.path().join(name)), &given, &Silent).expect("issues");
                prop_assert!(bits(&found) == bits(&expected), "{} from {}", method, name);
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
        let expected = ConfidentLearning::default().issues(&memory, &given).expect("issues");
        let folder = tempfile::tempdir().expect("a folder");
        for (name, stored) in FILES.into_iter().filter(|(_, stored)| *stored == StoredFloat::Single) {
            let path = folder.path().join(name);
            write_embeddings(&path, &predictions, stored, &Silent).expect("written");
            let file = ProbabilityFile::open(&path, &ArrayChoice::default()).expect("opened");
            let found = ConfidentLearning::default().issues(&file, &given).expect("issues");
            prop_assert!(bits(&found) == bits(&expected), "{}", name);
        }
    }
}

#[test]
fn the_formats_are_those_that_embeddings_are_written_in() -> Result<()> {
    let clusters = Clusters { samples: 20, features: 8, classes: 2, ..Clusters::default() }.sampled()?;
    let folder = tempfile::tempdir().expect("a folder");
    let refused = write_embeddings(folder.path().join("e.csv"), &clusters, StoredFloat::Half, &Silent);
    assert!(refused.is_err());
    Ok(())
}
