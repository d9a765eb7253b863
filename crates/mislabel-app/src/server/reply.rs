//! Answers, with the headers that keep browsers from doing more than they should.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// An answer.
pub(crate) type Reply = Response<Full<Bytes>>;

/// Headers of every answer.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// `body` with its content type.
pub(crate) fn reply(
    status: StatusCode,
    content_type: &'static str,
    cache: &'static str,
    body: impl Into<Bytes>,
) -> Reply {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let own = [("content-type", content_type), ("cache-control", cache)];
    for (name, value) in HEADERS.into_iter().chain(own) {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// `value` as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Reply {
    match serde_json::to_vec(value) {
        Ok(bytes) => reply(status, "application/json", "no-store", bytes),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &format!("the answer cannot be written: {error}")),
    }
}

/// Why there is no other answer.
#[derive(Serialize)]
struct Refusal<'a> {
    error: &'a str,
}

/// A refusal that says why.
pub(crate) fn refusal(status: StatusCode, error: &str) -> Reply {
    let body = serde_json::to_vec(&Refusal { error }).unwrap_or_default();
    reply(status, "application/json", "no-store", body)
}
