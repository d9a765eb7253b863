//! Corrected labels come out in the format they came in, and nothing else changes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::path::PathBuf;

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{Action, Board, Circumstances, Corrections, Decision, Error, LabelRewrite, Samples, Settlement};

const NAMES: [&str; 3] = ["cat", "dog", "emu"];

fn samples() -> Samples {
    let given = Labels::new(vec![0, 1, 2, 0], 3).unwrap().with_class_names(NAMES).unwrap();
    let quality = LabelQuality::new(vec![0.5; 4]).unwrap();
    let issues = LabelIssues::new(quality, vec![true; 4], given.clone(), vec![0.0; 4]).unwrap();
    Samples::new(given, issues).unwrap()
}

/// Sample 1 becomes class 2, sample 3 is left out, sample 0 is right.
fn corrections() -> Corrections {
    let samples = samples();
    let mut board = Board::new(samples.given_labels());
    for (row, decision) in [(0, Decision::Keep), (1, Decision::Relabel(2)), (3, Decision::Exclude)] {
        let action = Action::Decide { row, decision, circumstances: Circumstances::default() };
        board.record("op", "ann", "", action).unwrap();
    }
    Corrections::of(&board, samples.given_labels(), Settlement::Newest).unwrap()
}

struct Files(tempfile::TempDir, &'static str);

impl Files {
    fn with(name: &'static str, content: &[u8]) -> Self {
        let files = Self(tempfile::tempdir().unwrap(), name);
        std::fs::write(files.input(), content).unwrap();
        files
    }

    fn input(&self) -> PathBuf {
        self.0.path().join(self.1)
    }

    fn output(&self) -> PathBuf {
        self.0.path().join(format!("fixed-{}", self.1))
    }

    fn written(&self, drop_excluded: bool) -> Result<Vec<u8>, Error> {
        let input = self.input();
        let rewrite = LabelRewrite { drop_excluded, ..LabelRewrite::new(&input) };
        rewrite.write(samples().given_labels(), &corrections(), &self.output())?;
        Ok(std::fs::read(self.output()).unwrap())
    }
}

#[test]
fn text_keeps_its_line_ends_its_header_and_its_spelling() {
    assert_eq!(Files::with("l.txt", b"cat\r\ndog\r\nemu\r\ncat").written(false).unwrap(), b"cat\r\nemu\r\nemu\r\ncat");
    assert_eq!(Files::with("l.txt", b"label\n0\n1\n2\n0\n").written(false).unwrap(), b"label\n0\n2\n2\n0\n");
    assert_eq!(Files::with("l.txt", b"cat\ndog\nemu\ncat\n").written(true).unwrap(), b"cat\nemu\nemu\n");
}

#[test]
fn other_columns_of_a_table_stay() {
    let table = b"id,label,\"a, b\"\n7,0.0,\"x \"\"y\"\" z\"\n8,1.0,\n9,2.0,=1\n10,0.0,\n";
    let fixed = b"id,label,\"a, b\"\n7,0.0,\"x \"\"y\"\" z\"\n8,2.0,\n9,2.0,=1\n10,0.0,\n";
    assert_eq!(Files::with("l.csv", table).written(false).unwrap(), fixed);
    assert_eq!(
        Files::with("l.tsv", b"class\tn\ncat\t1\ndog\t2\nemu\t3\ncat\t4\n").written(true).unwrap(),
        b"class\tn\ncat\t1\nemu\t2\nemu\t3\n"
    );
    let error = Files::with("l.csv", b"a,b\ncat,1\ndog,2\nemu,3\ncat,4\n").written(false).unwrap_err().to_string();
    assert!(error.ends_with("name the column of labels: the table has a, b"), "{error}");
}

fn npy(descriptor: &str, elements: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descriptor}', 'fortran_order': False, 'shape': (4,), }}");
    header.push_str(&" ".repeat(117 - header.len()));
    header.push('\n');
    [b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes(), elements].concat()
}

#[test]
fn arrays_keep_their_header_and_their_element_type() {
    let four = |bytes: fn(i64) -> Vec<u8>| [0, 1, 2, 0].into_iter().flat_map(bytes).collect::<Vec<u8>>();
    type Bytes = fn(i64) -> Vec<u8>;
    let kinds: [(&str, Bytes); 6] = [
        ("<i8", |v| v.to_le_bytes().into()),
        (">i4", |v| (v as i32).to_be_bytes().into()),
        ("|u1", |v| vec![v as u8]),
        ("<f4", |v| (v as f32).to_le_bytes().into()),
        (">f8", |v| (v as f64).to_be_bytes().into()),
        ("<U4", |v| NAMES[v as usize].chars().chain(['\0']).flat_map(|c| u32::from(c).to_le_bytes()).collect()),
    ];
    for (descriptor, bytes) in kinds {
        let fixed: Vec<u8> = [0, 2, 2, 0].into_iter().flat_map(bytes).collect();
        let files = Files::with("l.npy", &npy(descriptor, &four(bytes)));
        assert_eq!(files.written(false).unwrap(), npy(descriptor, &fixed), "{descriptor}");
        let error = files.written(true).unwrap_err().to_string();
        assert!(error.ends_with("rows cannot be left out of an array: keep excluded samples"), "{error}");
    }
}

#[test]
fn a_safetensors_file_keeps_its_other_arrays() {
    let header = br#"{"__metadata__":{"a":"b"},"labels":{"dtype":"I16","shape":[4],"data_offsets":[4,12]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let file = |labels: [i16; 4]| {
        let labels: Vec<u8> = labels.iter().flat_map(|label| label.to_le_bytes()).collect();
        [&(header.len() as u64).to_le_bytes()[..], header, &1.5_f32.to_le_bytes(), &labels].concat()
    };
    let files = Files::with("l.safetensors", &file([0, 1, 2, 0]));
    let error = files.written(false).unwrap_err().to_string();
    assert!(error.ends_with("name the array of labels: the file has labels, x"), "{error}");
    let input = files.input();
    let rewrite = LabelRewrite { key: Some("labels"), ..LabelRewrite::new(&input) };
    rewrite.write(samples().given_labels(), &corrections(), &files.output()).unwrap();
    assert_eq!(std::fs::read(files.output()).unwrap(), file([0, 2, 2, 0]));
}

#[test]
fn corrections_are_not_applied_twice() {
    let files = Files::with("l.txt", b"cat\ndog\nemu\ncat\n");
    let fixed = files.written(false).unwrap();
    std::fs::write(files.input(), fixed).unwrap();
    let error = files.written(false).unwrap_err().to_string();
    let expected =
        "row 1 has the label \"emu\", and the review saw \"dog\": the corrections may be in the file already";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn files_that_do_not_fit_are_refused_with_the_reason() {
    let cases: [(&str, &[u8], &str); 6] = [
        ("l.txt", b"cat\ndog\n", "the file has 2 labels, and 4 were reviewed"),
        ("l.csv", b"label\ncat\n", "the table has 2 rows, and 4 labels were reviewed"),
        ("l.npy", b"not an array", "the file is no NumPy array"),
        (
            "l.npy",
            &npy("<c8", &[0; 32]),
            "elements of type <c8 hold no labels that can be corrected: use integers or text",
        ),
        ("l.npy", &npy("<i8", &[0; 31]), "the file is shorter than its header says"),
        ("l.parquet", b"PAR1", "labels can be corrected in files of the kinds npy, safetensors, csv, tsv, txt"),
    ];
    for (name, content, message) in cases {
        let error = Files::with(name, content).written(false).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_name_that_does_not_fit_its_element_is_refused() {
    let given = Labels::new(vec![0, 0], 2).unwrap().with_class_names(["cat", "elephant"]).unwrap();
    let quality = LabelQuality::new(vec![0.5; 2]).unwrap();
    let issues = LabelIssues::new(quality, vec![true; 2], given.clone(), vec![0.0; 2]).unwrap();
    let samples = Samples::new(given, issues).unwrap();
    let mut board = Board::new(samples.given_labels());
    let circumstances = Circumstances::default();
    board.record("op", "ann", "", Action::Decide { row: 1, decision: Decision::Relabel(1), circumstances }).unwrap();
    let corrections = Corrections::of(&board, samples.given_labels(), Settlement::Newest).unwrap();
    let elements: Vec<u8> = "catcat".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let array = npy("<U3", &elements);
    let array = String::from_utf8_lossy(&array).contains("(4,)").then(|| {
        let place = array.windows(4).position(|window| window == b"(4,)").unwrap();
        let mut two = array.clone();
        two[place + 1] = b'2';
        two
    });
    let files = Files::with("l.npy", &array.unwrap());
    let input = files.input();
    let error = LabelRewrite::new(&input).write(samples.given_labels(), &corrections, &files.output()).unwrap_err();
    assert!(error.to_string().contains("row 1: \"elephant\" does not fit an element of 12 bytes"), "{error}");
}
