//! Saved coreset trees: what loads is a tree that gives coresets, takes more samples, and saves as it was.

#![no_main]

use mislabel_core::{EmbeddingMatrix, Labels, Run};
use mislabel_coreset::{CoresetTree, Samples};
use mislabel_fuzz::readers::with_file;
use std::path::Path;

const MAGIC: &[u8] = b"\x89MLCS\r\n\n\x01\0\0\0";

fn use_tree(path: &Path, mut tree: CoresetTree) {
    let saved = std::fs::read(path).expect("the file");
    tree.save(path).expect("a file that can be written");
    assert_eq!(std::fs::read(path).expect("the file"), saved);
    let (d, k) = (tree.features(), tree.class_count());
    if d > 64 || k > 64 || tree.options().chunk > 1 << 16 {
        return;
    }
    if let Ok(coreset) = tree.coreset(3, &Run::quiet()) {
        assert!(coreset.weights().iter().all(|weight| weight.is_finite() && *weight > 0.0));
    }
    let rows =
        EmbeddingMatrix::from_values((0..4 * d).map(|value| value as f32).collect(), d).expect("finite features");
    let given = Labels::new(vec![0; 4], k).expect("labels of the classes");
    let samples = Samples::new(&rows, &given).expect("as many rows as labels");
    let _ = tree.extend(&samples, None, &Run::quiet());
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let (checksum, length) = (crc32fast::hash(content).to_le_bytes(), (content.len() as u64).to_le_bytes());
    let file = match first % 8 {
        0 => content.to_vec(),
        // A header that fits, so that what lies behind it is reached.
        _ => [MAGIC, &checksum, &length, content].concat(),
    };
    with_file("tree", &file, |path| {
        if let Ok(tree) = CoresetTree::load(path) {
            use_tree(path, tree);
        }
    });
});
