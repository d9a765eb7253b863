//! Who may ask: this page, opened by the link that was printed, and no other.
//!
//! A page on another port of 127.0.0.1 counts as the same site for cookies, and any page can send requests to a local
//! address. So there are no cookies; every request names a host that is ours, every question to the review carries a token,
//! and every change comes from our own origin as JSON.

use hyper::header::{CONTENT_TYPE, HOST, ORIGIN};
use hyper::{HeaderMap, Method, StatusCode};

use crate::server::token::Token;

/// The header that carries the token.
pub(crate) const TOKEN_HEADER: &str = "x-mislabel-token";

/// Checks of requests.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    token: Token,
    hosts: Vec<String>,
}

/// Why a request is refused.
pub(crate) type Refused = (StatusCode, &'static str);

impl Guard {
    /// For a server that is reached under `hosts`, such as `127.0.0.1:8000`.
    pub(crate) fn new(token: Token, hosts: Vec<String>) -> Self {
        Self { token, hosts }
    }

    /// Checks what holds for every request: the host, against pages whose name leads to this address.
    pub(crate) fn check_host(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let host = text(headers, HOST.as_str());
        match host.is_some_and(|host| self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))) {
            true => Ok(()),
            false => {
                Err((StatusCode::MISDIRECTED_REQUEST, "the host is not this server: allow it when you start the app"))
            }
        }
    }

    /// Checks a question to the review.
    pub(crate) fn check_question(&self, method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
        if method != Method::GET && method != Method::POST {
            return Err((StatusCode::METHOD_NOT_ALLOWED, "only GET and POST are answered"));
        }
        match text(headers, TOKEN_HEADER).is_some_and(|token| self.token.is(token)) {
            true => Ok(()),
            false => Err((StatusCode::FORBIDDEN, "the token is missing or wrong: open the link that was printed")),
        }
    }

    /// Checks a change, which is a question too.
    pub(crate) fn check_change(&self, headers: &HeaderMap) -> Result<(), Refused> {
        if text(headers, CONTENT_TYPE.as_str()) != Some("application/json") {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json"));
        }
        let origin = text(headers, ORIGIN.as_str()).and_then(|origin| origin.strip_prefix("http://"));
        if !origin.is_some_and(|origin| self.hosts.iter().any(|known| known.eq_ignore_ascii_case(origin))) {
            return Err((StatusCode::FORBIDDEN, "the change comes from another page"));
        }
        match text(headers, "sec-fetch-site") {
            None | Some("same-origin") => Ok(()),
            Some(_) => Err((StatusCode::FORBIDDEN, "the change comes from another site")),
        }
    }
}

/// The header `name`, where it is there once.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
