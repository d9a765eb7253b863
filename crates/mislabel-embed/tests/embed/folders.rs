//! Folders as people have them.

use mislabel_embed::{Error, ImageFolder, Source as _};

use crate::fixture::{folder, look, names, photos, picture, png, rows, save, write};

#[test]
fn clutter_is_no_sample_and_is_counted_and_the_content_tells_what_a_file_is() {
    let photos = photos(&["cat", "dog"], 1);
    write(&photos, "cat/named.jpg", png(&picture(9, 20, 20)));
    for clutter in
        ["README.txt", "cat/Thumbs.db", "dog/.DS_Store", "dog/._0000.png", "__MACOSX/cat/0000.png", ".git/a.png"]
    {
        write(&photos, clutter, "?");
    }
    let images = folder(photos.path());
    let embedded = look(&images).unwrap();
    let expected = [("cat/0000.png", "cat"), ("cat/named.jpg", "cat"), ("dog/0000.png", "dog")];
    assert_eq!(names(&embedded), expected);
    let notes = images.notes().join("; ");
    assert!(notes.contains("1 files are no pictures by their names (.txt 1)"), "{notes}");
    assert!(notes.contains("5 hidden files and folders"), "{notes}");
}

#[test]
fn the_same_stem_twice_is_two_samples_and_the_same_bytes_in_two_classes_contradict_each_other() {
    let photos = photos(&["cat", "dog"], 2);
    save(&photos, "cat/a.png", &picture(50, 20, 20));
    save(&photos, "cat/a.bmp", &picture(51, 20, 20));
    let same = png(&picture(52, 20, 20));
    for path in ["cat/same.png", "dog/same.png", "dog/again.png"] {
        write(&photos, path, &same);
    }
    let twice = png(&picture(53, 20, 20));
    write(&photos, "cat/0.png", &twice);
    write(&photos, "cat/1.png", &twice);
    let embedded = look(&folder(photos.path())).unwrap();
    assert_eq!((embedded.samples().len(), embedded.computed()), (11, 8));
    let named = |group: &Vec<usize>| group.iter().map(|row| embedded.samples()[*row].name.as_str()).collect::<Vec<_>>();
    let groups = embedded.duplicates();
    assert_eq!(named(&groups[0]), ["cat/same.png", "dog/again.png", "dog/same.png"]);
    assert_eq!(named(&groups[1]), ["cat/0.png", "cat/1.png"]);
    assert_eq!(groups.iter().map(|group| embedded.contradicts(group)).collect::<Vec<_>>(), [true, false]);
    let rows = rows(&embedded);
    assert_eq!(rows.row(groups[0][0]), rows.row(groups[0][2]));
}

#[test]
fn splits_are_no_classes() {
    let photos = photos(&["train/cat", "train/dog", "test/cat", "test/dog"], 2);
    let images = folder(photos.path());
    let embedded = look(&images).unwrap();
    let found: Vec<_> =
        embedded.samples().iter().map(|sample| (sample.label.as_deref(), sample.split.as_deref())).collect();
    assert_eq!(found[0], (Some("cat"), Some("test")));
    assert_eq!(found[7], (Some("dog"), Some("train")));
    let notes = images.notes();
    assert_eq!(notes, ["test, train are splits, the folders in them are the classes; --split takes one of them"]);
    let train = ImageFolder::open(photos.path(), Some("train")).unwrap();
    assert_eq!(train.count(), Some(4));
    let message = ImageFolder::open(photos.path(), Some("val")).unwrap_err().to_string();
    assert!(message.ends_with("there is no split \"val\" in it, only test, train"), "{message}");
}

#[test]
fn folders_with_names_of_splits_and_pictures_right_in_them_are_classes() {
    let photos = photos(&["train", "test"], 1);
    let images = folder(photos.path());
    assert_eq!(names(&look(&images).unwrap()), [("test/0000.png", "test"), ("train/0000.png", "train")]);
    assert_eq!(images.notes(), ["test, train are taken for classes: pictures lie right in them"]);
    let message = ImageFolder::open(photos.path(), Some("train")).unwrap_err().to_string();
    assert!(message.contains("its folders are no splits"), "{message}");
}

#[test]
fn empty_folders_and_pictures_beside_the_classes_are_told() {
    let photos = photos(&["cat", "dog/deep/deeper"], 1);
    std::fs::create_dir(photos.path().join("bird")).unwrap();
    save(&photos, "loose.png", &picture(1, 9, 9));
    let images = folder(photos.path());
    assert_eq!(names(&look(&images).unwrap()), [("cat/0000.png", "cat"), ("dog/deep/deeper/0000.png", "dog")]);
    let expected = ["1 folders have no picture: bird", "1 pictures lie beside the folders of the classes: left out"];
    assert_eq!(images.notes(), expected);
}

#[test]
fn pictures_without_folders_have_no_labels() {
    let photos = photos(&["."], 2);
    let images = folder(photos.path());
    assert!(!images.is_labelled());
    assert_eq!(names(&look(&images).unwrap()), [("0000.png", "-"), ("0001.png", "-")]);
}

#[test]
fn a_folder_without_pictures_is_refused_with_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let message = |folder: &tempfile::TempDir| ImageFolder::open(folder.path(), None).unwrap_err().to_string();
    assert!(message(&folder).contains("a folder for every class with pictures in it is expected"));
    write(&folder, "cat/a.txt", "");
    assert!(message(&folder).ends_with("1 files are no pictures by their names (.txt 1): left alone"));
    let missing = ImageFolder::open(&folder.path().join("none"), None);
    assert!(matches!(missing, Err(Error::Io { .. })), "{missing:?}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_circles_end() {
    use std::os::unix::fs::symlink;
    let photos = photos(&["cat", "dog"], 1);
    let link = |to: &str, at: &str| symlink(to, photos.path().join(at)).unwrap();
    link("../cat/0000.png", "dog/link.png");
    link("..", "dog/circle");
    link("cat", "cat-again");
    let embedded = look(&folder(photos.path())).unwrap();
    let expected = [("cat/0000.png", "cat"), ("dog/0000.png", "dog"), ("dog/link.png", "dog")];
    assert_eq!(names(&embedded), expected);
    assert_eq!(embedded.samples()[0].content, embedded.samples()[2].content);
    let notes = folder(photos.path()).notes().join("; ");
    assert!(notes.contains("2 links lead to folders that are read already"), "{notes}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_no_table_can_hold_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let photos = photos(&["cat", "dog"], 2);
    let odd = photos.path().join(OsStr::from_bytes(b"c\xfft"));
    std::fs::create_dir(&odd).unwrap();
    std::fs::write(odd.join("0.png"), png(&picture(1, 20, 20))).unwrap();
    let refused = ImageFolder::open(photos.path(), None).unwrap_err();
    assert!(matches!(&refused, Error::NoSamples { path, .. } if path.starts_with(&odd)), "{refused}");
    assert!(refused.to_string().contains("is not UTF-8 (1 such pictures): rename it"), "{refused}");
}
