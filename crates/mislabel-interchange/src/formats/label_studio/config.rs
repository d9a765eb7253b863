//! The labeling configuration of a project.

use super::names::{CONTROL, EXCLUDE, UNSURE};
use crate::fields::PREFIXED;
use crate::model::classes::Classes;

/// Above so many classes a list is easier to use than buttons.
const MOST_BUTTONS: usize = 50;

/// What reviewers see: the image or the text, what is known of its label, and the classes.
pub(super) fn config(classes: &Classes, is_text: bool, suggestions: bool) -> String {
    let (kind, name) = if is_text { ("Text", "text") } else { ("Image", "image") };
    let layout = if classes.len() > MOST_BUTTONS { " layout=\"select\"" } else { "" };
    let shown = match suggestions {
        true => {
            format!("Given: ${}  Suggested: ${}  Quality: ${}", PREFIXED.given, PREFIXED.suggested, PREFIXED.quality)
        }
        false => format!("Given: ${}", PREFIXED.given),
    };
    let mut lines = vec![
        "<View>".to_owned(),
        format!("  <Header value=\"{shown}\"/>"),
        format!("  <{kind} name=\"{name}\" value=\"${name}\"/>"),
        format!("  <Choices name=\"{CONTROL}\" toName=\"{name}\" choice=\"single\" required=\"true\"{layout}>"),
    ];
    lines.extend(classes.names().iter().enumerate().map(|(class, name)| choice(name, None, class)));
    let unsure = [("Unsure", UNSURE, usize::MAX), ("Not part of the dataset", EXCLUDE, usize::MAX)];
    lines.extend(unsure.map(|(name, alias, key)| choice(name, Some(alias), key)));
    lines.extend(["  </Choices>".to_owned(), "</View>".to_owned()]);
    lines.join("\n") + "\n"
}

/// A choice; the first nine have the keys 1 to 9.
fn choice(name: &str, alias: Option<&str>, class: usize) -> String {
    let alias = alias.map(|alias| format!(" alias=\"{alias}\"")).unwrap_or_default();
    let key = if class < 9 { format!(" hotkey=\"{}\"", class + 1) } else { String::new() };
    format!("    <Choice value=\"{}\"{alias}{key}/>", escaped(name))
}

/// `text` as the value of an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::config;
    use crate::Classes;

    #[test]
    fn names_of_classes_are_escaped() {
        let classes = Classes::new(["a & b", "\"</Choice><script>\""]).unwrap();
        let config = config(&classes, false, true);
        assert!(config.contains("<Choice value=\"a &amp; b\" hotkey=\"1\"/>"), "{config}");
        assert!(config.contains("value=\"&quot;&lt;/Choice&gt;&lt;script&gt;&quot;\""), "{config}");
    }
}
