//! A cluster of one scheduler and two executors, processes of their own on 127.0.0.1, beside the same steps in one process.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "../../mislabel-datafusion/tests/support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::{Duration, Instant};

use mislabel_datafusion::Report;
use support::{Data, digits, files, issues, waves};

/// However slow the machine: a job that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Tests share two cores, and clusters count heartbeats: one at a time.
static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn worker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel-worker"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

struct Cluster {
    scheduler: Process,
    executors: Vec<Process>,
    address: String,
    folder: tempfile::TempDir,
    started: usize,
}

impl Cluster {
    fn start() -> Self {
        let (scheduler, address) = Self::scheduler("127.0.0.1:0");
        let folder = tempfile::tempdir().unwrap();
        let mut cluster = Self { scheduler, executors: Vec::new(), address, folder, started: 0 };
        cluster.add_executor();
        cluster.add_executor();
        cluster
    }

    fn scheduler(bind: &str) -> (Process, String) {
        let mut command = worker();
        command.args(["scheduler", "--bind", bind, "--executor-timeout", "10", "--expiry-interval", "1"]);
        let mut scheduler = Process(command.stderr(Stdio::inherit()).spawn().unwrap());
        let mut line = String::new();
        BufReader::new(scheduler.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("scheduler: ballista://").expect("it says where it listens").to_owned();
        (scheduler, address)
    }

    fn add_executor(&mut self) {
        self.started += 1;
        let work = self.folder.path().join(format!("executor-{}", self.started));
        let mut command = worker();
        command.args(["executor", "--scheduler", &self.address, "--cores", "2", "--work-dir"]).arg(work);
        self.executors.push(Process(command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()));
    }

    fn engine(&self) -> String {
        format!("ballista://{}", self.address)
    }
}

/// `detect` with the report as JSON, by the ratio unless something else is said.
fn detect(table: &Path, work: &Path, engine: &str, more: &[&str]) -> Command {
    let mut command = worker();
    command.args(["detect", "--json", "--remote-reads", "--engine", engine, "--table"]).arg(table);
    command.arg("--work").arg(work).args(more);
    if !more.contains(&"--method") {
        command.args(["--method", "rer"]);
    }
    command
}

fn ended(mut child: Child) -> Output {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("the command hangs");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.wait_with_output().unwrap()
}

fn report(output: &Output) -> Report {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A table in four files, and what the steps in one process say of it.
fn prepared(data: &Data, more: &[&str]) -> (tempfile::TempDir, PathBuf, Report) {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table");
    let order: Vec<usize> = (0..data.labels.len()).collect();
    files(&table, data, &order, 4);
    let embedded = detect(&table, &folder.path().join("embedded"), "embedded", more);
    let embedded = report(&ended({ embedded }.spawn().unwrap()));
    (folder, table, embedded)
}

fn same(found: &Report, expected: &Report) {
    assert_eq!(issues(found), issues(expected));
    assert_eq!(Report { table: String::new(), ..found.clone() }, Report { table: String::new(), ..expected.clone() });
}

/// Reads what a command says until it begins a step; the rest is read on a thread, so that it can go on.
fn until(child: &mut Child, step: &str) {
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with(&format!("{step} ...")) {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the command ended before {step}");
    }
    std::thread::spawn(move || drain(lines));
}

fn drain(mut lines: BufReader<ChildStderr>) {
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
        eprint!("{line}");
        line.clear();
    }
}

#[test]
fn a_cluster_gives_the_same_bits_as_one_process() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let cluster = Cluster::start();
    let (folder, table, expected) = prepared(&digits(), &[]);
    let found = report(&ended(detect(&table, &folder.path().join("work"), &cluster.engine(), &[]).spawn().unwrap()));
    same(&found, &expected);
    // States of 2,048 features take 16.8 MB, more than a message may have.
    let (folder, table, expected) = prepared(&waves(60, 2048, 3), &[]);
    let found = report(&ended(detect(&table, &folder.path().join("work"), &cluster.engine(), &[]).spawn().unwrap()));
    same(&found, &expected);
}

#[test]
fn a_killed_executor_changes_no_bit_whatever_it_was_doing() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let data = waves(24_000, 96, 40);
    let (folder, table, expected) = prepared(&data, &[]);
    let mut cluster = Cluster::start();
    for (step, wait) in [("sums", 400), ("fit-1", 50), ("scores", 300)] {
        let work = folder.path().join(format!("work {step} {wait}"));
        let mut child = detect(&table, &work, &cluster.engine(), &["--limit", "90"]).spawn().unwrap();
        until(&mut child, step);
        std::thread::sleep(Duration::from_millis(wait));
        cluster.executors.remove(0).kill();
        let start = Instant::now();
        let found = report(&ended(child));
        eprintln!("killed {wait} ms into {step}: ended {:.1} s later", start.elapsed().as_secs_f64());
        same(&found, &expected);
        assert!(start.elapsed() < Duration::from_secs(60));
        cluster.add_executor();
        // Until it has registered.
        std::thread::sleep(Duration::from_secs(2));
    }
}

#[test]
fn with_nobody_left_the_command_says_so_and_goes_on_later() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let data = waves(24_000, 96, 40);
    let (folder, table, expected) = prepared(&data, &[]);
    let mut cluster = Cluster::start();
    let work = folder.path().join("work");
    let mut child = detect(&table, &work, &cluster.engine(), &[]).spawn().unwrap();
    until(&mut child, "errors-0");
    cluster.executors.clear();
    let output = ended(child);
    assert_eq!(output.status.code(), Some(2));
    // The rest of what it said was read by a thread.

    // The scheduler dies, too; all are started again.
    let address = cluster.address.clone();
    cluster.scheduler.kill();
    let refused = ended(detect(&table, &work, &cluster.engine(), &["--resume"]).spawn().unwrap());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("no scheduler answers"), "{said}");
    (cluster.scheduler, cluster.address) = Cluster::scheduler(&address);
    cluster.add_executor();
    std::thread::sleep(Duration::from_secs(1));
    let steps = |work: &Path| -> Vec<(std::ffi::OsString, std::time::SystemTime)> {
        let entries = std::fs::read_dir(work.join("steps")).unwrap().map(Result::unwrap);
        let mut all: Vec<_> =
            entries.map(|entry| (entry.file_name(), entry.metadata().unwrap().modified().unwrap())).collect();
        all.sort();
        all
    };
    let before = steps(&work);
    assert!(
        before.iter().any(|(name, _)| name == "fit-0.json") && !before.iter().any(|(name, _)| name == "errors-0.json")
    );
    let found = report(&ended(detect(&table, &work, &cluster.engine(), &["--resume"]).spawn().unwrap()));
    same(&found, &expected);
    assert!(before.iter().all(|step| steps(&work).contains(step)), "no finished step is taken again");
}

#[test]
fn a_scheduler_that_dies_ends_the_command() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let data = waves(24_000, 96, 40);
    let (folder, table, _) = prepared(&data, &[]);
    let mut cluster = Cluster::start();
    let mut child = detect(&table, &folder.path().join("work"), &cluster.engine(), &[]).spawn().unwrap();
    until(&mut child, "scores");
    cluster.scheduler.kill();
    let start = Instant::now();
    let output = ended(child);
    assert_eq!(output.status.code(), Some(2));
    eprintln!("the command ended {:.1} s after its scheduler", start.elapsed().as_secs_f64());
}

/// An executor as Ballista has it, without the functions, in a thread of this process.
fn stranger(address: &str, work: PathBuf) {
    use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};

    let port = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (host, scheduler_port) = address.rsplit_once(':').unwrap();
    std::fs::create_dir_all(&work).unwrap();
    let config = ExecutorProcessConfig {
        port: port(),
        grpc_port: port(),
        scheduler_host: host.to_owned(),
        scheduler_port: scheduler_port.parse().unwrap(),
        scheduler_connect_timeout_seconds: 10,
        vcores: 2,
        work_dir: Some(work.display().to_string()),
        task_scheduling_policy: ballista_core::config::TaskSchedulingPolicy::PullStaged,
        ..ExecutorProcessConfig::default()
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let _ = runtime.block_on(start_executor_process(std::sync::Arc::new(config)));
    });
}

#[test]
fn an_executor_without_the_functions_is_refused_before_any_work() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let data = waves(60, 6, 3);
    let (folder, table, _) = prepared(&data, &[]);
    let mut cluster = Cluster::start();
    cluster.executors.clear();
    // Until the scheduler has noticed.
    std::thread::sleep(Duration::from_secs(12));
    stranger(&cluster.address, folder.path().join("stranger"));
    std::thread::sleep(Duration::from_secs(2));
    let work = folder.path().join("work");
    let output = ended(detect(&table, &work, &cluster.engine(), &["--limit", "60"]).spawn().unwrap());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("does not answer as an executor of mislabel does"), "{said}");
    assert!(!work.exists());
}

#[test]
fn what_the_command_line_cannot_mean_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |more: &[&str]| -> String {
        let output = ended(
            worker().args(["detect", "--table", "t", "--work", "w"]).args(more).current_dir(&folder).spawn().unwrap(),
        );
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let cases: [(&[&str], &str); 15] = [
        (&[], "t"),
        (&["--columns", "id,embedding"], "--columns names 2 columns"),
        (&["--engine", "cloud"], "--engine cloud: embedded or ballista://host:port"),
        (&["--engine", "ballista://nowhere"], "is no cluster"),
        (&["--engine", "ballista://127.0.0.1:1"], "no scheduler answers"),
        (&["--partitions", "0"], "--partitions 0"),
        (&["--seed", "x"], "invalid value 'x' for '--seed <SEED>'"),
        (&["--out", "x.csv"], "unexpected argument '--out'"),
        (&["--method", "rer", "--trim", "x"], "--trim \"x\""),
        (&["--shrinkage", "0"], "shrinkage"),
        (&["--method", "rer", "--threshold", "nan"], "threshold"),
        (&["--trim", "1.06"], "--trim is an option of --method rer, and the method is posterior"),
        (&["--method", "rer", "--refits", "1"], "--refits is an option of --method posterior"),
        (&["--method", "confident", "--shrinkage", "1"], "--method rer and posterior"),
        (&["--method", "rer", "--filter-by", "both"], "--filter-by is an option of --method confident"),
    ];
    for (more, expected) in cases {
        let said = refused(more);
        assert!(
            said.contains(expected) && said.lines().count() == 1 && said.starts_with("error: "),
            "{more:?}: {said}"
        );
    }
    assert!(std::fs::read_dir(&folder).unwrap().next().is_none(), "nothing is left behind");
}

#[test]
fn confident_learning_on_a_cluster_gives_the_same_bits_as_in_one_process() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let cluster = Cluster::start();
    let mut data = waves(900, 6, 6);
    for (mut row, label) in data.rows.outer_iter_mut().zip(&data.labels) {
        row[*label as usize] += 1.5;
        row.mapv_inplace(f32::exp);
        let sum = row.sum();
        row.mapv_inplace(|value| value / sum);
    }
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table");
    files(&table, &data, &(0..900).collect::<Vec<_>>(), 3);
    let found = |engine: &str, work: &str| -> mislabel_datafusion::ConfidentReport {
        let more = ["--method", "confident", "--filter-by", "both", "--quiet"];
        let output = ended(detect(&table, &folder.path().join(work), engine, &more).spawn().unwrap());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let (one, other) = (found("embedded", "one"), found(&cluster.engine(), "other"));
    assert!(one.flagged > 0);
    assert_eq!(one.thresholds(), other.thresholds());
    let table = String::new();
    assert_eq!(
        mislabel_datafusion::ConfidentReport { table: table.clone(), ..one },
        mislabel_datafusion::ConfidentReport { table, ..other }
    );
}

#[test]
fn the_posterior_on_a_cluster_gives_the_same_bits_whoever_is_killed() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut cluster = Cluster::start();
    let data = waves(6_000, 64, 40);
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table");
    files(&table, &data, &(0..6_000).collect::<Vec<_>>(), 4);
    let method = ["--method", "posterior"];
    let found = |output: &Output| -> mislabel_datafusion::PosteriorReport {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let alone = found(&ended(detect(&table, &folder.path().join("one"), "embedded", &method).spawn().unwrap()));
    let mut child = detect(&table, &folder.path().join("other"), &cluster.engine(), &method).spawn().unwrap();
    until(&mut child, "noise-0");
    cluster.executors.remove(0).kill();
    let together = found(&ended(child));
    assert_eq!(support::judged(&together.table), support::judged(&alone.table));
    let without = |report: mislabel_datafusion::PosteriorReport| mislabel_datafusion::PosteriorReport {
        table: String::new(),
        model: String::new(),
        ..report
    };
    assert_eq!(without(together), without(alone));
}
