//! Runs that are killed at random times, again and again, and end with the bytes of a run that was left alone.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mislabel::core::split_seed;
use tempfile::TempDir;

use crate::process::mislabel;

/// Kills of one piece of work before it is let through.
const KILLS: u64 = 4;

/// A run of the command that nobody listens to.
pub(crate) fn started(folder: &TempDir, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
    command.current_dir(folder.path()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// `samples` in `features` dimensions and `classes`, with predicted probabilities.
pub(crate) fn dataset(samples: &str, features: &str, classes: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sizes = ["generate", "--samples", samples, "--features", features, "--classes", classes];
    let files = ["--out", "e.npy", "--labels", "given.npy", "--true-labels", "true.npy", "--pred-probs", "p.npy"];
    let made = mislabel(&folder, &[&sizes[..], &files].concat());
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

/// A moment of a run that takes `whole`: the same one for the same number, on any machine of the same speed.
fn moment(whole: Duration, case: usize, kill: u64) -> Duration {
    let share = split_seed(41, &[case as u64, kill]) as f64 / u64::MAX as f64;
    // The process starts before the work does.
    whole.mul_f64(0.1 + 0.85 * share)
}

fn detect<'a>(options: &'a str, out: &'a str) -> Vec<&'a str> {
    let files = if options.contains("--pred-probs") {
        vec!["--labels", "given.npy"]
    } else {
        vec!["--embeddings", "e.npy", "--labels", "given.npy"]
    };
    [vec!["detect", "--out", out, "--method"], options.split(' ').collect(), files].concat()
}

/// Kills and resumes every one of `methods`, and compares with a run that keeps no parts.
fn killed_and_resumed(folder: &TempDir, methods: &[&str]) {
    for (case, options) in methods.iter().enumerate() {
        let start = Instant::now();
        let left_alone = mislabel(folder, &detect(options, "whole.csv"));
        assert!(left_alone.status.success(), "{options}: {}", String::from_utf8_lossy(&left_alone.stderr));
        let (time, whole) = (start.elapsed(), fs::read(folder.path().join("whole.csv")).unwrap());
        let resumable = [detect(options, "resumed.csv"), vec!["--resume"]].concat();
        let out = folder.path().join("resumed.csv");
        for kill in 0..KILLS {
            // Other threads and another budget are the same work.
            let threads = if kill % 2 == 0 { ["--threads", "1"] } else { ["--threads", "2"] };
            let mut run = started(folder, &[&resumable[..], &threads].concat());
            std::thread::sleep(moment(time, case, kill));
            run.kill().unwrap();
            run.wait().unwrap();
            assert!(fs::read(&out).map_or(true, |written| written == whole), "{options}: kill {kill}");
        }
        let resumed = mislabel(folder, &resumable);
        assert!(resumed.status.success(), "{options}: {}", String::from_utf8_lossy(&resumed.stderr));
        assert!(fs::read(&out).unwrap() == whole, "{options}");
        assert!(!folder.path().join("resumed.csv.checkpoint").exists(), "{options}");
        fs::remove_file(out).unwrap();
    }
}

#[test]
fn methods_killed_at_random_times_and_resumed_write_the_same_bytes() {
    killed_and_resumed(
        &dataset("900", "24", "6"),
        &[
            // A given penalty spares the probe the search for one.
            "confident --l2 1",
            "confident --pred-probs p.npy",
            "knn",
            "rer",
            "gaussian",
            "autoencoder --hidden 8 --latent 4 --epochs 3",
            "posterior",
            "coreset",
            "consensus --members rer,gaussian,posterior,knn",
        ],
    );
}

#[test]
fn every_search_of_many_classes_killed_and_resumed_writes_the_same_bytes() {
    let folder = dataset("16800", "36", "40");
    killed_and_resumed(&folder, &["rer --search all", "rer", "rer --search 3"]);
}

#[test]
fn a_generator_killed_at_random_times_leaves_whole_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["e.npy", "given.npy", "true.npy"];
    let arguments = |[out, labels, truth]: [&'static str; 3]| {
        let sizes = ["generate", "--samples", "30000", "--features", "64", "--classes", "10"];
        [&sizes[..], &["--out", out, "--labels", labels, "--true-labels", truth]].concat()
    };
    let start = Instant::now();
    assert!(mislabel(&folder, &arguments(["whole.npy", "whole_given.npy", "whole_true.npy"])).status.success());
    let time = start.elapsed();
    let same = |file: &str| {
        let whole = if file == "e.npy" { "whole.npy".into() } else { format!("whole_{file}") };
        let read = |name: &str| fs::read(folder.path().join(name));
        read(file).map_or(true, |written| written == read(&whole).unwrap())
    };
    for kill in 0..KILLS {
        let mut run = started(&folder, &arguments(files));
        std::thread::sleep(moment(time, 0, kill));
        run.kill().unwrap();
        run.wait().unwrap();
        assert!(files.iter().all(|file| same(file)), "kill {kill}");
    }
    assert!(mislabel(&folder, &arguments(files)).status.success());
    assert!(files.iter().all(|file| folder.path().join(file).exists() && same(file)));
}

/// The parts of a checkpoint, by name.
fn parts(checkpoint: &Path) -> Vec<std::path::PathBuf> {
    let Ok(files) = fs::read_dir(checkpoint) else { return Vec::new() };
    let paths = files.map(|file| file.unwrap().path());
    let mut parts: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "part")).collect();
    parts.sort();
    parts
}

/// The checkpoint of a run of `arguments` that was killed once it had kept a part.
fn interrupted(folder: &TempDir, arguments: &[&str]) -> std::path::PathBuf {
    let checkpoint = folder.path().join("resumed.csv.checkpoint");
    let mut run = started(folder, arguments);
    let deadline = Instant::now() + Duration::from_secs(60);
    while parts(&checkpoint).is_empty() && run.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    checkpoint
}

#[test]
fn a_damaged_part_is_an_error_that_names_it_never_a_result() {
    let folder = dataset("900", "24", "6");
    let arguments = [detect("confident --l2 1", "resumed.csv"), vec!["--resume"]].concat();
    let checkpoint = interrupted(&folder, &arguments);
    let part = parts(&checkpoint).into_iter().next().expect("the run kept a part");
    let whole = fs::read(&part).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 4;
    for damaged in [&whole[..whole.len() / 2], &[], &flipped, b"something else"] {
        fs::write(&part, damaged).unwrap();
        let refused = mislabel(&folder, &arguments);
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && message.contains("is damaged"), "{message}");
        assert!(!folder.path().join("resumed.csv").exists());
    }
    fs::write(&part, &whole).unwrap();
    assert!(mislabel(&folder, &arguments).status.success());
    assert!(mislabel(&folder, &detect("confident --l2 1", "whole.csv")).status.success());
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("resumed.csv") == read("whole.csv"));
}

#[test]
fn a_part_of_other_work_and_other_content_under_the_same_path_are_refused() {
    let folder = dataset("900", "24", "6");
    let arguments = [detect("confident --l2 1", "resumed.csv"), vec!["--resume"]].concat();
    let checkpoint = interrupted(&folder, &arguments);
    let part = parts(&checkpoint).into_iter().next().expect("the run kept a part");
    let foreign = fs::read(&part).unwrap();
    fs::remove_dir_all(&checkpoint).unwrap();

    // The same part of a run with another penalty.
    let other = [detect("confident --l2 2", "resumed.csv"), vec!["--resume"]].concat();
    interrupted(&folder, &other);
    fs::write(&part, &foreign).unwrap();
    let refused = mislabel(&folder, &other);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && message.contains("is damaged"), "{message}");
    let refused = mislabel(&folder, &arguments);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && message.contains("belongs to other work"), "{message}");
    fs::remove_dir_all(&checkpoint).unwrap();

    // One value of the embeddings changes; length and time of the file stay.
    interrupted(&folder, &arguments);
    let embeddings = folder.path().join("e.npy");
    let (time, mut bytes) = (fs::metadata(&embeddings).unwrap().modified().unwrap(), fs::read(&embeddings).unwrap());
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&embeddings, bytes).unwrap();
    fs::File::options().write(true).open(&embeddings).unwrap().set_modified(time).unwrap();
    let refused = mislabel(&folder, &arguments);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    let expected = "belongs to other work: the content of e.npy differs";
    assert!(refused.status.code() == Some(2) && message.contains(expected), "{message}");
}

#[test]
fn a_second_run_on_the_same_checkpoint_is_refused_while_the_first_lives() {
    let folder = dataset("900", "24", "6");
    let arguments = [detect("confident --l2 1", "resumed.csv"), vec!["--resume"]].concat();
    let mut first = started(&folder, &arguments);
    let checkpoint = folder.path().join("resumed.csv.checkpoint");
    let deadline = Instant::now() + Duration::from_secs(60);
    while parts(&checkpoint).is_empty() && first.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
    let lives = first.try_wait().unwrap().is_none();
    let second = mislabel(&folder, &arguments);
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    let through = first.try_wait().unwrap().is_some();
    // The first may have ended meanwhile, and then the second is a run of its own.
    assert!(!lives || through || message.contains("another run"), "{message}");
    assert!(first.wait().unwrap().success());
    assert!(mislabel(&folder, &detect("confident --l2 1", "whole.csv")).status.success());
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("resumed.csv") == read("whole.csv"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_is_an_error_and_leaves_no_output() {
    let folder = dataset("900", "24", "6");
    let resumable = [detect("knn", "resumed.csv"), vec!["--resume"]].concat();
    for (arguments, kibibytes) in [(detect("knn", "resumed.csv"), 4), (resumable, 4)] {
        // As a full disk: writing beyond so many KiB fails.
        let script = format!("trap '' XFSZ; ulimit -f {kibibytes}; exec \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        command.current_dir(folder.path()).args(["-c", &script, env!("CARGO_BIN_EXE_mislabel")]).args(&arguments);
        let run = command.output().unwrap();
        let message = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code() == Some(2) && message.starts_with("error: "), "{:?} {message}", run.status);
        assert!(!folder.path().join("resumed.csv").exists());
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(!names.into_iter().any(|name| name.to_string_lossy().starts_with(".tmp")), "{message}");
    }
    // With room again, the same command goes on.
    assert!(mislabel(&folder, &[detect("knn", "resumed.csv"), vec!["--resume"]].concat()).status.success());
    assert!(mislabel(&folder, &detect("knn", "whole.csv")).status.success());
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("resumed.csv") == read("whole.csv"));
}
