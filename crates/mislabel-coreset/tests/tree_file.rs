//! Saved trees: what is loaded is what was saved, and each way in which a file may lie is told apart.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

use std::path::{Path, PathBuf};

use mislabel_core::{Embeddings, Error, Labels, Run};
use mislabel_coreset::{
    ClassLeverage, CoresetTree, ImportantSample, ImportantSamples, LabelUpdate, LewisWeights, MergeReduce,
    RootLeverage, Samples, Sensitivity, TreeError,
};
use ndarray::{Array1, Array2};
use proptest::prelude::*;
use tempfile::TempDir;

const HEADER: usize = 24;

fn tree(sensitivity: Sensitivity, n: usize) -> CoresetTree {
    let rows = Array2::from_shape_fn((n, 3), |(i, j)| ((i * 5 + j * j) % 13) as f32 - 4.0);
    let given = Labels::new((0..n).map(|row| (row % 4) as u32).collect(), 5).unwrap();
    let losses = Array1::from_shape_fn(n, |row| (row % 9) as f64);
    let rows = Embeddings::new(rows.view()).unwrap();
    let samples = Samples::new(&rows, &given).unwrap().with_losses(losses.view()).unwrap();
    let options = MergeReduce { sensitivity, chunk: 20, size: 8, certain: 0.25, seed: 7 };
    options.build(&samples, None, &Run::quiet()).unwrap()
}

fn saved(tree: &CoresetTree) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tree");
    tree.save(&path).unwrap();
    (folder, path)
}

fn refusal(path: &Path) -> TreeError {
    match CoresetTree::load(path).unwrap_err() {
        Error::Source(source) => *source.downcast().unwrap(),
        other => panic!("{other} is no error of the tree"),
    }
}

/// The file with `change` made to its bytes.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> TreeError {
    let (_folder, path) = saved(&tree(Sensitivity::Loss, 90));
    let mut bytes = std::fs::read(&path).unwrap();
    change(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    refusal(&path)
}

/// The file with `change` made to its content and a checksum and length that fit.
fn forged(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let error = changed(|bytes| {
        let mut content = bytes.split_off(HEADER);
        change(&mut content);
        bytes[12..16].copy_from_slice(&crc32fast::hash(&content).to_le_bytes());
        bytes[16..24].copy_from_slice(&(content.len() as u64).to_le_bytes());
        bytes.extend(content);
    });
    match error {
        TreeError::Malformed { defect, .. } => defect,
        other => panic!("{other} is not about the content"),
    }
}

#[test]
fn a_loaded_tree_is_the_saved_one_and_goes_on_as_it_would() {
    let more = [
        Sensitivity::ClassLeverage(ClassLeverage { ridge: 3.5, unit_norm: false }),
        Sensitivity::RootLeverage(RootLeverage { unit_norm: false, intercept: true }),
        Sensitivity::Lewis(LewisWeights { unit_norm: true, intercept: false, tolerance: 1e-4, rounds: 9 }),
    ];
    for sensitivity in Sensitivity::ALL.into_iter().chain(more) {
        for n in [1, 19, 20, 90, 333] {
            let mut original = tree(sensitivity, n);
            let first = original.ids()[0];
            original.mark_seen(&[first]);
            original.update_labels(&[LabelUpdate { id: first, label: 4, loss: Some(2.5) }]).unwrap();
            let (_folder, path) = saved(&original);
            let mut loaded = CoresetTree::load(&path).unwrap();
            assert_eq!(loaded, original);

            let rows = Array2::from_shape_fn((40, 3), |(i, j)| (i + j) as f32);
            let (given, losses) = (Labels::new(vec![3; 40], 5).unwrap(), Array1::ones(40));
            let rows = Embeddings::new(rows.view()).unwrap();
            let samples = Samples::new(&rows, &given).unwrap().with_losses(losses.view()).unwrap();
            original.extend(&samples, None, &Run::quiet()).unwrap();
            loaded.extend(&samples, None, &Run::quiet()).unwrap();
            assert_eq!(loaded, original);
        }
    }
    let empty = MergeReduce::default().tree(3, 2).unwrap();
    let (_folder, path) = saved(&empty);
    assert_eq!(CoresetTree::load(&path).unwrap(), empty);
}

#[test]
fn saving_replaces_a_file_whole_and_leaves_nothing_else() {
    let (folder, path) = saved(&tree(Sensitivity::Uniform, 90));
    let other = tree(Sensitivity::Uniform, 30);
    other.save(&path).unwrap();
    assert_eq!(CoresetTree::load(&path).unwrap(), other);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let nowhere = folder.path().join("no such folder/tree");
    let error = other.save(&nowhere).unwrap_err();
    assert!(error.to_string().contains("no such folder"), "{error}");
    let error = other.save(folder.path()).unwrap_err();
    assert!(matches!(error, Error::Source(_)), "{error}");
    assert!(matches!(refusal(&nowhere), TreeError::Io { .. }));
    assert!(matches!(refusal(folder.path()), TreeError::Io { .. }));
}

#[test]
fn a_foreign_file_is_none_of_ours() {
    for bytes in [&b""[..], b"PK", b"\x89MLCS\r\n", b"\x89MLCS\n\n\n and more than a header of bytes", b"[1, 2, 3]"] {
        assert!(matches!(changed(|file| *file = bytes.to_vec()), TreeError::Foreign { .. }), "{bytes:?}");
    }
}

#[test]
fn another_version_is_named() {
    let error = changed(|bytes| bytes[8] = 2);
    assert!(matches!(error, TreeError::Version { found: 2, supported: 1, .. }));
    assert!(error.to_string().ends_with("version 2 of the format, where 1 can be read"), "{error}");
}

#[test]
fn every_cut_and_every_addition_is_noticed() {
    let (_folder, path) = saved(&tree(Sensitivity::Loss, 90));
    let bytes = std::fs::read(&path).unwrap();
    for end in 8..bytes.len() {
        std::fs::write(&path, &bytes[..end]).unwrap();
        let error = refusal(&path);
        assert!(matches!(error, TreeError::Length { found, .. } if found == end as u64), "{error}");
    }
    assert!(matches!(changed(|bytes| bytes.push(0)), TreeError::Length { .. }));
    assert!(matches!(changed(|bytes| bytes[16..24].fill(0xFF)), TreeError::Length { .. }));
}

#[test]
fn every_damaged_byte_is_noticed() {
    let (_folder, path) = saved(&tree(Sensitivity::Loss, 90));
    let bytes = std::fs::read(&path).unwrap();
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        std::fs::write(&path, damaged).unwrap();
        let error = refusal(&path);
        let fits = match place {
            0..8 => matches!(error, TreeError::Foreign { .. }),
            8..12 => matches!(error, TreeError::Version { .. }),
            12..16 | 24.. => matches!(error, TreeError::Damaged { .. }),
            16..24 => matches!(error, TreeError::Length { .. }),
        };
        assert!(fits, "byte {place}: {error}");
    }
}

/// Where the fields of the content are, for the importance `Loss`: a tag of one byte and no parameters.
const CHUNK: usize = 1;
const SIZE: usize = 9;
const CERTAIN: usize = 17;
const CLASSES: usize = 33;
const FEATURES: usize = 41;
const SEEN: usize = 49;
const SEALED: usize = 57;
const PENDING: usize = 65;
const ID: usize = 73;
const LABEL: usize = 81;
const WEIGHT: usize = 85;
const FLAGS: usize = 93;
const LOSS: usize = 94;
/// Ten samples wait in a tree of 90: four chunks of twenty and ten.
const ROWS: usize = 73 + 10 * 29;

fn with_u64(place: usize, value: u64) -> String {
    forged(|content| content[place..place + 8].copy_from_slice(&value.to_le_bytes()))
}

fn with_f64(place: usize, value: f64) -> String {
    with_u64(place, value.to_bits())
}

#[test]
fn a_right_checksum_does_not_make_a_tree() {
    assert_eq!(forged(Vec::clear), "it ends too early");
    assert_eq!(forged(|content| content[0] = 9), "9 is no importance");
    assert_eq!(forged(|content| content.push(1)), "1 bytes are left over");
    assert!(with_u64(CHUNK, 0).contains("size"));
    assert!(with_u64(SIZE, 0).contains("size"));
    assert!(with_f64(CERTAIN, f64::NAN).contains("certain"));
    assert!(with_u64(CLASSES, 0).contains("classes"));
    assert!(with_u64(FEATURES, 0).contains("features"));
    assert_eq!(with_u64(FEATURES, u64::MAX / 2), "it ends too early");
    assert_eq!(with_u64(SEEN, 89), "4 chunks and 10 waiting samples are not 89 in all");
    assert_eq!(with_u64(SEEN, u64::MAX), format!("4 chunks and 10 waiting samples are not {} in all", u64::MAX));
    assert_eq!(with_u64(SEALED, 3), "it ends too early".to_owned());
    assert_eq!(with_u64(PENDING, 20), "20 samples are more than there can be");
    assert_eq!(with_u64(PENDING, u64::MAX), format!("{} samples are more than there can be", u64::MAX));
    assert!(with_u64(ID, 81).contains("id 81 is there twice"));
    for defect in [
        forged(|content| content[LABEL] = 5),
        forged(|content| content[FLAGS] = 6),
        with_f64(WEIGHT, 0.0),
        with_f64(WEIGHT, f64::NAN),
        with_f64(WEIGHT, f64::INFINITY),
        with_f64(LOSS, -1.0),
        with_f64(LOSS, f64::NAN),
    ] {
        assert!(defect.starts_with("sample 80 with label"), "{defect}");
    }
    let defect = forged(|content| content[ROWS + 12..ROWS + 16].copy_from_slice(&f32::NAN.to_le_bytes()));
    assert_eq!(defect, "a saved row[1, 0] is NaN, expected a finite number");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Content changed at will, with a checksum that fits: refused, or a tree that works.
    #[test]
    fn forged_content_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let (_folder, path) = saved(&tree(Sensitivity::ALL[0], 50));
        let mut bytes = std::fs::read(&path).unwrap();
        for (place, value) in changes {
            let place = HEADER + place.index(bytes.len() - HEADER);
            bytes[place] = value;
        }
        let checksum = crc32fast::hash(&bytes[HEADER..]);
        bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
        std::fs::write(&path, bytes).unwrap();
        if let Ok(tree) = CoresetTree::load(&path) {
            let listed = tree.important_samples(&ImportantSamples::default(), &Run::quiet());
            let finite = |sample: &ImportantSample| sample.importance.is_finite();
            prop_assert!(listed.is_err() || listed.unwrap().iter().all(finite));
            let _ = tree.coreset(3, &Run::quiet());
        }
    }
}
