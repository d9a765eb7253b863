//! Tables larger than a machine, which another program looks through.

use std::process::Command;

#[test]
fn without_the_worker_the_error_says_how_to_get_it() {
    for arguments in [["detect", "--table", "somewhere"].as_slice(), &["detect", "--table=somewhere"], &["score"]] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_mislabel")).args(arguments).env("PATH", "").output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains("mislabel-worker") && said.contains("cargo install"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_worker_on_the_path_gets_all_arguments_and_its_exit_code_is_passed_on() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let worker = folder.path().join("mislabel-worker");
    std::fs::write(&worker, "#!/bin/sh\necho \"$@\"\nexit 7\n").expect("it is written");
    std::fs::set_permissions(&worker, std::fs::Permissions::from_mode(0o755)).expect("it may be run");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
    let output = command
        .args(["detect", "--table", "a b", "--work", "w"])
        .env("PATH", folder.path())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "detect --table a b --work w\n");
}
