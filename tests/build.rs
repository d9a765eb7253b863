//! Sets the configuration `mislabel_data` where the real data lie beside the workspace.

use std::path::Path;

const DATA: &str = "../../shared/data";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(mislabel_data)");
    println!("cargo::rerun-if-changed={DATA}");
    if Path::new(DATA).is_dir() {
        println!("cargo::rustc-cfg=mislabel_data");
    }
}
