//! As many samples as ImageNet has. Run with `--release -- --ignored`.

use std::io::{BufWriter, Write as _};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::Browser;
use crate::process::serve;

const SAMPLES: usize = 1_281_167;
const CLASSES: usize = 1000;

fn write(folder: &std::path::Path) {
    let file = |name: &str| BufWriter::new(std::fs::File::create(folder.join(name)).unwrap());
    let (mut labels, mut issues, mut samples) = (file("labels.txt"), file("issues.csv"), file("samples.csv"));
    writeln!(issues, "index,given_label,suggested_label,quality,score,is_issue").unwrap();
    writeln!(samples, "path,split").unwrap();
    for row in 0..SAMPLES {
        let (given, mixed) = (row % CLASSES, row.wrapping_mul(2_654_435_761) % SAMPLES);
        let quality = mixed as f64 / SAMPLES as f64;
        let suspect = quality < 0.05;
        let suggested = if suspect { (given * 7 + 3) % CLASSES } else { given };
        writeln!(labels, "{given}").unwrap();
        writeln!(issues, "{row},{given},{suggested},{quality},{},{suspect}", 1.0 - quality).unwrap();
        writeln!(samples, "train/n{given:08}/n{given:08}_{row}.JPEG,train").unwrap();
    }
}

#[test]
#[ignore = "takes a minute, and measures times of an optimized build"]
fn a_million_samples_are_reviewed_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let start = Instant::now();
    let arguments = [
        "app",
        "--labels",
        "labels.txt",
        "--issues",
        "issues.csv",
        "--samples",
        "samples.csv",
        "--journal",
        "review.jsonl",
    ];
    let served = serve(folder.path(), &arguments).unwrap();
    let started = start.elapsed();
    let timed = |name: &str, most: Duration, work: &dyn Fn()| {
        work();
        let mut times: Vec<Duration> = (0..9)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            })
            .collect();
        times.sort();
        println!("{name}: median {:?}, worst {:?}", times[4], times[8]);
        assert!(times[4] < most, "{name}: {times:?}");
    };
    println!("start: {started:?}");
    let slice = |query: &str, order: &str| {
        served.change("slice", &json!({ "query": query, "order": order, "undecided_by": "ann" })).json()
    };
    let all = slice("", "most-suspect");
    assert_eq!(all["count"], SAMPLES);
    timed("slice of all", Duration::from_millis(200), &|| drop(slice("", "most-suspect")));
    let query = "given = \"3\" and quality < 0.3 and not decided and path contains \"n00000003\"";
    timed("slice by a query", Duration::from_millis(200), &|| drop(slice(query, "pair")));
    let id = slice("", "most-suspect")["id"].clone();
    timed("page of cards", Duration::from_millis(200), &|| {
        drop(served.ask(&format!("cards?slice={id}&from=1000000&count=200")));
    });
    timed("distribution", Duration::from_millis(200), &|| drop(served.ask(&format!("distribution?slice={id}"))));
    let op = std::cell::Cell::new(0);
    timed("decision on the disk", Duration::from_millis(50), &|| {
        op.set(op.get() + 1);
        assert_eq!(served.decide(&format!("op {}", op.get()), &[op.get()], "keep", None).status, 200);
    });
    timed("standing", Duration::from_millis(200), &|| drop(served.ask("standing")));
    assert!(started < Duration::from_secs(5), "{started:?}");
    in_a_browser(&served);
    println!("most memory: {} MiB", served.peak_memory() >> 20);
    assert!(served.peak_memory() < 1 << 30, "{}", served.peak_memory());
}

fn in_a_browser(served: &crate::process::Served) {
    let Some(browser) = Browser::start() else { return };
    browser.open(&served.link);
    browser.value("document.getElementById('preset').value = 'all'");
    browser.value("document.getElementById('preset').dispatchEvent(new Event('change'))");
    browser.wait_until("mislabel.state.slice.count > 1000000 && mislabel.state.cards.has(0)");
    let start = Instant::now();
    browser.value("mislabel.goTo(1000000)");
    browser.wait_until(
        "document.querySelector('.card.current')?.dataset.place === '1000000' && mislabel.state.cards.has(1000000)",
    );
    println!("going to rank 1,000,000 in the browser: {:?}", start.elapsed());
    let row = browser.value("Number(document.querySelector('.card.current').dataset.row)").as_u64().unwrap();
    let rank = browser.value("mislabel.state.cards.get(1000000).rank").as_u64().unwrap();
    let decided = browser.value("mislabel.state.about.samples").as_u64().unwrap()
        - browser.value("mislabel.state.slice.count").as_u64().unwrap();
    assert!((1_000_000..=1_000_000 + decided).contains(&rank), "row {row} has the rank {rank}");
    let cards = browser.value("document.querySelectorAll('.card').length").as_u64().unwrap();
    assert!(cards <= 300, "{cards} cards");
    // By the scroll bar: its middle is the middle of the samples.
    browser.value(
        "((one) => (one.scrollTop = (one.scrollHeight - one.clientHeight) / 2))(document.getElementById('samples'))",
    );
    browser.wait_until(
        "Math.abs(Number(document.querySelector('.card').dataset.place) / mislabel.state.slice.count - 0.5) < 0.01",
    );
    assert!(browser.value("document.querySelectorAll('.card').length").as_u64().unwrap() <= 300);
}
