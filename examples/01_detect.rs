//! Finding label errors in memory.
//!
//! Takes 1,797 handwritten digits, gives a tenth of them a wrong label, and finds these again. Prints how many labels
//! are flagged, how good the ranking is, and the ten most suspect samples with the label that each should have.

use mislabel::prelude::*;

fn main() -> mislabel::Result<()> {
    let digits = mislabel::datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;

    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let detector = Pipeline::new(SoftLinear::default(), Rer::default());
    let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;

    println!("{} of {} labels are wrong, {} are flagged", noisy.errors.error_count(), issues.len(), issues.flagged());
    let evaluation = Evaluation::new(&issues, &noisy.errors)?;
    println!("average precision {:.3}, F1 of the flags {:.3}", evaluation.average_precision, evaluation.f1);

    println!("\nindex  given  suggested  true  quality");
    for row in issues.quality().ranking().into_iter().take(10) {
        let quality = issues.quality().as_slice()[row];
        let [given, suggested, truth] = [&noisy.given, issues.suggested(), &digits.labels].map(|l| l.class(row));
        println!("{row:>5}  {given:>5}  {suggested:>9}  {truth:>4}  {quality:.3}");
    }
    Ok(())
}
