//! Whatever happens, what was "saved" is there, and what was not is sent again.

use std::process::Command;

use crate::browser::Browser;
use crate::fixture::Fixture;
use crate::process::serve;

#[test]
fn a_server_that_is_killed_has_lost_nothing_that_was_saved() {
    let fixture = Fixture::new(90, 3);
    let served = fixture.served();
    for row in 0..20 {
        assert_eq!(served.decide(&format!("op {row}"), &[row], "keep", None).status, 200);
    }
    served.kill();
    let served = fixture.served();
    let standing = served.ask("standing").json();
    assert_eq!((standing["seq"].as_u64(), standing["progress"]["decided"].as_u64()), (Some(20), Some(20)));
    let query = serde_json::json!({ "query": "", "order": "queue", "undecided_by": "ann" });
    let slice = served.change("slice", &query).json();
    let cards = served.ask(&format!("cards?slice={}&from=0&count=1", slice["id"])).json();
    assert_eq!(cards[0]["row"], 20, "the next sample is the 21st");
}

#[test]
fn a_torn_line_is_told_on_the_page_and_a_damaged_journal_is_refused() {
    let fixture = Fixture::new(90, 3);
    let served = fixture.served();
    for row in 0..20 {
        assert_eq!(served.decide(&format!("op {row}"), &[row], "keep", None).status, 200);
    }
    served.kill();
    let path = fixture.path("review.jsonl");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 20]).unwrap();
    let served = fixture.served();
    assert!(served.printed[0].contains("the last line was cut off"), "{:?}", served.printed);
    let about = served.ask("about").json();
    assert!(about["notices"][0].as_str().unwrap().contains("the last line was cut off"));
    assert_eq!(served.ask("standing").json()["progress"]["decided"], 19);
    served.kill();
    let mut lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    lines[7] = b"{\"v\":1,\"op\":\"op\n";
    std::fs::write(&path, lines.concat()).unwrap();
    let refused = serve(fixture.folder(), &Fixture::arguments(&[])).err().unwrap();
    assert!(refused.contains("review.jsonl: line 8 cannot be read"), "{refused}");
}

#[test]
fn the_journal_of_another_dataset_is_refused_with_both_hashes() {
    let fixture = Fixture::new(90, 3);
    fixture.served().kill();
    let other = Fixture::new(91, 3);
    std::fs::copy(fixture.path("review.jsonl"), other.path("review.jsonl")).unwrap();
    let refused = serve(other.folder(), &Fixture::arguments(&[])).err().unwrap();
    assert!(refused.contains("was written for other labels (it says "), "{refused}");
    let hashes = refused.split([' ', ',', ')']).filter(|word| word.len() == 32).count();
    assert_eq!(hashes, 2, "{refused}");
}

#[test]
fn a_second_command_on_one_journal_says_that_it_only_reads() {
    let fixture = Fixture::new(90, 3);
    let _first = fixture.served();
    let second = fixture.served();
    assert!(second.printed[0].contains("another process has the journal open; this one only reads it"));
    assert_eq!(second.ask("about").json()["read_only"], true);
    assert_eq!(second.decide("op", &[0], "keep", None).status, 409);
    let Some(browser) = Browser::start() else { return };
    browser.open(&second.link);
    assert_eq!(browser.value("document.querySelector('[data-name=Keep]').disabled"), true);
    assert!(browser.text("#notices").contains("only reads it"));
}

#[test]
fn decisions_made_while_the_server_is_away_arrive_by_themselves() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(90, 3);
    let served = fixture.served();
    let port = format!("127.0.0.1:{}", served.address.port());
    browser.open(&served.link);
    browser.wait_until("document.querySelectorAll('.card').length > 5");
    served.kill();
    for _ in 0..5 {
        browser.press("k");
    }
    browser.wait_until("document.getElementById('notice-outbox')?.textContent.startsWith('5 not saved yet')");
    assert!(browser.text(".card .decision").starts_with("not saved yet"));
    let served = fixture.served_with(&["--listen", &port]);
    browser.wait_until_saved();
    let rows: Vec<_> = fixture.journal().iter().map(|line| line["index"].as_u64().unwrap()).collect();
    assert_eq!(rows, [0, 1, 2, 3, 4]);
    assert_eq!(served.ask("standing").json()["progress"]["decided"], 5);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_the_decision_in_the_browser_until_there_is_space() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(90, 3);
    let disk = fixture.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(&disk).output();
    if !mount.is_ok_and(|output| output.status.success()) {
        println!("skipped: needs the right to mount a file system");
        return;
    }
    let mut arguments = Fixture::arguments(&[]);
    let place = arguments.iter().position(|argument| *argument == "review.jsonl").unwrap();
    arguments[place] = "disk/review.jsonl";
    let served = serve(fixture.folder(), &arguments).unwrap();
    browser.open(&served.link);
    browser.wait_until("document.querySelectorAll('.card').length > 5");
    let _ = std::fs::write(disk.join("other"), vec![0; 16 << 10]);
    let journal = || std::fs::read_to_string(disk.join("review.jsonl")).unwrap();
    // What is left of the journal's own block is filled first.
    for row in 30..90 {
        if served.decide(&format!("fill {row}"), &[row], "keep", None).status == 507 {
            break;
        }
    }
    let before = journal().lines().count();
    browser.press("k");
    browser.wait_until("document.getElementById('notice-outbox')?.textContent.includes('not saved yet')");
    assert_eq!(journal().lines().count(), before);
    std::fs::remove_file(disk.join("other")).unwrap();
    browser.wait_until_saved();
    assert_eq!(journal().lines().count(), before + 1, "sent again, and recorded once");
    served.kill();
    assert!(Command::new("umount").arg(&disk).status().unwrap().success());
}
