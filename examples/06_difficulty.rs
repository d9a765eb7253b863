//! How hard a dataset is, and whether more data would help.
//!
//! The mean reconstruction error ratio says how hard the classes are to tell apart, per class and over the dataset.
//! Measured on ever larger samples it falls towards a limit: the limit is overlap of the classes, the rest is lack of
//! data. Prints the classes from hard to easy, the curve, and its two parts.

use mislabel::prelude::*;
use mislabel::rer::{SampleSizeCurve, SampleSizeFit};

fn main() -> mislabel::Result<()> {
    let digits = mislabel::datasets::digits();
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let errors = SoftLinear::default().evidence(&embeddings, &digits.labels, &Run::quiet())?;
    let report = Rer::default().report(&errors, &digits.labels)?;

    println!("difficulty of the dataset {:.3}", report.difficulty());
    let difficulty = |class: &usize| report.class_difficulty()[*class].unwrap_or(f64::NAN);
    let mut classes: Vec<usize> = (0..10).collect();
    classes.sort_by(|a, b| difficulty(b).total_cmp(&difficulty(a)));
    for class in classes {
        println!("  digit {}: {:.3}", digits.labels.class_name(class), difficulty(&class));
    }

    let curve = SampleSizeCurve { sizes: vec![8, 16, 32, 64, 128], ..SampleSizeCurve::default() };
    let points = curve.points(&SoftLinear::default(), &embeddings, &digits.labels, &Run::quiet())?;
    let fit = SampleSizeFit::new(&points)?;
    println!("\nsamples per class  mean ratio  fitted");
    for point in &points {
        let m = point.samples_per_class;
        println!("{m:>17}  {:>10.3}  {:>6.3}", point.mean_ratio, fit.at(m));
    }
    println!("with unlimited samples {:.3}: the overlap of the classes", fit.limit);
    println!("at 128 samples {:.3} more: what further data would cure", fit.at(128.0) - fit.limit);
    Ok(())
}
