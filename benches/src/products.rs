//! How fast matrices are multiplied on their own.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, Mat, Par};
use rayon::prelude::*;

use crate::{Seconds, Stopwatch};

/// Products that belong together, each as rows, inner size, columns, with operands and results in columns. All are
/// multiplied with faer, as the reconstructors do: on one thread each.
#[derive(Clone, Debug)]
pub struct Products(pub Vec<[usize; 3]>);

impl Products {
    /// Operations of one pass: a multiplication or an addition each.
    pub fn operations(&self) -> f64 {
        self.0.iter().map(|shape| 2.0 * shape.iter().map(|size| *size as f64).product::<f64>()).sum()
    }

    /// 10⁹ operations per second of `threads` threads together, each with its own operands filled with `one`: by CPU
    /// seconds on one thread, by wall seconds on several; the best of the passes that fit into `seconds` of wall time.
    pub fn rate<T: ComplexField + Copy + Send + Sync>(&self, threads: usize, one: T, seconds: f64) -> f64 {
        let operands = || {
            self.0.iter().map(|[m, inner, n]| {
                [(m, n), (inner, m), (inner, n)].map(|(rows, columns)| Mat::full(*rows, *columns, one))
            })
        };
        let mut places: Vec<Vec<[Mat<T>; 3]>> = (0..threads).map(|_| operands().collect()).collect();
        let multiply = |place: &mut Vec<[Mat<T>; 3]>| {
            for [product, left, right] in place {
                matmul(product.as_mut(), Accum::Replace, left.transpose(), right.as_ref(), one, Par::Seq);
            }
        };
        // Many small passes per reading of the clock.
        let repeats = (1e8 / self.operations()).ceil() as usize;
        let operations = self.operations() * (repeats * threads) as f64;
        let (watch, mut best) = (Stopwatch::start(), 0.0_f64);
        while watch.seconds().wall < seconds {
            let pass = Stopwatch::start();
            if threads == 1 {
                (0..repeats).for_each(|_| places.iter_mut().for_each(multiply));
            } else {
                places.par_iter_mut().for_each(|place| (0..repeats).for_each(|_| multiply(place)));
            }
            let Seconds { wall, processor } = pass.seconds();
            best = best.max(operations / if threads == 1 { processor } else { wall } / 1e9);
        }
        best
    }
}
