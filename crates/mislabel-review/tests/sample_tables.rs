//! Any table says what samples are.
#![cfg(feature = "files")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{Board, Media, Query, SampleTable, Samples};

fn samples() -> Samples {
    let given = Labels::new(vec![0, 1, 0], 2).unwrap();
    let quality = LabelQuality::new(vec![0.1, 0.5, 0.9]).unwrap();
    Samples::new(
        given.clone(),
        LabelIssues::new(quality, vec![true, false, false], given, vec![0.9, 0.5, 0.1]).unwrap(),
    )
    .unwrap()
}

fn table(name: &str, content: &str) -> Result<SampleTable, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    SampleTable::read(&path).map_err(|error| error.to_string())
}

#[test]
fn the_same_table_in_any_format_says_the_same() {
    let texts = [
        ("s.csv", "key,file_name,camera,quality\na,1.png,7,good\nb,2.png,8,bad\nc,3.png,,good\n"),
        ("s.tsv", "key\tfile_name\tcamera\tquality\na\t1.png\t7\tgood\nb\t2.png\t8\tbad\nc\t3.png\t\tgood\n"),
        ("s.csv", "key;file_name;camera;quality\na;1.png;7;good\nb;2.png;8;bad\nc;3.png;;good\n"),
        (
            "s.jsonl",
            "{\"key\":\"a\",\"file_name\":\"1.png\",\"camera\":7,\"quality\":\"good\"}\n{\"key\":\"b\",\"file_name\":\"2.png\",\"camera\":8,\"quality\":\"bad\"}\n{\"key\":\"c\",\"file_name\":\"3.png\",\"camera\":null,\"quality\":\"good\"}\n",
        ),
    ];
    for (name, content) in texts {
        let samples = table(name, content).unwrap().join(samples()).unwrap();
        assert_eq!((samples.id(1), samples.media().kind()), (Some("b"), "image"), "{name}");
        assert!(matches!(samples.media(), Media::Files(paths) if paths.get(2) == "3.png"));
        let board = Board::new(samples.given_labels());
        let chosen = |query: &str| Query::parse(query).unwrap().select(&samples, &board).unwrap();
        assert_eq!(chosen("camera >= 8"), [false, true, false]);
        assert_eq!(chosen("table.quality = bad and quality < 0.6"), [false, true, false]);
    }
}

#[test]
fn rows_are_put_in_the_order_of_their_index() {
    let samples = table("s.csv", "index,text\n2,third\n0,first\n1,second\n").unwrap().join(samples()).unwrap();
    assert!(matches!(samples.media(), Media::Texts(texts) if texts.iter().eq(["first", "second", "third"])));
    for (content, problem) in [
        ("index,text\n0,a\n3,b\n1,c\n", "row 1 has the index \"3\": it must be a number from 0 to 2"),
        ("index,text\n0,a\n1,b\n1,c\n", "rows 1 and 2 have the same index 1"),
    ] {
        let error = table("s.csv", content).unwrap_err();
        assert!(error.ends_with(problem), "{error}");
    }
}

#[test]
fn a_column_of_ids_that_tells_nothing_apart_is_a_column_like_others() {
    let read = table("s.csv", "user_id,text\n7,a\n7,b\n8,c\n").unwrap();
    assert!(read.ids().is_none());
    assert!(read.join(samples()).unwrap().column("user_id").is_some());
    let error = table("s.csv", "id,text\nx,a\nx,b\ny,c\n").unwrap().join(samples()).unwrap_err().to_string();
    assert_eq!(error, "the samples 0 and 1 have the same id \"x\": an id stands for one sample");
}

#[test]
fn what_one_table_lacks_the_other_says() {
    let one = table("s.csv", "text,split\na,train\nb,test\nc,test\n").unwrap();
    let both = one.or(table("t.csv", "id,text,camera\nx,1,7\ny,2,8\nz,3,9\n").unwrap());
    let samples = both.join(samples()).unwrap();
    assert_eq!(samples.id(2), Some("z"));
    assert!(matches!(samples.media(), Media::Texts(texts) if texts.get(0) == "a"));
    assert!(samples.column("camera").is_some() && samples.column("split").is_some());
}
