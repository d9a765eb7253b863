//! Taking up the work of a run that was stopped.

use std::env::args_os;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Args;
use mislabel_checkpoint::{CheckpointFolder, Fingerprint};
use mislabel_core::Checkpoint;

use crate::failure::{Failure, Result};

/// What the folder's name adds to that of the output.
const SUFFIX: &str = ".checkpoint";

/// Options that have no influence on the result, with whether a value follows.
const IDLE: [(&str, bool); 5] =
    [("--threads", true), ("--memory", true), ("--out", true), ("--json", false), ("--resume", false)];

/// Whether finished parts are kept.
#[derive(Args)]
pub(crate) struct Resume {
    /// Keep finished parts in the folder OUT.checkpoint until the end, and take up those that an earlier run of the same
    /// command left there; the result is the same
    #[arg(long)]
    resume: bool,
}

/// The checkpoint of a run, if it has one.
pub(crate) enum Parts {
    None,
    Folder(CheckpointFolder, PathBuf),
}

impl Resume {
    /// The checkpoint of this command, whose output is `out` and whose input files are `inputs`: each is read once.
    pub(crate) fn parts(&self, out: &Path, inputs: &[&Path]) -> Result<Parts> {
        if !self.resume {
            return Ok(Parts::None);
        }
        let mut work = Fingerprint::new().with_text("the version", env!("CARGO_PKG_VERSION"));
        let arguments: Vec<String> = telling(args_os().skip(1)).map(|argument| format!("{argument:?}")).collect();
        work = work.with_text("the command line", &arguments.join(" "));
        for path in inputs {
            let failed = |cause| mislabel_io::Error::Io { path: (*path).into(), cause };
            work = work.with_file(&format!("the content of {}", path.display()), path).map_err(failed)?;
        }
        let mut name = out.as_os_str().to_owned();
        name.push(SUFFIX);
        let folder = PathBuf::from(name);
        Ok(Parts::Folder(CheckpointFolder::open(&folder, &work)?, folder))
    }
}

impl Parts {
    /// Where the work keeps its parts.
    pub(crate) fn checkpoint(&self) -> &dyn Checkpoint {
        match self {
            Self::None => &NoCheckpoint,
            Self::Folder(folder, _) => folder,
        }
    }

    /// Removes what was kept, once the output is written.
    pub(crate) fn remove(self) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Folder(folder, path) => {
                folder.remove().map_err(|cause| Failure::Output { path, reason: cause.to_string() })
            }
        }
    }
}

/// The arguments that the result depends on.
fn telling(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut skip = false;
    arguments.filter(move |argument| {
        if std::mem::take(&mut skip) {
            return false;
        }
        let idle = IDLE.iter().find(|(name, _)| argument == OsStr::new(name));
        skip = idle.is_some_and(|(_, has_value)| *has_value);
        let joined = |(name, _): &(&str, bool)| argument.to_string_lossy().starts_with(&format!("{name}="));
        idle.is_none() && !IDLE.iter().any(joined)
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    fn telling(arguments: &str) -> String {
        let kept = super::telling(arguments.split(' ').map(OsString::from));
        kept.map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn threads_memory_and_outputs_do_not_tell_one_run_from_another() {
        assert_eq!(telling("detect --threads 2 --seed 3 --json"), "detect --seed 3");
        assert_eq!(telling("detect --threads=2 --out=a.csv --seed=3 --resume"), "detect --seed=3");
        assert_eq!(telling("detect --out --json --seed 3"), "detect --seed 3");
        assert_eq!(telling("detect --seed 3 --threads"), "detect --seed 3");
    }
}
