//! How many labels to review.

use maud::{Markup, html};

use crate::page::ReportPage;
use crate::words::{count, percent};

pub(crate) fn section(page: &ReportPage, figure: Option<Markup>) -> Markup {
    let Some(review) = &page.summary.review else { return without_probabilities(page) };
    html! {
        div class="beside" {
            div {
                p {
                    "Start with the most suspect label and go down the list. The quality that the method " (page.provenance.method)
                    " gives is the probability that a label is right. From it follows what a review is expected to find."
                }
                table {
                    caption { "Reviews for a share of the wrong labels" }
                    thead { tr { th scope="col" { "To find" } th scope="col" class="n" { "review" } th scope="col" class="n" { "of all labels" } } }
                    tbody {
                        @for step in &review.steps {
                            tr {
                                th scope="row" { (percent(step.share)) }
                                td class="n" { (count(step.reviewed)) }
                                td class="n" { (percent(step.reviewed as f64 / page.summary.samples as f64)) }
                            }
                        }
                    }
                }
            }
            @if let Some(figure) = figure { (figure) }
        }
    }
}

fn without_probabilities(page: &ReportPage) -> Markup {
    html! {
        p {
            "Start with the most suspect label and go down the list. Stop where wrong labels become rare. The method "
            (page.provenance.method) " puts labels in an order. It gives no probabilities, so this report cannot say how many wrong labels a
            review finds. The method posterior can."
        }
    }
}
