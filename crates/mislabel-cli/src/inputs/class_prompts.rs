//! Texts that say what classes are.

use std::path::Path;

use ndarray::{Array2, ArrayView1};

use crate::failure::{Failure, Result};

/// What stands for the name of a class in a template.
const NAME: &str = "{}";
/// The first line of a file that is a header.
const HEADER: [&str; 2] = ["name", "text"];
/// Texts that are shown.
const SHOWN: usize = 3;

/// Whether `text` is a template, not the name of a file.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains(NAME)
}

/// Texts that say what classes are: of each one or more.
pub(crate) struct ClassPrompts {
    /// Name of the class, and text, in order.
    pub(crate) texts: Vec<(String, String)>,
}

impl ClassPrompts {
    /// `template` for each of the `classes`; an underscore in a name is a blank.
    pub(crate) fn of_template(template: &str, classes: Vec<String>) -> Self {
        let text = |name: &str| template.replace(NAME, &name.replace('_', " "));
        Self { texts: classes.into_iter().map(|name| (name.clone(), text(&name))).collect() }
    }

    /// Those in the file at `path`: a line `name,text` for every text, as CSV; the first line may be the header `name,text`.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let refuse = |problem: String| Failure::Arguments(format!("{}: {problem}", path.display()));
        let content = std::fs::read(path).map_err(|cause| refuse(cause.to_string()))?;
        let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&content);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content);
        let mut texts = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| refuse(error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<&str> = record.iter().map(str::trim).collect();
            match cells.as_slice() {
                cells if line == 1 && *cells == HEADER => {}
                [name, text] if !name.is_empty() && !text.is_empty() => {
                    texts.push(((*name).to_owned(), (*text).to_owned()));
                }
                [_, _] => return Err(refuse(format!("line {line}: the name or the text is empty"))),
                cells => {
                    let (count, way) = (cells.len(), "a text with a comma stands in double quotes");
                    return Err(refuse(format!("line {line} has {count} columns, expected name,text ({way})")));
                }
            }
        }
        match texts.is_empty() {
            true => Err(refuse("there is no text in it, expected lines name,text".into())),
            false => Ok(Self { texts }),
        }
    }

    /// The names of the classes, in the order in which they appear first, and of each the mean of its rows at unit length.
    pub(crate) fn means(&self, rows: Array2<f32>) -> (Vec<String>, Array2<f32>) {
        let mut names: Vec<String> = Vec::new();
        let mut places = std::collections::HashMap::new();
        let place = |name: &String| {
            *places.entry(name.clone()).or_insert_with(|| {
                names.push(name.clone());
                names.len() - 1
            })
        };
        let classes: Vec<usize> = self.texts.iter().map(|(name, _)| name).map(place).collect();
        let mut means = Array2::zeros((names.len(), rows.ncols()));
        for (class, row) in classes.into_iter().zip(rows.rows()) {
            means.row_mut(class).scaled_add(1.0 / length(row), &row);
        }
        (names, means)
    }

    /// The first of the texts, as they are embedded.
    pub(crate) fn examples(&self) -> Vec<String> {
        self.texts.iter().take(SHOWN).map(|(name, text)| format!("{name}: {text:?}")).collect()
    }
}

/// The length of `row`, or 1 where it has none.
fn length(row: ArrayView1<'_, f32>) -> f32 {
    let squares = row.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>();
    if squares > 0.0 { squares.sqrt() as f32 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn read(content: &str) -> Result<Vec<(String, String)>> {
        let path = std::env::temp_dir().join(format!("class-prompts-{}-{}.csv", std::process::id(), content.len()));
        std::fs::write(&path, content).unwrap();
        let found = ClassPrompts::read(&path).map(|prompts| prompts.texts);
        std::fs::remove_file(&path).unwrap();
        found
    }

    #[test]
    fn a_template_has_the_names_of_the_classes() {
        let prompts = ClassPrompts::of_template("a photo of a {}.", vec!["sea_horse".into(), "cat".into()]);
        let texts: Vec<&str> = prompts.texts.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["a photo of a sea horse.", "a photo of a cat."]);
        assert_eq!(prompts.texts[0].0, "sea_horse");
    }

    #[test]
    fn a_file_has_lines_of_names_and_texts() {
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let expected = [pair("cat", "a cat, sleeping"), pair("dog", "a dog")];
        assert_eq!(read("\u{feff}name,text\ncat,\"a cat, sleeping\"\n\ndog, a dog\r\n").unwrap(), expected);
        for (content, expected) in [
            ("cat,a cat\ndog\n", "line 2 has 1 columns, expected name,text"),
            ("cat,a cat,sleeping\n", "line 1 has 3 columns"),
            ("cat,\n", "line 1: the name or the text is empty"),
            ("name,text\n", "there is no text in it"),
        ] {
            let message = read(content).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn several_texts_of_a_class_count_alike() {
        let texts = [("b", "1"), ("a", "2"), ("b", "3")].map(|(name, text)| (name.into(), text.into()));
        let prompts = ClassPrompts { texts: texts.to_vec() };
        let (names, means) = prompts.means(array![[3.0, 0.0], [1.0, 0.0], [0.0, 9.0]]);
        assert_eq!((names, means), (vec!["b".into(), "a".into()], array![[1.0, 1.0], [1.0, 0.0]]));
    }
}
