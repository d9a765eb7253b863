//! What commands make of pictures and texts, beside what they make of arrays.

use std::fs;

use tempfile::TempDir;

use crate::embedding::{photos, refused, succeed, text};

/// Texts of two classes with a column of given labels, two of them wrong, and one of true labels.
fn questions() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "text,given,true\n".to_owned();
    for number in 0..30 {
        let (card, money) = if number == 5 { ("money", "card") } else { ("card", "money") };
        table += &format!(
            "\"My card, number {number}, is lost\",{card},card\nHow much is {number} in euros?,{money},money\n"
        );
    }
    fs::write(folder.path().join("q.csv"), table).unwrap();
    folder
}

#[test]
fn compare_takes_the_given_labels_from_the_samples() {
    let folder = questions();
    let line = "compare --methods rer,knn --texts q.csv --texts-key text --given-key given --true-labels q.csv --true-labels-key true";
    let said = succeed(&folder, line);
    assert!(said.contains("60 samples, 1024 features, 2 classes; 2 label errors"), "{said}");
    assert!(said.contains("q.csv: 60 texts with labels") && !said.contains("mislabel-run"), "{said}");
    let row = said.lines().find(|line| line.trim_start().starts_with("rer ")).unwrap();
    assert_eq!(row.split_whitespace().nth(2), Some("1.000"), "{row}");
    let rules = succeed(&folder, &line.replace("--methods rer,knn", "--rules"));
    assert!(rules.contains("60 samples; 2 label errors"), "{rules}");
}

#[test]
fn compare_refuses_samples_without_a_row_and_files_beside_the_samples() {
    let folder = questions();
    let line = "compare --methods rer --texts q.csv --texts-key text --given-key given --true-labels q.csv --true-labels-key true";
    let error = refused(&folder, &format!("{line} --given q.csv"));
    assert!(error.contains("leave --embeddings and --given out"), "{error}");
    let table = text(&folder, "q.csv").replace("How much is 3 in euros?", "");
    fs::write(folder.path().join("q.csv"), table).unwrap();
    let error = refused(&folder, line);
    assert!(error.contains("q.csv: a row is needed for every sample, and 1 cannot be embedded"), "{error}");
    assert!(error.contains("row 7: empty-text"), "{error}");
}

#[test]
fn names_of_folders_are_classes_whatever_they_look_like() {
    for (one, other) in [("10", "2"), ("nan", "none"), ("-100", "0")] {
        let folder = photos();
        for (from, to) in [("across", one), ("down", other)] {
            fs::rename(folder.path().join("photos").join(from), folder.path().join("photos").join(to)).unwrap();
        }
        succeed(&folder, "detect --method rer --images photos --out issues.csv");
        let issues = text(&folder, "issues.csv");
        assert_eq!(issues.lines().count(), 61, "{issues}");
        let row = issues.lines().find(|line| line.ends_with(&format!("{one}/07.pgm"))).unwrap();
        assert!(row.contains(&format!(",{one},{other},")), "{row}");
    }
}

#[test]
fn options_for_reading_say_how_the_table_of_samples_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = String::new();
    for number in 0..30 {
        table += &format!("card;train;My card, number {number}, is lost\nmoney;test;How much is {number} in euros?\n");
    }
    fs::write(folder.path().join("q.csv"), table).unwrap();
    let line =
        "detect --method rer --texts q.csv --texts-key 2 --labels-key 0 --header no --delimiter ; --columns split=1";
    succeed(&folder, &format!("{line} --out issues.csv"));
    let issues = text(&folder, "issues.csv");
    assert!(issues.starts_with("index,given_label,suggested_label,quality,score,is_issue,text,split\n"), "{issues}");
    assert!(issues.lines().nth(1).unwrap().ends_with(",train"), "{issues}");
    let error = refused(&folder, &format!("{line} --split train --out one.csv"));
    assert!(error.contains("q.csv: all samples have the label \"card\", expected two classes or more"), "{error}");
}

#[test]
fn samples_without_a_label_get_a_suggestion() {
    let folder = photos();
    let mut list = "path,label\n".to_owned();
    for class in ["across", "down"] {
        for number in 0..30 {
            let label = if number == 3 { "" } else { class };
            list += &format!("photos/{class}/{number:02}.pgm,{label}\n");
        }
    }
    fs::write(folder.path().join("list.csv"), list).unwrap();
    succeed(&folder, "detect --method posterior --images list.csv --out issues.csv");
    let issues = text(&folder, "issues.csv");
    let row = issues.lines().find(|line| line.contains("across/03.pgm")).unwrap();
    assert!(row.starts_with("3,,across,"), "{row}");
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_in_the_cache_is_removed_when_it_is_old() {
    let folder = photos();
    for (name, days) in [("old", 8), ("new", 6)] {
        let path = folder.path().join(format!("cache/.mislabel-run-{name}"));
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("embeddings.npy"), "").unwrap();
        let time = std::time::SystemTime::now() - std::time::Duration::from_secs(days * 24 * 3600);
        fs::File::open(&path).unwrap().set_modified(time).unwrap();
    }
    succeed(&folder, "detect --method rer --images photos --out issues.csv");
    let left = |name: &str| folder.path().join(format!("cache/.mislabel-run-{name}")).exists();
    assert!(!left("old") && left("new"));
}

#[test]
fn errors_name_the_place_that_the_user_named() {
    let folder = photos();
    fs::write(folder.path().join("names.txt"), "across\nup\n").unwrap();
    let error = refused(&folder, "detect --images photos --class-names names.txt --out o.csv");
    assert!(error.contains("photos") && error.contains("down") && !error.contains("mislabel-run"), "{error}");
    let error = refused(&folder, "detect --pred-probs p.npy --labels y.npy --images photos --out o.csv");
    assert!(error.contains("photos: is of no use beside --embeddings or predictions"), "{error}");
    let error = refused(&folder, "report --images photos --samples s.csv --out o.html");
    assert!(error.contains("--samples is of no use where --images or --texts are embedded"), "{error}");
}
