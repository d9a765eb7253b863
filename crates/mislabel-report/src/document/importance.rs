//! Important samples: the view of coreset services.

use maud::{Markup, html};

use crate::document::exhibits::{class, small};
use crate::findings::importance::{ClassImportance, ImportanceView, MeasuredSample};
use crate::page::ReportPage;
use crate::words::{count, decimal};

pub(crate) fn section(page: &ReportPage, view: &ImportanceView, figure: Option<Markup>) -> Markup {
    html! {
        p {
            "Importance says how unlike the rest of its class a sample is (class leverage), compared with the mean of the class: 1 is an average
            sample. The most important samples are rare, special, or labeled wrong. The least important ones are typical, and a classifier
            loses little without them."
        }
        @if view.samples.len() < page.summary.samples {
            p { "Measured on " (count(view.samples.len())) " samples of all classes, drawn at random." }
        }
        @if let (Some(flagged), Some(others)) = (view.mean_flagged, view.mean_others) {
            p { "The mean importance of flagged labels is " (decimal(flagged)) ", that of others " (decimal(others)) "." }
        }
        @if let Some(figure) = figure { (figure) }
        @for (place, shown) in view.classes.iter().enumerate() { (of_class(page, shown, place == 0)) }
    }
}

fn of_class(page: &ReportPage, shown: &ClassImportance, open: bool) -> Markup {
    html! {
        details class="panel" open[open] {
            summary { "Class " (class(page, shown.class)) ": most and least important samples" }
            (row(page, "Most important", &shown.most))
            (row(page, "Least important", &shown.least))
        }
    }
}

fn row(page: &ReportPage, title: &str, samples: &[MeasuredSample]) -> Markup {
    html! {
        @if !samples.is_empty() {
            h3 { (title) }
            ul class="small wide" {
                @for MeasuredSample { sample, importance, flagged, .. } in samples {
                    (small(page, *sample, &format!("Sample {sample}, {}", title.to_lowercase()), html! {
                        "importance " (decimal(*importance)) " " span class="mute" { "#" (sample) @if *flagged { ", flagged" } }
                    }))
                }
            }
        }
    }
}
