//! Pictures in folders, with nothing else: embedded, judged, and shown.

use std::fs;

use crate::http::request;
use crate::process::serve;

/// A bitmap of 8 by 8 pixels: a bright edge along x or along y, with some noise.
fn bitmap(along_x: bool, number: usize) -> Vec<u8> {
    let mut file = b"BM".to_vec();
    for word in [54 + 192, 0, 54, 40, 8, 8, 24 << 16 | 1, 0, 192, 0, 0, 0, 0_u32] {
        file.extend(word.to_le_bytes());
    }
    for at in 0..64 {
        let along = if along_x { at % 8 } else { at / 8 };
        let edge = if along > 2 + number % 4 { 200 } else { 20 };
        file.extend([edge + ((at * 37 + number * 101) % 23) as u8; 3]);
    }
    file
}

#[test]
fn pictures_in_folders_are_embedded_judged_and_shown_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..30 {
        for class in ["across", "down"] {
            // Number 7 of each lies with the other.
            let along_x = (class == "across") != (number == 7);
            let path = folder.path().join("photos").join(class);
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join(format!("{number:02}.bmp")), bitmap(along_x, number)).unwrap();
        }
    }
    let line = "app --images photos --journal review.jsonl --reviewer ann --cache cache";
    let served = serve(folder.path(), &line.split(' ').collect::<Vec<_>>()).unwrap();
    let printed = served.printed.join("\n");
    assert!(printed.contains("no model. A first look"), "{printed}");
    let picture = request(served.address, "GET", &served.picture("37"), &[], "");
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/bmp")));
    assert_eq!(picture.body, fs::read(folder.path().join("photos/down/07.bmp")).unwrap());
    let names = |path: &str| {
        let entries = fs::read_dir(folder.path().join(path)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let expected = ["cache", "photos", "review.jsonl", "review.jsonl.lock", "review.jsonl.token"];
    assert_eq!(names("."), expected);
    assert_eq!(names("cache").len(), 1, "rows, and no run");
    assert_eq!(served.terminated(), Some(130), "the work is over: one signal is enough");
}

#[test]
fn pictures_in_tar_files_are_shown_by_their_rows_and_names_in_them_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("shards")).unwrap();
    fs::write(folder.path().join("secret.bmp"), "no picture of the shards").unwrap();
    for shard in 0..2 {
        let file = fs::File::create(folder.path().join(format!("shards/{shard}.tar"))).unwrap();
        let mut tar = tar::Builder::new(file);
        for number in 0..30 {
            // The first sample of the second shard cannot be embedded: rows after it are other samples of the source.
            let bytes =
                if (shard, number) == (1, 0) { b"BM".to_vec() } else { bitmap(number % 2 == 0, 30 * shard + number) };
            for (part, content) in [("bmp", bytes.as_slice()), ("cls", [b'0' + (number % 2) as u8].as_slice())] {
                let mut header = tar::Header::new_gnu();
                header.set_size(content.len() as u64);
                let name =
                    if number == 4 { format!("shards/../{number:02}.{part}") } else { format!("{number:02}.{part}") };
                header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
                header.set_cksum();
                tar.append(&header, content).unwrap();
            }
        }
        tar.finish().unwrap();
    }
    let line = "app --images shards --journal review.jsonl --reviewer ann --cache none";
    let served = serve(folder.path(), &line.split(' ').collect::<Vec<_>>()).unwrap();
    assert_eq!(served.ask("about").json()["samples"], 59);
    for row in 0..59 {
        let number = if row < 30 { row } else { row + 1 };
        let picture = request(served.address, "GET", &served.picture(&row.to_string()), &[], "");
        assert_eq!(
            (picture.status, picture.header("content-type")),
            (200, Some("image/bmp")),
            "{row}: {}",
            picture.text()
        );
        assert!(picture.body == bitmap(number % 2 == 0, number), "{row}");
    }
    assert_eq!(request(served.address, "GET", &served.picture("59"), &[], "").status, 422);
}

#[test]
fn tables_beside_pictures_are_refused_and_so_are_samples_without_labels() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("photos")).unwrap();
    fs::write(folder.path().join("photos/0.bmp"), bitmap(true, 0)).unwrap();
    let refused = |more: &str| {
        let line = format!("app --images photos --journal review.jsonl --cache cache{more}");
        serve(folder.path(), &line.split(' ').collect::<Vec<_>>()).err().unwrap()
    };
    let error = refused(" --labels y.csv");
    assert!(error.contains("--labels: --images and --texts bring labels"), "{error}");
    let error = refused("");
    assert!(error.contains("photos: the samples have no labels: expected a folder for every class"), "{error}");
}
