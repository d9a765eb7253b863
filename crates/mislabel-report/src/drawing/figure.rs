//! A figure: a drawing with a title and a description.

use maud::{Markup, PreEscaped, Render, html};

/// Colors and type of all figures, in the page and in files of their own.
pub(crate) const STYLE: &str = include_str!("figure.css");

/// A figure of the report.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its name, which serves as that of a file.
    pub(crate) name: &'static str,
    /// What it shows, in a few words.
    pub(crate) title: String,
    /// What there is to see, for those who do not see it.
    pub(crate) description: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) drawing: Markup,
}

impl Figure {
    /// Its name, which serves as that of a file: lower case, with hyphens.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it shows, in a few words.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What there is to see, for those who do not see it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The figure as an SVG file of its own.
    pub fn svg(&self) -> String {
        let file = html! {
            svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox=(self.view_box()) width=(Px(self.width))
                height=(Px(self.height)) role="img" aria-labelledby="title description" {
                title id="title" { (self.title) }
                desc id="description" { (self.description) }
                style { (PreEscaped(STYLE)) }
                rect class="paper" width="100%" height="100%" {}
                (self.drawing)
            }
        };
        file.into_string()
    }

    /// The figure as part of a page.
    pub(crate) fn inline(&self) -> Markup {
        let label = format!("{}. {}", self.title, self.description);
        html! {
            svg class=(self.class()) viewBox=(self.view_box()) width=(Px(self.width)) height=(Px(self.height)) role="img"
                aria-label=(label) { (self.drawing) }
        }
    }

    /// Figures with many small names scroll where the screen is narrow; the others shrink.
    fn class(&self) -> &'static str {
        if ["confusion", "quality-by-class"].contains(&self.name) { "figure" } else { "figure flexible" }
    }

    fn view_box(&self) -> String {
        format!("0 0 {} {}", Px(self.width).short(), Px(self.height).short())
    }
}

/// A length in a drawing, with one decimal where it needs one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Px(pub(crate) f64);

impl Px {
    pub(crate) fn short(self) -> String {
        let text = format!("{:.1}", self.0);
        text.strip_suffix(".0").unwrap_or(&text).into()
    }
}

impl Render for Px {
    fn render_to(&self, out: &mut String) {
        out.push_str(&self.short());
    }
}
