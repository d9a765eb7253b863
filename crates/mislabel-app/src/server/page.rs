//! The files of the page, in the program itself: nothing is asked of another host.

use hyper::StatusCode;

use crate::server::reply::{Reply, refusal, reply};

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! page {
    ($($name:literal: $kind:expr),* $(,)?) => {
        [$((concat!("/", $name), $kind, include_bytes!(concat!("../../page/", $name)))),*]
    };
}

const FILES: [(&str, &str, &[u8]); 17] = page_files();

const fn page_files() -> [(&'static str, &'static str, &'static [u8]); 17] {
    page! {
        "app.html": "text/html; charset=utf-8",
        "app.css": "text/css; charset=utf-8",
        "icon.svg": "image/svg+xml",
        "actions.js": SCRIPT,
        "api.js": SCRIPT,
        "cards.js": SCRIPT,
        "dialogs.js": SCRIPT,
        "dom.js": SCRIPT,
        "filters.js": SCRIPT,
        "grid.js": SCRIPT,
        "keys.js": SCRIPT,
        "main.js": SCRIPT,
        "outbox.js": SCRIPT,
        "panel.js": SCRIPT,
        "settings.js": SCRIPT,
        "single.js": SCRIPT,
        "state.js": SCRIPT,
    }
}

/// The file of the page at `path`.
pub(crate) fn file(path: &str) -> Reply {
    let path = if path == "/" { "/app.html" } else { path };
    match FILES.iter().find(|(name, _, _)| *name == path) {
        Some((_, content_type, bytes)) => reply(StatusCode::OK, content_type, "no-cache", *bytes),
        None => refusal(StatusCode::NOT_FOUND, "there is no such page"),
    }
}
