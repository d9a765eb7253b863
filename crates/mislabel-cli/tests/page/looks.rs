//! What people see: hostile names shown literally, nothing that keeps somebody from using the page.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fixture::Fixture;

pub(crate) fn hostile() -> Vec<String> {
    let long = "a very long name ".repeat(18);
    let names =
        ["</script><img src=x onerror=alert(1)>", "a & b", "\"quoted\"", "🐱 cat", "قط עברית", "=1+1", long.trim()];
    names.map(String::from).to_vec()
}

#[test]
fn names_are_text_whatever_they_hold() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::named(42, hostile());
    std::fs::write(fixture.path("samples.csv"), {
        let rows: String = (0..42).map(|row| format!("\"<img src=x onerror=alert({row})>\",<b>{row}</b>\n")).collect();
        format!("text,split\n{rows}")
    })
    .unwrap();
    let served = fixture.served_with(&["--reviewer", "<u>ann</u>"]);
    browser.open(&served.link);
    browser.wait_until("document.querySelectorAll('.card .labels').length > 6");
    let shown = browser.value("[...document.querySelectorAll('.card .labels b')].map((one) => one.textContent)");
    for name in hostile() {
        assert!(shown.as_array().unwrap().contains(&json!(name)), "{name}: {shown}");
    }
    browser.press("g/");
    browser.wait_until("document.getElementById('class-dialog').open");
    assert_eq!(browser.value("document.querySelectorAll('img[src=x], main script, u, .card b b').length"), 0);
    assert_eq!(browser.alert(), None);
}

/// What axe-core has to say of the page, serious or critical; `None` without axe-core.
pub(crate) fn violations(browser: &Browser) -> Option<Value> {
    let Some(path) = std::env::var_os("MISLABEL_AXE") else {
        assert!(std::env::var_os("MISLABEL_BROWSER_REQUIRED").is_none(), "MISLABEL_AXE is the path of axe.min.js");
        println!("skipped: MISLABEL_AXE is the path of axe.min.js");
        return None;
    };
    let axe = std::fs::read_to_string(path).unwrap();
    let script = format!(
        "{axe}; const done = arguments[arguments.length - 1];
        axe.run().then(({{violations}}) => done(violations
            .filter((one) => ['serious', 'critical'].includes(one.impact))
            .map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))])));"
    );
    Some(browser.wait_for_script(&script, &json!([])))
}

#[test]
fn axe_finds_nothing_serious_on_any_view_in_any_theme_and_size() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::named(42, hostile());
    let served = fixture.served();
    for (width, height) in [(1280, 800), (640, 400), (400, 800)] {
        browser.resize(width, height);
        browser.open(&served.link);
        for theme in ["light", "dark"] {
            browser.value(&format!("document.documentElement.dataset.theme = '{theme}'"));
            browser.wait_until("document.querySelector('.card .labels')");
            for keys in ["", "k", "g", "?", "\u{e00c}/", "\u{e00c}n", "\u{e00c}g"] {
                browser.press(keys);
                let Some(found) = violations(&browser) else { return };
                assert_eq!(found, json!([]), "{width} × {height}, {theme}, after the keys {keys:?}");
            }
        }
    }
}

#[test]
fn nothing_sticks_out_sideways_in_narrow_windows_or_at_twice_the_size() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::named(42, hostile());
    let served = fixture.served();
    for (width, height) in [(1280, 800), (640, 400), (500, 800)] {
        browser.resize(width, height);
        browser.open(&served.link);
        for keys in ["", "g"] {
            browser.press(keys);
            let wide = browser.value("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
            assert!(wide[0].as_u64() <= wide[1].as_u64(), "{width}: {wide}");
        }
        browser.press("?");
        browser.wait_until("document.getElementById('help-dialog').open");
        let keys = "[...document.querySelectorAll('.keys')].every((list) => list.children[0].offsetWidth > 0 && list.children[1].offsetLeft > list.children[0].offsetLeft)";
        assert_eq!(browser.value(keys), true, "{width}: keys stand beside what they do");
        let inside =
            browser.value("((one) => one.scrollWidth <= one.clientWidth)(document.getElementById('help-dialog'))");
        assert_eq!(inside, true, "{width}: the help fits");
    }
}

#[test]
fn nothing_moves_where_people_asked_for_less_motion() {
    let Some(browser) = Browser::start_with(&["--force-prefers-reduced-motion"]) else { return };
    let fixture = Fixture::new(42, 3);
    let served = fixture.served();
    browser.open(&served.link);
    browser.wait_until("document.querySelector('.card .labels')");
    let moving = browser.value(
        "[...document.querySelectorAll('*')].filter((one) => {
            const style = getComputedStyle(one);
            return style.transitionDuration !== '0s' || style.animationName !== 'none';
        }).length",
    );
    assert_eq!(moving, 0);
}

#[test]
fn the_page_asks_no_other_host_for_anything() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(42, 3);
    let served = fixture.served();
    browser.open(&served.link);
    let others = browser.value(
        "performance.getEntriesByType('resource').map((one) => one.name).filter((name) => !name.startsWith(location.origin))",
    );
    assert_eq!(others, json!([]));
    assert_eq!(browser.value("location.href.includes('t=')"), false, "the token leaves the address");
}

#[test]
fn the_page_starts_without_a_complaint() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(42, 3);
    let served = fixture.served();
    browser.complaints();
    browser.open(&served.link);
    browser.wait_until("document.querySelector('.card .labels') && document.getElementById('slice').textContent");
    browser.press("gg");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn single_keys_can_be_switched_off() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(42, 3);
    let served = fixture.served();
    browser.open(&served.link);
    browser.press("?");
    browser.click("#single-keys");
    browser.press("\u{e00c}kx1");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(fixture.journal().is_empty());
    browser.click("#actions [data-name='Keep']");
    browser.wait_until_saved();
    assert_eq!(fixture.journal().len(), 1);
}
