//! One case per way in which a file may lie about itself; each is an error that names the file and the lie.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use mislabel_io::{ClassNames, Classes, EmbeddingFile, Error, IssueTable, LabelFile, ProbabilityFile, ReadOptions};
use written::{dictionary, file, names, npy, npy_with_header, safetensors, zip};
use zip::CompressionMethod::{Deflated, Stored};

/// Why the embeddings in a file called `name` with `bytes` cannot be opened.
fn refusal(name: &str, bytes: &[u8], choice: &ReadOptions) -> Error {
    let written = file(name, bytes);
    let error = EmbeddingFile::open(&written.path, choice).expect_err(name);
    assert!(names(&error, name), "the file is not named");
    error
}

fn opens(bytes: &[u8]) -> bool {
    let written = file("good.npy", bytes);
    EmbeddingFile::open(&written.path, &ReadOptions::default()).is_ok()
}

#[test]
fn every_lie_of_an_npy_header_is_named() {
    let data = [0_u8; 24];
    assert!(opens(&npy("<f4", false, "(2, 3)", &data)), "the truth must pass");
    let good = dictionary("<f4", false, "(2, 3)");
    let with = |header: &str| npy_with_header(1, header, &data);
    let mut longer_than_file = npy("<f4", false, "(2, 3)", &data);
    longer_than_file[8..10].copy_from_slice(&u16::MAX.to_le_bytes());
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"PK\x03\x04 not numpy".to_vec(), "the file is a zip archive"),
        (b"\x93NUMPI\x01\0".to_vec(), "magic bytes at byte 0"),
        (npy_with_header(0, &good, &data), "the version is none of 1, 2 and 3"),
        (npy_with_header(4, &good, &data), "the version is none of 1, 2 and 3"),
        (b"\x93NUMPY\x01".to_vec(), "ends before its header"),
        (longer_than_file, "ends within its header"),
        (with("[1, 2]"), "must be a dictionary"),
        (with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)"), "comma or end with a brace"),
        (with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} x"), "goes on after"),
        (with("{'descr': '<f4', 'shape': (2, 3)}"), "lacks descr"),
        (with("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}"), "twice"),
        (with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}"), "a key that is not"),
        (with("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}"), "True or False"),
        (with("{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}"), "the shape must be a tuple"),
        (with("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3)}"), "whole number"),
        (with("{'descr': '<f4', 'fortran_order': False, 'shape': (2.0, 3)}"), "comma or end with a bracket"),
        (with("{'descr': '<f4, 'fortran_order': False, 'shape': (2, 3)}"), "header"),
        (with("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (6,)}"), "structured arrays"),
        (npy("<f4", false, "(99999999999999999999, 3)", &data), "too large"),
        (npy("<f4", false, "(4294967296, 4294967296)", &data), "fewer elements than memory has addresses"),
        (npy("<f4", false, "(4611686018427387904, 1)", &data), "fewer elements than memory has addresses"),
        (npy("<f4", false, &format!("({})", "1, ".repeat(65)), &data), "too many axes"),
        (npy("<f4", false, "(3, 3)", &data), "promises 36 bytes of data, there are 24"),
        (npy("<f4", false, "(1, 3)", &data), "promises 12 bytes of data, there are 24"),
        (npy("<f8", false, "(2, 3)", &data), "promises 48 bytes of data, there are 24"),
        (npy("<f4", false, "(0, 3)", &[]), "at least one row and one column"),
        (npy("<f4", false, "(3, 0)", &[]), "at least one row and one column"),
        (npy("<f4", false, "(6,)", &data), "shape [6]: it must have two axes"),
        (npy("<f4", false, "(2, 3, 1)", &data), "shape [2, 3, 1]: it must have two axes"),
        (npy("<f4", false, "()", &data[..4]), "shape []: it must have two axes"),
        (npy("|O", false, "(2, 3)", &data), "pickled Python objects"),
        (npy("<c8", false, "(1, 3)", &data), "type <c8 cannot be read"),
        (npy("<f16", false, "(2, 3)", &data), "type <f16 cannot be read"),
        (npy("<M8[ns]", false, "(1, 3)", &data), "type <M8[ns] cannot be read"),
        (npy("<V2", false, "(4, 3)", &data), "type <V2 cannot be read"),
        (npy("", false, "(2, 3)", &data), "cannot be read"),
        (npy("<U1", false, "(2, 3)", &data), "numbers are needed"),
        (npy("<U0", false, "(9999999999999, 3)", &[]), "type <U0 cannot be read"),
        (npy("<U9223372036854775807", false, "(2, 3)", &data), "fewer elements than memory has addresses"),
        (npy("<U99999999999999999999", false, "(2, 3)", &data), "cannot be read"),
    ];
    for (bytes, lie) in cases {
        let error = refusal("lying.npy", &bytes, &ReadOptions::default());
        assert!(names(&error, lie), "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn every_lie_of_a_safetensors_header_is_named() {
    let data = [0_u8; 24];
    let tensor = |name: &str, shape: &str, offsets: &str| {
        format!(r#"{name:?}:{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}"#)
    };
    let one = |shape: &str, offsets: &str| safetensors(&format!("{{{}}}", tensor("a", shape, offsets)), &data);
    let written = file("good.safetensors", one("[2,3]", "[0,24]"));
    assert!(EmbeddingFile::open(&written.path, &ReadOptions::default()).is_ok(), "the truth must pass");

    let two = |first: &str, second: &str| {
        safetensors(&format!("{{{},{}}}", tensor("a", "[1,3]", first), tensor("b", "[1,3]", second)), &data)
    };
    let mut long_header = one("[2,3]", "[0,24]");
    long_header[..8].copy_from_slice(&1_000_000_u64.to_le_bytes());
    let mut endless_header = one("[2,3]", "[0,24]");
    endless_header[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    // Eight tensors that are allowed one by one reach the end of the address space together.
    let huge: Vec<String> = (0..8_u64)
        .map(|i| {
            let step = u64::MAX / 8 - 7;
            format!(r#""t{i}":{{"dtype":"U8","shape":[{step}],"data_offsets":[{},{}]}}"#, i * step, (i + 1) * step)
        })
        .collect();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"1234567".to_vec(), "the file is text"),
        (b"\x01\0\0\0\0\0\0".to_vec(), "ends within the length"),
        (long_header, "ends within its header"),
        (endless_header, "longer than the format's 100 MB"),
        (safetensors("{\"a\":", &data), "EOF"),
        (safetensors("\"text\"", &data), "invalid type"),
        (safetensors(&"[".repeat(100_000), &data), "line 1"),
        (safetensors(&format!("{{\"a\":{}", "{\"a\":".repeat(100_000)), &data), "line 1"),
        (one("[2,3]", "[0,28]"), "invalid shape, data type, or offset"),
        (one("[2,4]", "[0,32]"), "promises 32 bytes of data, there are 24"),
        (one("[1,3]", "[0,12]"), "promises 12 bytes of data, there are 24"),
        (one("[2,3]", "[4,28]"), "invalid offset"),
        (one("[2,3]", "[24,0]"), "invalid offset"),
        (one("[2,-3]", "[0,24]"), "invalid value"),
        (one("[2,3]", "[0,99999999999999999999]"), "invalid type"),
        (one("[4294967296,4294967296]", "[0,24]"), "overflow"),
        (one("[0,3]", "[0,0]"), "promises 0 bytes of data, there are 24"),
        (two("[0,12]", "[8,20]"), "invalid offset"),
        (two("[0,12]", "[16,28]"), "invalid offset"),
        (two("[0,12]", "[0,12]"), "invalid offset"),
        (two("[0,12]", "[12,24]"), "has \"a\", \"b\": name the one to read"),
        (safetensors(&format!("{{{}}}", huge.join(",")), &data), "bytes of data, there are 24"),
        (safetensors(r#"{"a":{"dtype":"F8_E4M3","shape":[6,4],"data_offsets":[0,24]}}"#, &data), "F8_E4M3"),
        (safetensors(r#"{"a":{"dtype":"X9","shape":[6,4],"data_offsets":[0,24]}}"#, &data), "unknown variant"),
        (safetensors("{}", &[]), "has nothing: name the one to read"),
        (safetensors("{\"\u{0}\":1}", &data), "control character"),
    ];
    for (bytes, lie) in cases {
        let error = refusal("lying.safetensors", &bytes, &ReadOptions::default());
        assert!(names(&error, lie), "{:.200}", String::from_utf8_lossy(&bytes));
    }
    let mut not_utf8 = one("[2,3]", "[0,24]");
    not_utf8[10] = 0xFF;
    assert!(names(&refusal("lying.safetensors", &not_utf8, &ReadOptions::default()), "line 1"));
    let error = refusal("lying.safetensors", &one("[2,3]", "[0,24]"), &ReadOptions::named("b"));
    assert!(names(&error, "has no \"b\"; it has \"a\""));
}

/// `archive` with the four bytes after each `signature`, `distance` bytes on, replaced.
fn patched(mut archive: Vec<u8>, signature: &[u8; 4], distance: usize, value: u32) -> Vec<u8> {
    let starts: Vec<usize> = (0..archive.len() - 4).filter(|&at| &archive[at..at + 4] == signature).collect();
    assert!(!starts.is_empty());
    for at in starts {
        archive[at + distance..at + distance + 4].copy_from_slice(&value.to_le_bytes());
    }
    archive
}

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";

#[test]
fn every_lie_of_an_npz_archive_is_named() {
    let array = npy("<f4", false, "(2, 3)", &[0; 24]);
    let one = |method| zip(method, &[("a.npy", &array)]);
    for method in [Stored, Deflated] {
        let written = file("good.npz", one(method));
        assert!(EmbeddingFile::open(&written.path, &ReadOptions::default()).is_ok(), "the truth must pass");
    }
    let zeros = npy("<f4", false, "(1024, 1024)", &vec![0; 4 << 20]);
    let bomb = zip(Deflated, &[("a.npy", &zeros)]);
    assert!(bomb.len() < 6_000);
    let longer = |method| patched(patched(one(method), CENTRAL, 24, 200), LOCAL, 22, 200);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (array.clone(), "lying.npz"),
        (one(Stored)[..60].to_vec(), "lying.npz"),
        (longer(Stored), "promises 200 bytes of data"),
        (longer(Deflated), "promises 200 bytes of data, there are 9"),
        (patched(one(Deflated), CENTRAL, 24, 50), "larger than its declared uncompressed size"),
        (patched(one(Deflated), CENTRAL, 24, u32::MAX - 1), "promises 4294967294 bytes"),
        (patched(one(Deflated), CENTRAL, 16, 1), "checksum"),
        (patched(one(Stored), CENTRAL, 20, u32::MAX - 1), "lying.npz"),
        (patched(one(Stored), CENTRAL, 42, u32::MAX - 1), "lying.npz"),
        (patched(one(Stored), CENTRAL, 8, 1), "encrypted"),
        (zip(Stored, &[]), "has nothing: name the one to read"),
        (zip(Stored, &[("a.npy", &array), ("b.npy", &array)]), "has \"a\", \"b\": name the one to read"),
        (zip(Stored, &[("a.npy", b"not numpy")]), "magic bytes"),
        (zip(Deflated, &[("a.npy", &npy("<f4", false, "(9999, 9999)", &[0; 24]))]), "promises 399920004 bytes"),
        (bomb, "above the limit of 1048576"),
    ];
    let choice = ReadOptions { memory_limit: 1 << 20, ..ReadOptions::default() };
    for (case, (bytes, lie)) in cases.into_iter().enumerate() {
        assert!(names(&refusal("lying.npz", &bytes, &choice), lie), "case {case}");
    }
    let error = refusal("lying.npz", &one(Stored), &ReadOptions::named("b"));
    assert!(names(&error, "has no \"b\"; it has \"a\""));
}

#[test]
fn paths_that_are_no_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("empty.npy", ""), ("empty.npz", ""), ("empty.csv", ""), ("empty.safetensors", "")] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let error = EmbeddingFile::open(folder.path().join(name), &ReadOptions::default()).unwrap_err();
        assert!(matches!(error, Error::EmptyFile { .. }) && names(&error, name));
    }
    let cases = [("missing.npy", "os error 2"), ("data", "extension must be one of npy, npz"), ("x.pkl", "extension")];
    for (name, problem) in cases {
        let path = folder.path().join(name);
        let choice = ReadOptions::default();
        assert!(names(&EmbeddingFile::open(&path, &choice).unwrap_err(), problem));
        assert!(names(&ProbabilityFile::open(&path, &choice).unwrap_err(), name));
        assert!(names(&LabelFile::read(&path, &choice).unwrap_err(), name));
        assert!(names(&ClassNames::read(&path).unwrap_err(), name));
        assert!(names(&IssueTable::read(&path).unwrap_err(), name));
    }
    for name in ["folder.npy", "folder.csv", "folder.jsonl", "folder.txt"] {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        let choice = ReadOptions::default();
        let errors = [
            EmbeddingFile::open(&path, &choice).err(),
            LabelFile::read(&path, &choice).err(),
            IssueTable::read(&path).err(),
            ClassNames::read(&path).err(),
        ];
        for error in errors {
            let error = error.unwrap();
            assert!(
                matches!(error, Error::NotAFile { .. } | Error::Extension { .. } | Error::NoFiles { .. })
                    && names(&error, name)
            );
        }
    }
}

#[test]
fn every_lie_about_labels_is_named() {
    let numbers = |values: &[f64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let array = |descr: &str, shape: &str, data: &[u8]| npy(descr, false, shape, data);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("labels.npy", array("<f8", "(2,)", &numbers(&[1.0, 0.5])), "row 1, column 0 has the value \"0.5\""),
        ("labels.npy", array("<f8", "(2,)", &numbers(&[1.0, f64::NAN])), "row 1, column 0 has the value \"no value\""),
        ("labels.npy", array("<f8", "(1,)", &numbers(&[1e300])), "row 0"),
        ("labels.npy", array("<u8", "(1,)", &u64::MAX.to_le_bytes()), "\"18446744073709552000\""),
        ("labels.npy", array("<i8", "(0,)", &[]), "at least one label"),
        ("labels.npy", array("<i8", "(1, 2)", &[0; 16]), "have one axis"),
        ("labels.npy", array("|O", "(1,)", &[0; 8]), "pickled"),
        ("labels.npy", array("<U1", "(2,)", &[b'a', 0, 0, 0, 0, 0, 0, 0]), "row 1, column 0 has the value \"\""),
        ("labels.npy", array("<U1", "(1,)", &[0, 0xD8, 0, 0]), "be Unicode text"),
        ("labels.npy", array("|S2", "(1,)", &[0xFF, 0xFE]), "be Unicode text"),
        ("labels.txt", b"cat\n\ndog\n".to_vec(), "row 1, column 0 has the value \"\""),
        ("labels.txt", b"cat\n\xFF\n".to_vec(), "line 2 has the byte 0xFF, which is not UTF-8"),
        ("labels.txt", b"0.25\n0.5\n".to_vec(), "row 0, column 0 has the value \"0.25\""),
        ("labels.csv", b"label\ncat\n\ndog\n".to_vec(), "row 1, column label has the value \"\""),
        ("labels.csv", b"label\r\ncat\r\n\r\ndog\r\n".to_vec(), "row 1, column label has the value \"\""),
        ("labels.csv", b"id,label\n1,cat\n\n2,dog\n".to_vec(), "line 3 is blank (at byte 15)"),
        (
            "labels.csv",
            b"pet,car\ncat,vw\ncat,vw\n".to_vec(),
            "name the column of labels with --labels-key; it has \"pet (text such as 'cat')\"",
        ),
        ("labels.csv", b"id,label\n1,cat\n2\n".to_vec(), "row 1 has 1 value where 2 are expected"),
        ("labels.csv", b"id,label\n1,cat\n2,\n".to_vec(), "row 1, column label has the value \"\""),
        ("labels.csv", b"id,label\n".to_vec(), "is empty"),
    ];
    for (name, bytes, lie) in cases {
        let written = file(name, &bytes);
        let result = LabelFile::read(&written.path, &ReadOptions::default()).and_then(|f| f.column(&Classes::Observed));
        let error = result.expect_err(lie);
        assert!(names(&error, lie) && names(&error, name), "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn every_lie_of_a_table_of_features_is_named() {
    let auto = ReadOptions::default();
    let exclude = |name: &str| ReadOptions { exclude: vec![name.into()], ..ReadOptions::default() };
    let cases: Vec<(&str, ReadOptions, &str)> = vec![
        ("a,b\n1,2\n3\n", auto.clone(), "row 1 has 1 value where 2 are expected"),
        ("a,b\n1,2\n3,4,5\n", auto.clone(), "row 1 has 3 values where 2 are expected"),
        ("a,b\n1,2\n3,x\n", auto.clone(), "row 1, column b has the value \"x\""),
        ("a,b\n1,2\n3,\n", auto.clone(), "row 1, column b has the value \"\""),
        ("1,2\n3,nan\n", auto.clone(), "row 1, column 1 has the value \"nan\""),
        ("1,2\n3,1e40\n", auto.clone(), "row 1, column 1 has the value \"1e40\""),
        ("1,2\n\n3,4\n", auto.clone(), "line 2 is blank (at byte 4)"),
        ("0,1,2\n3,4,5\n", auto.clone(), "say whether it is a header"),
        ("cat,dog\ndog,cat\n", auto.clone(), "no column is left that can be features"),
        ("label\n1\n", auto.clone(), "no column is left that can be features"),
        ("a,b\n", auto.clone(), "is empty"),
        ("a\n", auto.clone(), "no column is left that can be features"),
        ("a\nb\n", auto.clone(), "no column is left that can be features"),
        ("a,b\n1,2\n", exclude("c"), "has no \"c\"; it has \"a\", \"b\""),
        ("1,2\n3,4\n", exclude("9"), "no column is called \"9\""),
        ("a\n1\n", exclude("a"), "no column is left that can be features"),
        ("1,2\n3,4\n", ReadOptions { memory_limit: 15, ..auto.clone() }, "above the limit of 15"),
        ("\u{0}\u{1}", auto.clone(), "lying.csv"),
    ];
    for (text, choice, lie) in cases {
        assert!(names(&refusal("lying.csv", text.as_bytes(), &choice), lie), "{text:?}");
    }
    assert!(names(&refusal("lying.csv", b"1,2\n3,\xFF\n", &auto), "line 2 has the byte 0xFF"));
}
