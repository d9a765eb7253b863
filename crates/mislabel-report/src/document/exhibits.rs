//! Names and samples within the page.

use maud::{Markup, html};

use crate::page::ReportPage;
use crate::pictures::exhibit::Exhibit;
use crate::pictures::picture::Picture;
use crate::words::{cut, decimal, visible, visible_text};

/// Characters of a name that is not the subject of its line.
const NAME: usize = 40;

/// The name of a class, shortened, isolated from the direction of the text around it.
pub(crate) fn class(page: &ReportPage, class: u32) -> Markup {
    let full = visible(page.class_name(class));
    let short = cut(&full, NAME);
    html! {
        @if short == full { bdi { (full) } } @else { bdi title=(full) { (short) } }
    }
}

/// What a sample shows; `label` says what it is.
pub(crate) fn exhibit(shown: &Exhibit, label: &str) -> Markup {
    html! {
        @if let Some(shown) = &shown.picture { (picture(shown, label)) }
        @if let Some(reason) = &shown.missing { p class="missing" { "No picture: " (visible_text(reason)) } }
        @if let Some(text) = &shown.text { p class="text" dir="auto" { (visible_text(text)) } }
        @if let Some(values) = &shown.values { p class="values" { (row_of_values(values)) } }
    }
}

fn picture(shown: &Picture, label: &str) -> Markup {
    html! {
        img class=[shown.is_small().then_some("sharp")] src=(shown.uri) width=(shown.width) height=(shown.height) alt=(label) decoding="async";
    }
}

fn row_of_values(values: &[f32]) -> String {
    let values: Vec<String> = values.iter().map(|value| decimal(f64::from(*value))).collect();
    format!("{} …", values.join("  "))
}

/// A small sample: what it shows, and a line on it.
pub(crate) fn small(page: &ReportPage, row: u32, label: &str, line: Markup) -> Markup {
    html! {
        li {
            @if let Some(shown) = page.exhibits.get(&row) { (exhibit(shown, label)) }
            span class="line" { (line) }
        }
    }
}
