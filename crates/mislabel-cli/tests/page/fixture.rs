//! A folder with everything that `mislabel app` reads.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::process::{Served, serve};

/// n samples of k classes: sample i is given class i mod k. The first third are suspects, the most suspect first, and the
/// class after the given one is suggested for them.
pub(crate) struct Fixture {
    folder: tempfile::TempDir,
    pub(crate) names: Vec<String>,
    pub(crate) samples: usize,
}

impl Fixture {
    /// With classes called `class 0`, `class 1`, …
    pub(crate) fn new(samples: usize, classes: usize) -> Self {
        Self::named(samples, (0..classes).map(|class| format!("class {class}")).collect())
    }

    /// With classes of these names.
    pub(crate) fn named(samples: usize, names: Vec<String>) -> Self {
        let fixture = Self { folder: tempfile::tempdir().unwrap(), names, samples };
        fixture.write();
        fixture
    }

    fn write(&self) {
        let class_file: String = self.names.iter().map(|name| format!("{name}\n")).collect();
        std::fs::write(self.path("classes.txt"), class_file).unwrap();
        let mut labels = String::from("label\n");
        let mut issues = String::from("index,given_label,suggested_label,quality,score,is_issue\n");
        let mut samples = String::from("id,text,split\n");
        for row in 0..self.samples {
            let (given, suspect) = (row % self.names.len(), row < self.samples / 3);
            let suggested = (given + usize::from(suspect)) % self.names.len();
            let quality = row as f64 / self.samples as f64;
            writeln!(labels, "{given}").unwrap();
            writeln!(issues, "{row},{given},{suggested},{quality},{},{suspect}", 1.0 - quality).unwrap();
            writeln!(samples, "key {row},text of sample {row},{}", ["train", "test"][row % 2]).unwrap();
        }
        std::fs::write(self.path("labels.csv"), labels).unwrap();
        std::fs::write(self.path("issues.csv"), issues).unwrap();
        std::fs::write(self.path("samples.csv"), samples).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The arguments of `mislabel app`, followed by `more`.
    pub(crate) fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let mut arguments =
            vec!["app", "--labels", "labels.csv", "--class-names", "classes.txt", "--issues", "issues.csv"];
        arguments.extend(["--samples", "samples.csv", "--journal", "review.jsonl"]);
        if !more.contains(&"--reviewer") {
            arguments.extend(["--reviewer", "ann"]);
        }
        arguments.extend(more);
        arguments
    }

    pub(crate) fn served(&self) -> Served {
        self.served_with(&[])
    }

    pub(crate) fn served_with(&self, more: &[&str]) -> Served {
        serve(self.folder(), &Self::arguments(more)).unwrap()
    }

    /// The lines of the journal without its header.
    pub(crate) fn journal(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.path("review.jsonl")).unwrap();
        text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
