//! Corrected labels come out in the format they came in, and nothing else changes.
#![cfg(feature = "tables")]
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;

use ::zip::CompressionMethod;
use mislabel_io::{Classes, Delimiter, Error, LabelChanges, LabelFile, ReadOptions};
use proptest::prelude::*;
use written::{file, names, npy, rewritten, safetensors, zip};

/// The file with the class of row 1 one higher, as bytes.
fn changed(name: &str, content: &[u8], choice: &ReadOptions, left_out: &[usize]) -> Result<Vec<u8>, Error> {
    rewritten(name, content, |path, out| change(path, choice, left_out, out))
}

fn change(path: &Path, choice: &ReadOptions, left_out: &[usize], out: &Path) -> Result<(), Error> {
    let labels = LabelFile::read(path, choice)?;
    let given = labels.column(&Classes::Observed)?;
    let changes =
        LabelChanges { labels: BTreeMap::from([(1, given.labels.values()[1] + 1)]), left_out: left_out.to_vec() };
    labels.rewrite(&given, &changes, out)
}

fn auto(name: &str, content: &[u8]) -> Vec<u8> {
    changed(name, content, &ReadOptions::default(), &[]).unwrap()
}

#[test]
fn text_keeps_its_line_ends_its_header_its_quotes_and_the_spelling_of_its_labels() {
    let cases: [(&str, &str, &str); 15] = [
        ("l.txt", "cat\r\ndog\r\nemu\r\ncat", "cat\r\nemu\r\nemu\r\ncat"),
        ("l.txt", "label\n0\n1\n2\n0\n", "label\n0\n2\n2\n0\n"),
        ("l.txt", "0.000e+00\n1.000e+00\n2.000e+00\n", "0.000e+00\n2.000e+00\n2.000e+00\n"),
        (
            "l.csv",
            "id,label,\"a, b\"\n7,0.0,\"x \"\"y\"\" z\"\n8,1.0,\n9,2.0,=1\n",
            "id,label,\"a, b\"\n7,0.0,\"x \"\"y\"\" z\"\n8,2.0,\n9,2.0,=1\n",
        ),
        ("l.csv", "label;n\ncat;1,5\ndog;2\nemu;3\n\n", "label;n\ncat;1,5\nemu;2\nemu;3\n\n"),
        ("l.tsv", "class\tn\ncat\t1\n dog \t2\nemu\t3\n", "class\tn\ncat\t1\n emu \t2\nemu\t3\n"),
        ("l.csv", "label,n\n\"cat\",\"1\n2\"\n\"dog\",2\nemu,3\n", "label,n\n\"cat\",\"1\n2\"\n\"emu\",2\nemu,3\n"),
        ("l.csv", "# made by x\nfile,label\na,1\nb,3\nc,7\n", "# made by x\nfile,label\na,1\nb,7\nc,7\n"),
        ("l.csv", "a,label\nx,b\ny,c\nz,\"d, e\"\n", "a,label\nx,b\ny,\"d, e\"\nz,\"d, e\"\n"),
        (
            "l.csv",
            "n, label, t\n1, \"cat\", \"a, b\"\n2, \"dog\" , \"c, d\"\n3, \"emu\", \"e\"\n",
            "n, label, t\n1, \"cat\", \"a, b\"\n2, \"emu\" , \"c, d\"\n3, \"emu\", \"e\"\n",
        ),
        ("l.csv", "label,n\rcat,1\rdog,2\remu,3\r", "label,n\rcat,1\remu,2\remu,3\r"),
        ("l.csv", "label,n\ncat,1\ndog,2\nemu,3\n,\n,\n", "label,n\ncat,1\nemu,2\nemu,3\n,\n,\n"),
        ("l.csv", "true_label,label\ncat,cat\ndog,dog\nemu,emu\n", "true_label,label\ncat,cat\ndog,emu\nemu,emu\n"),
        (
            "l.jsonl",
            "{\"m\": 1, \"label\": \"cat\"}\n{\"label\" : \"d\\u006fg\",\"n\":{\"label\":3}}\n{\"label\": \"emu\"}\n",
            "{\"m\": 1, \"label\": \"cat\"}\n{\"label\" : \"emu\",\"n\":{\"label\":3}}\n{\"label\": \"emu\"}\n",
        ),
        (
            "l.json",
            "[ {\"label\": 0},\n  {\"label\": 1.0},\n  {\"label\": 2} ]\n",
            "[ {\"label\": 0},\n  {\"label\": 2.0},\n  {\"label\": 2} ]\n",
        ),
    ];
    for (name, before, after) in cases {
        assert_eq!(String::from_utf8(auto(name, before.as_bytes())).unwrap(), after, "{before:?}");
    }
}

#[test]
fn labels_that_would_be_read_otherwise_are_refused_and_the_old_file_stays() {
    let cases: [(&str, &str, &str); 3] = [
        ("l.csv", "cat;x\ncat\n", "it cannot be read (it: name the column of labels"),
        ("l.csv", "label\ncat;x\ncat\n", "it cannot be read (it: the header has 1 name, the rows have 2"),
        ("l.txt", "7\n007\n7.0\n7.0\n", "its row 2 is read as \"7\", where \"7.0\" is meant"),
    ];
    for (name, content, problem) in cases {
        let written = file(name, content.as_bytes());
        let out = written.folder.path().join(format!("out-{name}"));
        std::fs::write(&out, "old").unwrap();
        let error = change(&written.path, &ReadOptions::default(), &[], &out).unwrap_err();
        assert!(names(&error, problem) && names(&error, "--delimiter") && names(&error, name), "{error}");
        assert_eq!(std::fs::read(&out).unwrap(), b"old", "{content:?}");
        assert_eq!(std::fs::read_dir(written.folder.path()).unwrap().count(), 2, "nothing is left over");
    }
}

#[test]
fn the_way_out_of_a_refusal_is_the_word_of_the_user() {
    let mut choice = ReadOptions::default();
    choice.text.delimiter = Some(Delimiter::None);
    assert_eq!(changed("l.csv", b"cat;x\ncat\n", &choice, &[]).unwrap(), b"cat;x\ncat;x\n");
}

#[test]
fn all_labels_may_be_left_out() {
    assert_eq!(changed("l.csv", b"label\ncat\ndog\nemu\n", &ReadOptions::default(), &[0, 1, 2]).unwrap(), b"label\n");
}

#[test]
fn blanks_between_cells_stay() {
    let found = changed("val.txt", b"a.png  0\nb.png  1\nc.png  2\n", &ReadOptions::named("1"), &[]).unwrap();
    assert_eq!(found, b"a.png  0\nb.png  2\nc.png  2\n");
}

#[test]
fn rows_of_tables_are_left_out() {
    let cases: [(&str, &str, &[usize], &str); 6] = [
        ("l.txt", "cat\ndog\nemu\ncat\n", &[0, 3], "emu\nemu\n"),
        ("l.csv", "n,label\r\n1,cat\r\n2,dog\r\n3,emu\r\n", &[2], "n,label\r\n1,cat\r\n2,emu\r\n"),
        ("l.jsonl", "{\"label\":0}\n{\"label\":1}\n{\"label\":2}", &[0], "{\"label\":2}\n{\"label\":2}"),
        ("l.json", "[{\"label\":0}, {\"label\":1}, {\"label\":2}]", &[0], "[{\"label\":2}, {\"label\":2}]"),
        ("l.json", "[{\"label\":0}, {\"label\":1}, {\"label\":2}]", &[2], "[{\"label\":0}, {\"label\":2}]"),
        ("l.json", "[{\"label\":0}, {\"label\":1}, {\"label\":2}]", &[0, 2], "[{\"label\":2}]"),
    ];
    for (name, before, left_out, after) in cases {
        let found = changed(name, before.as_bytes(), &ReadOptions::default(), left_out).unwrap();
        assert_eq!(String::from_utf8(found).unwrap(), after, "{before:?}");
    }
}

#[test]
fn packing_encoding_and_byte_order_marks_stay() {
    let text = "\u{feff}label\nché\ndog\nélan\n";
    let wanted = "\u{feff}label\nché\nélan\nélan\n";
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    assert_eq!(auto("l.csv", text.as_bytes()), wanted.as_bytes());
    assert_eq!(auto("l.csv", &little(text)), little(wanted));

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let mut unpacked = String::new();
    let packed = auto("l.csv.gz", &gzip.finish().unwrap());
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, wanted);
    let packed = auto("l.csv.zst", &zstd::encode_all(text.as_bytes(), 3).unwrap());
    assert_eq!(zstd::decode_all(&packed[..]).unwrap(), wanted.as_bytes());

    let mut choice = ReadOptions::default();
    choice.text.encoding = Some("windows-1252".into());
    let found = changed("l.csv", b"label\nch\xE9\ndog\n\xE9lan\n", &choice, &[]).unwrap();
    assert_eq!(found, b"label\nch\xE9\n\xE9lan\n\xE9lan\n");
}

#[test]
fn arrays_keep_their_header_and_their_element_type() {
    type Bytes = fn(i64) -> Vec<u8>;
    let kinds: [(&str, Bytes); 8] = [
        ("<i8", |v| v.to_le_bytes().into()),
        (">i4", |v| (v as i32).to_be_bytes().into()),
        ("|u1", |v| vec![v as u8]),
        ("<f4", |v| (v as f32).to_le_bytes().into()),
        (">f8", |v| (v as f64).to_be_bytes().into()),
        ("<f2", |v| half::f16::from_f64(v as f64).to_le_bytes().into()),
        ("<U4", |v| {
            ["cat", "dog", "emu"][v as usize].chars().chain(['\0']).flat_map(|c| u32::from(c).to_le_bytes()).collect()
        }),
        ("|S4", |v| [["cat", "dog", "emu"][v as usize].as_bytes(), b"\0"].concat()),
    ];
    for (descriptor, bytes) in kinds {
        let array =
            |labels: [i64; 4]| npy(descriptor, false, "(4,)", &labels.into_iter().flat_map(bytes).collect::<Vec<u8>>());
        assert_eq!(auto("l.npy", &array([0, 1, 2, 0])), array([0, 2, 2, 0]), "{descriptor}");
        let error = changed("l.npy", &array([0, 1, 2, 0]), &ReadOptions::default(), &[0]).unwrap_err();
        assert!(names(&error, "rows cannot be left out of an array"), "{descriptor}");
    }
}

#[test]
fn a_safetensors_file_and_an_archive_keep_their_other_arrays() {
    let header = r#"{"__metadata__":{"a":"b"},"labels":{"dtype":"I16","shape":[4],"data_offsets":[4,12]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let labels = |labels: [i16; 4]| labels.iter().flat_map(|label| label.to_le_bytes()).collect::<Vec<u8>>();
    let tensors = |values| safetensors(header, &[&1.5_f32.to_le_bytes()[..], &labels(values)].concat());
    let found = changed("l.safetensors", &tensors([0, 1, 2, 0]), &ReadOptions::named("labels"), &[]).unwrap();
    assert_eq!(found, tensors([0, 2, 2, 0]));

    let rows: Vec<u8> = (0..4000).flat_map(|value| (value as f32).to_le_bytes()).collect();
    let rows = npy("<f4", false, "(4, 1000)", &rows);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let archive = |values| {
            zip(
                method,
                &[("x.npy", &rows), ("y.npy", &npy("<i2", false, "(4,)", &labels(values))), ("z.npy", b"no array")],
            )
        };
        let found = auto("l.npz", &archive([0, 1, 2, 0]));
        let mut archive_found = ::zip::ZipArchive::new(std::io::Cursor::new(found)).unwrap();
        let mut expected = ::zip::ZipArchive::new(std::io::Cursor::new(archive([0, 2, 2, 0]))).unwrap();
        assert_eq!(archive_found.len(), 3);
        for place in 0..3 {
            let (mut one, mut other) = (archive_found.by_index(place).unwrap(), expected.by_index(place).unwrap());
            assert_eq!((one.name().unwrap(), one.compression()), (other.name().unwrap(), method));
            let (mut a, mut b) = (Vec::new(), Vec::new());
            one.read_to_end(&mut a).unwrap();
            other.read_to_end(&mut b).unwrap();
            assert_eq!(a, b);
        }
    }
}

#[test]
fn what_cannot_be_written_is_refused_with_the_reason_and_nothing_is_written() {
    let short =
        npy("<U3", false, "(2,)", &"catdog".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>());
    let written = file("l.npy", short);
    let labels = LabelFile::read(&written.path, &ReadOptions::default()).unwrap();
    let names_given = mislabel_io::ClassNames::new(["cat", "dog", "elephant"]).unwrap();
    let given = labels.column(&Classes::Names(names_given)).unwrap();
    let out = written.folder.path().join("out.npy");
    let refused = |labels_changed: &[(usize, u32)], needle: &str| {
        let changes = LabelChanges { labels: labels_changed.iter().copied().collect(), left_out: Vec::new() };
        let error = labels.rewrite(&given, &changes, &out).unwrap_err();
        assert!(names(&error, needle) && !out.exists());
    };
    refused(&[(0, 2)], "row 0: \"elephant\" does not fit an element of 12 bytes");
    refused(&[(2, 0)], "there is no row 2: the rows are 0 to 1");
    refused(&[(0, 3)], "there is no class 3: the classes are 0 to 2");

    let other =
        npy("<U3", false, "(2,)", &"dogdog".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>());
    std::fs::write(&written.path, other).unwrap();
    refused(&[(0, 1)], "row 0 has the label \"dog\", and \"cat\" was read");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_table_reads_back_as_changed_and_all_other_cells_stay(
        rows in prop::collection::vec(("[a-c ,;\"\n]{0,6}", 0..3_usize), 2..12), at in any::<prop::sample::Index>(), to in 0..3_u32,
    ) {
        let classes = ["cat", "dog; or cat", "e \"m\" u"];
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(["text", "label"]).unwrap();
        for (text, class) in rows.iter().chain(&[(String::from("x"), 0), (String::from("y"), 1), (String::from("z"), 2)]) {
            table.write_record([text.as_str(), classes[*class]]).unwrap();
        }
        let written = file("l.csv", table.into_inner().unwrap());
        let out = written.folder.path().join("out.csv");
        let choice = ReadOptions { array: Some("label".into()), ..ReadOptions::default() };
        let Ok(labels) = LabelFile::read(&written.path, &choice) else { return Ok(()) };
        let given = labels.column(&Classes::Observed).unwrap();
        let row = at.index(rows.len());
        let changes = LabelChanges { labels: BTreeMap::from([(row, to)]), left_out: Vec::new() };
        labels.rewrite(&given, &changes, &out).unwrap();
        let read = |path: &Path| -> Vec<csv::StringRecord> { csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect() };
        let (before, after) = (read(&written.path), read(&out));
        prop_assert_eq!(before.len(), after.len());
        for (place, (one, other)) in before.iter().zip(&after).enumerate() {
            prop_assert_eq!(&one[0], &other[0]);
            let wanted = if place == row { given.labels.class_name(to as usize).into_owned() } else { one[1].to_owned() };
            prop_assert_eq!(&other[1], wanted.as_str());
        }
    }
}
