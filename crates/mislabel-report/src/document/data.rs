//! The data: its map, its classes, its copies, and what was read.

use maud::{Markup, html};

use crate::document::exhibits::{class, small};
use crate::findings::duplicates::{Copies, CopyFacts, LabeledCopy};
use crate::findings::sample_map::SampleMap;
use crate::page::ReportPage;
use crate::words::{count, counted, percent, visible_text};

/// Classes named in a list.
const NAMED: usize = 12;

pub(crate) fn map(map: &SampleMap, figure: Option<Markup>) -> Markup {
    html! {
        p {
            "The samples on the two directions in which the embeddings vary most (principal components of rows of length 1). "
            "They show " (percent(map.shares[0])) " and " (percent(map.shares[1])) " of the variance: samples that lie together here may be far
            apart in the other directions."
            @if map.len() < map.of {
                " " (count(map.len())) " of " (count(map.of)) " samples are shown: flagged ones, and others drawn at random."
            }
        }
        @if let Some(figure) = figure { (figure) }
    }
}

pub(crate) fn section(page: &ReportPage) -> Markup {
    let facts = &page.facts;
    let [smallest, median, largest] = facts.sizes;
    html! {
        p {
            (counted(page.summary.samples, "sample")) " in " (counted(page.summary.classes, "class")) ". The smallest class has "
            (counted(smallest, "sample")) ", the median one " (count(median)) ", the largest " (count(largest)) "."
        }
        @if !facts.rare.is_empty() {
            p { (count(facts.rare.len())) " rare (fewer than 10 samples, or than a tenth of the median class): " (names(page, &facts.rare)) }
        }
        @if !facts.absent.is_empty() { p { (count(facts.absent.len())) " without any sample: " (names(page, &facts.absent)) } }
        @if let Some(copies) = &facts.copies { (copies_of(page, copies)) }
        (inputs(page))
    }
}

fn names(page: &ReportPage, classes: &[u32]) -> Markup {
    html! {
        @for (place, shown) in classes.iter().take(NAMED).enumerate() { @if place > 0 { ", " } (class(page, *shown)) }
        @if classes.len() > NAMED { ", and " (count(classes.len() - NAMED)) " more" }
        "."
    }
}

fn copies_of(page: &ReportPage, copies: &CopyFacts) -> Markup {
    let kind = match copies.copies {
        Copies::Near => "nearly the same",
        Copies::Equal => "exactly the same",
    };
    html! {
        h3 { "Copies" }
        @if copies.groups == 0 {
            p { "No two samples have embeddings that are " (kind) "." }
        } @else {
            p {
                (count(copies.samples)) " samples are copies of others, in " (counted(copies.groups, "group")) ": their embeddings are " (kind) ". In "
                (count(copies.conflicting)) " of these groups the labels differ."
            }
        }
        @if !copies.listed.is_empty() {
            p { @if copies.listed.len() < copies.conflicting { "The first " (copies.listed.len()) " groups with different labels:" } @else { "Groups with different labels:" } }
            ol class="groups" { @for group in &copies.listed { li { ul class="small wide" { @for copy in group { (one_copy(page, copy)) } } } } }
        }
    }
}

fn one_copy(page: &ReportPage, copy: &LabeledCopy) -> Markup {
    let row = copy.sample;
    small(page, row, &format!("Sample {row}"), html! { (class(page, copy.given)) " " span class="mute" { "#" (row) } })
}

/// What was read, and as what.
fn inputs(page: &ReportPage) -> Markup {
    let (inputs, reading) = (&page.provenance.origin.inputs, &page.provenance.origin.reading);
    html! {
        @if !inputs.is_empty() {
            h3 { "What was read" }
            div class="scroll" tabindex="0" role="group" aria-label="Files that were read" {
                table {
                    caption { "Files, and what they were read as" }
                    thead { tr { th scope="col" { "Input" } th scope="col" { "File" } th scope="col" { "Read as" } } }
                    tbody {
                        @for input in inputs {
                            tr { th scope="row" { (visible_text(&input.role)) } td { (visible_text(&input.path)) } td { (visible_text(&input.read_as)) } }
                        }
                    }
                }
            }
        }
        @if let Some(reading) = reading {
            details class="panel" {
                summary { "What was read as what, in full" }
                pre class="scroll" tabindex="0" { (visible_text(reading)) }
            }
        }
    }
}
