//! The files of the page, in the program itself: nothing is asked of another host.

use hyper::StatusCode;

use crate::server::reply::{Reply, refusal, reply};

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A file of the page: its path, its content type, its bytes.
type File = (&'static str, &'static str, &'static [u8]);

static FILES: [File; 17] = [
    ("/app.html", "text/html; charset=utf-8", include_bytes!("../../page/app.html")),
    ("/app.css", "text/css; charset=utf-8", include_bytes!("../../page/app.css")),
    ("/icon.svg", "image/svg+xml", include_bytes!("../../page/icon.svg")),
    ("/actions.js", SCRIPT, include_bytes!("../../page/actions.js")),
    ("/api.js", SCRIPT, include_bytes!("../../page/api.js")),
    ("/cards.js", SCRIPT, include_bytes!("../../page/cards.js")),
    ("/dialogs.js", SCRIPT, include_bytes!("../../page/dialogs.js")),
    ("/dom.js", SCRIPT, include_bytes!("../../page/dom.js")),
    ("/filters.js", SCRIPT, include_bytes!("../../page/filters.js")),
    ("/grid.js", SCRIPT, include_bytes!("../../page/grid.js")),
    ("/keys.js", SCRIPT, include_bytes!("../../page/keys.js")),
    ("/main.js", SCRIPT, include_bytes!("../../page/main.js")),
    ("/outbox.js", SCRIPT, include_bytes!("../../page/outbox.js")),
    ("/panel.js", SCRIPT, include_bytes!("../../page/panel.js")),
    ("/settings.js", SCRIPT, include_bytes!("../../page/settings.js")),
    ("/single.js", SCRIPT, include_bytes!("../../page/single.js")),
    ("/state.js", SCRIPT, include_bytes!("../../page/state.js")),
];

/// The file of the page at `path`.
pub(crate) fn file(path: &str) -> Reply {
    let path = if path == "/" { "/app.html" } else { path };
    match FILES.iter().find(|(name, _, _)| *name == path) {
        Some((_, content_type, bytes)) => reply(StatusCode::OK, content_type, "no-cache", *bytes),
        None => refusal(StatusCode::NOT_FOUND, "there is no such page"),
    }
}
