//! What this machine's matrix products reach, in 10⁹ operations per second.
//!
//! Multiplies with faer, as the reconstructors do: every product on one thread; on several threads one product each.
//! The shapes are those of the hot loops (rows x features x table columns, members x features x members) and one that
//! is usual in comparisons. One thread is measured in CPU seconds, several in wall seconds.

use mislabel_benches::Products;

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
        let product = Products(vec![shape]);
        let rates = [
            product.rate(1, 1.0_f32, SECONDS),
            product.rate(threads, 1.0_f32, SECONDS),
            product.rate(1, 1.0_f64, SECONDS),
            product.rate(threads, 1.0_f64, SECONDS),
        ];
        best.iter_mut().zip(rates).for_each(|(best, rate)| *best = best.max(rate));
        println!("{:>4}  {:>5}  {:>7}  {}", shape[0], shape[1], shape[2], line(rates));
    }
    println!("peak                  {}", line(best));
}

fn line(rates: [f64; 4]) -> String {
    rates.map(|rate| format!("{rate:>7.1}")).join("  ")
}
