//! The command as a process, and files to give it.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs `mislabel` in `folder`.
pub(crate) fn mislabel(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
    command.current_dir(folder.path()).args(arguments).output().unwrap()
}

/// What the command prints, which must succeed.
pub(crate) fn run(folder: &TempDir, arguments: &[&str]) -> String {
    let output = mislabel(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A `.npy` file with a header of our own making.
pub(crate) fn npy(path: impl AsRef<Path>, descr: &str, shape: &str, payload: &[u8]) {
    std::fs::write(path, npy_bytes(descr, shape, payload)).unwrap();
}

pub(crate) fn npy_bytes(descr: &str, shape: &str, payload: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), payload].concat()
}

pub(crate) fn floats(path: impl AsRef<Path>, shape: &str, values: &[f32]) {
    npy(path, "<f4", shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>());
}

pub(crate) fn integers(path: impl AsRef<Path>, values: &[i64]) {
    let payload: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    npy(path, "<i8", &format!("({},)", values.len()), &payload);
}
