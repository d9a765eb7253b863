//! Runs that are stopped, and runs that take their work up again; [`crate::kills`] has those that are killed at random.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::kills::{self, started};
use crate::process::mislabel;

fn dataset() -> TempDir {
    kills::dataset("900", "24", "6")
}

fn detect<'a>(method: &'a str, out: &'a str) -> Vec<&'a str> {
    let detect = vec!["detect", "--method", method, "--embeddings", "e.npy", "--labels", "given.npy", "--out", out];
    // A given penalty spares the probe the search for one.
    let penalty = if method == "confident" { vec!["--l2", "1"] } else { Vec::new() };
    [detect, penalty].concat()
}

fn leftovers(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".tmp") || name.contains("checkpoint")).collect()
}

#[test]
fn finished_parts_are_taken_up_whatever_the_threads_and_budget() {
    let folder = dataset();
    let arguments = [detect("confident", "resumed.csv"), vec!["--resume"]].concat();
    let mut run = started(&folder, &arguments);
    let parts = folder.path().join("resumed.csv.checkpoint");
    let some = || fs::read_dir(&parts).is_ok_and(|files| files.count() >= 3);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !some() && run.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let resumed = mislabel(&folder, &[arguments, vec!["--threads", "1", "--memory", "1GiB"]].concat());
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    assert!(mislabel(&folder, &detect("confident", "whole.csv")).status.success());
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("resumed.csv") == read("whole.csv"));
}

#[test]
fn a_checkpoint_of_other_labels_is_refused_by_name() {
    let folder = dataset();
    let arguments = [detect("confident", "resumed.csv"), vec!["--resume"]].concat();
    let parts = folder.path().join("resumed.csv.checkpoint");
    let mut run = started(&folder, &arguments);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !parts.join("work").exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    fs::copy(folder.path().join("true.npy"), folder.path().join("given.npy")).unwrap();
    let refused = mislabel(&folder, &arguments);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    let expected = "checkpoint resumed.csv.checkpoint belongs to other work: the content of given.npy differs";
    assert!(refused.status.code() == Some(2) && message.contains(expected), "{message}");
}

#[cfg(unix)]
#[test]
fn a_request_to_terminate_ends_the_run_and_leaves_nothing() {
    let folder = dataset();
    let start = Instant::now();
    assert!(mislabel(&folder, &detect("confident", "whole.csv")).status.success());
    let seconds = start.elapsed().as_secs_f64();
    let mut run = started(&folder, &detect("confident", "stopped.csv"));
    std::thread::sleep(Duration::from_secs_f64(0.4 * seconds));
    let sent = Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let status = run.wait().unwrap();
    // A run that was through already, or whose process had not begun to listen, ends as it would.
    assert!(status.code() == Some(130) || status.success() || status.code().is_none(), "{status}");
    // It may also have been stopped between its last write and its end.
    let read = |name: &str| fs::read(folder.path().join(name));
    match read("stopped.csv") {
        Ok(written) => assert!(written == read("whole.csv").unwrap(), "{status}"),
        Err(_) => assert!(!status.success(), "{status}"),
    }
    assert_eq!(leftovers(folder.path()), Vec::<String>::new());
}

#[test]
fn a_budget_that_cannot_hold_the_least_is_an_error_that_says_so() {
    let folder = dataset();
    for method in ["confident", "knn"] {
        let refused = mislabel(&folder, &[detect(method, "issues.csv"), vec!["--memory", "100KiB"]].concat());
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && message.contains("100KiB"), "{method}: {message}");
    }
}
