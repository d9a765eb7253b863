//! What was found, as text.

use std::io::{self, Write};

use mislabel_core::LabelIssues;
use mislabel_metrics::Evaluation;

use crate::noisy_digits::{MOST_INK, NoisyDigits};
use crate::picture::{Charset, Figure, side_by_side};

/// Digits shown: two lines of four fit on 80 columns.
const SHOWN: usize = 8;
const PER_LINE: usize = 4;

/// Writes what was found of the digits in `seconds`, `issues` and `noise_rate`, beside the truth, and the most suspect of them
/// as pictures.
/// The pictures consist of block elements where the locale has UTF-8, of ASCII characters elsewhere.
///
/// # Errors
/// What `out` returns; [`io::ErrorKind::InvalidInput`] where the issues are of other data.
pub fn describe(
    out: &mut impl Write,
    demo: &NoisyDigits,
    issues: &LabelIssues,
    noise_rate: Option<f64>,
    seconds: f64,
) -> io::Result<()> {
    figures(out, demo, (issues, noise_rate), seconds)?;
    pictures(out, demo, issues)
}

/// What was found, against the truth.
fn figures(
    out: &mut impl Write,
    demo: &NoisyDigits,
    (issues, noise_rate): (&LabelIssues, Option<f64>),
    seconds: f64,
) -> io::Result<()> {
    let errors = &demo.noisy.errors;
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let evaluation = Evaluation::new(issues, errors).map_err(invalid)?;
    let (n, wrong, flagged) = (errors.len(), errors.error_count(), issues.flagged());
    writeln!(out, "{n} handwritten digits, {wrong} given a wrong label at random; found in {seconds:.2} s.\n")?;
    writeln!(out, "  flagged             {flagged}")?;
    let estimated = noise_rate.map_or("undefined".into(), |rate| format!("{rate:.3}"));
    writeln!(out, "  noise rate          {estimated} estimated, {:.3} true", errors.rate())?;
    let rows = [
        ("AUROC", &evaluation.auroc),
        ("average precision", &evaluation.average_precision),
        ("F1 of the flags", &evaluation.f1),
        ("best possible F1", &evaluation.best_f1),
    ];
    for (name, measured) in rows {
        let value = measured.value().map_or("undefined".into(), |value| format!("{value:.3}"));
        writeln!(out, "  {name:<19} {value}")?;
    }
    Ok(())
}

/// The most suspect digits.
fn pictures(out: &mut impl Write, demo: &NoisyDigits, issues: &LabelIssues) -> io::Result<()> {
    let charset = Charset::of_locale();
    let arrow = charset.arrow();
    writeln!(out, "\nThe most suspect digits: given label {arrow} suggested label (true label)\n")?;
    let worst = issues.quality().ranking();
    for line in worst[..SHOWN.min(worst.len())].chunks(PER_LINE) {
        let images: Vec<_> = line.iter().map(|&row| demo.digits.image(row)).collect();
        let caption = |row: usize| {
            let labels = [&demo.noisy.given, issues.suggested(), &demo.digits.labels];
            let [given, suggested, truth] = labels.map(|labels| labels.class(row));
            format!("{given} {arrow} {suggested} ({truth})  #{row}")
        };
        let figures =
            images.iter().zip(line).map(|(image, &row)| Figure { image: image.view(), caption: caption(row) });
        for text in side_by_side(&figures.collect::<Vec<_>>(), MOST_INK, charset) {
            writeln!(out, "  {text}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
