//! The datasets, and shapes made of them.

use std::path::Path;

use mislabel_core::{Embeddings, Labels, NoiseModel, split_seed};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_noise::{Asymmetric, InstanceDependent, Symmetric};
use ndarray::{Array1, Array2, Axis};

use crate::cells::Outcome;

/// Rates of the noise that is made.
const RATES: [f64; 5] = [0.01, 0.05, 0.1, 0.2, 0.4];

/// Rows with their true labels, and human labels where there are any.
pub(crate) struct Data {
    pub(crate) rows: Array2<f32>,
    pub(crate) truth: Labels,
    human: Vec<(&'static str, Labels)>,
}

/// The dataset called `name`; none where its file is not in `root`.
pub(crate) fn read(root: &Path, name: &str) -> Outcome<Option<Data>> {
    let (base, shape) = name.split_once('_').unwrap_or((name, ""));
    let folder = match base.trim_end_matches(char::is_numeric) {
        "fashion" => "fashion_pixels_5k",
        "banking" => "banking77_minilm",
        "cifar" => "cifar10_efflite0_10k",
        other => other,
    };
    let folder = root.join(folder);
    if !folder.exists() {
        return Ok(None);
    }
    let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?.to_array()?;
    let labels = |file: &str, classes: &Classes| -> Outcome<Labels> {
        Ok(LabelFile::read(folder.join(file), &ReadOptions::default())?.column(classes)?.labels)
    };
    let truth = labels("true_labels.npy", &Classes::Observed)?;
    let mut human = Vec::new();
    for kind in ["human_worse", "human_aggregate"] {
        let file = format!("given_{kind}.npy");
        if shape.is_empty() && folder.join(&file).exists() {
            human.push((kind, labels(&file, &Classes::Count(truth.class_count()))?));
        }
    }
    let data = Data { rows, truth, human };
    Ok(Some(match (base, shape) {
        ("banking7", _) => data.grouped(7)?,
        ("banking10", _) => data.classes(|class| (class % 7 == 0 && class < 70).then_some(class / 7), 10)?,
        ("banking20", _) => data.overlapping()?,
        (_, "blend") => data.overlapping()?.blended(),
        (_, "few") => data.thinned(|_| 20)?,
        (_, "uneven") => data.thinned(|class| (100.0 * 50.0_f64.powf(-(class as f64) / 76.0)).round() as usize)?,
        ("fashion", "2") => data.classes(|class| [2, 6].iter().position(|of| *of == class), 2)?,
        ("cifar", "2") => data.classes(|class| [3, 5].iter().position(|of| *of == class), 2)?,
        (_, "rare") => data.thinned(|class| [5, 20].get(class).copied().unwrap_or(usize::MAX))?,
        _ => data,
    }))
}

/// A number in [0, 1) by a seed.
fn chance(seed: &[u64]) -> f64 {
    split_seed(51, seed) as f64 / 2.0_f64.powi(64)
}

impl Data {
    /// Labels by kind and rate: clean, human, and `seeds` draws of noise.
    pub(crate) fn cells(&self, seeds: u64) -> Outcome<Vec<(String, Vec<Labels>)>> {
        let mut cells = vec![("clean".into(), vec![self.truth.clone()])];
        cells.extend(self.human.iter().map(|(kind, labels)| ((*kind).into(), vec![labels.clone()])));
        let embeddings = Embeddings::new(self.rows.view())?;
        for rate in RATES {
            let symmetric = Symmetric { rate, ..Symmetric::default() };
            let asymmetric = Asymmetric { rate, ..Asymmetric::default() };
            let instance = InstanceDependent::new(&embeddings, rate);
            let kinds: [(&str, &dyn NoiseModel); 3] =
                [("symmetric", &symmetric), ("asymmetric", &asymmetric), ("instance", &instance)];
            for (kind, noise) in kinds {
                // With two classes flips have one direction, and at .4 as many flip as stay.
                if self.truth.class_count() == 2 && (kind == "asymmetric" || rate > 0.3) {
                    continue;
                }
                let draws: Result<Vec<Labels>, _> =
                    (0..seeds).map(|seed| Ok(noise.corrupt(&self.truth, seed)?.given)).collect();
                let draws: mislabel_core::Result<Vec<Labels>> = draws;
                cells.push((format!("{kind}_{rate}"), draws?));
            }
        }
        Ok(cells)
    }

    /// The samples of the classes that `renamed` keeps.
    fn classes(self, renamed: impl Fn(usize) -> Option<usize>, count: usize) -> Outcome<Self> {
        let keep: Vec<usize> = (0..self.truth.len()).filter(|row| renamed(self.truth.class(*row)).is_some()).collect();
        let labels = keep.iter().filter_map(|row| renamed(self.truth.class(*row))).map(|class| class as u32).collect();
        Ok(Self { rows: self.rows.select(Axis(0), &keep), truth: Labels::new(labels, count)?, human: Vec::new() })
    }

    /// At most `most(class)` samples of every class, the first ones.
    fn thinned(self, most: impl Fn(usize) -> usize) -> Outcome<Self> {
        let mut before = vec![0; self.truth.class_count()];
        let keep: Vec<usize> = (0..self.truth.len())
            .filter(|row| {
                let class = self.truth.class(*row);
                before[class] += 1;
                before[class] <= most(class)
            })
            .collect();
        let labels = keep.iter().map(|row| self.truth.values()[*row]).collect();
        let truth = Labels::new(labels, self.truth.class_count())?;
        Ok(Self { rows: self.rows.select(Axis(0), &keep), truth, human: Vec::new() })
    }

    /// The classes in `groups` at random.
    fn grouped(self, groups: usize) -> Outcome<Self> {
        let group = |class: u32| (chance(&[7, u64::from(class)]) * groups as f64) as u32;
        let labels = self.truth.values().iter().map(|class| group(*class)).collect();
        Ok(Self { truth: Labels::new(labels, groups)?, human: Vec::new(), ..self })
    }

    /// The 20 classes in the pairs of means that are nearest to each other.
    fn overlapping(self) -> Outcome<Self> {
        let means = self.means();
        let mut pairs = Vec::new();
        for one in 0..means.nrows() {
            pairs.extend((0..one).map(|other| (means.row(one).dot(&means.row(other)), one, other)));
        }
        pairs.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
        let mut picked: Vec<usize> = Vec::new();
        for class in pairs.iter().flat_map(|(_, one, other)| [*one, *other]) {
            if picked.len() < 20 && !picked.contains(&class) {
                picked.push(class);
            }
        }
        picked.sort_unstable();
        self.classes(|class| picked.iter().position(|of| *of == class), 20)
    }

    /// Every sample moved up to 65% of the way to a sample of one of the three classes nearest to its own.
    fn blended(mut self) -> Self {
        let (means, members) = (self.means(), self.truth.members());
        let rows = self.rows.clone();
        for row in 0..rows.nrows() {
            let class = self.truth.class(row);
            let mut near: Vec<usize> = (0..means.nrows()).filter(|other| *other != class).collect();
            near.sort_by(|a, b| means.row(class).dot(&means.row(*b)).total_cmp(&means.row(class).dot(&means.row(*a))));
            let mates = members.rows(near[(3.0 * chance(&[1, row as u64])) as usize]);
            let mate = mates[(mates.len() as f64 * chance(&[2, row as u64])) as usize] as usize;
            let share = 0.65 * chance(&[3, row as u64]) as f32;
            self.rows.row_mut(row).zip_mut_with(&rows.row(mate), |x, mate| *x += share * (mate - *x));
        }
        self
    }

    /// Class means of length 1, `(k, d)`.
    fn means(&self) -> Array2<f32> {
        let members = self.truth.members();
        let mut means = Array2::zeros((self.truth.class_count(), self.rows.ncols()));
        for (class, mut mean) in means.outer_iter_mut().enumerate() {
            let rows: Vec<usize> = members.rows(class).iter().map(|row| *row as usize).collect();
            let sum: Array1<f32> = self.rows.select(Axis(0), &rows).sum_axis(Axis(0));
            mean.assign(&(&sum / sum.dot(&sum).sqrt()));
        }
        means
    }
}
