//! A preset in a file of TOML.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::preset::draft::Draft;
use crate::preset::setting::Told;
use crate::preset::values::{Channels, Crop, CropRounding, Interpolation, Layout, PerChannel, Pool, Resize, TextSide};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    input: Input,
    image: Image,
    text: Text,
    output: Output,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Input {
    name: Option<String>,
    layout: Option<Layout>,
    channels: Option<Channels>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Image {
    resize: Option<Size>,
    filter: Option<Interpolation>,
    crop: Option<Side>,
    crop_rounding: Option<CropRounding>,
    scale: Option<f32>,
    mean: Option<[f32; 3]>,
    std: Option<[f32; 3]>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Size {
    Word(String),
    Edges(Edges),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edges {
    short_edge: Option<usize>,
    height: Option<usize>,
    width: Option<usize>,
    filter: Option<Interpolation>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Side {
    Word(String),
    Square(usize),
    Both { height: usize, width: usize },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Text {
    tokenizer: Option<PathBuf>,
    max_tokens: Option<usize>,
    truncation_side: Option<TextSide>,
    lower_case: Option<bool>,
    prefix: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Output {
    name: Option<String>,
    pool: Option<Pool>,
    normalize: Option<bool>,
}

/// The preset in the file at `path`. The path of a tokenizer is relative to it.
///
/// # Errors
/// [`Error::Io`], and [`Error::Model`] for what is no preset.
pub(crate) fn preset(path: &Path) -> Result<Draft> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
    draft(&text, path).map_err(|problem| Error::Model { path: path.into(), problem })
}

fn draft(text: &str, path: &Path) -> Result<Draft, String> {
    let File { input, image, text, output } = toml::from_str(text).map_err(|error| said(text, &error))?;
    let from = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (resize, interpolation) = image.resize.map(resize).transpose()?.unzip();
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(Draft {
        input: told(input.name, &from),
        layout: told(input.layout, &from),
        channels: told(input.channels, &from),
        resize: told(resize, &from),
        interpolation: told(interpolation.flatten().or(image.filter), &from),
        crop: told(image.crop.map(crop).transpose()?, &from),
        crop_rounding: told(image.crop_rounding, &from),
        scale: told(image.scale, &from),
        mean: told(image.mean.map(PerChannel), &from),
        std: told(image.std.map(PerChannel), &from),
        tokenizer: told(text.tokenizer.map(|path| folder.join(path)), &from),
        max_tokens: told(text.max_tokens, &from),
        truncation_side: told(text.truncation_side, &from),
        lower_case: told(text.lower_case, &from),
        prefix: told(text.prefix, &from),
        output: told(output.name, &from),
        pool: told(output.pool, &from),
        normalize: told(output.normalize, &from),
    })
}

/// What is wrong with `text`, in a line, with the place.
fn said(text: &str, error: &toml::de::Error) -> String {
    let line =
        |place: std::ops::Range<usize>| text.get(..place.start).map_or(1, |before| before.matches('\n').count() + 1);
    match error.span().map(line) {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

fn told<T>(value: Option<T>, from: &str) -> Option<Told<T>> {
    value.map(|value| Told::new(value, from))
}

fn resize(size: Size) -> Result<(Resize, Option<Interpolation>), String> {
    let wrong = "image.resize: expected { short_edge = N }, { height = N, width = N }, or \"none\"";
    match size {
        Size::Word(word) if word == "none" => Ok((Resize::Keep, None)),
        Size::Word(word) => Err(format!("{wrong}, not {word:?}")),
        Size::Edges(Edges { short_edge: Some(short), height: None, width: None, filter }) => {
            Ok((Resize::ShortEdge(short), filter))
        }
        Size::Edges(Edges { short_edge: None, height: Some(height), width: Some(width), filter }) => {
            Ok((Resize::Exact(height, width), filter))
        }
        Size::Edges(_) => Err(wrong.into()),
    }
}

fn crop(side: Side) -> Result<Crop, String> {
    match side {
        Side::Word(word) if word == "none" => Ok(Crop::All),
        Side::Word(word) => Err(format!("image.crop: expected pixels or \"none\", not {word:?}")),
        Side::Square(side) => Ok(Crop::Middle(side, side)),
        Side::Both { height, width } => Ok(Crop::Middle(height, width)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Draft, String> {
        draft(text, Path::new("models/m.toml"))
    }

    #[test]
    fn a_preset_says_what_it_says() {
        let preset = read(
            "[input]\nlayout = \"nhwc\"\n[image]\nresize = { short_edge = 256, filter = \"bicubic\" }\ncrop = 224\n\
             mean = [1, 2, 3]\n[text]\ntokenizer = \"t.json\"\n[output]\npool = \"cls\"",
        )
        .unwrap();
        assert_eq!(preset.layout, Some(Told::new(Layout::Nhwc, "m.toml")));
        assert_eq!(preset.resize.unwrap().value, Resize::ShortEdge(256));
        assert_eq!(preset.interpolation.unwrap().value, Interpolation::Bicubic);
        assert_eq!(preset.crop.unwrap().value, Crop::Middle(224, 224));
        assert_eq!(preset.mean.unwrap().value, PerChannel([1.0, 2.0, 3.0]));
        assert_eq!(preset.tokenizer.unwrap().value, Path::new("models/t.json"));
        assert_eq!((preset.pool.unwrap().value, preset.std), (Pool::Cls, None));
    }

    #[test]
    fn a_preset_with_a_word_that_is_none_is_refused() {
        for (text, expected) in [
            ("[imag]\ncrop = 1", "unknown field `imag`"),
            ("[image]\nmeen = [1, 2, 3]", "unknown field `meen`"),
            ("[image]\nresize = { height = 3 }", "{ short_edge = N }"),
            ("[image]\nfilter = \"cubic\"", "unknown variant `cubic`"),
            ("[output]\npool = \"max\"", "unknown variant `max`"),
            ("[image]\nmean = [1, 2]", "line 2: invalid length 2, expected an array of length 3"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }
}
