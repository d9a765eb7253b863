//! What an autoencoder looks like and how it is trained.

use mislabel_core::{Error, Result};

/// What a layer does to each of its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// max(0, z).
    Relu,
    /// tanh z.
    Tanh,
    /// 1/(1 + e^−z).
    Sigmoid,
}

/// One step of bringing the rows to scale; the steps of a list are taken in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum InputScaling {
    /// Every row divided by its L2 norm; a zero row stays zero.
    UnitNorm,
    /// Every feature less its mean and divided by its standard deviation, both over all rows; a constant feature
    /// becomes 0.
    Standardize,
    /// Every feature mapped from its range over all rows to [0, 1] and clipped to it; a constant feature becomes 0.
    MinMax,
    /// All rows divided by one number, so that the median class has variance 1 per feature. What `shrinkage`, learning
    /// rate and noise mean then no longer depends on the data's scale.
    ClassVariance,
}

/// How long every network is trained, unless early stopping ends it sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum TrainingLength {
    /// So many passes over the class.
    Epochs(usize),
    /// So many mini-batches, whatever the size of the class.
    Steps(usize),
}

/// Stopping when the loss on held-out samples of the class no longer falls; the best parameters are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct EarlyStopping {
    /// Share of the training samples that are held out, in (0, 1); a class of one training sample is trained in full.
    pub share: f64,
    /// Epochs without a lower loss before training ends, at least 1.
    pub patience: usize,
}

/// One shallow autoencoder per class (and fold), trained by Adam: Marks, Griffin & Corso 2024 ([arXiv:2412.02596]).
///
/// The network of a class maps d features through `hidden` layers to `latent` values and back through the same layers
/// in reverse; Δ_c(x) = ‖x − x̂_c‖ over the scaled rows. Parameters minimize, by mini-batches,
///
/// mean over samples and features of (x − x̂)² + (`l2` + `shrinkage`/d)·Σ w²,
///
/// over the weights w (a tied weight counts once; biases do not).
///
/// # Cross-fitting
/// A network that has seen a sample reconstructs it too well, wrong label or not. So every class is split into `folds`
/// parts and has a network for each, trained on the other parts; a sample of part f is measured by the networks
/// numbered f of *all* classes (modulo their number), none of which saw it. With `folds` = 1 there is one network per
/// class, and own errors are in-sample, as in the paper.
///
/// Then, for every threshold in `trim`, samples with χ = Δ_own/Δ_least_other above it (never more than half of a class)
/// are left out and training goes on without them, from the parameters it had reached; all samples are scored again.
///
/// # Chance
/// What a sample gets (its part, its place in the batches) follows from the `seed` and its values, not from its place;
/// networks of different classes get the same first weights and the same stream of chance. So neither the order of the
/// samples nor the names of the classes matter (beyond rounding), and nothing depends on the number of threads. Equal
/// rows of a class go into one part: no network knows a copy of what it should not have seen.
///
/// # Small classes
/// An empty class has no network and is no other class's rival. A class with fewer different samples than `folds` has
/// one fold for each. A sample alone in its class counts as reconstructed as well as by the best other class (χ = 1),
/// as with [`SoftLinear`](crate::SoftLinear). Where trimming would leave a fold nothing to train on, the fold is not
/// trimmed.
///
/// # When to choose it
/// [`SoftLinear`](crate::SoftLinear) is the closed form of the linear case, with exact leave-one-out instead of folds.
/// It is the better first choice: about ten times less CPU, and clearly ahead where classes are small (about a hundred
/// samples) and errors have a direction; elsewhere the two are within a point of each other (docs/notebook/autoencoders.md has
/// the table). Choose autoencoders where classes have hundreds of samples and CPU time is no matter, to try a nonlinear
/// reconstructor, to keep the trained model in a file and score samples later, or to reproduce the paper.
///
/// # Departures
/// The released code trains with a loss that is NaN from the first step; here that is [`Error::Diverged`]. The
/// [`Default`] is the recipe that ranked best on the real datasets (one rectified layer with tied weights, strongly
/// penalized and briefly trained; two trims), not the paper's, which is [`Autoencoder::paper`].
///
/// # Cost
/// Steps · batch · Σ over layers of 6·inputs·outputs operations per class and fold; scoring n·k · Σ 2·inputs·outputs.
/// Memory: the networks, per thread one class's rows in f32, and about 60 bytes per sample. Networks train side by
/// side, one to a thread; where they are few, every batch is divided among threads as well.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
/// use mislabel_reconstruct::Autoencoder;
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((40, 4), |(i, j)| if i % 2 == j { 1.0 } else { 0.01 * (i * j % 7) as f32 });
/// let mut given: Vec<u32> = (0..40).map(|i| i % 2).collect();
/// given[6] = 1; // wrong
/// let given = Labels::new(given, 2)?;
/// let errors = Autoencoder::default().evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert!(errors.own()[6] > errors.least_other()[6]);
/// assert!(errors.own()[7] < errors.least_other()[7]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// [arXiv:2412.02596]: https://arxiv.org/abs/2412.02596
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Autoencoder {
    /// Widths of the encoder's hidden layers, each at least 1; the decoder has them in reverse. May be empty.
    pub hidden: Vec<usize>,
    /// Width of the innermost layer, at least 1.
    pub latent: usize,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Activation of the innermost layer.
    pub latent_activation: Activation,
    /// Activation of the last layer; [`Activation::Sigmoid`] wants rows in [0, 1].
    pub output: Activation,
    /// Whether every decoder layer uses the transposed weights of its encoder layer.
    pub tied: bool,
    /// Whether the network sees and reconstructs x − m, m the mean of its training samples. Needs an
    /// [`Activation::Identity`] output.
    pub centered: bool,
    /// Share of hidden units switched off at random in every step, in [0, 1).
    pub dropout: f64,
    /// Penalty on the squared weights, against the mean squared error per feature; not negative.
    pub l2: f64,
    /// The same penalty against the squared error summed over features; not negative. A linear autoencoder of a class
    /// whose covariance has eigenvalues w keeps the share 1 − `shrinkage`/w of each (half of `shrinkage` where weights
    /// are tied), and nothing of those below it (Kunin et al. 2019, arXiv:1901.08168).
    pub shrinkage: f64,
    /// Standard deviation, per feature, of the uniform noise added to the network's input in training; not negative.
    pub noise: f64,
    /// Adam's step size, positive.
    pub learning_rate: f64,
    /// Whether the step size falls linearly to zero over the training.
    pub decay: bool,
    /// Adam's decay rates of the first and second moment, each in [0, 1).
    pub betas: [f64; 2],
    /// Samples per step, at least 1.
    pub batch: usize,
    /// How long to train, in every round.
    pub length: TrainingLength,
    /// Early stopping, if any.
    pub early_stopping: Option<EarlyStopping>,
    /// Parts that a class is split into for out-of-fold errors; 1 for in-sample errors.
    pub folds: usize,
    /// χ thresholds of the trim-and-refit rounds, in order; positive. Empty: fit once.
    pub trim: Vec<f64>,
    /// What is done to the rows first.
    pub scaling: Vec<InputScaling>,
    /// Seed of folds, first weights, batches, dropout and noise.
    pub seed: u64,
}

/// Weights of an encoder: beyond 4 GiB a network.
const MOST_WEIGHTS: f64 = 1_073_741_824.0;

impl Default for Autoencoder {
    fn default() -> Self {
        Self {
            hidden: vec![],
            latent: 96,
            activation: Activation::Relu,
            latent_activation: Activation::Relu,
            output: Activation::Identity,
            tied: true,
            centered: true,
            dropout: 0.0,
            l2: 0.0,
            shrinkage: 4.0,
            noise: 0.0,
            learning_rate: 5e-3,
            decay: true,
            betas: [0.9, 0.99],
            batch: 128,
            length: TrainingLength::Steps(30),
            early_stopping: None,
            folds: 4,
            trim: vec![1.06, 1.03],
            scaling: vec![InputScaling::UnitNorm, InputScaling::ClassVariance],
            seed: 0,
        }
    }
}

impl Autoencoder {
    /// The published architecture and training: d → 256 relu → 10 → 256 relu → d sigmoid, dropout .01, L2 1e-6, rows
    /// scaled to [0, 1], Adam with step 1e-3, batches of 64, own errors in-sample, no trimming. The 20 epochs are ours.
    pub fn paper() -> Self {
        Self {
            hidden: vec![256],
            latent: 10,
            latent_activation: Activation::Identity,
            output: Activation::Sigmoid,
            tied: false,
            centered: false,
            dropout: 0.01,
            l2: 1e-6,
            shrinkage: 0.0,
            learning_rate: 1e-3,
            decay: false,
            betas: [0.9, 0.999],
            batch: 64,
            length: TrainingLength::Epochs(20),
            folds: 1,
            trim: vec![],
            scaling: vec![InputScaling::MinMax],
            ..Self::default()
        }
    }

    /// Checks every parameter, for rows of so many `features`.
    pub(crate) fn check(&self, features: usize) -> Result<()> {
        const POSITIVE: &str = "positive and finite";
        const NOT_NEGATIVE: &str = "finite and not negative";
        let count = |name, value: usize, most: usize, requirement| {
            require(name, value as f64, (1..=most).contains(&value), requirement)
        };
        for width in self.hidden.iter().chain([&self.latent]) {
            count("a layer's width", *width, 1 << 20, "at least 1 and at most 1048576")?;
        }
        if features == 0 {
            return Err(Error::Empty { what: "embeddings" });
        }
        let widths: Vec<f64> =
            [&[features], self.hidden.as_slice(), &[self.latent]].concat().iter().map(|w| *w as f64).collect();
        let weights = widths.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>();
        require("encoder weights", weights, weights <= MOST_WEIGHTS, "at most 1073741824")?;
        count("batch", self.batch, 1 << 20, "at least 1 and at most 1048576")?;
        count("folds", self.folds, 1 << 10, "at least 1 and at most 1024")?;
        for (name, value) in [("l2", self.l2), ("shrinkage", self.shrinkage), ("noise", self.noise)] {
            require(name, value, value >= 0.0 && value.is_finite(), NOT_NEGATIVE)?;
        }
        for (name, value) in [("dropout", self.dropout), ("betas", self.betas[0]), ("betas", self.betas[1])] {
            require(name, value, (0.0..1.0).contains(&value), "at least 0 and less than 1")?;
        }
        let rates = self.trim.iter().map(|value| ("trim", *value)).chain([("learning_rate", self.learning_rate)]);
        for (name, value) in rates {
            require(name, value, value > 0.0 && value.is_finite(), POSITIVE)?;
        }
        let (TrainingLength::Epochs(length) | TrainingLength::Steps(length)) = self.length;
        count(
            "length",
            length,
            usize::try_from(1_u64 << 32).unwrap_or(usize::MAX),
            "at least 1 and at most 4294967296",
        )?;
        if let Some(stopping) = self.early_stopping {
            let inside = stopping.share > 0.0 && stopping.share < 1.0;
            require("early_stopping.share", stopping.share, inside, "greater than 0 and less than 1")?;
            count("early_stopping.patience", stopping.patience, usize::MAX, "at least 1")?;
        }
        let fits = !self.centered || self.output == Activation::Identity;
        require("centered", 1.0, fits, "0 (false) unless the output is the identity")
    }
}

fn require(name: &'static str, value: f64, holds: bool, requirement: &'static str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::parameter(name, value, requirement)) }
}
