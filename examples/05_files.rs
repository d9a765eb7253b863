//! From files to files.
//!
//! Writes the digits as `.npy` files, reads them back as any other dataset is read, finds the label issues, and writes
//! these as `issues.csv`, most suspect first. Prints where the files are and the first lines of the table.
//! Takes the folder as an argument; without one, a folder for temporary files.

use std::path::PathBuf;

use mislabel::io::write_npy;
use mislabel::prelude::*;
use ndarray::ArrayView1;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let default = || std::env::temp_dir().join("mislabel-example-files");
    let folder = std::env::args_os().nth(1).map_or_else(default, PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    write_dataset(&folder)?;

    // The file is mapped, not read: it may be larger than memory.
    let embeddings = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?;
    let given = LabelFile::read(folder.join("labels.npy"), &ReadOptions::default())?.column(&Classes::Observed)?;
    let (n, d) = embeddings.shape();
    println!("{n} samples, {d} features, {} classes in {}", given.labels.class_count(), folder.display());

    let issues =
        Pipeline::new(SoftLinear::default(), Rer::default()).detect(&embeddings, &given.labels, &Run::quiet())?;
    let table = IssueTable::from_issues(&issues, &given)?;
    table.ranked().write(folder.join("issues.csv"))?;

    let written = std::fs::read_to_string(folder.join("issues.csv"))?;
    written.lines().take(6).for_each(|line| println!("{line}"));
    Ok(())
}

/// The digits, a twentieth of them with a wrong label.
fn write_dataset(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let digits = mislabel::datasets::digits();
    let noisy = Symmetric { rate: 0.05, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
    let labels: Vec<i64> = noisy.given.values().iter().map(|&class| class.into()).collect();
    write_npy(folder.join("embeddings.npy"), digits.embeddings.view())?;
    write_npy(folder.join("labels.npy"), ArrayView1::from(&labels))?;
    Ok(())
}
