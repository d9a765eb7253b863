//! Small datasets made of bytes: few samples, ties, zero rows, absent classes, extreme values.

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use mislabel_core::{EmbeddingMatrix, Labels, ProbabilityMatrix, Run, VerifiedLabels};
use mislabel_methods::{Dataset, Error, Method, Predictions, Report};
use ndarray::Array2;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Samples at most.
const MOST_SAMPLES: usize = 24;
/// Features at most.
const MOST_FEATURES: usize = 6;
/// Classes at most.
const MOST_CLASSES: u32 = 6;

/// Features that break what was thought to hold: signs of zero, the ends of the range, rounding.
const FEATURES: [f32; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    3.0,
    1e-3,
    -255.0,
    f32::MAX,
    f32::MIN,
    f32::MIN_POSITIVE,
    1e-45,
    1e-20,
    1e20,
    -1e19,
    1.000_000_1,
];

/// Everything that a method may judge labels by.
#[derive(Debug)]
pub struct SmallDataset {
    given: Labels,
    embeddings: EmbeddingMatrix,
    probabilities: Option<ProbabilityMatrix>,
    logits: Option<EmbeddingMatrix>,
    class_texts: Array2<f32>,
    verified: Option<VerifiedLabels>,
}

impl SmallDataset {
    /// The dataset that `bytes` describe, whatever they are.
    ///
    /// # Errors
    /// Where they end too early.
    pub fn arbitrary(bytes: &mut Unstructured<'_>) -> Result<Self> {
        let n = bytes.int_in_range(1..=MOST_SAMPLES)?;
        let d = bytes.int_in_range(1..=MOST_FEATURES)?;
        let k = bytes.int_in_range(1..=MOST_CLASSES)?;
        let labels = (0..n).map(|_| bytes.int_in_range(0..=k - 1)).collect::<Result<Vec<u32>>>()?;
        let given = Labels::new(labels, k as usize).expect("labels of the classes");
        let embeddings = matrix(bytes, n, d)?;
        let class_texts = matrix(bytes, k as usize, d)?.into_array();
        let (mut probabilities, mut logits) = (None, None);
        match bytes.int_in_range(0..=3)? {
            0 => probabilities = distributions(bytes, n, k as usize)?,
            1 => logits = Some(matrix(bytes, n, k as usize)?),
            _ => {}
        }
        let verified = verified(bytes, &given)?;
        Ok(Self { given, embeddings, probabilities, logits, class_texts, verified })
    }

    /// As methods take it.
    pub fn dataset(&self) -> Dataset<'_> {
        let mut data = Dataset::new(&self.given)
            .with_embeddings(&self.embeddings)
            .and_then(|data| data.with_class_texts(self.class_texts.view()))
            .expect("as many rows as labels and classes");
        if let Some(probabilities) = &self.probabilities {
            data = data.with_predictions(Predictions::Probabilities(probabilities)).expect("of these samples");
        }
        if let Some(logits) = &self.logits {
            data = data.with_predictions(Predictions::Logits(logits)).expect("of these samples");
        }
        if let Some(verified) = &self.verified {
            data = data.with_verified(verified).expect("of these labels");
        }
        data
    }
}

/// One byte a value, of the special ones or a small number, or five: any number that there is.
fn feature(bytes: &mut Unstructured<'_>) -> Result<f32> {
    Ok(match bytes.arbitrary::<u8>()? {
        special @ 0..16 => FEATURES[usize::from(special)],
        small @ 16..240 => (f32::from(small) - 128.0) / 16.0,
        _ => {
            let value = f32::from_bits(bytes.arbitrary()?);
            if value.is_finite() { value } else { 0.5 }
        }
    })
}

/// `(n, d)`; a third of the rows, about, repeat an earlier one or are zero.
fn matrix(bytes: &mut Unstructured<'_>, n: usize, d: usize) -> Result<EmbeddingMatrix> {
    let mut rows = Array2::zeros((n, d));
    for row in 0..n {
        match bytes.arbitrary::<u8>()? {
            0..32 => {}
            repeated @ 32..80 if row > 0 => {
                let earlier = rows.row(usize::from(repeated) % row).to_owned();
                rows.row_mut(row).assign(&earlier);
            }
            _ => {
                for value in rows.row_mut(row) {
                    *value = feature(bytes)?;
                }
            }
        }
    }
    Ok(EmbeddingMatrix::new(rows).expect("finite features"))
}

/// `(n, k)`, rows of small whole numbers over their sum; `None` where they do not pass for distributions.
fn distributions(bytes: &mut Unstructured<'_>, n: usize, k: usize) -> Result<Option<ProbabilityMatrix>> {
    let mut rows = Array2::zeros((n, k));
    for mut row in rows.rows_mut() {
        for value in &mut row {
            *value = f64::from(bytes.arbitrary::<u8>()? / 16);
        }
        let sum = row.sum();
        row.mapv_inplace(|value| if sum > 0.0 { value / sum } else { 1.0 / k as f64 });
    }
    Ok(ProbabilityMatrix::new(rows).ok())
}

fn verified(bytes: &mut Unstructured<'_>, given: &Labels) -> Result<Option<VerifiedLabels>> {
    let count = bytes.int_in_range(0..=2 * given.len())?.saturating_sub(given.len());
    let most = given.class_count() as u32 - 1;
    let labels = (0..count).map(|_| bytes.int_in_range(0..=most)).collect::<Result<Vec<_>>>()?;
    let verified = VerifiedLabels::new((0..count).collect(), labels, given).expect("labels of samples that exist");
    Ok((count > 0).then_some(verified))
}

/// One thread and three, made once.
static POOLS: LazyLock<[ThreadPool; 2]> =
    LazyLock::new(|| [1, 3].map(|threads| ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")));

/// Holds `method` to what it promises: an error or a whole report, the same on any number of threads, and the same from the
/// parameters that the report names.
pub fn check_promises(method: &dyn Method, data: &Dataset<'_>) {
    let [one, three] = &*POOLS;
    let report = one.install(|| method.report(data, &Run::quiet()));
    let again = three.install(|| method.report(data, &Run::quiet()));
    match (report, again) {
        (Ok(report), Ok(again)) => {
            check_report(&report, data);
            assert_eq!(written(&report), written(&again), "not the same on three threads");
            let repeated = mislabel_methods::parameterized(report.method, &report.parameters).expect("its parameters");
            assert_eq!(repeated.parameters(), report.parameters);
        }
        (Err(error), Err(again)) => assert_eq!(error.to_string(), again.to_string()),
        (report, again) => panic!("a result and an error: {:?}, {:?}", outcome(&report), outcome(&again)),
    }
}

/// The types see to qualities in [0, 1], finite scores, and suggested classes that exist.
fn check_report(report: &Report, data: &Dataset<'_>) {
    assert_eq!(report.issues.len(), data.len());
    assert_eq!(report.issues.suggested().class_count(), data.given().class_count());
    assert_eq!(report.class_difficulty.len(), data.given().class_count());
    assert!(report.noise_rate.is_none_or(|rate| (0.0..=1.0).contains(&rate)), "{:?}", report.noise_rate);
    let numbers = [report.threshold, report.difficulty];
    let numbers = numbers.iter().chain(&report.class_difficulty).flatten();
    assert!(numbers.clone().all(|number| number.is_finite()), "{:?}", numbers.collect::<Vec<_>>());
}

/// The report as text, exact to the bit.
fn written(report: &Report) -> String {
    serde_json::to_string(report).expect("a report")
}

fn outcome(report: &std::result::Result<Report, Error>) -> String {
    report.as_ref().map_or_else(ToString::to_string, |_| "a report".into())
}
