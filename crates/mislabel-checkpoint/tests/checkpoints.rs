//! Checkpoints that were tampered with, belong to others, or were cut off.

use std::fs;
use std::path::Path;

use mislabel_checkpoint::{CheckpointError, CheckpointFolder, Fingerprint};
use mislabel_core::Checkpoint;
use tempfile::tempdir;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn work() -> Fingerprint {
    Fingerprint::new().with_text("version", "1").with_text("labels", "0 1 1")
}

fn part_file(folder: &Path) -> std::path::PathBuf {
    let mut files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.find(|file| file.extension().is_some_and(|extension| extension == "part")).expect("one part")
}

#[test]
fn a_damaged_part_is_refused_with_its_name_and_file() -> Outcome {
    let place = tempdir()?;
    let checkpoint = CheckpointFolder::open(place.path(), &work())?;
    checkpoint.store("class 3", &[1; 100])?;
    let file = part_file(place.path());
    let mut bytes = fs::read(&file)?;
    bytes[50] ^= 4;
    fs::write(&file, bytes)?;
    let message = checkpoint.load("class 3").expect_err("damaged").to_string();
    assert_eq!(message, format!("the part class 3 of a checkpoint is damaged: delete {}", file.display()));
    Ok(())
}

#[test]
fn a_part_of_other_work_is_refused() -> Outcome {
    let (place, other) = (tempdir()?, tempdir()?);
    let foreign = CheckpointFolder::open(other.path(), &work().with_text("seed", "2"))?;
    foreign.store("class 3", b"theirs")?;
    let own = CheckpointFolder::open(place.path(), &work())?;
    let file = part_file(other.path());
    fs::copy(&file, place.path().join(file.file_name().expect("a name")))?;
    assert!(own.load("class 3").is_err());
    Ok(())
}

#[test]
fn a_later_part_of_the_same_name_replaces_the_earlier() -> Outcome {
    let place = tempdir()?;
    let checkpoint = CheckpointFolder::open(place.path(), &work())?;
    checkpoint.store("sum", b"half")?;
    checkpoint.store("sum", b"whole")?;
    assert_eq!(checkpoint.load("sum")?.as_deref(), Some(b"whole".as_slice()));
    drop(checkpoint);
    assert_eq!(CheckpointFolder::open(place.path(), &work())?.resumed_parts(), 1);
    Ok(())
}

#[test]
fn names_of_any_characters_keep_apart() -> Outcome {
    let place = tempdir()?;
    let checkpoint = CheckpointFolder::open(place.path(), &work())?;
    let names = ["", "/", "..", "a/b", "a\\b", "a\0b", "class 1", "class 10", "ä", "\n"];
    for name in names {
        checkpoint.store(name, name.as_bytes())?;
    }
    for name in names {
        assert_eq!(checkpoint.load(name)?.as_deref(), Some(name.as_bytes()), "{name:?}");
    }
    Ok(())
}

#[test]
fn a_folder_of_something_else_is_refused_and_left_alone() -> Outcome {
    let place = tempdir()?;
    fs::write(place.path().join("thesis.tex"), "years of work")?;
    let refusal = CheckpointFolder::open(place.path(), &work()).expect_err("not a checkpoint");
    assert!(matches!(refusal, CheckpointError::NotACheckpoint { .. }), "{refusal}");
    assert_eq!(fs::read_dir(place.path())?.count(), 1);
    fs::write(place.path().join("work"), [0xff, 0xfe])?;
    assert!(CheckpointFolder::open(place.path(), &work()).is_err());
    fs::write(place.path().join("work"), "mislabel checkpoint 2\n")?;
    assert!(CheckpointFolder::open(place.path(), &work()).is_err());
    Ok(())
}

#[test]
fn a_file_in_place_of_the_folder_is_an_error() -> Outcome {
    let place = tempdir()?;
    let path = place.path().join("file");
    fs::write(&path, "")?;
    assert!(matches!(CheckpointFolder::open(&path, &work()), Err(CheckpointError::Io { .. })));
    Ok(())
}

#[test]
fn what_a_killed_start_leaves_behind_does_not_keep_the_work_from_starting() -> Outcome {
    let place = tempdir()?;
    fs::write(place.path().join(".tmpAbC"), "mislabel che")?;
    let checkpoint = CheckpointFolder::open(place.path(), &work())?;
    checkpoint.store("fold 0", b"done")?;
    checkpoint.remove()?;
    assert!(!place.path().exists());
    Ok(())
}

#[test]
fn a_checkpoint_is_open_once_at_a_time() -> Outcome {
    let place = tempdir()?;
    let first = CheckpointFolder::open(place.path(), &work())?;
    let refusal = CheckpointFolder::open(place.path(), &work()).expect_err("it is open");
    assert!(matches!(refusal, CheckpointError::InUse { .. }), "{refusal}");
    first.store("fold 0", b"done")?;
    drop(first);
    assert_eq!(CheckpointFolder::open(place.path(), &work())?.resumed_parts(), 1);
    Ok(())
}

#[test]
fn removal_spares_files_of_others() -> Outcome {
    let place = tempdir()?;
    let checkpoint = CheckpointFolder::open(place.path(), &work())?;
    fs::write(place.path().join("notes.txt"), "mine")?;
    checkpoint.remove()?;
    assert_eq!(fs::read_to_string(place.path().join("notes.txt"))?, "mine");
    Ok(())
}

#[test]
fn the_fingerprint_of_a_file_is_that_of_its_content() -> Outcome {
    let place = tempdir()?;
    let (one, other) = (place.path().join("one"), place.path().join("other"));
    let content: String = (0..400_000).map(|number| number.to_string()).collect();
    fs::write(&one, &content)?;
    fs::write(&other, &content)?;
    let of = |path: &Path| Fingerprint::new().with_file("embeddings", path);
    assert_eq!(of(&one)?, of(&other)?);
    assert_eq!(of(&one)?, Fingerprint::new().with_text("embeddings", &content));
    fs::write(&other, content + " ")?;
    assert_eq!(of(&one)?.first_difference(&of(&other)?), Some("embeddings"));
    Ok(())
}

#[test]
fn one_item_more_makes_other_work() {
    assert_eq!(work().first_difference(&work().with_text("seed", "1")), Some("the number of items"));
    assert_eq!(work().first_difference(&work()), None);
}
