//! Taking up the work of a run that was stopped.

use std::path::{Path, PathBuf};

use clap::Args;
use mislabel::checkpoint::{CheckpointFolder, Fingerprint};
use mislabel::core::Run;

use crate::failure::{Failure, Result};

/// What the folder's name adds to that of the output.
const SUFFIX: &str = ".checkpoint";

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
    /// The checkpoint of `work` whose output is `out` and whose input files are `inputs`: each is read once.
    pub(crate) fn parts(&self, out: &Path, inputs: &[&Path], work: &str) -> Result<Parts> {
        if !self.resume {
            return Ok(Parts::None);
        }
        let version = Fingerprint::new().with_text("the version", env!("CARGO_PKG_VERSION"));
        let mut work = version.with_text("the command line", work);
        for path in inputs {
            let failed = |cause| mislabel::io::Error::Io { path: (*path).into(), cause };
            work = work.with_file(&format!("the content of {}", path.display()), path).map_err(failed)?;
        }
        let mut name = out.as_os_str().to_owned();
        name.push(SUFFIX);
        let folder = PathBuf::from(name);
        Ok(Parts::Folder(CheckpointFolder::open(&folder, &work)?, folder))
    }
}

impl Parts {
    /// `run` with its parts kept here.
    pub(crate) fn watched<'a>(&'a self, run: Run<'a>) -> Run<'a> {
        match self {
            Self::None => run,
            Self::Folder(folder, _) => run.with_checkpoint(folder),
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
