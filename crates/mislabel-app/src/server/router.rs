//! From a request to its answer.

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use crate::media::picture::Pictures;
use crate::server::api;
use crate::server::guard::Guard;
use crate::server::page;
use crate::server::parameters::parameter;
use crate::server::reply::{Reply, refusal, reply};
use crate::server::token::Token;
use crate::session::session::Session;

/// What answers requests.
#[derive(Debug)]
pub(crate) struct Router {
    pub(crate) session: Arc<Session>,
    pub(crate) guard: Guard,
    pub(crate) pictures: Pictures,
    pub(crate) image_token: Token,
}

impl Router {
    /// Refuses what is refused before a body is read.
    pub(crate) fn check(&self, request: &Parts) -> Result<(), Reply> {
        let refused = |(status, reason)| refusal(status, reason);
        self.guard.check_host(&request.headers).map_err(refused)?;
        if !request.uri.path().starts_with("/api/") {
            return match request.method {
                Method::GET => Ok(()),
                _ => Err(refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here")),
            };
        }
        self.guard.check_question(&request.method, &request.headers).map_err(refused)?;
        match request.method {
            Method::POST => self.guard.check_change(&request.headers).map_err(refused),
            _ => Ok(()),
        }
    }

    /// The answer to a request that was checked.
    pub(crate) fn answer(&self, request: &Parts, body: &Bytes) -> Reply {
        let (path, query) = (request.uri.path(), request.uri.query());
        match (path.strip_prefix("/api/"), path.strip_prefix("/img/")) {
            (Some(name), _) if request.method == Method::POST => api::change(&self.session, name, body),
            (Some(name), _) => api::question(&self.session, &self.image_token, name, query),
            (_, Some(rest)) => self.picture(rest, parameter::<u8>(query, "full") == Some(1)),
            _ => page::file(path),
        }
    }

    /// The picture at `/img/<token>/<row>`.
    fn picture(&self, rest: &str, full: bool) -> Reply {
        let Some((token, row)) = rest.split_once('/') else {
            return refusal(StatusCode::NOT_FOUND, "there is no such picture");
        };
        if !self.image_token.is(token) {
            return refusal(StatusCode::FORBIDDEN, "the token is wrong: open the link that was printed");
        }
        let digits = !row.is_empty() && row.bytes().all(|byte| byte.is_ascii_digit());
        let Some(row) = row.parse().ok().filter(|_| digits) else {
            return refusal(StatusCode::NOT_FOUND, "a picture is asked for by the number of its sample");
        };
        match self.pictures.picture(&self.session.view().samples, self.session.packed(), row, full) {
            Ok(picture) => reply(StatusCode::OK, picture.content_type, "private, max-age=3600", picture.bytes.to_vec()),
            Err(reason) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &reason),
        }
    }
}
