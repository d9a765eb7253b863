//! A browser, driven over WebDriver: JSON over HTTP, of which little is needed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::request;

/// How long something may take to appear on the page.
const PATIENCE: Duration = Duration::from_secs(30);

/// A window of chromium without a screen.
pub(crate) struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    /// Held open: chromedriver stops answering once nobody reads it.
    _told: BufReader<ChildStdout>,
    _profile: tempfile::TempDir,
}

/// Keys of WebDriver.
pub(crate) const SHIFT: char = '\u{e008}';
pub(crate) const RIGHT: char = '\u{e014}';
pub(crate) const ENTER: char = '\u{e007}';

impl Browser {
    /// A window of 1280 × 800 pixels; `None`, and a line that says so, without chromium and chromedriver.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with further arguments of chromium.
    pub(crate) fn start_with(arguments: &[&str]) -> Option<Self> {
        let spawned = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = spawned else {
            assert!(std::env::var_os("MISLABEL_BROWSER_REQUIRED").is_none(), "chromedriver cannot be started");
            println!("skipped: needs chromium and chromedriver");
            return None;
        };
        let mut told = BufReader::new(driver.stdout.take().unwrap());
        let port = port(&mut told);
        let (address, profile) = (SocketAddr::from(([127, 0, 0, 1], port)), tempfile::tempdir().unwrap());
        let folder = format!("--user-data-dir={}", profile.path().display());
        let mut all = vec!["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,800", &folder];
        all.extend(arguments);
        let wanted = json!({
            "goog:chromeOptions": { "args": all },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": 120_000 },
        });
        let mut browser = Self { driver, address, session: String::new(), _told: told, _profile: profile };
        let told = browser.command("POST", "", &json!({ "capabilities": { "alwaysMatch": wanted } }));
        browser.session = format!("/{}", told["sessionId"].as_str().unwrap());
        Some(browser)
    }

    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let headers = [("Content-Type", "application/json")];
        let answer = request(self.address, method, &format!("/session{}{path}", self.session), &headers, &body);
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
        answer.json()["value"].take()
    }

    /// Opens the page at `link` and waits until it is ready.
    pub(crate) fn open(&self, link: &str) {
        self.visit(link);
        self.wait_until("document.documentElement.dataset.ready === 'yes'");
    }

    /// Opens `link`; a page of the same address is loaded anew.
    pub(crate) fn visit(&self, link: &str) {
        self.command("POST", "/url", &json!({ "url": "about:blank" }));
        self.command("POST", "/url", &json!({ "url": link }));
    }

    /// The value of a JavaScript expression.
    pub(crate) fn value(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        self.command("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs a script; the last of its arguments is a function that ends it with a value.
    pub(crate) fn wait_for_script(&self, script: &str, arguments: &Value) -> Value {
        self.command("POST", "/execute/async", &json!({ "script": script, "args": arguments }))
    }

    /// Waits until a JavaScript expression is true.
    pub(crate) fn wait_until(&self, expression: &str) {
        let start = Instant::now();
        while self.value(&format!("Boolean({expression})")) != true {
            let state = || self.value("document.body.innerText.slice(0, 2000)");
            assert!(start.elapsed() < PATIENCE, "still not: {expression}\n{}", state());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses the keys one after the other; [`SHIFT`] is held from one of its places to the next.
    pub(crate) fn press(&self, keys: &str) {
        let mut shifted = false;
        let mut actions = Vec::new();
        for key in keys.chars() {
            if key == SHIFT {
                shifted = !shifted;
                actions.push(json!({ "type": if shifted { "keyDown" } else { "keyUp" }, "value": key }));
            } else {
                actions.extend(["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })));
            }
        }
        let source = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.command("POST", "/actions", &json!({ "actions": [source] }));
    }

    /// Clicks the first element that a CSS selector finds.
    pub(crate) fn click(&self, selector: &str) {
        let script = format!("document.querySelector({}).click()", json!(selector));
        self.value(&script);
    }

    /// What the browser had to say since it was asked last: errors of scripts, violations of policies, files that failed.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let told = self.command("POST", "/se/log", &json!({ "type": "browser" }));
        told.as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Shows the page as to somebody who prefers this: `("prefers-color-scheme", "dark")`.
    pub(crate) fn prefer(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.command("POST", "/goog/cdp/execute", &json!({ "cmd": "Emulation.setEmulatedMedia", "params": features }));
    }

    /// Shows the page on a screen of this size, which may be narrower than a window can be.
    pub(crate) fn screen(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.command("POST", "/goog/cdp/execute", &command);
    }

    /// Makes the window this large.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.command("POST", "/window/rect", &json!({ "width": width, "height": height }));
    }

    /// Waits until every decision is on the disk, by what the page says.
    pub(crate) fn wait_until_saved(&self) {
        self.wait_until("document.getElementById('progress-line').textContent.includes('all saved')");
        self.wait_until("Object.keys(localStorage).every((key) => !key.startsWith('mislabel.op.'))");
    }

    /// The text of the first element that a CSS selector finds.
    pub(crate) fn text(&self, selector: &str) -> String {
        let text = self.value(&format!("document.querySelector({})?.textContent ?? ''", json!(selector)));
        text.as_str().unwrap().to_owned()
    }

    /// The handle of a new tab, which has the focus then.
    pub(crate) fn new_tab(&self) -> String {
        let handle = self.command("POST", "/window/new", &json!({ "type": "tab" }))["handle"].take();
        let handle = handle.as_str().unwrap().to_owned();
        self.switch_to(&handle);
        handle
    }

    /// The handle of the tab that has the focus.
    pub(crate) fn tab(&self) -> String {
        self.command("GET", "/window", &Value::Null).as_str().unwrap().to_owned()
    }

    pub(crate) fn switch_to(&self, handle: &str) {
        self.command("POST", "/window", &json!({ "handle": handle }));
    }

    /// The text of a dialog of the browser that is open.
    pub(crate) fn alert(&self) -> Option<String> {
        let answer = request(self.address, "GET", &format!("/session{}/alert/text", self.session), &[], "");
        (answer.status == 200).then(|| answer.text())
    }
}

/// The port that chromedriver says it listens on.
fn port(told: &mut impl BufRead) -> u16 {
    let mut line = String::new();
    while !line.contains("successfully on port ") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "chromedriver says its port");
    }
    line.trim_end().trim_end_matches('.').rsplit_once(' ').unwrap().1.parse().unwrap()
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            request(self.address, "DELETE", &format!("/session{}", self.session), &[], "");
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
