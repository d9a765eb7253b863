//! Checkpoint folders with any manifest and any part: a part comes back as it was stored, or not at all.

#![no_main]

use mislabel_checkpoint::{CheckpointFolder, Fingerprint};
use mislabel_core::Checkpoint as _;

/// The only file of a part in `folder`.
fn part(folder: &std::path::Path) -> std::path::PathBuf {
    let files = std::fs::read_dir(folder).expect("the checkpoint").map(|entry| entry.expect("a file").path());
    files.into_iter().find(|file| file.extension().is_some_and(|extension| extension == "part")).expect("the part")
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let place = tempfile::tempdir().expect("a folder");
    let path = place.path().join("run.checkpoint");
    let work = Fingerprint::new().with_text("version", "1").with_text("seed", "7");
    let folder = CheckpointFolder::open(&path, &work).expect("a new checkpoint");
    folder.store("fold 0", b"weights").expect("a file that can be written");
    if first % 2 == 0 {
        let part = part(&path);
        let whole = std::fs::read(&part).expect("the part");
        // Damage at a place of the fuzzer's choice, or something else altogether.
        let damaged = match first % 4 {
            0 => content.to_vec(),
            _ => whole.iter().enumerate().map(|(at, byte)| byte ^ content.get(at).copied().unwrap_or(0)).collect(),
        };
        std::fs::write(&part, &damaged).expect("a file that can be written");
        match folder.load("fold 0") {
            Ok(loaded) => assert_eq!((damaged, loaded.as_deref()), (whole, Some(b"weights".as_slice()))),
            Err(error) => assert!(error.to_string().contains("fold 0"), "{error}"),
        }
        return;
    }
    drop(folder);
    let manifest = path.join("work");
    let written = std::fs::read(&manifest).expect("the manifest");
    let header = written.iter().position(|byte| *byte == b'\n').expect("a header") + 1;
    let forged = if first % 4 == 1 { [&written[..header], content].concat() } else { content.to_vec() };
    std::fs::write(&manifest, &forged).expect("a file that can be written");
    if let Ok(folder) = CheckpointFolder::open(&path, &work) {
        assert_eq!(folder.load("fold 0").expect("a part that is whole").as_deref(), Some(b"weights".as_slice()));
        assert_eq!(folder.resumed_parts(), 1);
    }
    assert_eq!(std::fs::read(&manifest).expect("the manifest"), forged, "what is refused stays as it was");
});
