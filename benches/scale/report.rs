//! Tables and curves of measurements.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use clap::Args;

use crate::curves::{Curve, draw};
use crate::growth::power_law;
use crate::machine::{bandwidth, product_rate};
use crate::measurement::{Measurement, Size};
use crate::method::Method;

/// Writes tables and curves.
#[derive(Args)]
pub(crate) struct Report {
    /// The file of measurements; where a point was measured several times, the fastest counts
    measurements: PathBuf,
    /// Folder for the curves
    #[arg(long)]
    pictures: PathBuf,
}

/// What is varied while the rest stays at the base.
#[derive(Clone, Copy)]
struct Axis {
    name: &'static str,
    label: &'static str,
    value: fn(&Size) -> usize,
    at: fn(Size, usize) -> Size,
}

const AXES: [Axis; 3] = [
    Axis { name: "n", label: "samples n", value: |size| size.samples, at: |size, samples| Size { samples, ..size } },
    Axis {
        name: "d",
        label: "features d",
        value: |size| size.features,
        at: |size, features| Size { features, ..size },
    },
    Axis { name: "k", label: "classes k", value: |size| size.classes, at: |size, classes| Size { classes, ..size } },
];

impl Report {
    pub(crate) fn run(&self) -> Result<(), Box<dyn Error>> {
        let text = fs::read_to_string(&self.measurements)?;
        let rows = text.lines().map(serde_json::from_str).collect::<Result<Vec<Measurement>, _>>()?;
        let rows = Measurements(fastest(rows));
        let base = rows.0.first().ok_or("no measurements")?.size;
        let methods = rows.methods();
        println!(
            "| method | CPU s | wall s | MiB | CPU s grow with n | d | k | MiB with n | 2 threads, times faster | share |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
        let (product_rate, bandwidth) = (product_rate(1), bandwidth());
        for &method in &methods {
            println!("{}", rows.line(method, base, product_rate, bandwidth));
        }
        println!(
            "\nBase: {} samples, {} features, {} classes, {} threads. Products reach {product_rate:.0} GFLOP/s on one \
             thread, a sum reads {bandwidth:.1} GB/s on all.",
            base.samples, base.features, base.classes, base.threads
        );
        fs::create_dir_all(&self.pictures)?;
        for axis in AXES {
            let curve = |method: &Method| Curve {
                name: method.name(),
                points: rows.along(axis, *method, base, |row| 1e6 * row.processor_seconds / row.size.samples as f64),
            };
            let curves: Vec<Curve> = methods.iter().map(curve).filter(|curve| curve.points.len() > 1).collect();
            let title = "CPU microseconds per sample";
            draw(&self.pictures.join(format!("time-{}.svg", axis.name)), title, axis.label, &curves)?;
        }
        let memory = |method: &Method| Curve {
            name: method.name(),
            points: rows
                .along(AXES[0], *method, base, |row| row.anonymous_bytes.max(1 << 16) as f64 / f64::from(1 << 20)),
        };
        let curves: Vec<Curve> = methods.iter().map(memory).filter(|curve| curve.points.len() > 1).collect();
        draw(&self.pictures.join("memory-n.svg"), "MiB beside mapped files", AXES[0].label, &curves)
    }
}

struct Measurements(Vec<Measurement>);

impl Measurements {
    fn methods(&self) -> Vec<Method> {
        let mut methods: Vec<Method> = self.0.iter().map(|row| row.method).collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }

    fn at(&self, method: Method, size: Size) -> Option<&Measurement> {
        self.0.iter().find(|row| row.method == method && row.size == size)
    }

    /// The points of `method` that differ from `base` along `axis` only, ascending.
    fn along(&self, axis: Axis, method: Method, base: Size, value: impl Fn(&Measurement) -> f64) -> Vec<(f64, f64)> {
        let on_axis = |row: &&Measurement| row.method == method && (axis.at)(base, (axis.value)(&row.size)) == row.size;
        let point = |row: &Measurement| ((axis.value)(&row.size) as f64, value(row));
        let mut points: Vec<(f64, f64)> = self.0.iter().filter(on_axis).map(point).collect();
        points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    fn line(&self, method: Method, base: Size, product_rate: f64, bandwidth: f64) -> String {
        let Some(row) = self.at(method, base) else {
            return format!("| {} | not measured at the base |", method.name());
        };
        let growth = |axis: Axis, value: &dyn Fn(&Measurement) -> f64| {
            let law = power_law(&self.along(axis, method, base, value));
            law.map_or("-".into(), |(exponent, _)| format!("{exponent:.2}"))
        };
        let time = |row: &Measurement| row.processor_seconds;
        let memory = |row: &Measurement| row.anonymous_bytes as f64;
        let one = self.at(method, Size { threads: 1, ..base });
        let faster = one.map_or("-".into(), |one| format!("{:.2}", one.wall_seconds / row.wall_seconds));
        let size = [base.samples, base.features, base.classes].map(|size| size as f64);
        let of_peak =
            method.operations(size).map(|count| (count / row.processor_seconds / 1e9 / product_rate, "products"));
        let of_bandwidth = method.bytes(size).map(|bytes| (bytes / row.wall_seconds / 1e9 / bandwidth, "bandwidth"));
        let share = of_peak.or(of_bandwidth).map_or("-".into(), |(share, of)| format!("{:.0}% of {of}", 100.0 * share));
        format!(
            "| {} | {:.2} | {:.2} | {} | {} | {} | {} | {} | {faster} | {share} |",
            method.name(),
            row.processor_seconds,
            row.wall_seconds,
            row.anonymous_bytes >> 20,
            growth(AXES[0], &time),
            growth(AXES[1], &time),
            growth(AXES[2], &time),
            growth(AXES[0], &memory),
        )
    }
}

/// The fastest of several measurements of a point, in the order in which points first appear.
fn fastest(rows: Vec<Measurement>) -> Vec<Measurement> {
    let mut kept: Vec<Measurement> = Vec::new();
    for row in rows {
        match kept.iter_mut().find(|other| other.method == row.method && other.size == row.size) {
            Some(other) if row.processor_seconds < other.processor_seconds => *other = row,
            Some(_) => {}
            None => kept.push(row),
        }
    }
    kept
}
