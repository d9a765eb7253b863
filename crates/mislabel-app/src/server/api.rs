//! Questions of the page, and changes.

use hyper::StatusCode;
use hyper::body::Bytes;
use mislabel_review::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::server::parameters::parameter;
use crate::server::reply::{Reply, json, refusal, reply};
use crate::server::token::Token;
use crate::session::card::CardState;
use crate::session::session::Session;

/// Samples of a bulk decision at most.
const PAGE: usize = 100;

/// Answers a question.
pub(crate) fn question(session: &Session, image_token: &Token, name: &str, query: Option<&str>) -> Reply {
    let slice = || parameter(query, "slice").and_then(|id| session.known_slice(id));
    let gone = || refusal(StatusCode::GONE, "this view is too old: load it again");
    match name {
        "about" => json(StatusCode::OK, &session.about(image_token.text())),
        "standing" => answer(session.standing()),
        "changes" => {
            let (seq, states) = session.changes(parameter(query, "since").unwrap_or(0));
            json(StatusCode::OK, &Changes { seq, states })
        }
        "cards" => slice().map_or_else(gone, |slice| {
            let (from, count) = (parameter(query, "from").unwrap_or(0), parameter(query, "count").unwrap_or(PAGE));
            json(StatusCode::OK, &session.cards(&slice, from, count))
        }),
        "rows" => slice().map_or_else(gone, |slice| {
            let count = parameter(query, "count").unwrap_or(usize::MAX);
            json(StatusCode::OK, &Session::rows(&slice, count))
        }),
        "distribution" => slice().map_or_else(gone, |slice| json(StatusCode::OK, &session.distribution(&slice))),
        "verified.csv" => reply(StatusCode::OK, "text/csv; charset=utf-8", "no-store", session.verified_table()),
        _ => refusal(StatusCode::NOT_FOUND, "there is no such question"),
    }
}

/// Makes a change, or answers a question that is too long for an address.
pub(crate) fn change(session: &Session, name: &str, body: &Bytes) -> Reply {
    match name {
        "slice" => read(body, |request| {
            let slice = session.slice(request)?;
            Ok(SliceReply { id: slice.id, count: slice.rows.len(), query: slice.request.query.clone() })
        }),
        "decide" => read(body, |request| session.decide(&request).map(Changes::from)),
        "note" => read(body, |request| session.note(request).map(Changes::from)),
        "tag" => read(body, |request| session.tag(request).map(Changes::from)),
        "undo" => read(body, |request| session.undo(&request).map(Changes::from)),
        "similar" => read(body, |request| session.search_similar(&request)),
        "again" => read(body, |()| session.judge_again().map(|flagged| Judged { flagged })),
        _ => refusal(StatusCode::NOT_FOUND, "there is no such change"),
    }
}

#[derive(Serialize)]
struct SliceReply {
    id: u64,
    count: usize,
    query: String,
}

#[derive(Serialize)]
struct Judged {
    flagged: usize,
}

/// What changed; no states where there are too many.
#[derive(Serialize)]
struct Changes {
    seq: u64,
    states: Option<Vec<CardState>>,
}

impl From<(u64, Vec<CardState>)> for Changes {
    fn from((seq, states): (u64, Vec<CardState>)) -> Self {
        Self { seq, states: Some(states) }
    }
}

fn read<T: DeserializeOwned, R: Serialize>(body: &Bytes, ask: impl FnOnce(T) -> mislabel_review::Result<R>) -> Reply {
    match serde_json::from_slice(body) {
        Ok(request) => answer(ask(request)),
        Err(error) => refusal(StatusCode::BAD_REQUEST, &format!("the request cannot be read: {error}")),
    }
}

fn answer(result: mislabel_review::Result<impl Serialize>) -> Reply {
    match result {
        Ok(value) => json(StatusCode::OK, &value),
        Err(error) => failed(&error),
    }
}

/// A refusal whose status tells the page whether sending again may help: only where the disk did not take a decision.
fn failed(error: &Error) -> Reply {
    let status = match error {
        Error::Io { .. } => StatusCode::INSUFFICIENT_STORAGE,
        Error::ReadOnly { .. } => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    refusal(status, &error.to_string())
}
