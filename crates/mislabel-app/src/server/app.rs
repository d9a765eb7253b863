//! The server.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::{Error, Result};
use crate::media::file::Root;
use crate::media::picture::Pictures;
use crate::server::connection::serve;
use crate::server::guard::Guard;
use crate::server::router::Router;
use crate::server::token::Token;
use crate::session::session::Session;

/// Connections at a time.
const CONNECTIONS: usize = 64;

/// A page that listens but does not answer yet.
#[derive(Debug)]
pub struct App {
    listener: TcpListener,
    address: SocketAddr,
    token: Token,
    router: Arc<Router>,
}

impl App {
    /// Listens on the address of the session's options.
    ///
    /// # Errors
    /// [`Error::Exposed`] at an address that other machines can reach unless that is intended, [`Error::Listen`] when it
    /// cannot be listened on, [`Error::Io`] when the folder of the samples or the file of the token cannot be used.
    pub fn bind(session: Session) -> Result<Self> {
        let options = session.options();
        let address = options.address;
        if !address.ip().is_loopback() && !options.exposed {
            return Err(Error::Exposed { address });
        }
        let root = Root::new(&options.root, options.follow_links);
        let root = root.map_err(|cause| Error::Io { path: options.root.clone(), cause })?;
        let listening = |cause| Error::Listen { address, cause };
        let listener = TcpListener::bind(address).map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let token = {
            let journal = session.journal();
            if journal.is_read_only() { Token::random()? } else { Token::kept_beside(journal.path())? }
        };
        let hosts = hosts(address, &options.allowed_hosts);
        let pictures = Pictures::new(root, &session.view().samples);
        let (guard, image_token) = (Guard::new(token.clone(), hosts), Token::random()?);
        let router = Arc::new(Router { session: Arc::new(session), guard, pictures, image_token });
        Ok(Self { listener, address, token, router })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The link that opens the page. The token stands behind `#`, which browsers send to nobody.
    pub fn link(&self) -> String {
        format!("http://{}/#t={}", self.address, self.token.text())
    }

    /// Answers requests until the process ends. All that was decided is on the disk at any time.
    ///
    /// # Errors
    /// [`Error::Server`] when the system lets the server no longer listen.
    pub fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Server)?;
        runtime.block_on(self.accept())
    }

    async fn accept(self) -> Result<()> {
        self.listener.set_nonblocking(true).map_err(Error::Server)?;
        let listener = tokio::net::TcpListener::from_std(self.listener).map_err(Error::Server)?;
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
            // A connection that is gone before it is accepted is no reason to stop.
            let Ok((stream, _)) = listener.accept().await else { continue };
            let router = Arc::clone(&self.router);
            tokio::spawn(async move {
                serve(stream, router).await;
                drop(place);
            });
        }
    }
}

/// The names under which the server at `address` may be asked.
fn hosts(address: SocketAddr, allowed: &[String]) -> Vec<String> {
    let port = address.port();
    let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}"), address.to_string()];
    own.into_iter().chain(allowed.iter().cloned()).collect()
}
