//! What this machine does with products and with memory alone.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

use mislabel_benches::Products;
use rayon::prelude::*;

/// Bytes summed by one thread at a time.
const BLOCK: usize = 1 << 20;
/// Numbers of the array that is summed: 256 MiB of f32.
const VALUES: usize = 1 << 26;
/// How often it is summed; the fastest counts.
const PASSES: usize = 5;

/// 10⁹ f32 operations per second of `threads` threads in matrix products.
pub(crate) fn product_rate(threads: usize) -> f64 {
    Products(vec![[4096, 768, 256], [960, 384, 384]]).rate(threads, 1.0_f32, 1.0)
}

/// 10⁹ bytes per second that all threads read, summing an array far larger than the caches.
pub(crate) fn bandwidth() -> f64 {
    let values = vec![1.0_f32; VALUES];
    let pass = || {
        let start = Instant::now();
        let sum: f32 = values.par_chunks(BLOCK / 4).map(sum).sum();
        std::hint::black_box(sum);
        4.0 * VALUES as f64 / start.elapsed().as_secs_f64() / 1e9
    };
    (0..PASSES).map(|_| pass()).fold(0.0, f64::max)
}

/// Wall seconds of a plain sum over the bytes of the file at `path`, as f32, on all threads; the better of two, so that a
/// file in the cache is measured there.
pub(crate) fn pass_seconds(path: &Path) -> io::Result<f64> {
    let length = usize::try_from(path.metadata()?.len()).unwrap_or(usize::MAX);
    let pass = || -> io::Result<f64> {
        let start = Instant::now();
        let sums = (0..length.div_ceil(BLOCK)).into_par_iter().map(|block| -> io::Result<f32> {
            let mut bytes = Vec::with_capacity(BLOCK);
            let mut file = File::open(path)?;
            io::Seek::seek(&mut file, io::SeekFrom::Start((block * BLOCK) as u64))?;
            file.take(BLOCK as u64).read_to_end(&mut bytes)?;
            Ok(bytes.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).sum())
        });
        std::hint::black_box(sums.sum::<io::Result<f32>>()?);
        Ok(start.elapsed().as_secs_f64())
    };
    Ok(pass()?.min(pass()?))
}

fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for chunk in values.as_chunks::<16>().0 {
        lanes.iter_mut().zip(chunk).for_each(|(lane, value)| *lane += value);
    }
    lanes.iter().sum()
}
