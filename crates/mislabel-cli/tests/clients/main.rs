//! What goes to other tools and comes back, with their real clients in between.
//!
//! `MISLABEL_CLIENTS` is a Python that has them: `.ci/run clients` installs them and runs these tests.
#![cfg(all(feature = "app", feature = "embed"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

#[path = "../page/http.rs"]
#[allow(dead_code, reason = "the page needs more")]
mod http;
#[path = "../page/process.rs"]
#[allow(dead_code, reason = "the page needs more")]
mod process;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const ROWS: usize = 60;

/// Rows that `clients.py` relabels, with the label that they get.
const RELABELED: [(usize, &str); 3] = [(3, "a & b"), (13, "cat"), (23, "dog")];

/// Runs one step of `clients.py`.
fn client(folder: &TempDir, step: &str) {
    let python = std::env::var_os("MISLABEL_CLIENTS").expect("MISLABEL_CLIENTS is a Python that has the clients");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/clients.py");
    let mut command = Command::new(python);
    command.arg(script).arg(step).current_dir(folder.path());
    // Nothing is asked of the network, and nothing is kept beside the folder.
    command.envs([("HF_HUB_OFFLINE", "1"), ("HF_DATASETS_OFFLINE", "1"), ("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")]);
    let output = command.env("HF_HOME", folder.path().join("home")).output().unwrap();
    assert!(output.status.success(), "{step}: {}", String::from_utf8_lossy(&output.stderr));
}

fn mislabel(folder: &TempDir, line: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
    let output = command.args(line.split(' ')).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The samples, made by the clients, and their label issues.
fn made() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    client(&folder, "make");
    folder
}

/// A table of the samples whose paths are relative.
fn write_samples(folder: &TempDir) {
    let mut table = String::from("index,id,path\n");
    (0..ROWS).for_each(|row| writeln!(table, "{row},{row:04},pictures/{row:04}.png").unwrap());
    std::fs::write(folder.path().join("samples.csv"), table).unwrap();
}

/// What was decided, by row.
fn decisions(folder: &TempDir, table: &str) -> BTreeMap<usize, String> {
    let mut reader = csv::Reader::from_path(folder.path().join(table)).unwrap();
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (index, label) = (place("index"), place("true_label"));
    let rows = reader.records().map(|row| row.unwrap());
    let rows = rows.filter(|row| !row[label].is_empty());
    rows.map(|row| (row[index].parse().unwrap(), row[label].to_owned())).collect()
}

fn relabeled() -> BTreeMap<usize, String> {
    RELABELED.map(|(row, label)| (row, label.to_owned())).into()
}

#[test]
#[ignore = "needs the clients of other tools: .ci/run clients"]
fn datasets_of_hugging_face_go_out_and_come_back() {
    let folder = made();
    let tables = [("paths", ""), ("bytes", " --media-root pictures")];
    for (table, root) in tables {
        mislabel(&folder, &format!("detect --images {table}.parquet --cache none --out issues.csv"));
        let sent = format!("--issues issues.csv --samples {table}.parquet");
        for labels in ["", &format!(" --labels {table}.parquet")] {
            mislabel(&folder, &format!("export --format huggingface {sent}{labels}{root} --out sent.parquet"));
            client(&folder, "hugging_face");
            mislabel(
                &folder,
                &format!("import --format huggingface returned.parquet {sent}{labels} --out verified.csv"),
            );
            assert_eq!(decisions(&folder, "verified.csv"), relabeled(), "{table}{labels}");
            std::fs::remove_dir_all(folder.path().join("cache")).unwrap();
        }
    }
}

#[test]
#[ignore = "needs the clients of other tools: .ci/run clients"]
fn exports_for_datumaro_and_cvat_are_read_by_datumaro_and_come_back() {
    let folder = made();
    write_samples(&folder);
    mislabel(&folder, "detect --images paths.parquet --cache none --out issues.csv");
    let sent = "--issues issues.csv --samples samples.csv";
    mislabel(&folder, &format!("export --format datumaro {sent} --out sent-datumaro"));
    std::fs::create_dir(folder.path().join("sent-cvat")).unwrap();
    mislabel(&folder, &format!("export --format cvat {sent} --media-root . --out sent-cvat/annotations.xml"));
    client(&folder, "datumaro");
    for (format, returned) in [("datumaro", "returned-datumaro"), ("cvat", "returned-cvat/annotations.xml")] {
        mislabel(&folder, &format!("import --format {format} {returned} {sent} --out verified.csv"));
        assert_eq!(decisions(&folder, "verified.csv"), relabeled(), "{format}");
    }
}

/// Asserts that the page of `samples` shows the picture of every row.
fn shows_every_row(folder: &TempDir, samples: &str) {
    let line = format!("app --images {samples} --journal review.jsonl --reviewer ann --cache none");
    let served = process::serve(folder.path(), &line.split(' ').collect::<Vec<_>>()).unwrap();
    assert_eq!(served.ask("about").json()["media"], "image");
    for row in 0..ROWS {
        let answer = http::request(served.address, "GET", &served.picture(&row.to_string()), &[], "");
        let wanted = std::fs::read(folder.path().join(format!("pictures/{row:04}.png"))).unwrap();
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/png")), "{samples} {row}");
        assert!(answer.body == wanted, "{samples} {row}");
    }
}

#[test]
#[ignore = "needs the clients of other tools: .ci/run clients"]
fn datasets_of_hugging_face_show_the_picture_of_every_row() {
    let folder = made();
    shows_every_row(&folder, "paths.parquet");
    shows_every_row(&folder, "bytes.parquet");
    shows_every_row(&folder, "several");
}

#[test]
#[ignore = "needs the clients of other tools: .ci/run clients"]
fn shards_of_webdataset_show_the_picture_of_every_row() {
    let folder = made();
    client(&folder, "webdataset");
    shows_every_row(&folder, "shards");
}
