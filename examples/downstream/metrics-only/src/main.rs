//! A user who has scores of an own system, and only measures them.

use mislabel_core::{ErrorMask, LabelQuality};
use mislabel_metrics::{Ranking, auroc, average_precision, best_f1};

fn main() -> Result<(), mislabel_core::Error> {
    let quality = LabelQuality::new(vec![0.9, 0.1, 0.8, 0.2, 0.7])?;
    let errors = ErrorMask::new(vec![false, true, false, false, true])?;
    let ranking = Ranking::by_quality(&quality, &errors)?;
    println!("average precision {:.3}, AUROC {:.3}", average_precision(&ranking)?, auroc(&ranking)?);
    println!("flag every quality of at most {}", best_f1(&ranking)?.threshold);
    Ok(())
}
