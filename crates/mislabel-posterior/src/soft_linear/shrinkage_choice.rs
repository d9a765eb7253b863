//! How strongly class models are shrunk, chosen by the likelihood of the labels.

use mislabel_core::{ClassEvidence, EmbeddingSource, Embeddings, Labels, Result, Run, split_seed};
use mislabel_reconstruct::{NearestClasses, SoftLinear};
use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;

use crate::model::PosteriorModel;

/// Samples that the choice is made on, about: likelihoods of them differ by tens where the choice matters.
const SAMPLES: usize = 2048;

/// Classes that they are of at most, so that each has enough of them.
const CLASSES: usize = 32;

/// Rounds of the posterior's fits, which need not settle to be compared.
const ROUNDS: usize = 20;

/// The shrinkage among `candidates`, each tried where the one before was likelier than those before it, under which the
/// labels of some samples are likeliest: every class says what it would of a sample that it has not seen, so that no
/// candidate gains by learning labels by heart. All samples where there are no more than 2,048 of at most 32 classes.
pub(super) fn likeliest_shrinkage(
    candidates: &[f64],
    evidence: &NearestClasses,
    model: &PosteriorModel,
    (embeddings, given): (&dyn EmbeddingSource, &Labels),
    run: &Run<'_>,
) -> Result<f64> {
    let (Some(first), true) = (candidates.first(), candidates.len() > 1) else {
        return Ok(candidates.first().copied().unwrap_or(evidence.model.shrinkage));
    };
    let Some((rows, labels)) = sample(embeddings, given, evidence.model.seed)? else { return Ok(*first) };
    let rows = Embeddings::new(rows.view())?;
    let model = PosteriorModel { rounds: model.rounds.min(ROUNDS), ..*model };
    let mut best = (f64::NEG_INFINITY, *first);
    for &shrinkage in candidates {
        let soft = SoftLinear { shrinkage, trim: Vec::new(), ..evidence.model.clone() };
        let run = run.scoped(format_args!("shrinkage {shrinkage}"));
        let errors = NearestClasses { model: soft, ..evidence.clone() }.evidence(&rows, &labels, &run)?;
        let likelihood = model.posterior(&errors, &labels, &run)?.log_likelihood();
        if likelihood <= best.0 {
            break;
        }
        best = (likelihood, shrinkage);
    }
    Ok(best.1)
}

/// The samples that a shrinkage is chosen by: some of some classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShrinkageSample {
    /// At most 32 classes of two samples or more, ascending.
    pub classes: Vec<u32>,
    /// How many samples of each, or all that there are.
    pub of_class: usize,
}

impl ShrinkageSample {
    /// Drawn with the seed from classes of these `counts`, `(k,)`; `None` where fewer than two have two samples.
    pub fn drawn(counts: &[usize], seed: u64) -> Option<Self> {
        Self::of(counts, &mut generator(counts, seed))
    }

    fn of(counts: &[usize], random: &mut ChaCha8Rng) -> Option<Self> {
        let fit: Vec<usize> = (0..counts.len()).filter(|class| counts[*class] > 1).collect();
        if fit.len() < 2 {
            return None;
        }
        let places = drawn(random, fit.len(), CLASSES);
        let classes: Vec<u32> = places.into_iter().map(|place| fit[place] as u32).collect();
        Some(Self { of_class: SAMPLES.div_ceil(classes.len()), classes })
    }
}

fn generator(counts: &[usize], seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(split_seed(seed, &[counts.iter().sum::<usize>() as u64]))
}

/// So many of the first numbers, ascending.
fn drawn(random: &mut ChaCha8Rng, from: usize, count: usize) -> Vec<usize> {
    let mut places = index::sample(random, from, count.min(from)).into_vec();
    places.sort_unstable();
    places
}

/// Rows and labels of some classes and some of their samples, drawn with the seed; none where fewer than two classes have
/// two samples.
fn sample(embeddings: &dyn EmbeddingSource, given: &Labels, seed: u64) -> Result<Option<(Array2<f32>, Labels)>> {
    let members = given.members();
    let counts: Vec<usize> = (0..given.class_count()).map(|class| members.rows(class).len()).collect();
    let mut random = generator(&counts, seed);
    let Some(ShrinkageSample { classes, of_class }) = ShrinkageSample::of(&counts, &mut random) else {
        return Ok(None);
    };
    let mut picked: Vec<(u32, u32)> = Vec::new();
    for (label, class) in classes.iter().enumerate() {
        let rows = members.rows(*class as usize);
        let places = drawn(&mut random, rows.len(), of_class);
        picked.extend(places.into_iter().map(|place| (rows[place], label as u32)));
    }
    picked.sort_unstable();
    let rows: Vec<u32> = picked.iter().map(|(row, _)| *row).collect();
    let mut values = Array2::zeros((rows.len(), embeddings.shape().1));
    embeddings.gather(&rows, values.view_mut())?;
    let labels = Labels::new(picked.into_iter().map(|(_, label)| label).collect(), classes.len())?;
    Ok(Some((values, labels)))
}
