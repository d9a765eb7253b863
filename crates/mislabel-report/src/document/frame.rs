//! The document: head, sections and their order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::document::sentences::{key_figures, sentences};
use crate::document::{class_table, data, gallery, importance, origin, pairs, review};
use crate::drawing::figure::{Figure, STYLE as FIGURE_STYLE};
use crate::page::ReportPage;
use crate::words::{count, counted, visible, visible_text};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A section: its anchor, its heading, and what it contains.
type Section = (&'static str, &'static str, Markup);

/// The whole page.
pub(crate) fn document(page: &ReportPage) -> Markup {
    let style = format!("{FIGURE_STYLE}{STYLE}");
    let title = visible(&page.title);
    let sections = sections(page);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(format!("mislabel {}", page.provenance.version));
                title { (title) }
                style { (PreEscaped(&style)) }
            }
            body {
                a class="skip" href="#content" { "Skip to the report" }
                (header(page, &title))
                nav aria-label="Sections" {
                    ul { @for (anchor, heading, _) in &sections { li { a href=(format!("#{anchor}")) { (heading) } } } }
                }
                main id="content" {
                    @for (anchor, heading, content) in &sections {
                        section id=(anchor) { h2 { (heading) } (content) }
                    }
                }
                footer { p { "Made by mislabel " (page.provenance.version) ". This file is complete: it asks nothing of the network." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// What the page may load: its own script and style, pictures inside it, nothing else.
fn policy(style: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(SCRIPT)
    )
}

fn header(page: &ReportPage, title: &str) -> Markup {
    let summary = &page.summary;
    html! {
        header {
            h1 { (title) }
            p class="mute" {
                (counted(summary.samples, "label")) ", " (counted(summary.classes, "class"))
                @if let Some(features) = summary.features { ", " (count(features)) " features" }
                "; method " (page.provenance.method)
                @if let Some(made) = &page.provenance.origin.made { "; " (visible_text(made)) }
            }
        }
    }
}

fn sections(page: &ReportPage) -> Vec<Section> {
    let figures = page.figures();
    let figure = |name: &str| figures.iter().find(|figure| figure.name() == name).map(framed);
    let mut sections: Vec<Section> = vec![
        ("summary", "Summary", html! { (key_figures(page)) @for sentence in sentences(page) { p { (sentence) } } }),
        ("review", "How many to review", review::section(page, figure("review-effort"))),
        ("suspects", "The most suspect samples", gallery::section(page)),
        ("pairs", "Which classes are confused", pairs::section(page, figure("confusion"))),
        ("classes", "Classes", class_table::section(page, figure("classes"))),
    ];
    let by_class = figure("quality-by-class");
    sections.push(("quality", "Label quality", html! {
        p { "Label quality is between 0, suspect, and 1. Flagged labels and others have a scale of their own each." }
        div class="figures" { (figure("quality").unwrap_or_default()) @if let Some(by_class) = by_class { (by_class) } }
    }));
    if let Some(map) = &page.map {
        sections.push(("map", "Map", data::map(map, figure("map"))));
    }
    if let Some(view) = &page.importance {
        sections.push(("importance", "Important samples", importance::section(page, view, figure("importance"))));
    }
    sections.push(("data", "The data", data::section(page)));
    sections.push(("origin", "How this report was made", origin::section(page)));
    sections
}

/// A figure in a frame that scrolls where the screen is narrow, with its description below.
fn framed(figure: &Figure) -> Markup {
    html! {
        figure {
            div class="scroll" tabindex="0" role="group" aria-label=(figure.title()) { (figure.inline()) }
            figcaption { (figure.description()) }
        }
    }
}
