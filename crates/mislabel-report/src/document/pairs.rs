//! Which classes are labeled as which.

use maud::{Markup, html};

use crate::document::exhibits::class;
use crate::page::ReportPage;
use crate::words::{count, counted, percent};

pub(crate) fn section(page: &ReportPage, figure: Option<Markup>) -> Markup {
    let confusion = &page.confusion;
    if confusion.pairs.is_empty() {
        return html! { p { "No flagged label has another label suggested." } };
    }
    html! {
        p {
            "How often a flagged label of one class has another class suggested. A pair that is frequent in both directions is hard to tell
            apart. One that is frequent in one direction may be a habit of the people who labeled, or a mistake in a rule."
        }
        @if confusion.without_suggestion > 0 {
            p { "For " (counted(confusion.without_suggestion, "flagged label")) " no other label is suggested." }
        }
        div class="beside" {
            @if let Some(figure) = figure { (figure) }
            div { (table(page)) }
        }
    }
}

fn table(page: &ReportPage) -> Markup {
    let confusion = &page.confusion;
    html! {
        div class="scroll tall" tabindex="0" role="group" aria-label="Table of confused classes" {
            table class="sortable" {
                caption { (caption(confusion.pairs.len(), confusion.pair_count)) }
                thead { tr {
                    th scope="col" { "Given" } th scope="col" { "Suggested" } th scope="col" class="n" { "Labels" }
                    th scope="col" class="n" { "Of the given class" }
                } }
                tbody {
                    @for pair in &confusion.pairs {
                        tr {
                            td { (class(page, pair.given)) }
                            td { (class(page, pair.suggested)) }
                            td class="n" data-value=(pair.count) {
                                a href="#suspects" data-given=(pair.given) data-suggested=(pair.suggested) { (count(pair.count)) }
                            }
                            td class="n" data-value=(pair.share) { (percent(pair.share)) }
                        }
                    }
                }
            }
        }
    }
}

fn caption(listed: usize, all: usize) -> String {
    match listed == all {
        true => format!("All {}", counted(all, "pair")),
        false => format!("The {} most frequent of {}", count(listed), counted(all, "pair")),
    }
}
