//! Commands that read files and write others.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::faults::most;
use crate::files::{self, Files};
use crate::fixture::Fixture;
use crate::work::{Survived, Work};

/// What `make` leaves in an empty folder.
fn made(make: impl FnOnce(&Path)) -> Files {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    files::read(folder.path())
}

fn mislabel(folder: &Path, line: &str) {
    let run = Command::new(env!("CARGO_BIN_EXE_mislabel")).args(line.split(' ')).current_dir(folder).output().unwrap();
    assert!(run.status.success(), "{line}: {}", String::from_utf8_lossy(&run.stderr));
}

/// Embeddings, labels and predictions in several formats, issues, and outputs of an older run.
fn dataset() -> Files {
    made(|folder| {
        mislabel(
            folder,
            "generate --samples 90 --features 5 --classes 3 --out e.npy --labels given.npy --true-labels true.txt --pred-probs p.npy",
        );
        let table = std::fs::read_to_string(folder.join("true.txt")).unwrap();
        let mut features = String::from("a,b,label\n");
        for (row, label) in table.lines().enumerate() {
            let place = row as f64 * 0.37;
            writeln!(features, "{:.4},{:.4},{label}", place.sin(), place.cos()).unwrap();
        }
        std::fs::create_dir(folder.join("parts")).unwrap();
        std::fs::write(folder.join("parts/1.csv"), &features).unwrap();
        std::fs::write(folder.join("parts/2.csv"), &features).unwrap();
        let mut packed = GzEncoder::new(std::fs::File::create(folder.join("t.csv.gz")).unwrap(), Compression::fast());
        packed.write_all(features.as_bytes()).unwrap();
        packed.finish().unwrap();
        std::fs::write(folder.join("t.csv"), features).unwrap();
        let texts = (0..90).fold("index,text\n".to_owned(), |texts, row| format!("{texts}{row},text {row}\n"));
        std::fs::write(folder.join("texts.csv"), texts).unwrap();
        let paths =
            (0..90).fold("index,path,width,height\n".to_owned(), |paths, row| format!("{paths}{row},{row}.png,8,8\n"));
        std::fs::write(folder.join("paths.csv"), paths).unwrap();
        mislabel(folder, "detect --method knn --embeddings e.npy --labels given.npy --out issues.csv");
        mislabel(folder, "detect --method knn --embeddings t.csv --labels t.csv --out judged.csv");
        mislabel(folder, "export --format table --issues issues.csv --out t.parquet");
        std::fs::create_dir(folder.join("hub")).unwrap();
        mislabel(folder, "export --format huggingface --issues issues.csv --samples paths.csv --out hub/metadata.csv");
        for extension in ["csv", "html", "parquet", "txt"] {
            std::fs::write(folder.join(format!("old.{extension}")), "old\n").unwrap();
        }
    })
}

fn survive(given: &Files, lines: &[&'static str]) {
    let (mut lost, mut kinds) = (Vec::new(), [BTreeSet::new(), BTreeSet::new()]);
    for line in lines {
        let survived = Work { line, given: given.clone() }.survives(most());
        let Survived { calls, met, ended, refused, .. } = survived;
        println!("{line}: {calls} calls, {met} faults met, {ended} ended it, {refused} were refused");
        lost.extend(survived.lost);
        kinds.iter_mut().zip(survived.kinds).for_each(|(all, some)| all.extend(some));
    }
    assert_eq!(kinds[0], kinds[1], "every kind of fault meets a call");
    assert!(lost.is_empty(), "{} times something was lost:\n{}", lost.len(), lost[..lost.len().min(20)].join("\n"));
}

#[test]
fn detection_survives_every_fault() {
    survive(
        &dataset(),
        &[
            "detect --method rer --embeddings e.npy --labels given.npy --out old.csv",
            "detect --embeddings t.csv --labels t.csv --out old.parquet",
            "detect --method knn --embeddings t.csv.gz --labels t.csv.gz --out i.csv",
            "detect --method knn --embeddings parts --labels parts --out i.csv",
            "detect --method knn --embeddings parts/*.csv --labels parts/*.csv --out i.csv",
            "detect --method confident --pred-probs p.npy --labels given.npy --out i.jsonl",
            "detect --method knn --embeddings e.npy --labels true.txt --out i.tsv --json",
        ],
    );
}

#[test]
fn runs_that_can_be_resumed_survive_every_fault() {
    survive(
        &dataset(),
        &[
            "detect --method rer --embeddings e.npy --labels given.npy --resume --out old.csv",
            "detect --method confident --l2 1 --embeddings e.npy --labels given.npy --resume --out old.csv",
            "detect --method knn --embeddings t.csv --labels t.csv --resume --out i.csv",
            "detect --method consensus --members rer,knn --embeddings e.npy --labels given.npy --resume --out old.csv",
        ],
    );
}

#[test]
fn commands_around_detection_survive_every_fault() {
    survive(
        &dataset(),
        &[
            "generate --samples 40 --features 3 --classes 2 --out g.npy --labels g.txt --true-labels old.txt --pred-probs q.npy",
            "noise --labels true.txt --kind symmetric --rate 0.2 --out old.txt",
            "review --embeddings e.npy --labels given.npy --count 9 --out old.csv",
            "slice --labels t.csv --issues judged.csv --where flagged --out old.csv",
            "report --method knn --embeddings e.npy --labels given.npy --figures figures --out old.html",
            "difficulty --embeddings e.npy --labels given.npy",
            "compare --embeddings e.npy --given given.npy --true-labels true.txt --methods knn,centroid",
        ],
    );
}

#[test]
fn exports_survive_every_fault() {
    survive(
        &dataset(),
        &[
            "export --format table --issues issues.csv --out old.parquet",
            "export --format label-studio --issues judged.csv --samples texts.csv --out tasks",
            "export --format huggingface --issues issues.csv --out old.parquet",
            "export --format fiftyone --issues issues.csv --samples paths.csv --out fiftyone",
            "export --format cvat --issues issues.csv --samples paths.csv --out tasks.xml",
            "export --format datumaro --issues issues.csv --samples paths.csv --out datumaro",
            "import --format table t.parquet --issues issues.csv --out old.csv",
            "import --format huggingface hub --issues issues.csv --samples paths.csv --out old.csv",
        ],
    );
}

/// Texts of two kinds in a table.
fn texts() -> Files {
    let table = (0..20).fold("question,intent\n".to_owned(), |table, number| {
        format!("{table}\"My card, number {number}, is lost\",card\nHow much is {number} in euros?,money\n")
    });
    Files::from([("q.csv".into(), table.into_bytes()), ("old.npy".into(), b"old\n".to_vec())])
}

#[test]
fn embedding_survives_every_fault() {
    survive(
        &texts(),
        &[
            "embed --texts q.csv --labels-key intent --out old.npy --manifest m.csv --cache cache",
            "embed --texts q.csv --labels-key intent --out e.parquet --half --cache cache",
            "detect --method knn --texts q.csv --labels-key intent --out i.csv --cache cache",
        ],
    );
}

/// Pictures of two classes, as the plainest of formats, a folder for each.
fn photos() -> Files {
    let mut files = Files::from([("old.npy".into(), b"old\n".to_vec())]);
    for (number, class) in (0..14_u8).flat_map(|number| [(number, "across"), (number, "down")]) {
        let pixels = (0..64).map(|at| if class == "down" { at / 8 } else { at % 8 } * 20 + number * 3 % 11);
        let file = b"P5 8 8 255\n".iter().copied().chain(pixels).collect();
        files.insert(format!("photos/{class}/{number:02}.pgm"), file);
    }
    files
}

#[test]
fn folders_of_pictures_survive_every_fault() {
    survive(
        &photos(),
        &[
            "embed --images photos --strict --out old.npy --manifest m.csv --cache cache",
            "detect --method knn --images photos --strict --out i.csv --cache cache",
        ],
    );
}

/// A review in which some labels were decided.
fn reviewed() -> Files {
    let fixture = Fixture::new(30, 3);
    let served = fixture.served();
    for row in 0..9 {
        assert_eq!(served.decide(&format!("op {row}"), &[row], "relabel", Some(row % 3)).status, 200);
    }
    served.kill();
    files::read(fixture.folder()).into_iter().filter(|(name, _)| !name.ends_with(".lock")).collect()
}

#[test]
fn corrected_labels_survive_every_fault() {
    survive(
        &reviewed(),
        &[
            "apply --labels labels.csv --class-names classes.txt --journal review.jsonl --out fixed.csv --verified v.csv",
        ],
    );
}
