//! How the page is served.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// How the page is served, and how reviewers begin.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// The address to listen on. The default is a free port of 127.0.0.1, which other machines cannot reach.
    pub address: SocketAddr,
    /// Whether an address that other machines can reach is intended.
    pub exposed: bool,
    /// Further values of the header `Host` that are answered, such as `localhost:9000` at the other end of a tunnel.
    pub allowed_hosts: Vec<String>,
    /// The name under which decisions are recorded; each reviewer can change it on the page.
    pub reviewer: String,
    /// Whether suggestions are hidden at first.
    pub blind: bool,
    /// The share of control samples in the queue, in [0, 1).
    pub controls: f64,
    /// Seed of the control samples and of the samples that teach most.
    pub seed: u64,
    /// The folder that paths of samples are relative to. No file outside it is shown.
    pub root: PathBuf,
    /// Whether symbolic links may lead out of the folder.
    pub follow_links: bool,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            exposed: false,
            allowed_hosts: Vec::new(),
            reviewer: "reviewer".into(),
            blind: false,
            controls: 0.0,
            seed: 0,
            root: PathBuf::from("."),
            follow_links: false,
        }
    }
}
