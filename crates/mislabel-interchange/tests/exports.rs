//! What is written is what the clients have read: `tests/golden/ours`, which `tests/golden/make.py` gives to them.
//!
//! `MISLABEL_BLESS=1 cargo test -p mislabel-interchange --test exports` writes the files anew; run `make.py` afterwards.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod fixture;

use std::path::{Path, PathBuf};

use fixture::{golden, images, texts};
use mislabel_interchange::{Format, ReadOptions, SampleSet, WriteOptions};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Writes `samples` and compares every file with the golden one.
fn writes(format: Format, samples: &SampleSet, name: &str) {
    let options = WriteOptions {
        name: "animals".into(),
        media_root: matches!(format.name(), "cvat" | "imagefolder").then(golden),
        batch: Some(if format == Format::Scale { 5 } else { 8 }),
        calibration: 3,
        ..WriteOptions::default()
    };
    let kept = golden().join("ours").join(name);
    let written = tempfile::tempdir().unwrap();
    let path = written.path().join(Path::new(name).file_name().unwrap());
    let report = format.write(samples, &path, &options).unwrap();
    assert!(report.files.iter().all(|file| file.is_file()), "{:?}", report.files);
    let is_bless = std::env::var_os("MISLABEL_BLESS").is_some();
    let pairs: Vec<(PathBuf, PathBuf)> = match path.is_dir() {
        true => {
            let relative = |file: PathBuf| file.strip_prefix(&path).unwrap().to_owned();
            files(&path).into_iter().map(relative).map(|file| (path.join(&file), kept.join(file))).collect()
        }
        false => vec![(path.clone(), kept.clone())],
    };
    for (new, old) in pairs {
        if is_bless {
            std::fs::create_dir_all(old.parent().unwrap()).unwrap();
            std::fs::copy(&new, &old).unwrap();
        }
        match name.ends_with(".parquet") {
            // The file names the version of the library that wrote it.
            true => {
                let read = |path| format.read(path, &ReadOptions::default()).unwrap().samples;
                assert_eq!(read(&new), read(&old), "{}", old.display());
            }
            false => assert!(std::fs::read(&new).unwrap() == std::fs::read(&old).unwrap(), "{}", old.display()),
        }
    }
}

#[test]
fn tables_are_the_golden_ones() {
    for name in ["table.csv", "table.tsv", "table.jsonl"] {
        writes(Format::Table, &images(), name);
    }
    writes(Format::Table, &texts(), "texts.csv");
    #[cfg(feature = "parquet")]
    writes(Format::Table, &images(), "table.parquet");
}

#[test]
fn the_folder_for_fiftyone_is_the_golden_one() {
    writes(Format::FiftyOne, &images(), "fiftyone");
}

#[test]
fn tasks_for_label_studio_are_the_golden_ones() {
    writes(Format::LabelStudio, &images(), "label-studio");
    writes(Format::LabelStudio, &texts(), "label-studio-texts");
}

#[test]
fn files_for_hugging_face_are_the_golden_ones() {
    writes(Format::HuggingFace, &images(), "huggingface/metadata.csv");
    writes(Format::HuggingFace, &images(), "huggingface-jsonl/metadata.jsonl");
    #[cfg(feature = "parquet")]
    writes(Format::HuggingFace, &images(), "huggingface/train.parquet");
    #[cfg(feature = "parquet")]
    writes(Format::HuggingFace, &texts(), "huggingface/texts.parquet");
}

#[test]
fn tables_for_cleanlab_are_the_golden_ones() {
    writes(Format::Cleanlab, &images(), "cleanlab.csv");
    #[cfg(feature = "parquet")]
    writes(Format::Cleanlab, &images(), "cleanlab.parquet");
}

#[test]
fn the_folders_of_classes_are_the_golden_ones() {
    writes(Format::ImageFolder, &images(), "imagefolder");
}

#[cfg(feature = "cvat")]
#[test]
fn xml_for_cvat_is_the_golden_one() {
    writes(Format::Cvat, &images(), "cvat.xml");
}

#[test]
fn json_for_datumaro_is_the_golden_one() {
    writes(Format::Datumaro, &images(), "datumaro");
}

#[test]
fn pre_labels_for_labelbox_are_the_golden_ones() {
    writes(Format::Labelbox, &images(), "labelbox");
}

#[test]
fn batches_for_scale_are_the_golden_ones() {
    writes(Format::Scale, &images(), "scale");
}

#[test]
fn records_for_argilla_are_the_golden_ones() {
    writes(Format::Argilla, &texts(), "argilla.json");
}

#[test]
fn lines_for_prodigy_are_the_golden_ones() {
    writes(Format::Prodigy, &texts(), "prodigy.jsonl");
}
