//! What this machine's matrix products reach, in 10⁹ operations per second.
//!
//! Multiplies with faer, as the reconstructors do: every product on one thread; on several threads one product each.
//! The shapes are those of the hot loops (rows x features x table columns, members x features x members) and one that
//! is usual in comparisons. One thread is measured in CPU seconds, several in wall seconds.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, Mat, Par};
use mislabel_benches::Stopwatch;
use rayon::prelude::*;

/// Rows, inner size, columns.
const SHAPES: [[usize; 3]; 6] =
    [[4096, 768, 256], [960, 64, 384], [960, 384, 384], [960, 784, 384], [960, 1280, 384], [1024, 1024, 1024]];

/// Seconds for which every shape is measured.
const SECONDS: f64 = 1.0;

fn main() {
    let threads = rayon::current_num_threads();
    println!("rows  inner  columns  f32 x 1  f32 x {threads}  f64 x 1  f64 x {threads}");
    let mut best = [0.0_f64; 4];
    for shape in SHAPES {
        let rates = [
            rate(shape, 1, 1.0_f32),
            rate(shape, threads, 1.0_f32),
            rate(shape, 1, 1.0_f64),
            rate(shape, threads, 1.0_f64),
        ];
        best.iter_mut().zip(rates).for_each(|(best, rate)| *best = best.max(rate));
        println!("{:>4}  {:>5}  {:>7}  {}", shape[0], shape[1], shape[2], line(rates));
    }
    println!("peak                  {}", line(best));
}

fn line(rates: [f64; 4]) -> String {
    rates.map(|rate| format!("{rate:>7.1}")).join("  ")
}

/// 10⁹ operations per second of all threads together: the best of the passes that fit into the time.
fn rate<T: ComplexField + Copy + Sync>([m, inner, n]: [usize; 3], threads: usize, one: T) -> f64 {
    let operations = (2 * m * inner * n * threads) as f64;
    // The same layout as in the hot loop: rows by rows, columns by columns.
    let (left, right) = (Mat::full(inner, m, one), Mat::full(inner, n, one));
    let mut products: Vec<Mat<T>> = (0..threads).map(|_| Mat::full(m, n, one)).collect();
    let mut pass = || {
        let watch = Stopwatch::start();
        let multiply = |product: &mut Mat<T>| {
            matmul(product.as_mut(), Accum::Replace, left.transpose(), right.as_ref(), one, Par::Seq);
        };
        if threads == 1 {
            products.iter_mut().for_each(multiply);
            return operations / watch.seconds().processor / 1e9;
        }
        products.par_iter_mut().for_each(multiply);
        operations / watch.seconds().wall / 1e9
    };
    let (watch, mut best) = (Stopwatch::start(), 0.0_f64);
    while watch.seconds().wall < SECONDS {
        best = best.max(pass());
    }
    best
}
