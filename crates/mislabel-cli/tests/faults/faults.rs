//! Faults: which there are, and which of them can meet a call.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use mislabel::core::split_seed;

/// A kind of fault, by the name that the interposer has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Broken,
    Full,
    Denied,
    Interrupted,
    Short,
    Crumbs,
    Killed,
    Torn,
    Done,
}

const KINDS: [Kind; 9] = [
    Kind::Broken,
    Kind::Full,
    Kind::Denied,
    Kind::Interrupted,
    Kind::Short,
    Kind::Crumbs,
    Kind::Killed,
    Kind::Torn,
    Kind::Done,
];

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Full => "full",
            Self::Denied => "denied",
            Self::Interrupted => "interrupted",
            Self::Short => "short",
            Self::Crumbs => "crumbs",
            Self::Killed => "killed",
            Self::Torn => "torn",
            Self::Done => "done",
        }
    }

    /// Whether the process ends by it.
    pub(crate) const fn ends_the_process(self) -> bool {
        matches!(self, Self::Killed | Self::Torn | Self::Done)
    }

    /// Whether a program that asks again, as it must, gets through.
    pub(crate) const fn passes(self) -> bool {
        matches!(self, Self::Interrupted | Self::Short | Self::Crumbs)
    }

    /// Whether it can meet a call of this name.
    fn meets(self, call: &str) -> bool {
        let (opens, reads) = (call.starts_with("open"), matches!(call, "read" | "pread" | "pread64"));
        let writes = matches!(call, "write" | "pwrite" | "pwrite64");
        let syncs = matches!(call, "fsync" | "fdatasync");
        let makes = matches!(call, "mkdir" | "ftruncate" | "ftruncate64");
        let names = matches!(call, "rename" | "link" | "unlink" | "unlinkat" | "rmdir");
        match self {
            Self::Broken | Self::Killed | Self::Done => true,
            Self::Full => writes || makes || opens,
            Self::Denied => opens || names || makes,
            Self::Interrupted => (opens && call != "opendir") || reads || writes || syncs,
            Self::Short => reads || writes,
            // From the first call on is enough.
            Self::Crumbs => false,
            Self::Torn => writes,
        }
    }
}

/// A fault that meets one call of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) call: usize,
    pub(crate) kind: Kind,
}

impl Fault {
    /// At most `most` of the faults that can meet `calls`, spread over them; the same ones each time.
    pub(crate) fn chosen(calls: &[String], most: usize, seed: u64) -> Vec<Self> {
        let meets = |(call, name): (usize, &String)| {
            KINDS.into_iter().filter(|kind| kind.meets(name)).map(move |kind| Self { call, kind }).collect::<Vec<_>>()
        };
        let mut all: Vec<_> = calls.iter().enumerate().flat_map(meets).collect();
        all.push(Self { call: 0, kind: Kind::Crumbs });
        let mut order: Vec<_> = (0..all.len() as u64).map(|at| (split_seed(seed, &[at]), at as usize)).collect();
        order.sort_unstable();
        order.truncate(most);
        order.into_iter().map(|(_, at)| all[at]).collect()
    }
}

/// Variables of the environment under which the calls of a process on files in `folder` are counted and, with a fault, disturbed.
pub(crate) fn variables(folder: &Path, log: &Path, fault: Option<Fault>) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("LD_PRELOAD", interposer().display().to_string()),
        ("MISLABEL_FAULTS_IN", folder.display().to_string()),
        ("MISLABEL_FAULTS_LOG", log.display().to_string()),
        // Pages say when they were made.
        ("SOURCE_DATE_EPOCH", "0".into()),
        ("TMPDIR", folder.join("tmp").display().to_string()),
    ];
    if let Some(Fault { call, kind }) = fault {
        variables.push(("MISLABEL_FAULT", format!("{call} {}", kind.name())));
    }
    variables
}

/// The calls of a process by its log, and whether the fault met one of them.
pub(crate) fn logged(log: &Path) -> (Vec<String>, bool) {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let calls: Vec<String> = text.lines().map(|line| line.trim_end_matches(" !").to_owned()).collect();
    (calls, text.lines().any(|line| line.ends_with(" !")))
}

/// The library, compiled by the first who asks.
fn interposer() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/interposer.rs");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libinterposer.so");
        let mut compiler = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        compiler.args(["--edition", "2024", "--crate-type", "cdylib", "-C", "opt-level=1", "-C", "panic=abort", "-o"]);
        let compiled = compiler.arg(&library).arg(&source).output().unwrap();
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        library
    })
}

/// How many faults every piece of work meets.
pub(crate) fn most() -> usize {
    match std::env::var("MISLABEL_FAULTS").as_deref() {
        Ok("all") => usize::MAX,
        Ok(number) => number.parse().unwrap(),
        Err(_) => 16,
    }
}
