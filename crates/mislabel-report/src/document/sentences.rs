//! The summary in sentences.

use maud::{Markup, html};

use crate::findings::duplicates::CopyFacts;
use crate::findings::summary::{Share, Summary, VerifiedShare};
use crate::page::ReportPage;
use crate::words::{count, counted, cut, percent, visible};

/// Characters of a class name within a sentence.
const NAME: usize = 60;

/// The four figures that a reader looks for first.
pub(crate) fn key_figures(page: &ReportPage) -> Markup {
    let summary = &page.summary;
    let share = |number: f64| percent(number / summary.samples as f64);
    let wrong = match (summary.expected_errors(), summary.noise_rate) {
        (Some(errors), Some(rate)) => {
            (format!("about {}", count(errors.round() as usize)), format!("{} of all labels", percent(rate)))
        }
        _ => ("not estimated".into(), format!("by the method {}", page.provenance.method)),
    };
    let flagged = (count(summary.flagged), format!("{} of all labels", share(summary.flagged as f64)));
    let mut figures = vec![("Probably wrong", wrong), ("Flagged for review", flagged)];
    if let Some(right) = right_flags(summary) {
        let right = percent(right);
        figures.push(("Flags that are right", (right, "expected".into())));
    }
    if let Some(difficulty) = summary.difficulty {
        figures.push(("Difficulty", (format!("{difficulty:.3}"), "mean ratio, 1 is very hard".into())));
    }
    html! {
        dl class="key" { @for (name, (value, note)) in figures { div { dt { (name) } dd { strong { (value) } " " span class="mute" { (note) } } } } }
    }
}

/// The summary: one thought a sentence, the most important first.
pub(crate) fn sentences(page: &ReportPage) -> Vec<String> {
    let summary = &page.summary;
    let mut sentences = vec![how_many(page), flags(summary)];
    sentences.extend(summary.verified.as_ref().map(verified));
    sentences.extend(confused(page));
    sentences.extend(worst_class(page));
    sentences.extend(page.facts.copies.as_ref().and_then(copies));
    sentences.push("A flag is the opinion of a method. Look at the samples before you change a label.".into());
    sentences
}

fn how_many(page: &ReportPage) -> String {
    let summary = &page.summary;
    let labels = counted(summary.samples, "label");
    let (Some(rate), Some(errors)) = (summary.noise_rate, summary.expected_errors()) else {
        return format!(
            "The method {} ranks {labels}. It does not estimate how many are wrong.",
            page.provenance.method
        );
    };
    let estimate =
        format!("Of {labels}, about {} ({}) are probably wrong.", count(errors.round() as usize), percent(rate));
    let number = |share: f64| count((share * summary.samples as f64).round() as usize);
    match summary.noise_bounds {
        Some([low, high]) => format!(
            "{estimate} The 95% interval is {} to {} labels, {} to {}. It does not know how wrong the model of the method may be.",
            number(low),
            number(high),
            percent(low),
            percent(high)
        ),
        None => format!("{estimate} The method gives no interval for this estimate."),
    }
}

fn flags(summary: &Summary) -> String {
    let flagged = match summary.flagged {
        0 => return "The method flags no label.".to_owned(),
        1 => "The method flags 1 label for review".to_owned(),
        number => format!("The method flags {} labels for review", count(number)),
    };
    let Some(right) = right_flags(summary) else {
        return format!("{flagged}. It orders labels; it does not say how likely a flag is right.");
    };
    let about = count((right * summary.flagged as f64).round() as usize);
    match summary.precision {
        Some(Share { bounds: [low, high], .. }) => format!(
            "{flagged}. About {about} of them ({}) are expected to be wrong; the 95% interval is {} to {}.",
            percent(right),
            percent(low),
            percent(high)
        ),
        None => format!("{flagged}. About {about} of them ({}) are expected to be wrong.", percent(right)),
    }
}

/// The share of the flags that is expected to be right.
fn right_flags(summary: &Summary) -> Option<f64> {
    let flagged = (summary.flagged > 0).then_some(summary.flagged as f64)?;
    let by_quality = summary.review.as_ref().map(|review| review.among_flagged / flagged);
    summary.precision.map(|share| share.value).or(by_quality)
}

fn verified(found: &VerifiedShare) -> String {
    let looked = format!("People looked up {}: {} wrong.", counted(found.verified, "label"), are(found.wrong));
    let Some([low, high]) = found.bounds else { return format!("{looked} None of them is flagged.") };
    format!(
        "{looked} Of the {} flagged ones among them, {} wrong: {} (95% interval {} to {}).",
        count(found.flagged),
        are(found.flagged_wrong),
        percent(found.flagged_wrong as f64 / found.flagged as f64),
        percent(low),
        percent(high)
    )
}

fn are(number: usize) -> String {
    format!("{} {}", count(number), if number == 1 { "is" } else { "are" })
}

fn confused(page: &ReportPage) -> Option<String> {
    let pair = page.confusion.pairs.first()?;
    let [given, suggested] = [pair.given, pair.suggested].map(|class| name(page, class));
    let labels = counted(pair.count, "flagged label");
    Some(format!("The most frequent confusion: {labels} given “{given}” look like “{suggested}”."))
}

fn worst_class(page: &ReportPage) -> Option<String> {
    let affected = page.classes.iter().filter(|row| row.flagged > 0);
    let worst = affected.max_by(|a, b| a.flagged_share().total_cmp(&b.flagged_share()).then(b.class.cmp(&a.class)))?;
    Some(format!(
        "The class with the largest share of flagged labels is “{}”: {} of {}.",
        name(page, worst.class),
        percent(worst.flagged_share()),
        counted(worst.samples, "label")
    ))
}

fn copies(facts: &CopyFacts) -> Option<String> {
    match facts.conflicting {
        0 => None,
        1 => Some("One group of copies has labels that contradict each other.".into()),
        groups => Some(format!("{} groups of copies have labels that contradict each other.", count(groups))),
    }
}

fn name(page: &ReportPage, class: u32) -> String {
    cut(&visible(page.class_name(class)), NAME)
}
