//! Tar files as WebDataset packs them.

use std::fs::{self, File};

use mislabel_embed::{Error, Source as _, TarShards};
use mislabel_io::SampleKind;
use tar::{Builder, EntryType, Header};
use tempfile::TempDir;

use crate::fixture::{look, names, picture, png, read, rows, skipped};

/// Writes a tar file of these members.
fn shard(folder: &TempDir, name: &str, members: &[(&str, &[u8])]) {
    let mut builder = Builder::new(File::create(folder.path().join(name)).unwrap());
    for (name, content) in members {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.finish().unwrap();
}

fn pictures(folder: &TempDir, part: Option<&str>, label: Option<&str>) -> Result<TarShards, Error> {
    TarShards::open(folder.path(), SampleKind::Media, part, label)
}

fn one(seed: u32) -> Vec<u8> {
    png(&picture(seed, 20, 20))
}

#[test]
fn shards_are_one_table_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b, c) = (one(1), one(2), one(3));
    shard(&folder, "01.tar", &[("c.png", &c), ("c.cls", b"0\n")]);
    shard(&folder, "00.tar", &[("x/a.png", &a), ("x/a.cls", b"1"), ("x/b.cls", b"0"), ("x/b.PNG", &b)]);
    let shards = pictures(&folder, None, None).unwrap();
    assert!(shards.is_labelled() && shards.count() == Some(3));
    let embedded = look(&shards).unwrap();
    assert_eq!(names(&embedded), [("00.tar/x/a", "1"), ("00.tar/x/b", "0"), ("01.tar/c", "0")]);
    let notes = shards.notes();
    assert!(notes[0].starts_with("2 shards in the order of their paths: "), "{notes:?}");
    assert_eq!(notes[1], "labels are the parts .cls");
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a", &a), ("b", &b), ("c", &c)] {
        fs::write(folder.path().join(format!("{name}.png")), bytes).unwrap();
    }
    assert_eq!(rows(&embedded), rows(&look(&crate::fixture::folder(folder.path())).unwrap()), "as from files");
}

#[test]
fn one_shard_and_a_pattern_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a0.tar", "a1.tar", "b0.tar"] {
        shard(&folder, name, &[("1.txt", name.as_bytes())]);
    }
    let count = |name: &str| TarShards::open(&folder.path().join(name), SampleKind::Text, None, None);
    assert_eq!(count("a1.tar").unwrap().count(), Some(1));
    assert_eq!(count("a*.tar").unwrap().count(), Some(2));
    assert!(count("c*.tar").unwrap_err().to_string().contains("c*.tar: there is no such file"));
}

#[test]
fn samples_that_lack_a_part_are_left_out_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (one(1), one(2));
    let members: [(&str, &[u8]); 11] = [
        ("good.png", &a),
        ("good.cls", b"cat"),
        ("no_class.png", &a),
        ("no_picture.cls", b"dog"),
        ("two.png", &a),
        ("two.jpg", &b),
        ("two.cls", b"dog"),
        ("twice.png", &a),
        ("twice.png", &b),
        ("twice.cls", b"cat"),
        ("README", b"no part"),
    ];
    shard(&folder, "0.tar", &members);
    let shards = pictures(&folder, None, None).unwrap();
    let embedded = look(&shards).unwrap();
    assert_eq!(names(&embedded), [("0.tar/good", "cat")]);
    let expected = [
        ("0.tar/no_class", "missing"),
        ("0.tar/no_picture", "missing"),
        ("0.tar/two", "refused"),
        ("0.tar/twice", "damaged"),
    ];
    assert_eq!(skipped(&embedded), expected);
    assert_eq!(shards.notes().last().unwrap(), "1 members are no parts of a sample by their names: left alone");
    let named = look(&pictures(&folder, Some("png"), None).unwrap()).unwrap();
    assert_eq!(names(&named), [("0.tar/good", "cat"), ("0.tar/two", "dog")]);
}

#[test]
fn labels_are_a_part_or_a_key_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let a = one(1);
    let members: [(&str, &[u8]); 6] = [
        ("a.png", &a),
        ("a.json", br#"{"label": "cat", "kind": 3}"#),
        ("a.txt", b"a cat\n"),
        ("b.png", &a),
        ("b.json", br#"{"label": ["dog"], "kind": 4}"#),
        ("b.txt", b"a dog\n"),
    ];
    shard(&folder, "0.tar", &members);
    let found = |label| {
        let embedded = look(&pictures(&folder, None, label).unwrap()).unwrap();
        let own = embedded.samples().iter().map(|one| one.label.clone().unwrap_or_default());
        (own.collect::<Vec<_>>().join(", "), embedded.skipped().len())
    };
    assert_eq!(found(None), ("cat".into(), 1), "a list is no label");
    assert_eq!(found(Some("kind")), ("3, 4".into(), 0));
    assert_eq!(found(Some("json.kind")), ("3, 4".into(), 0));
    assert_eq!(found(Some("txt")), ("a cat, a dog".into(), 0));
    let message = pictures(&folder, None, Some("cls")).unwrap_err().to_string();
    assert!(message.contains("its parts are .png, .json, .txt, keys are json.kind, json.label"), "{message}");
}

#[test]
fn texts_are_the_parts_txt() {
    let folder = tempfile::tempdir().unwrap();
    let members: [(&str, &[u8]); 5] =
        [("a.txt", b"one"), ("a.cls", b"x"), ("b.txt", b"\xff"), ("b.cls", b"y"), ("c.cls", b"z")];
    shard(&folder, "0.tar", &members);
    let shards = TarShards::open(folder.path(), SampleKind::Text, None, None).unwrap();
    let message = read(&shards).unwrap_err().to_string();
    assert!(
        message.contains("2 of 3 samples") && message.contains("0.tar/b: damaged (its text is not UTF-8)"),
        "{message}"
    );
}

#[test]
fn a_hostile_shard_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let header = |name: &str, size: u64, kind: EntryType| {
        let mut header = Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(size);
        header.set_entry_type(kind);
        header
    };
    let mut link = header("link.png", 0, EntryType::Symlink);
    link.set_link_name("/etc/passwd").unwrap();
    let good = one(1);
    let mut bytes = Vec::new();
    let mut add = |mut header: Header, content: &[u8]| {
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    };
    add(header("../../up.png", good.len() as u64, EntryType::Regular), &good);
    add(link, b"");
    add(header("pipe.png", 0, EntryType::Fifo), b"");
    add(header("huge.png", 1 << 50, EntryType::Regular), b"");
    fs::write(folder.path().join("0.tar"), bytes).unwrap();
    let shards = pictures(&folder, None, None).unwrap();
    let embedded = look(&shards).unwrap();
    assert_eq!(names(&embedded), [("0.tar/../../up", "-")]);
    assert_eq!(skipped(&embedded), [("0.tar/huge", "truncated")]);
    assert!(shards.notes().contains(&"2 members are links or devices: left alone".to_owned()), "{:?}", shards.notes());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is written");
}

#[test]
fn what_cannot_be_read_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let path = folder.path().join(name);
        TarShards::open(&path, SampleKind::Media, None, None).unwrap_err().to_string()
    };
    fs::write(folder.path().join("0.tar.gz"), b"x").unwrap();
    assert!(open("0.tar.gz").contains("unpack them to .tar"));
    fs::write(folder.path().join("empty.tar"), [0; 1024]).unwrap();
    assert!(open("empty.tar").contains("members such as a.jpg and a.cls are expected"));
    shard(&folder, "texts.tar", &[("a.txt", b"one"), ("b.txt", b"two")]);
    let message = open("texts.tar");
    assert!(
        message.contains("none of its 2 samples can be read; texts.tar/a: none of its parts is a picture: .txt"),
        "{message}"
    );
    fs::write(folder.path().join("bad.tar"), vec![7; 2048]).unwrap();
    assert!(open("bad.tar").contains("bad.tar: byte 0: "), "{}", open("bad.tar"));
}
