//! Serving the page of a review.

use std::io::{Write as _, stdout};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use mislabel::app::{App, AppOptions, Evidence, Session};
use mislabel::review::{Journal, Samples};

use crate::failure::{Failure, Result, one_line};
use crate::session::reviewer::reviewer;
use crate::value_parsers::share;

/// The heading of these options.
const SERVING: &str = "Serving the page";

/// How the page is served.
#[derive(Args)]
pub(crate) struct Serving {
    /// Name under which decisions are saved; each reviewer can change it on the page [default: the name of the user]
    #[arg(long, value_name = "NAME", help_heading = SERVING)]
    reviewer: Option<String>,
    /// Hide suggestions at first, so that they do not sway the reviewer
    #[arg(long, help_heading = SERVING)]
    blind: bool,
    /// Share of control samples among the suspects: samples drawn by chance that nobody suspects [default: none]
    #[arg(long, value_name = "R", value_parser = share, allow_negative_numbers = true, help_heading = SERVING)]
    controls: Option<f64>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", help_heading = SERVING)]
    listen: SocketAddr,
    /// Listen on an address that other machines can reach
    #[arg(long, help_heading = SERVING)]
    i_know: bool,
    /// Answer under this host and port, too, as behind a tunnel; repeat for more
    #[arg(long, value_name = "HOST:PORT", help_heading = SERVING)]
    allow_host: Vec<String>,
    /// Show files that symbolic links in the folder of the samples lead to
    #[arg(long, help_heading = SERVING)]
    follow_links: bool,
}

impl Serving {
    /// Serves a review of `samples` until the process ends; decisions go to the file `journal`.
    pub(crate) fn run(&self, samples: Samples, evidence: Evidence, journal: &Path, root: PathBuf) -> Result<()> {
        let journal = Journal::open(journal, samples.given_labels())?;
        let mut out = stdout().lock();
        for notice in journal.notices() {
            writeln!(out, "note: {}", one_line(notice))?;
        }
        writeln!(out, "decisions are saved in {}", one_line(&journal.path().display().to_string()))?;
        let app = App::bind(Session::new(samples, journal, evidence, self.options(root))?)?;
        writeln!(out, "open {}", app.link())?;
        if std::env::var_os("SSH_CONNECTION").is_some() {
            let port = app.address().port();
            writeln!(out, "on your own computer, first: ssh -N -L {port}:127.0.0.1:{port} THIS-MACHINE")?;
        }
        writeln!(out, "Ctrl-C stops; nothing that was saved is lost")?;
        out.flush()?;
        drop(out);
        Ok(app.run()?)
    }

    fn options(&self, root: PathBuf) -> AppOptions {
        AppOptions {
            address: self.listen,
            exposed: self.i_know,
            allowed_hosts: self.allow_host.clone(),
            reviewer: reviewer(self.reviewer.as_deref()),
            blind: self.blind,
            controls: self.controls.unwrap_or(0.0),
            root,
            follow_links: self.follow_links,
            ..AppOptions::default()
        }
    }
}

impl From<mislabel::app::Error> for Failure {
    /// In the words of the command line.
    fn from(error: mislabel::app::Error) -> Self {
        use mislabel::app::Error;
        match error {
            Error::Core(error) => Self::Core(error),
            Error::Review(error) => error.into(),
            Error::Exposed { address } => Self::Arguments(format!(
                "--listen {address} can be reached from other machines: use 127.0.0.1 and a tunnel, or add --i-know"
            )),
            other => Self::Review(other.to_string()),
        }
    }
}
