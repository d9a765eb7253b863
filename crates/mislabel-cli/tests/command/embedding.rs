//! Pictures and texts in place of embeddings.

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::process::mislabel;

/// A gray picture of 8 by 8 pixels, as the plainest of formats: its bytes are those of `pixel`.
fn picture(path: impl AsRef<Path>, pixel: impl Fn(usize) -> u8) {
    let header = b"P5 8 8 255\n".to_vec();
    fs::create_dir_all(path.as_ref().parent().unwrap()).unwrap();
    fs::write(path, [header, (0..64).map(pixel).collect()].concat()).unwrap();
}

/// A folder `photos` of two classes, 30 pictures each: edges across and down; number 7 of each lies with the other.
pub(crate) fn photos() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..30 {
        let noise = move |at: usize| ((at * 37 + number * 101) % 23) as u8;
        let edge = move |along: usize| if along > 2 + number % 4 { 200 } else { 20 };
        let place = |class: &str| folder.path().join(format!("photos/{class}/{number:02}.pgm"));
        let (across, down) = if number == 7 { ("down", "across") } else { ("across", "down") };
        picture(place(across), |at| edge(at % 8) + noise(at));
        picture(place(down), |at| edge(at / 8) + noise(at));
    }
    folder
}

/// Runs a line, with a cache in the folder.
fn run(folder: &TempDir, line: &str) -> Output {
    let arguments: Vec<&str> = line.split(' ').chain(["--cache", "cache"]).collect();
    mislabel(folder, &arguments)
}

pub(crate) fn succeed(folder: &TempDir, line: &str) -> String {
    let output = run(folder, line);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{line}\n{error}");
    String::from_utf8(output.stdout).unwrap() + &error
}

pub(crate) fn refused(folder: &TempDir, line: &str) -> String {
    let output = run(folder, line);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{line}\n{error}");
    error
}

pub(crate) fn text(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn detect_finds_pictures_in_the_wrong_folder_and_names_them() {
    let folder = photos();
    let said = succeed(&folder, "detect --method rer --images photos --out issues.csv");
    assert!(said.contains("photos: 60 pictures, folders are classes"), "{said}");
    assert!(said.contains("no model. A first look") && said.contains("about 30 samples a class"), "{said}");
    let issues = text(&folder, "issues.csv");
    assert!(issues.starts_with("index,given_label,suggested_label,quality,score,is_issue,path\n"), "{issues}");
    let suspect = |path: &str, given: &str, suggested: &str| {
        let row = issues.lines().find(|line| line.ends_with(path)).unwrap();
        assert!(row.contains(&format!(",{given},{suggested},")), "{row}");
    };
    suspect("across/07.pgm", "across", "down");
    suspect("down/07.pgm", "down", "across");
    // Nothing is left beside the output and the cache.
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["cache", "issues.csv", "photos"]);
    assert!(!said.contains("mislabel-run"), "{said}");
    // The cache holds rows, and no run.
    assert_eq!(fs::read_dir(folder.path().join("cache")).unwrap().count(), 1);
}

/// Packs the photographs into two tar files in the folder `shards`, in the order of their paths.
fn packed(folder: &TempDir) {
    let mut files: Vec<_> = ["across", "down"]
        .into_iter()
        .flat_map(|class| fs::read_dir(folder.path().join("photos").join(class)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    fs::create_dir(folder.path().join("shards")).unwrap();
    for (number, files) in files.chunks(30).enumerate() {
        let file = fs::File::create(folder.path().join(format!("shards/{number}.tar"))).unwrap();
        let mut shard = tar::Builder::new(file);
        let mut add = |name: String, content: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            shard.append_data(&mut header, name, content).unwrap();
        };
        for file in files {
            let class = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
            let name = format!("{class}-{}", file.file_stem().unwrap().to_str().unwrap());
            add(format!("{name}.pgm"), &fs::read(file).unwrap());
            add(format!("{name}.json"), format!("{{\"kind\": \"{class}\"}}").as_bytes());
        }
        shard.finish().unwrap();
    }
}

#[test]
fn tar_files_are_read_as_the_folder_that_was_packed_into_them() {
    let folder = photos();
    packed(&folder);
    succeed(&folder, "detect --method rer --images photos --out folder.csv");
    let said = succeed(&folder, "detect --method rer --images shards --labels-key kind --out shards.csv");
    for expected in [
        "shards: 60 pictures with labels",
        "2 shards in the order of their paths: shards/0.tar to shards/1.tar",
        "labels are kind in the parts .json",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let column = |name: &str| {
        let cells = |line: &str| line.split(',').take(6).map(Into::into).collect::<Vec<String>>();
        text(&folder, name).lines().map(cells).collect::<Vec<_>>()
    };
    assert_eq!(column("folder.csv"), column("shards.csv"));
    assert!(text(&folder, "shards.csv").contains(",0.tar/across-07\n"));
    succeed(&folder, "embed --images shards/*.tar --out e.safetensors --manifest m.csv");
    succeed(&folder, "embed --images photos --out f.safetensors");
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("e.safetensors"), bytes("f.safetensors"));
    let message = refused(&folder, "detect --images shards --split train --out o.csv");
    assert!(message.contains("shards: --split: tar files do not say which split"), "{message}");
    let message = refused(&folder, "detect --images shards --out o.csv");
    assert!(message.contains("shards: the samples have no labels: name their column with --labels-key"), "{message}");
}

#[test]
fn embed_writes_rows_and_samples_that_detect_reads_with_the_same_result() {
    let folder = photos();
    succeed(&folder, "embed --images photos --out e.npy --manifest m.csv");
    let lines: Vec<String> = text(&folder, "m.csv").lines().map(Into::into).collect();
    assert_eq!(lines[0], "path,label,content_hash,width,height");
    assert!(lines[1].starts_with("across/00.pgm,across,") && lines[1].ends_with(",8,8"), "{}", lines[1]);
    assert_eq!(lines.len(), 61);
    let second = succeed(&folder, "embed --images photos --out f.npy --json");
    assert!(second.contains("\"computed\": 0") && second.contains("first-look-1"), "{second}");
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("e.npy"), bytes("f.npy"));
    let output = mislabel(
        &folder,
        &"detect --method rer --embeddings e.npy --labels m.csv --labels-key label --out by_files.csv"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    succeed(&folder, "detect --method rer --images photos --out at_once.csv");
    let column = |name: &str| {
        let cells = |line: &str| line.split(',').take(6).map(Into::into).collect::<Vec<String>>();
        text(&folder, name).lines().map(cells).collect::<Vec<_>>()
    };
    assert_eq!(column("by_files.csv"), column("at_once.csv"));
}

#[test]
fn rows_do_not_depend_on_threads_nor_on_a_cache() {
    let folder = photos();
    succeed(&folder, "embed --images photos --out one.npy --threads 1");
    let none = "embed --images photos --out none.npy --threads 2 --cache none";
    let output = mislabel(&folder, &none.split(' ').collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("one.npy"), bytes("none.npy"));
}

#[test]
fn bad_files_are_named_and_listed_and_strict_fails() {
    let folder = photos();
    fs::write(folder.path().join("photos/down/page.jpg"), "<html>").unwrap();
    fs::write(folder.path().join("photos/down/empty.png"), "").unwrap();
    let said = succeed(&folder, "embed --images photos --out e.npy");
    assert!(said.contains("note: left out: down/page.jpg: not-an-image"), "{said}");
    assert!(said.contains("2 samples cannot be embedded and are left out: e.skipped.csv says why"), "{said}");
    let skipped = text(&folder, "e.skipped.csv");
    assert!(skipped.starts_with("path,label,reason,message\ndown/empty.png,down,not-an-image,the file is empty\n"));
    let error = refused(&folder, "detect --images photos --strict --out i.csv");
    assert!(error.contains("--strict: 2 samples cannot be embedded; the first is down/empty.png"), "{error}");
    let error = refused(&folder, "embed --images photos --max-bad 0.01 --out f.npy");
    assert!(error.contains("2 of 62 samples cannot be embedded, more than --max-bad 0.01"), "{error}");
    assert!(!folder.path().join("f.npy").exists() && !folder.path().join("i.csv").exists());
    // The list of an earlier run does not stay when nothing is bad any more.
    fs::remove_file(folder.path().join("photos/down/page.jpg")).unwrap();
    fs::remove_file(folder.path().join("photos/down/empty.png")).unwrap();
    succeed(&folder, "embed --images photos --out e.npy");
    assert_eq!(text(&folder, "e.skipped.csv"), "path,label,reason,message\n");
}

#[test]
fn equal_files_with_different_labels_are_listed() {
    let folder = photos();
    fs::copy(folder.path().join("photos/down/00.pgm"), folder.path().join("photos/across/copy.pgm")).unwrap();
    let said = succeed(&folder, "detect --method rer --images photos --out issues.csv");
    assert!(said.contains("1 groups of them have different labels, one of which must be wrong"), "{said}");
    let expected =
        "group,index,path,label,labels_differ\n0,30,across/copy.pgm,across,true\n0,31,down/00.pgm,down,true\n";
    assert_eq!(text(&folder, "issues.duplicates.csv"), expected);
}

#[test]
fn texts_are_embedded_from_tables_and_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "question,intent\n".to_owned();
    for number in 0..30 {
        let (card, money) = if number == 5 { ("money", "card") } else { ("card", "money") };
        table += &format!("\"My card, number {number}, is lost\",{card}\nHow much is {number} in euros?,{money}\n");
    }
    fs::write(folder.path().join("q.csv"), table).unwrap();
    let said = succeed(&folder, "detect --method rer --texts q.csv --labels-key intent --out issues.csv");
    assert!(said.contains("q.csv: 60 texts with labels") && said.contains("words and runs of characters"), "{said}");
    let issues = text(&folder, "issues.csv");
    let row = issues.lines().find(|line| line.contains("number 5,")).unwrap();
    assert!(row.starts_with("10,money,card,"), "{row}");
    fs::write(folder.path().join("lines.txt"), "one\n\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n").unwrap();
    let said = succeed(&folder, "embed --texts lines.txt --out lines.npy");
    assert!(said.contains("9 rows of 1024 numbers") && said.contains("line 2: empty-text"), "{said}");
}

#[test]
fn report_shows_the_pictures_that_it_embedded_and_difficulty_takes_them_too() {
    let folder = photos();
    for class in ["across", "down"] {
        for number in 0..30 {
            let path = folder.path().join(format!("photos/{class}/{number:02}.pgm"));
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            // A bitmap: pages show no portable graymap.
            fs::write(path.with_extension("bmp"), bitmap(&bytes[11..])).unwrap();
        }
    }
    succeed(&folder, "report --method rer --images photos --out page.html");
    let page = text(&folder, "page.html");
    assert!(page.matches("data:image/png").count() > 20, "{}", page.matches("data:image").count());
    assert!(page.contains("across/07.bmp") && !page.contains("mislabel-run"));
    let said = succeed(&folder, "difficulty --images photos");
    assert!(said.contains("60 samples, 2 classes"), "{said}");
    let said = succeed(&folder, "difficulty --images photos --label-free --clusters 2");
    assert!(said.contains("2 clusters"), "{said}");
}

/// Gray pixels, 8 by 8, as a bitmap of 24 bits, rows from the bottom.
fn bitmap(pixels: &[u8]) -> Vec<u8> {
    let mut file = b"BM".to_vec();
    for number in [54 + 192, 0, 54, 40, 8, 8, 24 << 16 | 1, 0, 192, 0, 0, 0, 0_u32] {
        file.extend(number.to_le_bytes());
    }
    pixels.chunks(8).rev().for_each(|row| file.extend(row.iter().flat_map(|value| [*value; 3])));
    file
}

#[test]
fn what_cannot_be_embedded_is_refused_with_a_way_out() {
    let folder = photos();
    fs::write(folder.path().join("two.csv"), "text,review,label\na b,c d,x\ne f,g h,y\n").unwrap();
    fs::write(folder.path().join("bare.csv"), "text\na b\ne f\n").unwrap();
    fs::write(folder.path().join("y.txt"), "0\n1\n").unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let cases = [
        ("detect --images none --out o.csv", "none: "),
        ("detect --images empty --out o.csv", "a folder for every class with pictures in it is expected"),
        ("detect --images photos/across --out o.csv", "the samples have no labels"),
        ("detect --images photos --labels y.txt --out o.csv", "--labels: the labels come with the pictures"),
        ("detect --images photos --texts two.csv --out o.csv", "cannot both be embedded"),
        ("detect --texts two.csv --out o.csv", "--texts-key"),
        ("detect --texts bare.csv --out o.csv", "name their column with --labels-key"),
        ("detect --images photos --labels-key label --out o.csv", "--labels-key names a column of a table"),
        ("detect --images photos --split train --out o.csv", "its folders are no splits"),
        ("detect --embeddings x.npy --out o.csv", "--labels"),
        ("embed --out o.npy", "name --images or --texts"),
        ("embed --images photos --out o.csv", "the extension must be one of npy, safetensors, parquet"),
        ("embed --images photos --out o.npy --manifest o.txt", "the extension must be one of csv, tsv, parquet"),
    ];
    for (line, message) in cases {
        let error = refused(&folder, line);
        assert!(error.contains(message) && error.trim_end().lines().count() == 1, "{line}\n{error}");
    }
}

#[test]
fn a_killed_run_leaves_no_rows_or_all_and_the_next_one_takes_up_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2500_usize {
        picture(folder.path().join(format!("photos/a/{number:04}.pgm")), |at| (at * number % 251) as u8);
    }
    let arguments = ["embed", "--images", "photos", "--out", "e.npy", "--cache", "cache", "--threads", "1"];
    for wait in [40, 90, 160, 250] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_mislabel"))
            .current_dir(folder.path())
            .args(arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        // Nothing to kill where the run is done already.
        let _ = child.kill();
        child.wait().unwrap();
        if let Ok(bytes) = fs::read(folder.path().join("e.npy")) {
            assert_eq!(bytes.len(), 128 + 2500 * 1984 * 4, "after {wait} ms");
        }
    }
    let said = succeed(&folder, "embed --images photos --out e.npy");
    assert!(said.contains("2500 rows of 1984 numbers"), "{said}");
    let killed = fs::read(folder.path().join("e.npy")).unwrap();
    fs::remove_dir_all(folder.path().join("cache")).unwrap();
    succeed(&folder, "embed --images photos --out e.npy");
    assert_eq!(killed, fs::read(folder.path().join("e.npy")).unwrap());
}
