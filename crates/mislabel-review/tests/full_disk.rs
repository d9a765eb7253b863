//! A disk without space: the decision is refused, and counts once there is space.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::process::Command;

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{Action, Circumstances, Decision, Journal, Samples};

/// Mounts a file system of 16 KiB; `false` where that is not allowed.
fn mounted(folder: &std::path::Path) -> bool {
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(folder).output();
    mount.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_refuses_a_decision_and_takes_it_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    if !mounted(folder.path()) {
        println!("skipped: needs the right to mount a file system");
        return;
    }
    let given = Labels::new(vec![0; 1000], 2).unwrap();
    let quality = LabelQuality::new(vec![0.5; 1000]).unwrap();
    let issues = LabelIssues::new(quality, vec![true; 1000], given.clone(), vec![0.0; 1000]).unwrap();
    let samples = Samples::new(given, issues).unwrap();
    let path = folder.path().join("review.jsonl");
    let mut journal = Journal::open(&path, samples.given_labels()).unwrap();
    std::fs::write(folder.path().join("other"), vec![0; 8192]).unwrap();
    let keep = |row| Action::Decide { row, decision: Decision::Keep, circumstances: Circumstances::default() };
    let refused = (0..1000).find(|&row| journal.write(&format!("op {row}"), "ann", vec![keep(row)]).is_err());
    let refused = refused.expect("the disk is full at some time");
    assert_eq!(journal.board().decided().len(), refused as usize);
    std::fs::remove_file(folder.path().join("other")).unwrap();
    journal.write(&format!("op {refused}"), "ann", vec![keep(refused)]).unwrap();
    drop(journal);
    let journal = Journal::open(&path, samples.given_labels()).unwrap();
    assert_eq!((journal.board().decided().len(), journal.notices().len()), (refused as usize + 1, 0));
    drop(journal);
    assert!(Command::new("umount").arg(folder.path()).status().unwrap().success());
}
