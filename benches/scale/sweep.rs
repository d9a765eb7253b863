//! A sweep: one axis varied at a time around a base size.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};

use crate::measurement::Size;
use crate::method::Method;

/// Measures all points of a sweep.
#[derive(Args)]
pub(crate) struct Sweep {
    /// The methods; all when left out
    #[arg(long, value_delimiter = ',')]
    methods: Vec<Method>,
    /// Samples; the first is the base
    #[arg(long, value_delimiter = ',', default_values_t = [16_000, 4_000, 8_000, 32_000, 64_000])]
    samples: Vec<usize>,
    /// Features; the first is the base
    #[arg(long, value_delimiter = ',', default_values_t = [64, 16, 32, 128, 256])]
    features: Vec<usize>,
    /// Classes; the first is the base
    #[arg(long, value_delimiter = ',', default_values_t = [20, 5, 10, 40, 80])]
    classes: Vec<usize>,
    /// Threads; the first is the base
    #[arg(long, value_delimiter = ',', default_values_t = [2, 1])]
    threads: Vec<usize>,
    /// A point that takes longer is the last of its axis, in seconds
    #[arg(long, default_value_t = 300.0)]
    limit: f64,
    /// Folder for the files that are judged
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// The file of measurements, to which lines are added
    #[arg(long)]
    out: PathBuf,
}

impl Sweep {
    pub(crate) fn run(&self) -> Result<(), Box<dyn Error>> {
        let methods = if self.methods.is_empty() { Method::value_variants().to_vec() } else { self.methods.clone() };
        for method in methods {
            for axis in self.axes() {
                for size in axis {
                    let seconds = self.measure(method, size)?;
                    eprintln!("{} {size:?}: {seconds:.2} s", method.name());
                    if seconds > self.limit {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// The base alone, then every axis without it, ascending.
    fn axes(&self) -> Vec<Vec<Size>> {
        let base = Size {
            samples: self.samples[0],
            features: self.features[0],
            classes: self.classes[0],
            threads: self.threads[0],
        };
        let others = |values: &[usize], size: &dyn Fn(usize) -> Size| {
            let mut values = values[1..].to_vec();
            values.sort_unstable();
            values.into_iter().map(size).collect::<Vec<Size>>()
        };
        vec![
            vec![base],
            others(&self.samples, &|samples| Size { samples, ..base }),
            others(&self.features, &|features| Size { features, ..base }),
            others(&self.classes, &|classes| Size { classes, ..base }),
            others(&self.threads, &|threads| Size { threads, ..base }),
        ]
    }

    /// Measures one point in a process of its own, adds its line, and returns the wall seconds.
    fn measure(&self, method: Method, size: Size) -> Result<f64, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["one", "--method", &method.name()]).arg("--folder").arg(&self.folder);
        let Size { samples, features, classes, threads } = size;
        let sizes = [("samples", samples), ("features", features), ("classes", classes), ("threads", threads)];
        sizes.iter().for_each(|(name, value)| {
            command.arg(format!("--{name}={value}"));
        });
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{} {size:?}: {}", method.name(), output.status).into());
        }
        OpenOptions::new().create(true).append(true).open(&self.out)?.write_all(&output.stdout)?;
        let row: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        Ok(row["wall_seconds"].as_f64().unwrap_or(f64::NAN))
    }
}
