//! What the command line says.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Label errors in tables larger than a machine.
///
/// A table is one or more Parquet files with a column of ids, one of embeddings and one of labels. It is searched in this
/// process, or on a cluster that schedulers and executors of this program make up.
#[derive(Debug, Parser)]
#[command(name = "mislabel-worker", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Plan jobs and hand out their tasks.
    Scheduler(SchedulerArguments),
    /// Do the work that a scheduler hands out.
    Executor(ExecutorArguments),
    /// Find label errors in a table.
    Detect(Box<DetectArguments>),
    /// Score rows that come as an Arrow IPC stream on standard input with the model of a run, for other engines (Spark's
    /// mapInArrow). Writes a stream to standard output.
    Score(ScoreArguments),
    /// Say on paper what a run would cost: machines, bytes, memory, and the price. Nothing is read.
    Cost(CostArguments),
}

#[derive(Args, Debug)]
pub(crate) struct SchedulerArguments {
    /// Address to listen on; port 0 takes any that is free. There are no passwords: keep it on a network of your own.
    #[arg(long, default_value = "127.0.0.1:50050")]
    pub(crate) bind: SocketAddr,
    /// How executors and commands call this machine [default: the address it listens on].
    #[arg(long)]
    pub(crate) external_host: Option<String>,
    /// Seconds after which an executor that does not ask for work counts as lost, and its tasks go to others; at least 10, for a
    /// busy one asks every 5.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..))]
    pub(crate) executor_timeout: u64,
    /// Seconds between looks for lost executors.
    #[arg(long, default_value_t = 15)]
    pub(crate) expiry_interval: u64,
}

#[derive(Args, Debug)]
pub(crate) struct ExecutorArguments {
    /// The scheduler, as host:port.
    #[arg(long, value_parser = host_and_port)]
    pub(crate) scheduler: (String, u16),
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) bind_host: String,
    /// How others call this machine [default: the address it listens on].
    #[arg(long)]
    pub(crate) external_host: Option<String>,
    /// Port for results; 0 takes any that is free.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Port for tasks; 0 takes any that is free.
    #[arg(long, default_value_t = 0)]
    pub(crate) task_port: u16,
    /// Tasks at a time; 0: as many as there are cores.
    #[arg(long, default_value_t = 0)]
    pub(crate) cores: usize,
    /// Folder for results between stages, on a fast disk.
    #[arg(long)]
    pub(crate) work_dir: PathBuf,
    /// Bytes for sorting and grouping, such as 4GiB, divided among all cores [default: no limit].
    #[arg(long, value_parser = bytes)]
    pub(crate) memory: Option<u64>,
    #[command(flatten)]
    pub(crate) own_models: OwnModels,
}

/// What a process keeps of models.
#[derive(Args, Debug)]
pub(crate) struct OwnModels {
    /// Bytes for models of classes' own samples in a process, 8·d² each.
    #[arg(long, value_parser = bytes, default_value = "512MiB")]
    pub(crate) own_models_memory: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LayoutName {
    /// Rows lie in any way.
    Any,
    /// Every file is sorted by label, and no class goes on in a file that is not the next.
    Sorted,
    /// In folders label=…, one for each class.
    Hive,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FilterName {
    /// The widest margins, as many of each pair of classes as the joint says.
    PruneByNoiseRate,
    /// The least sure of each class, as many as the joint says.
    PruneByClass,
    /// Both.
    Both,
    /// Off the diagonal of the confident joint.
    ConfidentLearning,
    /// Another class is predicted.
    PredictedNeqGiven,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodName {
    /// How probably each label is right, from embeddings, by a model of the label noise.
    Posterior,
    /// The reconstruction error ratio, from embeddings.
    Rer,
    /// Confident learning, from out-of-sample predicted probabilities, which --columns names in the place of embeddings.
    Confident,
}

#[derive(Args, Debug)]
pub(crate) struct DetectArguments {
    /// How labels are judged.
    #[arg(long, value_enum, default_value = "posterior")]
    pub(crate) method: MethodName,
    /// Parquet files: a file, a folder or a pattern with *; a path or a URL.
    #[arg(long)]
    pub(crate) table: String,
    /// Columns of ids, embeddings (for confident: probabilities of all classes) and labels.
    #[arg(long, value_delimiter = ',', default_value = "id,embedding,label")]
    pub(crate) columns: Vec<String>,
    /// For confident: the class of each probability, in order [default: the labels that occur, sorted].
    #[arg(long, value_delimiter = ',')]
    pub(crate) classes: Option<Vec<String>>,
    /// For confident: which labels are flagged [default: prune-by-noise-rate].
    #[arg(long, value_enum)]
    pub(crate) filter_by: Option<FilterName>,
    /// How rows lie in files. Sorted by label, one class is held in memory at a time.
    #[arg(long, value_enum, default_value = "any")]
    pub(crate) layout: LayoutName,
    /// Where the work is done: embedded (this process) or ballista://host:port.
    #[arg(long, default_value = "embedded")]
    pub(crate) engine: String,
    /// Location of everything that the run keeps: a folder that is empty, a path or a URL. Executors must reach it, too.
    #[arg(long)]
    pub(crate) work: String,
    /// Go on with the run that is there.
    #[arg(long)]
    pub(crate) resume: bool,
    /// How many of the most suspect rows to list in the report.
    #[arg(long, default_value_t = 100)]
    pub(crate) top: usize,
    /// For rer: χ thresholds of the trim-and-refit rounds, in order; empty: fit once [default: 1.06].
    #[arg(long, value_delimiter = ',')]
    pub(crate) trim: Option<Vec<String>>,
    /// For rer: rows with a ratio above this are flagged [default: by the published rule].
    #[arg(long)]
    pub(crate) threshold: Option<f64>,
    /// For posterior: how often classes are fitted again without the rows that are probably wrong, at most [default: 4].
    #[arg(long)]
    pub(crate) refits: Option<usize>,
    /// For rer and posterior: shrinkage α in units of the median class variance per feature [default: 10 for rer; for posterior the
    /// likeliest of 10, 3, 1, and 0.3].
    #[arg(long)]
    pub(crate) shrinkage: Option<f64>,
    /// For rer and posterior: most components of a class [default: 50].
    #[arg(long)]
    pub(crate) components: Option<usize>,
    /// Seed of everything that is drawn.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Parts that the table is read in at a time [default: cores here, 16 on a cluster].
    #[arg(long)]
    pub(crate) partitions: Option<usize>,
    /// Seconds that a query may take at most [default: no limit].
    #[arg(long)]
    pub(crate) limit: Option<u64>,
    /// Let executors read each other's results over the network even on one machine.
    #[arg(long)]
    pub(crate) remote_reads: bool,
    #[command(flatten)]
    pub(crate) own_models: OwnModels,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Say nothing of progress.
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ScoreArguments {
    /// Location of a model of a run: the one that the report of the posterior names, or, of a run of rer, its --work and /model-N, the
    /// last N being the best.
    #[arg(long)]
    pub(crate) model: String,
    /// Columns of ids, embeddings and labels.
    #[arg(long, value_delimiter = ',', default_value = "id,embedding,label")]
    pub(crate) columns: Vec<String>,
    /// The rows are new: the model was not fitted on them.
    #[arg(long)]
    pub(crate) unseen: bool,
    #[command(flatten)]
    pub(crate) own_models: OwnModels,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Processor {
    /// Intel with a matrix unit: Sapphire Rapids and later.
    MatrixUnit,
    /// Vector instructions for bytes: AVX-512 VNNI.
    ByteVectors,
}

#[derive(Args, Debug)]
pub(crate) struct CostArguments {
    /// Rows of the table, such as 1e9; several make several columns.
    #[arg(long, value_delimiter = ',', default_value = "1e8,1e9,1e10")]
    pub(crate) rows: Vec<f64>,
    /// Features of an embedding.
    #[arg(long, default_value_t = 768)]
    pub(crate) features: usize,
    /// Classes.
    #[arg(long, default_value_t = 1000)]
    pub(crate) classes: usize,
    /// Bytes of a feature in the files: 4, or 2 for half precision.
    #[arg(long, default_value_t = 4.0)]
    pub(crate) bytes_per_value: f64,
    /// How rows lie in files.
    #[arg(long, value_enum, default_value = "any")]
    pub(crate) layout: LayoutName,
    /// Rounds of trim and refit.
    #[arg(long, default_value_t = 1)]
    pub(crate) rounds: usize,
    /// The share of rows that a round drops.
    #[arg(long, default_value_t = 0.1)]
    pub(crate) dropped_share: f64,
    /// Hardware threads of a machine.
    #[arg(long, default_value_t = 16)]
    pub(crate) threads: usize,
    /// What the threads multiply with.
    #[arg(long, value_enum, default_value = "matrix-unit")]
    pub(crate) processor: Processor,
    /// The share of time that threads are busy.
    #[arg(long, default_value_t = 0.7)]
    pub(crate) utilization: f64,
    /// Hours that the run may take.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) hours: f64,
    #[command(flatten)]
    pub(crate) own_models: OwnModels,
    /// Price of a machine for an hour, in any currency.
    #[arg(long)]
    pub(crate) machine_price: Option<f64>,
    /// Price of reading 10¹² bytes.
    #[arg(long)]
    pub(crate) read_price: Option<f64>,
}

fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let text = text.strip_prefix("ballista://").unwrap_or(text);
    let parts = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    let parsed = parts.and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
    parsed.ok_or_else(|| "write host:port".to_owned())
}

/// A number of bytes, with a unit or without.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim() {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        "TiB" => 40,
        _ => return Err("write a whole number with KiB, MiB, GiB or TiB".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "write a whole number with KiB, MiB, GiB or TiB".to_owned())?;
    number
        .checked_shl(shift)
        .filter(|bytes| bytes >> shift == number)
        .ok_or_else(|| "that many bytes cannot be".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;

        Arguments::command().debug_assert();
    }

    #[test]
    fn bytes_and_hosts_are_read_or_refused() {
        assert_eq!((bytes("512MiB"), bytes("7"), bytes("2 GiB")), (Ok(512 << 20), Ok(7), Ok(2 << 30)));
        assert!(bytes("4GB").is_err() && bytes("").is_err() && bytes("99999999999TiB").is_err());
        assert_eq!(host_and_port("ballista://a:1"), Ok(("a".to_owned(), 1)));
        assert!(host_and_port("a").is_err() && host_and_port(":1").is_err() && host_and_port("a:x").is_err());
    }
}
