//! Tables of texts, of paths, of pictures.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field, Fields, Schema};
use mislabel_embed::{SampleTable, Source as _};
use mislabel_io::{ReadOptions, SampleKind};
use parquet::arrow::ArrowWriter;
use tempfile::TempDir;

use crate::fixture::{look, names, photos, picture, png, read, skipped, write};

fn table(path: &Path, kind: SampleKind) -> SampleTable {
    SampleTable::open(path, kind, None, None, &ReadOptions::default()).unwrap()
}

#[test]
fn texts_of_any_table_have_rows_and_labels() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "id;intent;sentence\n7;card;\"My card; it is \"\"lost\"\"\"\n8;money;\n9;;Where?\n";
    write(&folder, "t.csv", csv);
    write(&folder, "t.jsonl", "{\"text\": \"one\\nline\", \"label\": \"x\"}\n{\"text\": \"日本\", \"label\": \"y\"}\n");
    let semicolons = read(
        &SampleTable::open(
            &folder.path().join("t.csv"),
            SampleKind::Text,
            None,
            Some("intent"),
            &ReadOptions::default(),
        )
        .unwrap(),
    );
    // One of three is more than a tenth.
    let message = semicolons.unwrap_err().to_string();
    assert!(message.contains("row 1: empty-text"), "{message}");
    let lines = read(&table(&folder.path().join("t.jsonl"), SampleKind::Text)).unwrap();
    let found: Vec<_> = lines.samples().iter().map(|one| (one.text.as_deref(), one.label.as_deref())).collect();
    assert_eq!(found, [(Some("one\nline"), Some("x")), (Some("日本"), Some("y"))]);
}

#[test]
fn paths_are_relative_to_the_table_and_nothing_is_fetched() {
    let photos = photos(&["cat", "dog"], 1);
    let rows = "file,label,split\ncat/0000.png,cat,train\ngone/x.png,dog,test\nhttps://example.org/a.png,dog,test\n,dog,test\n";
    write(&photos, "list.csv", rows);
    let list = table(&photos.path().join("list.csv"), SampleKind::Media);
    let embedded = look(&list).unwrap();
    assert_eq!(names(&embedded), [("cat/0000.png", "cat")]);
    let expected = [("gone/x.png", "missing"), ("https://example.org/a.png", "missing"), ("row 3", "missing")];
    assert_eq!(skipped(&embedded), expected);
    assert_eq!(embedded.samples()[0].split.as_deref(), Some("train"));
    assert_eq!(list.count(), Some(4));
    let test = table(&photos.path().join("list.csv"), SampleKind::Media).of_split("test").unwrap();
    assert!(look(&test).unwrap_err().to_string().contains("none can be embedded"));
}

/// A file as Hugging Face writes it: bytes with a path, codes with the names of the classes in the metadata.
fn hugging_face(folder: &TempDir) -> std::path::PathBuf {
    let pictures = [png(&picture(1, 20, 20)), png(&picture(2, 20, 20)), b"?".to_vec(), Vec::new()];
    let bytes = BinaryArray::from(vec![Some(&*pictures[0]), Some(&pictures[1]), Some(&pictures[2]), None]);
    let paths = StringArray::from(vec![Some("a.png"), None, Some("bad.png"), None]);
    let fields =
        Fields::from(vec![Field::new("bytes", DataType::Binary, true), Field::new("path", DataType::Utf8, true)]);
    let image: ArrayRef = Arc::new(StructArray::new(fields, vec![Arc::new(bytes), Arc::new(paths)], None));
    let label: ArrayRef = Arc::new(Int64Array::from(vec![1, 0, 1, -1]));
    let features =
        r#"{"info":{"features":{"image":{"_type":"Image"},"label":{"names":["cat","dog"],"_type":"ClassLabel"}}}}"#;
    let schema = Schema::new(vec![
        Field::new("image", image.data_type().clone(), true),
        Field::new("label", DataType::Int64, true),
    ]);
    let metadata = HashMap::from([("huggingface".to_owned(), features.to_owned())]);
    let schema = schema.with_metadata(metadata);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![image, label]).unwrap();
    let path = folder.path().join("train.parquet");
    let mut writer = ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

#[test]
fn pictures_inside_parquet_are_read_and_codes_become_names() {
    let folder = tempfile::tempdir().unwrap();
    let found = look(&table(&hugging_face(&folder), SampleKind::Media)).unwrap();
    assert_eq!(names(&found), [("a.png", "dog"), ("row 1", "cat")]);
    assert_eq!(skipped(&found), [("bad.png", "not-an-image"), ("row 3", "missing")]);
    assert_eq!(found.samples()[0].size, Some((20, 20)));
}

#[test]
fn a_table_that_leaves_a_choice_says_which_option_makes_it() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "two.csv", "text,review,label\na b,c d,x\ne f,g h,y\n");
    write(&folder, "none.csv", "a,b\n1,2\n3,4\n");
    let refused = |name: &str, kind: SampleKind| {
        let path = folder.path().join(name);
        SampleTable::open(&path, kind, None, None, &ReadOptions::default()).unwrap_err().to_string()
    };
    assert!(refused("two.csv", SampleKind::Text).contains("--texts-key"));
    assert!(refused("none.csv", SampleKind::Media).contains("--images-key"));
    let told = SampleTable::open(
        &folder.path().join("two.csv"),
        SampleKind::Text,
        Some("review"),
        None,
        &ReadOptions::default(),
    );
    assert!(told.unwrap().is_labelled());
}
