//! How the report was made.

use maud::{Markup, html};

use crate::page::ReportPage;
use crate::words::visible_text;

pub(crate) fn section(page: &ReportPage) -> Markup {
    let provenance = &page.provenance;
    let origin = &provenance.origin;
    html! {
        dl class="origin" {
            dt { "Method" } dd { (provenance.method) }
            dt { "Version of mislabel" } dd { (provenance.version) }
            @if let Some(seed) = origin.seed { dt { "Seed" } dd { (seed) } }
            @if let Some(made) = &origin.made { dt { "Made" } dd { (visible_text(made)) } }
            @if let Some(command) = &origin.command { dt { "Command" } dd { code { (visible_text(command)) } } }
        }
        @if !provenance.parameters.is_empty() {
            details class="panel" {
                summary { "Parameters of the method" }
                div class="scroll" tabindex="0" role="group" aria-label="Parameters of the method" {
                    table {
                        caption { "Parameters" }
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Value" } } }
                        tbody {
                            @for (name, value) in &provenance.parameters {
                                tr { th scope="row" { (visible_text(name)) } td { (visible_text(value)) } }
                            }
                        }
                    }
                }
            }
        }
        p class="mute" { "The same data, method, parameters and seed give the same figures, on any number of threads." }
    }
}
