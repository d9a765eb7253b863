//! Work in a process of its own, so that its memory can be told.

use std::env::{args_os, current_exe};
use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;

/// The row that this command with `--only NAME` prints for the method called `name`; or what `failed` makes of the name
/// and the reason why there is none.
pub(crate) fn alone<T: DeserializeOwned>(name: &str, failed: impl FnOnce(&str, String) -> T) -> T {
    row(name).unwrap_or_else(|reason| failed(name, reason))
}

fn row<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    let program = current_exe().map_err(|cause| format!("cannot find this program: {cause}"))?;
    let mut command = Command::new(program);
    command.args(args_os().skip(1)).args(["--only", name]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|cause| format!("cannot start: {cause}"))?;
    if !output.status.success() {
        return Err(format!("its process stopped: {}", output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(|cause| format!("its process printed no row: {cause}"))
}

/// The most bytes that this process ever held in memory, where the system tells.
pub(crate) fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn peak_memory_follows_what_is_held() {
        let before = super::peak_memory().expect("Linux tells");
        let held = vec![1_u8; 64 << 20];
        assert!(std::hint::black_box(&held).iter().all(|byte| *byte == 1));
        let after = super::peak_memory().expect("Linux tells");
        assert!(after >= before + (48 << 20), "{before} {after}");
    }
}
