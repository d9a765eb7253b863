//! Nobody but the page that was opened by the printed link may ask or decide.

use serde_json::json;

use crate::browser::Browser;
use crate::fixture::Fixture;
use crate::http::request;
use crate::process::{serve, serve_with};

#[test]
fn requests_that_the_page_would_not_send_are_refused() {
    let fixture = Fixture::new(9, 3);
    let served = fixture.served();
    let (address, own) = (served.address, format!("http://{}", served.address));
    let host = address.to_string();
    let body = json!({ "op": "1", "reviewer": "eve", "rows": [0], "decision": "keep" }).to_string();
    let sent =
        |method: &str, path: &str, headers: &[(&str, &str)]| request(address, method, path, headers, &body).status;
    let token = ("X-Mislabel-Token", served.token.as_str());
    let (json, origin) = (("Content-Type", "application/json"), ("Origin", own.as_str()));
    let evil = format!("evil.example:{}", address.port());
    let other_port = format!("http://127.0.0.1:{}", address.port() ^ 1);

    assert_eq!(sent("GET", "/", &[("Host", &evil)]), 421, "another host");
    assert_eq!(sent("GET", "/api/about", &[token, ("Host", &evil)]), 421, "another host");
    assert_eq!(sent("GET", "/api/about", &[]), 403, "no token");
    assert_eq!(sent("GET", "/api/about", &[("X-Mislabel-Token", "0123456789abcdef0123456789abcdef")]), 403);
    assert_eq!(sent("GET", &format!("/api/about?t={}", served.token), &[]), 403, "the token in the address");
    let cookie = format!("token={}", served.token);
    assert_eq!(sent("GET", "/api/about", &[("Cookie", &cookie)]), 403, "the token as a cookie");
    assert_eq!(sent("POST", "/api/decide", &[json, origin]), 403, "no token");
    assert_eq!(sent("POST", "/api/decide", &[token, json]), 403, "no origin");
    assert_eq!(sent("POST", "/api/decide", &[token, json, ("Origin", &other_port)]), 403, "another port");
    assert_eq!(sent("POST", "/api/decide", &[token, json, ("Origin", "null")]), 403, "a file");
    assert_eq!(sent("POST", "/api/decide", &[token, origin, ("Content-Type", "text/plain")]), 415);
    assert_eq!(sent("POST", "/api/decide", &[token, json, origin, ("Sec-Fetch-Site", "same-site")]), 403);
    for method in ["OPTIONS", "PUT", "DELETE", "PATCH"] {
        assert_eq!(sent(method, "/api/decide", &[token, json, origin]), 405, "{method}");
        assert_eq!(sent(method, "/", &[]), 405, "{method}");
    }
    assert!(fixture.journal().is_empty(), "nothing was decided");
    assert_eq!(sent("POST", "/api/decide", &[token, json, origin, ("Host", &host)]), 200);
    assert_eq!(fixture.journal().len(), 1);
}

#[test]
fn answers_tell_browsers_what_they_may_not_do() {
    let fixture = Fixture::new(9, 3);
    let served = fixture.served();
    for answer in [served.ask("about"), request(served.address, "GET", "/", &[], "")] {
        assert_eq!(answer.status, 200);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(served.ask("about").header("cache-control"), Some("no-store"));
}

#[test]
fn large_and_broken_requests_are_refused_and_the_server_goes_on() {
    let fixture = Fixture::new(9, 3);
    let served = fixture.served();
    let large = json!({ "op": "x".repeat(2 << 20), "reviewer": "ann", "rows": [0], "decision": "keep" });
    assert_eq!(served.change("decide", &large).status, 413);
    let cases = [
        json!(null),
        json!({ "op": "1", "reviewer": "ann", "rows": [0], "decision": "remove" }),
        json!({ "op": "1", "reviewer": "ann", "rows": [-1], "decision": "keep" }),
        json!({ "op": "1", "reviewer": "ann", "rows": [0], "decision": "keep", "more": 1 }),
    ];
    for body in cases {
        assert_eq!(served.change("decide", &body).status, 400, "{body}");
    }
    assert_eq!(served.decide("1", &[9], "keep", None).status, 422, "there are nine samples");
    assert_eq!(served.decide("1", &[0], "relabel", Some(3)).status, 422, "there are three classes");
    assert_eq!(served.decide("1", &[0], "relabel", None).status, 422, "no class");
    assert_eq!(served.ask("cards?slice=999").status, 410);
    assert_eq!(served.ask("nothing").status, 404);
    assert!(fixture.journal().is_empty());
    assert_eq!(served.decide("1", &[0], "keep", None).status, 200);
}

#[test]
fn the_server_listens_on_the_loopback_address_and_prints_the_tunnel_of_a_remote_session() {
    let fixture = Fixture::new(9, 3);
    let served = fixture.served();
    assert!(served.address.ip().is_loopback());
    #[cfg(target_os = "linux")]
    assert_eq!(served.listens_on(), [format!("0100007F:{:04X}", served.address.port())], "and on no other");
    assert!(!served.printed.iter().any(|line| line.contains("ssh")));
    drop(served);
    let variables = [("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")];
    let served = serve_with(fixture.folder(), &Fixture::arguments(&[]), &variables).unwrap();
    let port = served.address.port();
    assert!(served.printed.iter().any(|line| line.contains(&format!("ssh -N -L {port}:127.0.0.1:{port}"))));
    let refused = serve(fixture.folder(), &Fixture::arguments(&["--listen", "0.0.0.0:0"])).err().unwrap();
    assert!(refused.contains("can be reached from other machines") && refused.contains("--i-know"), "{refused}");
}

#[test]
fn a_host_behind_a_tunnel_is_answered_only_where_it_is_allowed() {
    let fixture = Fixture::new(9, 3);
    let served = fixture.served_with(&["--allow-host", "localhost:9999"]);
    let headers = [("X-Mislabel-Token", served.token.as_str()), ("Host", "localhost:9999")];
    assert_eq!(request(served.address, "GET", "/api/about", &headers, "").status, 200);
    let headers = [("X-Mislabel-Token", served.token.as_str()), ("Host", "localhost:9998")];
    assert_eq!(request(served.address, "GET", "/api/about", &headers, "").status, 421);
}

#[test]
fn a_page_on_another_port_of_this_machine_cannot_decide() {
    let Some(browser) = Browser::start() else { return };
    let (fixture, other) = (Fixture::new(9, 3), Fixture::new(9, 3));
    let (served, evil) = (fixture.served(), other.served());
    browser.open(&evil.link);
    let script = "const [url, token, done] = arguments;
        const body = JSON.stringify({op: '1', reviewer: 'eve', rows: [0], decision: 'keep'});
        const tries = [{'Content-Type': 'application/json', 'X-Mislabel-Token': token}, {'Content-Type': 'text/plain'}]
            .map((headers) => fetch(url, {method: 'POST', headers, body}).then((answer) => answer.status, () => 'blocked'));
        tries.push(fetch(url, {method: 'POST', body, mode: 'no-cors'}).then((answer) => answer.type, () => 'blocked'));
        Promise.all(tries).then(done);";
    let url = format!("http://{}/api/decide", served.address);
    let told = browser.wait_for_script(script, &json!([url, served.token]));
    assert!(told.as_array().unwrap().iter().all(|one| one != 200), "{told}");
    assert!(fixture.journal().is_empty());
}
