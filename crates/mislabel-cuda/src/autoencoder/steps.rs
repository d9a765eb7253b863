//! How far one network has come, and what it does in the next launch.

use mislabel_core::{Error, Result};
use mislabel_reconstruct::Autoencoder;
use mislabel_reconstruct::backend::{DIVERGENCE_FACTOR, Minibatches};

use crate::autoencoder::kernels::{METHOD, SCHEDULE, STATE, TASK};

/// One network in training, as the host follows it.
pub(crate) struct Progression {
    class: usize,
    stream: u64,
    /// Its number among the networks on the device, and its first row there.
    network: u32,
    first_row: u32,
    minibatches: Minibatches,
    taken: usize,
    total: usize,
    /// Epochs since the loss on the held-out samples was least, and that loss.
    waited: usize,
    best: f64,
    stopped: bool,
}

/// What one network does in one launch.
pub(crate) struct Stint {
    pub(crate) task: [u32; TASK],
    pub(crate) schedule: [f64; SCHEDULE],
    /// The held-out samples, then epoch after epoch.
    pub(crate) order: Vec<u32>,
    pub(crate) steps: usize,
    /// Rows that go through the network.
    pub(crate) visits: u64,
}

/// A network's state before its first step: nothing explodes, nothing is best, nothing diverged.
pub(crate) const FRESH: [f64; STATE] = [f64::INFINITY, f64::INFINITY, 0.0, -1.0, 0.0];

const JUDGE_HELD_OUT: u32 = 1;
const JUDGE_NEXT: u32 = 2;

impl Progression {
    pub(crate) fn new(
        method: &Autoencoder,
        (class, stream, samples): (usize, u64, usize),
        network: u32,
        first_row: u32,
    ) -> Self {
        let minibatches = Minibatches::new(method, samples, stream);
        let total = minibatches.steps(method);
        Self {
            class,
            stream,
            network,
            first_row,
            minibatches,
            taken: 0,
            total,
            waited: 0,
            best: f64::INFINITY,
            stopped: false,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.stopped || self.taken == self.total
    }

    /// Steps that early stopping left out.
    pub(crate) fn left(&self) -> usize {
        self.total - self.taken
    }

    /// Whether the parameters to keep are the best ones, not the last.
    pub(crate) fn keeps_best(&self) -> bool {
        self.best.is_finite()
    }

    /// The rows of its largest batch.
    pub(crate) fn largest(&self) -> usize {
        self.minibatches.largest()
    }

    /// The next epochs: as many as have at most `visits` samples, at least one; one where samples are held out.
    pub(crate) fn stint(&mut self, method: &Autoencoder, visits: usize) -> Stint {
        let (samples, batches) = (self.minibatches.order().len(), self.minibatches.count());
        let held_out = self.minibatches.held_out().len();
        let most = if held_out > 0 { 1 } else { (visits / samples).max(1) };
        let epochs = self.left().div_ceil(batches).min(most);
        let steps = self.left().min(epochs * batches);
        let mut order = self.minibatches.held_out().to_vec();
        for _ in 0..epochs {
            self.minibatches.shuffle();
            order.extend_from_slice(self.minibatches.order());
        }
        let first = self.taken;
        self.taken += steps;
        let closing = held_out == 0 && self.taken == self.total;
        let flags = if held_out > 0 { JUDGE_HELD_OUT } else { u32::from(closing) * JUDGE_NEXT };
        let stream = [self.stream as u32, (self.stream >> 32) as u32];
        let counts = [self.network, self.first_row, samples as u32, held_out as u32, 0, batches as u32, steps as u32];
        let [a, b, c, d, e, f, g] = counts;
        let powers = method.betas.map(|beta| beta.powf(first as f64));
        Stint {
            task: [a, b, c, d, e, f, g, flags, stream[0], stream[1]],
            schedule: [first as f64, self.total as f64, powers[0], powers[1]],
            visits: (steps * samples / batches + held_out) as u64,
            order,
            steps,
        }
    }

    /// Takes note of how it went.
    ///
    /// # Errors
    /// [`Error::Diverged`].
    pub(crate) fn accept(&mut self, method: &Autoencoder, state: &[f64]) -> Result<()> {
        let [_, _, judged, diverged, loss] = *state else { unreachable!("a state has five numbers") };
        if diverged >= 0.0 {
            return Err(Error::Diverged { class: self.class, step: diverged as usize, loss });
        }
        let Some(stopping) = method.early_stopping.filter(|_| !self.minibatches.held_out().is_empty()) else {
            return Ok(());
        };
        self.waited += 1;
        if judged < self.best {
            (self.best, self.waited) = (judged, 0);
        }
        self.stopped = self.waited >= stopping.patience;
        if self.is_done() && !self.best.is_finite() {
            return Err(Error::Diverged { class: self.class, step: self.taken, loss: judged });
        }
        Ok(())
    }
}

/// The numbers of a method that the kernel reads, for rows of so many `features`.
pub(crate) fn method_numbers(method: &Autoencoder, features: usize) -> [f64; METHOD] {
    [
        method.learning_rate,
        method.betas[0],
        method.betas[1],
        method.penalty(features),
        f64::from(mislabel_reconstruct::backend::ADAM_EPSILON),
        f64::from(u8::from(method.decay)),
        method.dropout,
        method.noise,
        DIVERGENCE_FACTOR,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_reconstruct::{EarlyStopping, TrainingLength};

    /// Powers by a whole and by a real exponent, rounded differently.
    const ROUNDING: f64 = 1e-12;

    fn progression(method: &Autoencoder, samples: usize) -> Progression {
        Progression::new(method, (3, 0x1234_5678_9ABC_DEF0, samples), 2, 40)
    }

    #[test]
    fn stints_take_all_steps_in_whole_epochs_and_the_last_one_is_judged() {
        let method = Autoencoder { batch: 4, length: TrainingLength::Steps(8), ..Autoencoder::default() };
        let mut network = progression(&method, 10);
        let first = network.stint(&method, 25);
        assert_eq!(first.task, [2, 40, 10, 0, 0, 3, 6, 0, 0x9ABC_DEF0, 0x1234_5678]);
        assert_eq!((first.order.len(), first.schedule[0], first.schedule[2]), (20, 0.0, 1.0));
        let last = network.stint(&method, 25);
        assert_eq!((last.steps, last.task[7], last.schedule[0], last.order.len()), (2, JUDGE_NEXT, 6.0, 10));
        assert!((last.schedule[3] - 0.99_f64.powi(6)).abs() < ROUNDING && network.is_done());
    }

    #[test]
    fn patience_ends_training_and_keeps_the_best() {
        let early_stopping = Some(EarlyStopping { share: 0.25, patience: 2 });
        let method = Autoencoder { early_stopping, length: TrainingLength::Epochs(9), ..Autoencoder::default() };
        let mut network = progression(&method, 8);
        for (judged, done) in [(0.5, false), (0.4, false), (0.6, false), (0.41, true)] {
            assert!(!network.is_done());
            assert_eq!((network.stint(&method, 1_000).order.len(), network.task_flags()), (8, JUDGE_HELD_OUT));
            network.accept(&method, &[1e4, 0.4, judged, -1.0, 0.0]).unwrap();
            assert_eq!(network.is_done(), done);
        }
        assert!(network.keeps_best() && network.left() == 5);
    }

    #[test]
    fn divergence_names_class_and_step() {
        let method = Autoencoder::default();
        let error = progression(&method, 8).accept(&method, &[1.0, f64::INFINITY, 0.0, 7.0, f64::NAN]).unwrap_err();
        assert!(matches!(error, Error::Diverged { class: 3, step: 7, .. }));
    }

    impl Progression {
        fn task_flags(&self) -> u32 {
            if self.minibatches.held_out().is_empty() { 0 } else { JUDGE_HELD_OUT }
        }
    }
}
