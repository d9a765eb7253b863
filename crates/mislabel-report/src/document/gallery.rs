//! The most suspect samples.

use std::collections::BTreeSet;

use maud::{Markup, html};
use mislabel_consensus::NearSample;

use crate::document::exhibits::{class, exhibit, small};
use crate::document::reasons::reasons;
use crate::findings::suspects::Suspect;
use crate::page::ReportPage;
use crate::words::{count, cut, decimal, quality, visible};

/// Characters of the name of a sample.
const NAME: usize = 120;

pub(crate) fn section(page: &ReportPage) -> Markup {
    let shown = page.suspects.len();
    html! {
        p {
            "The " (count(shown)) " most suspect of " (count(page.summary.samples)) " samples, each with its given label and the label that the
            method suggests. “Why” shows the nearest samples"
            @if page.suspects.iter().any(|suspect| !suspect.votes.is_empty()) { " and what each of the combined methods says" }
            "."
        }
        (filter(page))
        p class="nothing" id="nothing" hidden { "No sample of this list fits." }
        ol class="gallery" id="gallery" { @for suspect in &page.suspects { (card(page, suspect)) } }
        @let rest = page.summary.flagged.saturating_sub(page.suspects.iter().filter(|suspect| suspect.flagged).count());
        @if rest > 0 { p class="mute" { (count(rest)) " more flagged labels are not shown here. The table of label issues lists all." } }
    }
}

/// What the script can filter by; without it, there is nothing to see.
fn filter(page: &ReportPage) -> Markup {
    let of = |class: fn(&Suspect) -> u32| page.suspects.iter().map(class).collect::<BTreeSet<u32>>();
    html! {
        form id="filter" class="filter" hidden {
            (choice(page, "given", "Given label", &of(|suspect| suspect.given)))
            (choice(page, "suggested", "Suggested label", &of(|suspect| suspect.suggested)))
            button type="reset" { "Show all" }
            output id="shown" { (count(page.suspects.len())) " shown" }
        }
    }
}

fn choice(page: &ReportPage, name: &str, label: &str, classes: &BTreeSet<u32>) -> Markup {
    html! {
        label { (label) " "
            select name=(name) {
                option value="" { "any" }
                @for class in classes { option value=(class) { (cut(&visible(page.class_name(*class)), 60)) } }
            }
        }
    }
}

fn card(page: &ReportPage, suspect: &Suspect) -> Markup {
    let [given, suggested] = [suspect.given, suspect.suggested];
    let label = format!("Sample {}, labeled {}", suspect.sample, visible(page.class_name(given)));
    html! {
        li class="card" data-given=(given) data-suggested=(suggested) {
            h3 { "#" (count(suspect.rank)) " " span class="mute" { "sample " (suspect.sample) } }
            @if let Some(id) = &suspect.id { p class="id" title=(visible(id)) { bdi { (cut(&visible(id), NAME)) } } }
            div class="exhibit" { (exhibit(&suspect.exhibit, &label)) }
            p class="labels" {
                @if given == suggested {
                    span class="hidden" { "given label " } span class="suggested" { (class(page, given)) }
                    span class="mute" { ", no other suggested" }
                } @else {
                    span class="hidden" { "given label " } span class="wrong" { (class(page, given)) }
                    span aria-hidden="true" { " → " } span class="hidden" { ", suggested label " }
                    span class="suggested" { (class(page, suggested)) }
                }
            }
            p class="mute" {
                "label quality " (quality(suspect.quality)) @if !suspect.flagged { ", not flagged" }
            }
            @let reasons = reasons(page, suspect);
            @if let Some(first) = reasons.first() { p class="reason" { (first) } }
            (why(page, suspect, reasons.get(1..).unwrap_or_default()))
        }
    }
}

fn why(page: &ReportPage, suspect: &Suspect, reasons: &[String]) -> Markup {
    html! {
        details {
            summary { "Why" span class="hidden" { " sample " (suspect.sample) " is suspect" } }
            @for reason in reasons { p { (reason) } }
            (near(page, "Nearest with other labels", &suspect.other_classes))
            (near(page, "Nearest with the same label", &suspect.same_class))
            @if !suspect.votes.is_empty() { (votes(page, suspect)) }
            p class="mute" {
                "Score of the method: " (decimal(suspect.score)) "."
                @if let Some(errors) = suspect.reconstruction {
                    " Reconstruction error " (decimal(errors.own_error)) " under the given label, " (decimal(errors.other_error)) " under "
                    (class(page, errors.other_class)) "."
                }
            }
        }
    }
}

fn near(page: &ReportPage, title: &str, samples: &[NearSample]) -> Markup {
    html! {
        @if !samples.is_empty() {
            h4 { (title) }
            ul class="small" {
                @for near in samples {
                    @let label = format!("Sample {}, labeled {}", near.sample, visible(page.class_name(near.class)));
                    (small(page, near.sample as u32, &label, html! {
                        (class(page, near.class)) " " span class="mute" { "#" (near.sample) ", " (format!("{:.2}", near.similarity)) }
                    }))
                }
            }
        }
    }
}

fn votes(page: &ReportPage, suspect: &Suspect) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(format!("Votes on sample {}", suspect.sample)) {
            table {
                caption { "What the combined methods say" }
                thead { tr { th scope="col" { "Method" } th scope="col" { "Flags it" } th scope="col" { "Suggests" } th scope="col" class="n" { "Weight" } } }
                tbody {
                    @for vote in &suspect.votes {
                        tr {
                            th scope="row" { (visible(&vote.name)) }
                            td { @if vote.is_issue { "yes" } @else { "no" } }
                            td { (class(page, vote.suggested)) }
                            td class="n" { (format!("{:.2}", vote.weight)) }
                        }
                    }
                }
            }
        }
    }
}
