//! What a run over a table costs, calculated before it is begun.

use crate::error::{Error, Result};
use crate::model::{MODELS, own_models_memory};
use crate::table::Layout;

/// Features at which [`Constants`] hold.
const MEASURED_FEATURES: f64 = 768.0;

/// Bytes of a value at which [`Constants::reading`] holds.
const MEASURED_BYTES: f64 = 2.0;

/// Rows of a batch.
const BATCH: f64 = 8_192.0;

/// Directions of a class, with its mean.
const DIRECTIONS: f64 = 51.0;

/// Bytes of a row of a table of scores, or of issues, about, without compression.
const WRITTEN: f64 = 40.0;

/// Microseconds that one thread takes for one row of 768 features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// Reading an embedding of 1,536 bytes; grows as the bytes. A guess: it was not measured.
    pub reading: f64,
    /// Adding it to the sums of its class; grows as d².
    pub summing: f64,
    /// Its leave-one-out error under its own class; grows as d².
    pub own_error: f64,
    /// The search of the nearest other class, for every class that there is; grows as d. Classes that overlap more cost more.
    pub search: f64,
}

impl Constants {
    /// A thread of an Intel Xeon with a matrix unit (Sapphire Rapids), measured on one machine without any engine: 9.4 CPU
    /// seconds for the search of 100,000 rows among 1,000 classes, 43 to 48 for fitting and own errors of 1,281,167 rows.
    pub const MATRIX_UNIT: Self = Self { reading: 5.0, summing: 15.0, own_error: 15.0, search: 0.094 };
    /// The same, multiplying bytes with vector instructions (AVX-512 VNNI): 25.0 CPU seconds for the search of 130,000 rows.
    pub const BYTE_VECTORS: Self = Self { search: 0.192, ..Self::MATRIX_UNIT };
}

/// A run over a table by the ratio, as [`Detection`](crate::Detection) takes it, on machines that are all alike.
#[derive(Clone, Debug, PartialEq)]
pub struct CostModel {
    /// Rows n.
    pub samples: f64,
    /// Features d.
    pub features: usize,
    /// Classes k.
    pub classes: usize,
    /// Bytes of one feature in the files: 4, or 2 for half precision. Compression is left out.
    pub bytes_per_value: f64,
    /// Rounds of trim and refit.
    pub rounds: usize,
    /// The share of rows that every round drops, in [0, 1].
    pub dropped_share: f64,
    /// The share of rows that classes are fitted and trimmed on, in [0, 1]. `Detection` takes all; less is a run over a table
    /// of a sample, with the other rows scored as unseen.
    pub fit_share: f64,
    /// Whether passes that look at few rows read the embeddings of all: the sums of dropped rows, once a round, and the sample
    /// for the noise rate.
    pub light_passes: bool,
    /// How rows lie in files.
    pub layout: Layout,
    /// Hardware threads of a machine; each takes a partition.
    pub threads_per_machine: usize,
    /// The share of time that threads are busy, in (0, 1].
    pub utilization: f64,
    /// Hours that the run may take.
    pub hours: f64,
    /// Bytes for models of classes' own samples in a process.
    pub own_models_memory: u64,
    /// What a row takes.
    pub constants: Constants,
}

impl CostModel {
    /// A table of f32, rows in any way, one round that drops a tenth; one hour on machines of 16 threads that are busy for 70%.
    pub fn new(samples: f64, features: usize, classes: usize) -> Self {
        Self {
            samples,
            features,
            classes,
            bytes_per_value: 4.0,
            rounds: 1,
            dropped_share: 0.1,
            fit_share: 1.0,
            light_passes: true,
            layout: Layout::Any,
            threads_per_machine: 16,
            utilization: 0.7,
            hours: 1.0,
            own_models_memory: own_models_memory(),
            constants: Constants::MATRIX_UNIT,
        }
    }

    /// Checks all fields; figures of a model that passes are finite.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field and its value.
    pub fn check(&self) -> Result<()> {
        let shares = [("dropped share", self.dropped_share), ("fit share", self.fit_share)];
        let Constants { reading, summing, own_error, search } = self.constants;
        let positive = [
            ("rows", self.samples),
            ("features", self.features as f64),
            ("classes", self.classes as f64),
            ("bytes per value", self.bytes_per_value),
            ("threads", self.threads_per_machine as f64),
            ("utilization", self.utilization),
            ("hours", self.hours),
            ("microseconds for reading", reading),
            ("microseconds for summing", summing),
            ("microseconds for own errors", own_error),
            ("microseconds for the search", search),
        ];
        if let Some((name, value)) = shares.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            return Err(Error::Input(format!("{name} = {value}: from 0 to 1")));
        }
        if let Some((name, value)) = positive.into_iter().find(|(_, value)| !(*value > 0.0 && *value <= 1e18)) {
            return Err(Error::Input(format!("{name} = {value}: a number above 0 is needed")));
        }
        if self.utilization > 1.0 {
            return Err(Error::Input(format!("utilization = {}: at most 1", self.utilization)));
        }
        Ok(())
    }

    /// Microseconds that a thread spends on a row of the table, in all passes together.
    pub fn microseconds(&self) -> f64 {
        let wide = self.features as f64 / MEASURED_FEATURES;
        let Constants { reading, summing, own_error, search } = self.constants;
        let reading = reading * wide * self.bytes_per_value / MEASURED_BYTES;
        let (summing, own_error) = (summing * wide * wide, own_error * wide * wide);
        let scoring = reading + search * self.classes as f64 * wide + own_error;
        let light = if self.light_passes { reading } else { 0.0 };
        let round = scoring + light + self.dropped_share * summing;
        self.fit_share * (reading + summing + self.rounds as f64 * round) + scoring + light
    }

    /// Hours of one thread, all at work.
    pub fn thread_hours(&self) -> f64 {
        self.samples * self.microseconds() * 1e-6 / 3600.0
    }

    /// Machines that take these hours at this utilization.
    pub fn machines(&self) -> f64 {
        (self.thread_hours() / (self.threads_per_machine as f64 * self.utilization * self.hours)).ceil().max(1.0)
    }

    /// How often the embeddings of a row are read.
    pub fn passes(&self) -> f64 {
        let light = if self.light_passes { 1.0 } else { 0.0 };
        self.fit_share * (1.0 + self.rounds as f64 * (1.0 + light)) + 1.0 + light
    }

    /// Bytes of embeddings that are read, in all passes.
    pub fn bytes_read(&self) -> f64 {
        self.samples * self.features as f64 * self.bytes_per_value * self.passes()
    }

    /// Bytes that a machine reads in a second.
    pub fn read_rate(&self) -> f64 {
        self.bytes_read() / (self.machines() * self.hours * 3600.0)
    }

    /// Bytes of the sums of one class: 4·d·(d + 1).
    pub fn sums_bytes(&self) -> f64 {
        let d = self.features as f64;
        4.0 * d * (d + 1.0)
    }

    /// Bytes of sums that go from task to task once: of every class from every partition, or, from sorted files, of every class
    /// and of those that go on in another partition, where there are as many files as partitions. Folders by label are taken as
    /// sorted.
    pub fn shuffled_at_once(&self) -> f64 {
        let (k, partitions) = (self.classes as f64, self.threads_per_machine as f64 * self.machines());
        match self.layout {
            Layout::Any => k * partitions * self.sums_bytes(),
            Layout::Sorted | Layout::Hive => (k + partitions) * self.sums_bytes(),
        }
    }

    /// The same in the whole run, at most: all rows are summed once, and those that a round drops.
    pub fn shuffled(&self) -> f64 {
        (1 + self.rounds) as f64 * self.shuffled_at_once()
    }

    /// Bytes of the models of all classes' own samples: 8·d·(d + 1) for each class.
    pub fn own_models_bytes(&self) -> f64 {
        2.0 * self.classes as f64 * self.sums_bytes()
    }

    /// Whether rows that come in any order have models of own samples read again and again, because a process does not keep
    /// all. The time that this takes is in no figure.
    pub fn own_models_are_read_again(&self) -> bool {
        self.layout == Layout::Any && self.own_models_bytes() > self.own_models_memory as f64
    }

    /// Bytes of memory that an executor of all threads of a machine needs, about: sums, models, a batch for every thread, and
    /// ids of dropped rows at 16 bytes each.
    pub fn executor_memory(&self) -> f64 {
        let (k, d, threads) = (self.classes as f64, self.features as f64, self.threads_per_machine as f64);
        let classes = match self.layout {
            Layout::Any => k,
            Layout::Sorted | Layout::Hive => 1.0,
        };
        let sums = threads * classes * self.sums_bytes();
        // Directions in f32, and their roundings to bytes.
        let directions = (1 + self.rounds).min(MODELS) as f64 * k * DIRECTIONS * d * 5.0;
        let models = directions + self.own_models_bytes().min(self.own_models_memory as f64);
        // Once for the sums of a round, once for the model that is fitted without them.
        let lists = 2.0 * self.rounds.min(MODELS) as f64;
        let dropped = lists * 16.0 * self.samples * self.fit_share * self.dropped_share;
        sums + models + dropped + threads * BATCH * d * 4.0
    }

    /// Bytes of the tables of scores of every round and in the end, and of issues, about.
    pub fn bytes_written(&self) -> f64 {
        WRITTEN * self.samples * (2.0 + self.fit_share * self.rounds as f64)
    }

    /// machines · hours · price of a machine for an hour + 10¹² bytes read · price of reading them.
    pub fn price(&self, machine_hour: f64, terabyte_read: f64) -> f64 {
        self.machines() * self.hours * machine_hour + self.bytes_read() / 1e12 * terabyte_read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [f64; 3] = [1e8, 1e9, 1e10];

    /// 768 features of 16 bits, 1,000 classes, one round, as planned on paper: what is light rides along with another pass.
    fn paper(samples: f64) -> CostModel {
        CostModel { bytes_per_value: 2.0, light_passes: false, ..CostModel::new(samples, 768, 1000) }
    }

    /// To half a unit of the last place that is printed.
    fn printed(found: impl Fn(&CostModel) -> f64, model: impl Fn(f64) -> CostModel, table: [f64; 3], unit: [f64; 3]) {
        for ((samples, expected), unit) in SIZES.into_iter().zip(table).zip(unit) {
            let found = found(&model(samples));
            assert!((found - expected).abs() <= 0.5001 * unit, "{samples:e} rows: {found}, {expected} printed");
        }
    }

    #[test]
    fn the_table_on_paper_comes_out_as_printed() {
        let vectors = |samples| CostModel { constants: Constants::BYTE_VECTORS, ..paper(samples) };
        let sorted = |samples| CostModel { layout: Layout::Sorted, ..paper(samples) };
        assert!((paper(1.0).microseconds() - 249.5).abs() < 1e-9);
        printed(CostModel::thread_hours, paper, [7.0, 69.0, 693.0], [1.0; 3]);
        printed(CostModel::thread_hours, vectors, [12.0, 124.0, 1238.0], [1.0; 3]);
        printed(CostModel::machines, paper, [1.0, 7.0, 62.0], [0.0; 3]);
        // 11.05 machines for 10⁹ rows are printed as 11 there, and are 12.
        printed(CostModel::machines, vectors, [2.0, 12.0, 111.0], [0.0; 3]);
        printed(CostModel::bytes_read, paper, [0.46e12, 4.6e12, 46e12], [1e10, 1e11, 1e12]);
        printed(CostModel::read_rate, paper, [128e6, 183e6, 206e6], [1e6, 1e6, 1.1e6]);
        printed(CostModel::shuffled_at_once, paper, [38e9, 264e9, 2.3e12], [1e9, 1.3e9, 1e11]);
        printed(CostModel::shuffled_at_once, sorted, [2.4e9, 2.6e9, 4.7e9], [1e8; 3]);
        let states = |model: &CostModel| 16.0 * 1000.0 * model.sums_bytes();
        printed(states, paper, [38e9; 3], [1e9; 3]);
    }

    #[test]
    fn a_fit_on_a_sample_leaves_one_pass_of_all_rows() {
        let sample = |samples| CostModel { fit_share: 5e7 / samples, ..paper(samples) };
        // 114 µs for each of all rows, and the sample's 135.5 more.
        let hours = sample(1e10).thread_hours() - 5e7 * 135.5e-6 / 3600.0;
        assert!((hours - 1e10 * 114e-6 / 3600.0).abs() < 1e-6);
        // 28.4 machines are printed as 28 there.
        printed(CostModel::machines, sample, [1.0, 3.0, 29.0], [0.0; 3]);
    }

    #[test]
    fn the_program_reads_five_times_and_memory_goes_by_layout() {
        let any = CostModel::new(1e9, 768, 1000);
        let sorted = CostModel { layout: Layout::Sorted, ..any.clone() };
        assert_eq!(any.passes(), 5.0);
        assert_eq!(CostModel { rounds: 0, ..any.clone() }.passes(), 3.0);
        assert!(any.own_models_are_read_again() && !sorted.own_models_are_read_again());
        let difference = any.executor_memory() - sorted.executor_memory();
        assert_eq!(difference, 16.0 * 999.0 * 4.0 * 768.0 * 769.0);
        let price = any.price(2.0, 10.0);
        assert!((price - (any.machines() * 2.0 + any.bytes_read() * 1e-11)).abs() < 1e-9, "{price}");
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let good = CostModel::new(1e9, 768, 1000);
        assert!(good.check().is_ok());
        let said = |model: CostModel| model.check().unwrap_err().to_string();
        assert!(said(CostModel { samples: f64::NAN, ..good.clone() }).starts_with("rows = NaN"));
        assert!(said(CostModel { hours: 0.0, ..good.clone() }).starts_with("hours = 0"));
        assert!(said(CostModel { utilization: 1.5, ..good.clone() }).starts_with("utilization = 1.5"));
        assert!(said(CostModel { fit_share: -0.1, ..good.clone() }).starts_with("fit share = -0.1"));
        assert!(said(CostModel { classes: 0, ..good }).starts_with("classes = 0"));
    }
}
