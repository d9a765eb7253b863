//! Several detectors on the same data.
//!
//! A pipeline is evidence (here: reconstruction errors) and a judge of it. All pipelines are `&dyn Detector`, so a list
//! of them is compared in one loop. Prints average precision and the best F1 of each on two kinds of label noise.

use mislabel::prelude::*;

fn main() -> mislabel::Result<()> {
    let centroid = Pipeline::new(Centroid::default(), Rer::default());
    let untrimmed = Pipeline::new(SoftLinear { trim: vec![], ..SoftLinear::default() }, Rer::default());
    let trimmed = Pipeline::new(SoftLinear::default(), Rer::default());
    let twice = Pipeline::new(SoftLinear { trim: vec![1.06, 1.03], ..SoftLinear::default() }, Rer::default());
    let detectors: [(&str, &dyn Detector); 4] = [
        ("centroid", &centroid),
        ("soft linear, no trim", &untrimmed),
        ("soft linear, one trim", &trimmed),
        ("soft linear, two trims", &twice),
    ];
    let symmetric = Symmetric { rate: 0.3, ..Symmetric::default() };
    let asymmetric = Asymmetric { rate: 0.2, ..Asymmetric::default() };
    let models: [(&str, &dyn NoiseModel); 2] = [("symmetric 0.3", &symmetric), ("asymmetric 0.2", &asymmetric)];

    let digits = mislabel::datasets::digits();
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    for (kind, model) in models {
        let noisy = model.corrupt(&digits.labels, 51)?;
        println!("{kind:<24} average precision  best F1");
        for (name, detector) in detectors {
            let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
            let evaluation = Evaluation::new(&issues, &noisy.errors)?;
            println!("{name:<24} {:<17.3}  {:.3}", evaluation.average_precision, evaluation.best_f1);
        }
        println!();
    }
    Ok(())
}
