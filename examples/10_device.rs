//! The same evidence from the CPU and from an NVIDIA GPU.
//!
//! Scores 1,797 handwritten digits, a tenth of them with a wrong label, by the soft linear reconstructor, on the CPU and,
//! where there is a GPU, there. Prints what the device is, or why there is none; then the average precision of each ranking
//! and how far the two come apart. All else stays the same: the evidence is of one type, whatever computed it.

use mislabel::ErrorSummary;
use mislabel::cuda::{Cuda, CudaSoftLinear};
use mislabel::prelude::*;

fn main() -> mislabel::Result<()> {
    let digits = mislabel::datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let report = |place: &str, evidence: &dyn ClassEvidence<Evidence = ErrorSummary>| -> mislabel::Result<_> {
        let errors = evidence.evidence(&embeddings, &noisy.given, &Run::quiet())?;
        let issues = Rer::default().judge(&errors, &noisy.given, &Run::quiet())?;
        println!("{place}: average precision {:.4}", Evaluation::new(&issues, &noisy.errors)?.average_precision);
        Ok(errors)
    };
    let cpu = report("the CPU", &SoftLinear::default())?;
    let cuda = match Cuda::new(0) {
        Ok(cuda) => cuda,
        Err(error) => {
            println!("no GPU: {error}");
            return Ok(());
        }
    };
    let device = report(cuda.name(), &CudaSoftLinear::on(cuda.clone()))?;
    let pairs = cpu.least_other().iter().zip(device.least_other());
    let most = pairs.map(|(cpu, device)| (device / cpu - 1.0).abs()).fold(0.0, f64::max);
    println!("the least errors differ by at most {most:.1e} of themselves");
    Ok(())
}
