//! A piece of work that meets faults.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::faults::{Fault, Kind, logged, variables};
use crate::files::{self, Files, may_be_left};

/// What the command prints, in a file that faults meet, too.
const SAID: &str = "said.txt";

/// A command line, and the files that it finds.
pub(crate) struct Work {
    pub(crate) line: &'static str,
    pub(crate) given: Files,
}

/// What faults did to a piece of work.
#[derive(Default)]
pub(crate) struct Survived {
    pub(crate) calls: usize,
    pub(crate) met: usize,
    pub(crate) ended: usize,
    pub(crate) refused: usize,
    /// Kinds of faults that were chosen, and that met a call.
    pub(crate) kinds: [BTreeSet<Kind>; 2],
    /// What went wrong.
    pub(crate) lost: Vec<String>,
}

struct Ran {
    output: Output,
    calls: Vec<String>,
    met: bool,
    /// The files after it.
    files: Files,
}

impl Work {
    fn run(&self, folder: &Path, log: &Path, fault: Option<Fault>) -> Ran {
        let _ = std::fs::remove_file(log);
        let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
        command.args(self.line.split(' ')).args(self.threads()).current_dir(folder);
        command.envs(variables(folder, log, fault)).stdin(Stdio::null());
        let said = std::fs::File::create(folder.join(SAID)).unwrap();
        let output = command.stdout(said).stderr(Stdio::piped()).output().unwrap();
        // Lines with times and memory differ from run to run.
        let told = String::from_utf8_lossy(&std::fs::read(folder.join(SAID)).unwrap()).into_owned();
        let times =
            |line: &str| line.contains("second") || [" s", " a second", "MiB"].iter().any(|unit| line.ends_with(unit));
        let lasting = told.lines().filter(|line| !times(line));
        std::fs::write(folder.join(SAID), lasting.collect::<Vec<_>>().join("\n")).unwrap();
        let (calls, met) = logged(log);
        Ran { output, calls, met, files: files::read(folder) }
    }

    /// One thread makes the same calls in the same order each time.
    fn threads(&self) -> &'static [&'static str] {
        let first = self.line.split(' ').next().unwrap();
        if ["detect", "embed", "report", "review", "generate", "difficulty", "compare"].contains(&first) {
            &["--threads", "1"]
        } else {
            &[]
        }
    }

    /// Meets at most `most` faults.
    pub(crate) fn survives(&self, most: usize) -> Survived {
        let place = tempfile::tempdir().unwrap();
        let place = place.path().canonicalize().unwrap();
        let (folder, log) = (place.join("work"), place.join("log"));
        let (new, calls) = self.undisturbed(&folder, &log);
        let mut survived = Survived { calls: calls.len(), ..Survived::default() };
        let seed = self.line.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        for fault in Fault::chosen(&calls, most, seed) {
            std::fs::remove_dir_all(&folder).unwrap();
            files::write(&self.given, &folder);
            let ran = self.run(&folder, &log, Some(fault));
            let code = ran.output.status.code();
            survived.met += usize::from(ran.met);
            survived.kinds[0].insert(fault.kind);
            survived.kinds[1].extend(ran.met.then_some(fault.kind));
            survived.ended += usize::from(code.is_none());
            survived.refused += usize::from(code == Some(2));
            let sound = self.check(&ran, fault, &new);
            let recovered = Self::same(&self.run(&folder, &log, None), &new, Some(&ran.files));
            for wrong in [sound, recovered].into_iter().filter_map(Result::err) {
                let said = String::from_utf8_lossy(&ran.output.stderr).into_owned();
                let call = calls.get(fault.call).map_or("", String::as_str);
                survived
                    .lost
                    .push(format!("{}\n{fault:?} ({call}), {:?}: {wrong}\n{said}", self.line, ran.output.status));
            }
        }
        survived
    }

    /// The files after an undisturbed run, and its calls.
    fn undisturbed(&self, folder: &Path, log: &Path) -> (Files, Vec<String>) {
        let mut runs = [(); 2].map(|()| {
            let _ = std::fs::remove_dir_all(folder);
            files::write(&self.given, folder);
            let ran = self.run(folder, log, None);
            assert!(ran.output.status.success(), "{}: {}", self.line, String::from_utf8_lossy(&ran.output.stderr));
            (ran.files, ran.calls)
        });
        for (name, content) in &runs[0].0 {
            assert!(runs[1].0.get(name) == Some(content), "{}: {name} differs from run to run", self.line);
        }
        assert!(!runs[0].1.is_empty(), "{}: no call was counted", self.line);
        // A process that ends does not lose what the system has not written yet, but a power cut does.
        let synced = !self.line.contains("--out ") || runs[0].1.iter().any(|call| call == "fsync");
        assert!(synced, "{}: the output is not forced to the disk", self.line);
        let (mut files, calls) = std::mem::take(&mut runs[0]);
        // A cache holds its rows in the order in which they came.
        files.retain(|name, _| !name.starts_with("cache/"));
        (files, calls)
    }

    /// What is wrong after a run that met a fault.
    fn check(&self, ran: &Ran, fault: Fault, new: &Files) -> Result<(), String> {
        let now = &ran.files;
        let code = ran.output.status.code();
        let said = String::from_utf8_lossy(&ran.output.stderr);
        let told = said.lines().last().is_some_and(|line| line.starts_with("error: "));
        match code {
            None if fault.kind.ends_the_process() => {}
            Some(0) => return Self::same(ran, new, None),
            Some(2) if told && !fault.kind.passes() => {}
            _ => return Err("the command ended otherwise than it should".into()),
        }
        for (name, content) in now {
            let whole = self.given.get(name) == Some(content) || new.get(name) == Some(content);
            if !whole && name != SAID && (new.contains_key(name) || !may_be_left(name, code.is_none())) {
                return Err(format!("{name} is left with {} bytes", content.len()));
            }
        }
        match self.given.keys().find(|name| new.contains_key(*name) && !now.contains_key(*name)) {
            Some(name) => Err(format!("{name} is gone")),
            None => Ok(()),
        }
    }

    /// What keeps a run from being as if nothing had happened; what an earlier one `left` may lie beside it.
    fn same(ran: &Ran, new: &Files, left: Option<&Files>) -> Result<(), String> {
        let now = &ran.files;
        if !ran.output.status.success() {
            return Err(format!("refused: {}", String::from_utf8_lossy(&ran.output.stderr)));
        }
        if let Some((name, _)) = new.iter().find(|(name, content)| now.get(*name) != Some(content)) {
            return Err(format!("{name} is not what it should be"));
        }
        let known = |name: &String| new.contains_key(name) || left.is_some_and(|left| left.contains_key(name));
        match now.keys().find(|name| !known(name) && !name.starts_with("cache/")) {
            Some(name) => Err(format!("{name} is left over")),
            None => Ok(()),
        }
    }
}
