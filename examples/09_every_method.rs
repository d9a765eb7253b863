//! Methods of every kind on the same data, each a pipeline of evidence and judge.
//!
//! Reconstruction errors, predicted probabilities by a cross-validated probe, nearest neighbors and coreset importance:
//! four kinds of evidence, judged in several ways. Probabilities and the neighbor graph are gathered once and judged
//! twice. Prints AUROC, average precision, and the F1 of the flags beside the best that any cut of the ranking has.

use mislabel::confident::{Filter, Score};
use mislabel::coreset::{ClassLeverage, CoresetDetector, CoresetEvidence};
use mislabel::neighbors::{Agreement, SelfClean};
use mislabel::predictions::Mistakenness;
use mislabel::prelude::*;

fn main() -> mislabel::Result<()> {
    let digits = mislabel::datasets::digits();
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
    let given = &noisy.given;
    println!("digits, a fifth of every class labeled as the next\n");
    println!("{:<34}AUROC  AP     F1     best F1", "");
    let show = |name: &str, issues: &LabelIssues| -> mislabel::Result<()> {
        let Evaluation { auroc, average_precision, f1, best_f1, .. } = Evaluation::new(issues, &noisy.errors)?;
        println!("{name:<34}{auroc:.3}  {average_precision:.3}  {f1:.3}  {best_f1:.3}");
        Ok(())
    };

    let soft_linear = Pipeline::new(SoftLinear::default(), Rer::default());
    show("reconstruction error ratio", &soft_linear.detect(&embeddings, given, &Run::quiet())?)?;
    let coreset = Pipeline::new(CoresetEvidence { importance: ClassLeverage::default() }, CoresetDetector::default());
    show("coreset, leverage in the class", &coreset.detect(&embeddings, given, &Run::quiet())?)?;

    let probabilities = Probe::default().evidence(&embeddings, given, &Run::quiet())?;
    let confident = ConfidentLearning {
        filter: Filter::PruneByClass,
        score: Score::NormalizedMargin,
        ..ConfidentLearning::default()
    };
    show("confident learning, by class", &confident.judge(&probabilities, given, &Run::quiet())?)?;
    show("mistakenness", &Mistakenness::default().judge(&probabilities, given, &Run::quiet())?)?;

    let graph = KNearest::default().evidence(&embeddings, given, &Run::quiet())?;
    show("SimiFeat", &SimiFeat::default().judge(&graph, given, &Run::quiet())?)?;
    show("agreement of 50 neighbors", &Agreement::default().judge(&graph, given, &Run::quiet())?)?;
    show("SelfClean", &SelfClean.judge(&graph, given, &Run::quiet())?)
}
