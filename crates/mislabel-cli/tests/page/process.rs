//! The command, serving.

use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::http::{Answer, attempt, request};

/// `mislabel app`, killed when this is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) link: String,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    /// What it printed before the link and after it.
    pub(crate) printed: Vec<String>,
}

/// Runs `mislabel app` in `folder` with these arguments; the lines that it printed, or what it said when it stopped.
pub(crate) fn serve(folder: &Path, arguments: &[&str]) -> Result<Served, String> {
    serve_with(folder, arguments, &[])
}

/// The same with variables of the environment.
pub(crate) fn serve_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Served, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("SSH_CONNECTION").envs(variables.iter().copied());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    while let Some(Ok(line)) = lines.next() {
        let last = line.starts_with("Ctrl-C");
        printed.push(line);
        if last {
            break;
        }
    }
    let Some(link) = printed.iter().find_map(|line| line.strip_prefix("open ")).map(str::to_owned) else {
        let output = child.wait_with_output().unwrap();
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    };
    let (address, token) = link.strip_prefix("http://").unwrap().split_once("/#t=").unwrap();
    let (address, token) = (address.parse().unwrap(), token.to_owned());
    Ok(Served { child, link, address, token, printed })
}

impl Served {
    /// Asks a question as the page does.
    pub(crate) fn ask(&self, path: &str) -> Answer {
        request(self.address, "GET", &format!("/api/{path}"), &[("X-Mislabel-Token", &self.token)], "")
    }

    /// Makes a change as the page does.
    pub(crate) fn change(&self, name: &str, body: &Value) -> Answer {
        self.try_change(name, body).unwrap()
    }

    /// The same, of a server that may be gone.
    pub(crate) fn try_change(&self, name: &str, body: &Value) -> io::Result<Answer> {
        let origin = format!("http://{}", self.address);
        let headers = [
            ("X-Mislabel-Token", self.token.as_str()),
            ("Content-Type", "application/json"),
            ("Origin", &origin),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        attempt(self.address, "POST", &format!("/api/{name}"), &headers, &body.to_string())
    }

    /// Decides on `rows`.
    pub(crate) fn decide(&self, op: &str, rows: &[u32], decision: &str, class: Option<u32>) -> Answer {
        self.try_decide(op, rows, decision, class).unwrap()
    }

    /// The same, of a server that may be gone.
    pub(crate) fn try_decide(&self, op: &str, rows: &[u32], decision: &str, class: Option<u32>) -> io::Result<Answer> {
        let mut body = json!({ "op": op, "reviewer": "ann", "rows": rows, "decision": decision });
        if let Some(class) = class {
            body["class"] = class.into();
        }
        self.try_change("decide", &body)
    }

    /// The address of the picture of a sample.
    pub(crate) fn picture(&self, row: &str) -> String {
        let about = self.ask("about").json();
        format!("/img/{}/{row}", about["image_token"].as_str().unwrap())
    }

    /// The most memory that the process held so far, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// The memory that the process holds, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
    }

    /// Files and sockets that the process has open.
    #[cfg(target_os = "linux")]
    pub(crate) fn handles(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// The addresses that the process listens on, as the system has them: hexadecimal, `0100007F:` and the port for 127.0.0.1.
    #[cfg(target_os = "linux")]
    pub(crate) fn listens_on(&self) -> Vec<String> {
        const LISTENING: &str = "0A";
        let place = |name: &str| format!("/proc/{}/{name}", self.child.id());
        let links = std::fs::read_dir(place("fd")).unwrap().map(|file| std::fs::read_link(file.unwrap().path()));
        let own: Vec<String> = links.filter_map(Result::ok).map(|link| link.display().to_string()).collect();
        let tables = ["net/tcp", "net/tcp6"].map(|name| std::fs::read_to_string(place(name)).unwrap_or_default());
        let sockets = tables.iter().flat_map(|table| table.lines().skip(1));
        let cells = sockets.map(|socket| socket.split_whitespace().collect::<Vec<_>>());
        let listening = cells.filter(|cells| cells[3] == LISTENING && own.contains(&format!("socket:[{}]", cells[9])));
        listening.map(|cells| cells[1].to_owned()).collect()
    }

    /// Asks the process once to end; its exit status.
    #[cfg(all(feature = "embed", unix))]
    pub(crate) fn terminated(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        for _ in 0..200 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        None
    }

    /// Ends the process at once, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
