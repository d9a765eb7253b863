//! A server among strangers: thousands of requests that no browser sends, and many decisions. It answers on, decides nothing that was
//! not asked for, and needs no more memory or handles than before.
//!
//! `MISLABEL_ATTACKS=N` is the number of requests; the ignored test makes 100,000 decisions:
//!
//! ```sh
//! MISLABEL_ATTACKS=1000000 cargo test --release -p mislabel-cli --test page attacks -- --include-ignored --nocapture
//! ```

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use mislabel::core::split_seed;

use crate::fixture::Fixture;
use crate::process::Served;

const DEFAULT: u64 = 20_000;

/// A stream of numbers that a seed determines.
struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    /// A number below `sides`.
    fn below(&mut self, sides: usize) -> usize {
        self.thrown += 1;
        (split_seed(self.seed, &[self.thrown]) % sides as u64) as usize
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

const METHODS: [&str; 10] = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "G\0T", "PRI"];
const PATHS: [&str; 22] = [
    "/",
    "/api/about",
    "/api/standing",
    "/api/decide",
    "/api/undo",
    "/api/cards?slice=1&from=0&count=1000000000000",
    "/api/cards?slice=-1&from=%00&count=NaN",
    "/api/slice",
    "/img/../../../../etc/passwd",
    "/img/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/img/token/0/../1",
    "//evil.example/api/decide",
    "http://evil.example/api/decide",
    "/api/decide#t=1",
    "/api/%64ecide",
    "/api\\decide",
    "*",
    "",
    " ",
    "/?t=0123456789abcdef",
    "/\u{202e}/é",
    "/api/about HTTP/1.1\r\nX-Smuggled: 1",
];
const VERSIONS: [&str; 7] = ["HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.1 x", "http/1.1", ""];
const HEADERS: [&str; 26] = [
    "Host: 127.0.0.1",
    "Host: evil.example",
    "Host: ",
    "Host",
    "Host: 127.0.0.1\r\nHost: evil.example",
    "Origin: null",
    "Origin: https://evil.example",
    "Content-Type: application/json",
    "Content-Type: text/plain",
    "Content-Length: 5",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 5, 5",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: \u{b}chunked",
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "Expect: 100-continue",
    "Range: bytes=0-18446744073709551615",
    " folded: line",
    "No-Value:",
    ": no name",
    "X-Mislabel-Token: 0123456789abcdef0123456789abcdef",
];
const BODIES: [&str; 9] = [
    "",
    "{}",
    "5\r\nhello\r\n0\r\n\r\n",
    "ffffffffffffffff\r\nx",
    "-1\r\n",
    "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
    "{\"op\":\"1\",\"reviewer\":\"eve\",\"rows\":[0],\"decision\":\"keep\"}",
    "GET /api/about HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "\u{0}\u{1}\u{2}",
];

/// The bytes of a request to `served`, which most of them name, and half of them by its token; every third is then cut, flipped, or
/// prolonged somewhere. None names the page as its origin, so that none may change anything.
fn request(served: &Served, dice: &mut Dice) -> Vec<u8> {
    let mut head = format!("{} {} {}\r\n", dice.one(&METHODS), dice.one(&PATHS), dice.one(&VERSIONS));
    if dice.below(5) > 0 {
        head += &format!("Host: {}\r\n", served.address);
    }
    if dice.below(2) > 0 {
        head += &format!("X-Mislabel-Token: {}\r\n", served.token);
    }
    for _ in 0..dice.below(4) {
        head += dice.one(&HEADERS);
        head += dice.one(&["\r\n", "\r\n", "\r\n", "\n", "\r"]);
    }
    if dice.below(40) == 0 {
        head += &format!("X-Long: {}\r\n", "y".repeat(dice.below(200_000)));
    }
    if dice.below(40) == 0 {
        (0..dice.below(300)).for_each(|number| head += &format!("X-{number}: z\r\n"));
    }
    let mut bytes = format!("{head}\r\n{}", dice.one(&BODIES)).into_bytes();
    let place = dice.below(bytes.len());
    match dice.below(9) {
        0 => bytes.truncate(place),
        1 => bytes[place] ^= 1 << dice.below(8),
        2 => drop(bytes.splice(place..place, b"\xff\xfe\0\r\n\r\n".iter().copied())),
        _ => {}
    }
    bytes
}

/// Sends `bytes` and reads the answers until the server has no more to say.
fn sent(served: &Served, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(served.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may refuse before all has arrived.
    let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("no end of the answer to {bytes:?}"),
        _ => answer,
    }
}

#[test]
fn requests_that_no_browser_sends_change_nothing_and_cost_nothing() {
    let number = std::env::var("MISLABEL_ATTACKS").map_or(DEFAULT, |number| number.parse().unwrap());
    let fixture = Fixture::new(9, 3);
    let served = fixture.served();
    let listing = |served: &Served| (served.memory(), served.handles());
    let mut before = listing(&served);
    let mut statuses = BTreeSet::new();
    for case in 0..number {
        let mut dice = Dice { seed: case, thrown: 0 };
        let answer = sent(&served, &request(&served, &mut dice));
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.contains(&served.token) && !text.contains("root:"), "request {case}: {text}");
        assert!(!text.contains("500 Internal"), "request {case}: {text}");
        statuses.extend(text.get(9..12).map(str::to_owned));
        // The first ones fill what is kept anyway.
        if case == number / 10 {
            before = listing(&served);
        }
    }
    // They come as far as they may: to pages and questions, to the check of the token, and to that of the origin.
    for status in ["200", "400", "403", "404", "405", "421"] {
        assert!(statuses.contains(status), "{status}: {statuses:?}");
    }
    assert_eq!(served.ask("standing").status, 200);
    assert!(fixture.journal().is_empty(), "nothing was decided");
    let after = listing(&served);
    println!("{number} requests: memory {} → {} bytes, handles {} → {}", before.0, after.0, before.1, after.1);
    assert!(after.0 < before.0 + (16 << 20) && after.1 <= before.1 + 2, "{before:?} {after:?}");
}

#[test]
fn slow_clients_keep_nobody_from_the_page() {
    let fixture = Fixture::new(9, 3);
    let served = fixture.served();
    let slow: Vec<TcpStream> = (0..60)
        .map(|number| {
            let mut stream = TcpStream::connect(served.address).unwrap();
            let part: &[u8] = if number % 2 == 0 { b"GET /api/ab" } else { b"" };
            stream.write_all(part).unwrap();
            stream
        })
        .collect();
    assert_eq!(served.ask("about").status, 200);
    assert_eq!(served.decide("op", &[0], "keep", None).status, 200);
    drop(slow);
    assert_eq!(served.ask("about").status, 200);
}

#[test]
#[ignore = "takes minutes: 100,000 decisions, each forced to the disk"]
fn a_hundred_thousand_decisions_take_few_bytes_each_and_no_handle() {
    const DECISIONS: u32 = 100_000;
    let fixture = Fixture::new(1000, 3);
    let served = fixture.served();
    let mut marks = Vec::new();
    for number in 0..DECISIONS {
        let answer =
            served.decide(&format!("op {number}"), &[number % 1000], ["keep", "unsure"][number as usize % 2], None);
        assert_eq!(answer.status, 200);
        if (number + 1) % (DECISIONS / 5) == 0 {
            marks.push((number + 1, served.memory(), served.handles()));
            println!("{} decisions: {} bytes, {} handles", number + 1, served.memory(), served.handles());
        }
    }
    let ([first, .., last], events) = (&marks[..], f64::from(DECISIONS) * 0.8) else { panic!("{marks:?}") };
    // Every decision is kept, for the review may go back to any of them: its own bytes, and no more.
    assert!((last.1 as f64 - first.1 as f64) / events < 1024.0, "{marks:?}");
    assert!(last.2 <= first.2 + 2, "{marks:?}");
}
