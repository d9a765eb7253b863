//! Files that are no pictures, not any more, or too much of one.

use image::{ImageFormat, RgbImage};
use mislabel_embed::{Decoding, EmbedOptions, Error, SampleTable};
use mislabel_io::{ReadOptions, SampleKind};

use crate::fixture::{folder, look, look_with, names, photos, picture, png, rows, skipped, write};

/// A JPEG file of a picture.
fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// A PNG file whose header promises `width` by `height` pixels.
fn promising(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(&picture(0, 1, 1));
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc(&file[12..29]);
    file[29..33].copy_from_slice(&checksum.to_be_bytes());
    file
}

/// The checksum of PNG, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[test]
fn every_bad_file_is_named_with_its_reason_and_the_others_are_embedded() {
    let photos = photos(&["cat"], 3);
    let whole = jpeg(&picture(7, 64, 48));
    let mut broken = png(&picture(8, 64, 48));
    let middle = broken.len() / 2;
    broken[middle..middle + 20].fill(0xaa);
    write(&photos, "cat/broken.png", &broken);
    write(&photos, "cat/cut.jpg", &whole[..whole.len() / 2]);
    write(&photos, "cat/cut.png", &png(&picture(9, 64, 48))[..300]);
    write(&photos, "cat/empty.jpg", "");
    write(&photos, "cat/huge.png", promising(20_000, 20_000));
    write(&photos, "cat/page.png", "<html>not found</html>");
    write(&photos, "cat/zero.png", promising(0, 10));
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere.jpg", photos.path().join("cat/link.jpg")).unwrap();
    let embedded = look(&folder(photos.path())).unwrap();
    assert_eq!(names(&embedded).len(), 3);
    let mut expected = vec![
        ("cat/broken.png", "damaged"),
        ("cat/cut.jpg", "truncated"),
        ("cat/cut.png", "truncated"),
        ("cat/empty.jpg", "not-an-image"),
        ("cat/huge.png", "too-large"),
        ("cat/page.png", "not-an-image"),
        ("cat/zero.png", "damaged"),
    ];
    if cfg!(unix) {
        expected.insert(5, ("cat/link.jpg", "missing"));
    }
    assert_eq!(skipped(&embedded), expected);
    let table = embedded.skipped_columns();
    assert_eq!(table[2].cells[1].as_deref(), Some("truncated"));
    assert_eq!(table[1].cells[1].as_deref(), Some("cat"));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_unreadable() {
    use std::os::unix::fs::PermissionsExt as _;
    let photos = photos(&["cat"], 2);
    let path = photos.path().join("cat/0001.png");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    assert_eq!(skipped(&look(&folder(photos.path())).unwrap()), [("cat/0001.png", "unreadable")]);
}

/// A device without end, a pipe that nobody writes to, a folder, a file of a terabyte that takes no space.
#[cfg(unix)]
#[test]
fn a_path_to_no_regular_file_or_to_a_vast_one_is_skipped_and_not_waited_for() {
    let photos = photos(&["cat"], 2);
    std::os::unix::fs::symlink("/dev/zero", photos.path().join("cat/endless.png")).unwrap();
    let pipe = photos.path().join("cat/pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let vast = std::fs::File::create(photos.path().join("cat/vast.png")).unwrap();
    vast.set_len(1 << 40).unwrap();
    let expected = [("cat/endless.png", "unreadable"), ("cat/pipe.png", "unreadable"), ("cat/vast.png", "too-large")];
    assert_eq!(skipped(&look(&folder(photos.path())).unwrap()), expected);
    let rows = "file,label\n/dev/zero,cat\ncat/pipe.png,cat\ncat,cat\ncat/0000.png,cat\n";
    write(&photos, "list.csv", rows);
    let list =
        SampleTable::open(&photos.path().join("list.csv"), SampleKind::Media, None, None, &ReadOptions::default());
    let reasons: Vec<String> =
        look(&list.unwrap()).unwrap().skipped().iter().map(|one| one.skip.reason.name().to_owned()).collect();
    assert_eq!(reasons, ["unreadable"; 3]);
}

#[test]
fn what_there_is_of_a_cut_file_can_be_kept() {
    let photos = photos(&["cat"], 1);
    let cut = include_bytes!("../pictures/truncated.jpg");
    write(&photos, "cat/cut.jpg", cut);
    let decoding = Decoding { keep_truncated: true, ..Decoding::default() };
    let kept = look_with(&folder(photos.path()), &EmbedOptions { decoding, most_bad: 0.0 }).unwrap();
    assert_eq!((kept.samples().len(), kept.skipped().len()), (2, 0));
    assert_eq!(skipped(&look(&folder(photos.path())).unwrap()), [("cat/cut.jpg", "truncated")]);
}

#[test]
fn pictures_within_limits_of_the_user_are_read_and_others_are_too_large() {
    let photos = photos(&["cat"], 2);
    let decoding = Decoding { most_pixels: 40 * 30 - 1, ..Decoding::default() };
    let refused = look_with(&folder(photos.path()), &EmbedOptions { decoding, most_bad: 1.0 }).unwrap_err();
    assert!(matches!(refused, Error::NoSamples { .. }), "{refused}");
    let decoding = Decoding { most_pixels: 40 * 30, ..Decoding::default() };
    assert!(look_with(&folder(photos.path()), &EmbedOptions { decoding, most_bad: 0.0 }).is_ok());
}

#[test]
fn too_many_bad_files_stop_the_run_and_the_same_bad_file_twice_is_two() {
    let photos = photos(&["cat"], 8);
    write(&photos, "cat/x.png", "?");
    let options = EmbedOptions { most_bad: 0.12, ..EmbedOptions::default() };
    assert_eq!(look_with(&folder(photos.path()), &options).unwrap().skipped().len(), 1);
    write(&photos, "cat/y.png", "?");
    let message = look_with(&folder(photos.path()), &options).unwrap_err().to_string();
    assert!(message.starts_with("2 of 10 samples cannot be embedded"), "{message}");
    assert!(message.contains("cat/x.png: not-an-image"), "{message}");
    assert_eq!(skipped(&look(&folder(photos.path())).unwrap()).len(), 2);
}

#[test]
fn no_cut_or_garbled_file_stops_the_run() {
    let folder_of_all = tempfile::tempdir().unwrap();
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures")).unwrap();
    let (mut number, mut state) = (0, 1_u64);
    for file in files.map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".expected.png") || name.ends_with(".py") {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        for _ in 0..12 {
            // A linear congruential generator: any change will do.
            let mut draw = |below: usize| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize % below
            };
            let mut garbled = bytes.clone();
            for _ in 0..4 {
                let place = draw(garbled.len());
                garbled[place] = draw(256) as u8;
            }
            garbled.truncate(1 + draw(2 * bytes.len()));
            write(&folder_of_all, &format!("all/{number:03}-{name}"), garbled);
            number += 1;
        }
    }
    let embedded = look(&folder(folder_of_all.path())).unwrap();
    assert_eq!(embedded.samples().len() + embedded.skipped().len(), number);
    let (good, bad) = (embedded.samples().len(), embedded.skipped().len());
    assert!(good > number / 8 && bad > number / 8, "{good} {bad}");
    assert!(rows(&embedded).iter().all(|value| value.is_finite()));
}
