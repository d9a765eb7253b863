//! The classes, those with the largest share of flagged labels first.

use maud::{Markup, html};

use crate::document::exhibits::class;
use crate::drawing::axis::Frame;
use crate::drawing::bars::bars;
use crate::drawing::histogram::root_height;
use crate::findings::classes::ClassRow;
use crate::page::ReportPage;
use crate::words::{count, counted, percent, visible};

/// The drawing in a row of the table.
const SPARK: Frame = Frame { left: 0.0, top: 0.0, width: 80.0, height: 20.0 };

pub(crate) fn section(page: &ReportPage, figure: Option<Markup>) -> Markup {
    let difficult = page.classes.iter().any(|row| row.difficulty.is_some());
    html! {
        p {
            "Classes by given label, those with the largest share of flagged labels first. “Suggested for others” counts flagged labels of
            other classes that look like this class."
            @if difficult { " Difficulty is the mean ratio of reconstruction errors: the nearer to 1, the harder the class is to tell from others." }
        }
        @if let Some(figure) = figure { (figure) }
        div class="scroll tall" tabindex="0" role="group" aria-label="Table of classes" {
            table class="sortable" {
                caption { (counted(page.classes.len(), "class")) }
                thead { tr {
                    th scope="col" { "Class" } th scope="col" class="n" { "Labels" } th scope="col" class="n" { "Flagged" }
                    th scope="col" class="n" { "Share" } th scope="col" class="n" { "Suggested for others" }
                    th scope="col" class="n" { "Mean quality" }
                    @if difficult { th scope="col" class="n" { "Difficulty" } }
                    th scope="col" { "Mostly looks like" } th scope="col" data-fixed { "Quality, 0 to 1" }
                } }
                tbody { @for row in ordered(&page.classes) { (line(page, row, difficult)) } }
            }
        }
    }
}

fn ordered(classes: &[ClassRow]) -> Vec<&ClassRow> {
    let mut rows: Vec<&ClassRow> = classes.iter().collect();
    rows.sort_by(|a, b| b.flagged_share().total_cmp(&a.flagged_share()));
    rows
}

fn line(page: &ReportPage, row: &ClassRow, difficult: bool) -> Markup {
    html! {
        tr {
            th scope="row" { bdi { (visible(&row.name)) } }
            td class="n" data-value=(row.samples) { (count(row.samples)) }
            td class="n" data-value=(row.flagged) { (count(row.flagged)) }
            td class="n" data-value=(row.flagged_share()) { (percent(row.flagged_share())) }
            td class="n" data-value=(row.suggested) { (count(row.suggested)) }
            (optional(row.mean_quality))
            @if difficult { (optional(row.difficulty)) }
            td { @if let Some(other) = row.taken_for { (class(page, other)) } }
            td { (spark(row)) }
        }
    }
}

fn optional(value: Option<f64>) -> Markup {
    match value {
        Some(value) => html! { td class="n" data-value=(value) { (format!("{value:.3}")) } },
        None => html! { td class="n" data-value="" { "–" } },
    }
}

/// The histogram of a class without axes; the figures stand beside it.
fn spark(row: &ClassRow) -> Markup {
    let totals: Vec<usize> = row.quality.flagged.iter().zip(&row.quality.others).map(|(a, b)| a + b).collect();
    let most = totals.iter().copied().max().unwrap_or(0).max(1) as f64;
    let scaled = |counts: &[usize]| bars(SPARK, counts.iter().map(|count| root_height(SPARK.height, *count, most)));
    html! {
        svg class="figure spark" viewBox="0 0 80 20" width="80" height="20" aria-hidden="true" {
            path class="fine" d=(scaled(&totals)) {}
            path class="suspect" d=(scaled(&row.quality.flagged)) {}
        }
    }
}
