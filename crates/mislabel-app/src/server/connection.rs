//! One connection: requests read within limits, answered on threads that may wait.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use crate::server::reply::{Reply, refusal};
use crate::server::router::Router;

/// Bytes of a body at most.
const LARGEST_BODY: usize = 1 << 20;

/// The longest wait for a request on an open connection, and for a body.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers the requests on `stream` until it is closed.
pub(crate) async fn serve(stream: TcpStream, router: Arc<Router>) {
    let service = service_fn(move |request| {
        let router = Arc::clone(&router);
        async move { Ok::<_, Infallible>(answer(request, router).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    // A browser may close a connection whenever it likes.
    let _ = connection.await;
}

async fn answer(request: Request<Incoming>, router: Arc<Router>) -> Reply {
    let (parts, body) = request.into_parts();
    if let Err(refused) = router.check(&parts) {
        return refused;
    }
    let body = match read(body).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let answer = tokio::task::spawn_blocking(move || router.answer(&parts, &body)).await;
    answer.unwrap_or_else(|_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "the request failed; please report it"))
}

async fn read(body: Incoming) -> Result<Bytes, Reply> {
    let reading = Limited::new(body, LARGEST_BODY).collect();
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(_)) => Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "a request has at most 1 MiB")),
        Err(_) => Err(refusal(StatusCode::REQUEST_TIMEOUT, "the request did not arrive in time")),
    }
}
