//! What can go wrong.

use std::net::SocketAddr;
use std::path::PathBuf;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What keeps the page from being served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}; port 0 takes a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The address can be reached from other machines.
    #[error("{address} can be reached from other machines: use 127.0.0.1 and a tunnel, or say that this is intended")]
    Exposed {
        /// The address.
        address: SocketAddr,
    },
    /// The system gives no random bits for the token.
    #[error("the system gives no random bits for the token of the page: {0}")]
    Random(getrandom::Error),
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The server stopped.
    #[error("the server stopped: {0}")]
    Server(std::io::Error),
    /// The review refuses something.
    #[error(transparent)]
    Review(#[from] mislabel_review::Error),
    /// An input of the computing crates is off.
    #[error(transparent)]
    Core(#[from] mislabel_core::Error),
}
