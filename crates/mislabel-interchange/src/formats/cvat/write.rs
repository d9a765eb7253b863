//! Samples as XML.

use std::path::Path;

use serde_json::Value;

use super::names::NAME;
use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::Output;
use crate::files::input;
use crate::files::media_path::{located, relative};
use crate::model::sample::Sample;
use crate::model::sample_set::SampleSet;
use crate::options::{WriteOptions, Written};

/// The attributes that CVAT is asked to keep with a label; it drops others.
const KEPT: [&str; 6] =
    [PREFIXED.index, PREFIXED.id, PREFIXED.given, PREFIXED.suggested, PREFIXED.quality, PREFIXED.flagged];

/// Those that say what a method thinks.
const OPINIONS: [&str; 3] = [PREFIXED.suggested, PREFIXED.quality, PREFIXED.flagged];

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    if input::extension(path) != "xml" {
        return Err(Error::Extension { path: path.into(), format: NAME, expected: "the extension xml" });
    }
    let images = set.samples().iter().map(|sample| image(set, sample, options)).collect::<Result<Vec<String>>>()?;
    let mut output = Output::default();
    output.file(path, |out| {
        out.write_all(head(set, options).as_bytes())?;
        for (number, image) in images.iter().enumerate() {
            writeln!(out, "  <image id=\"{number}\" {image}\n  </image>")?;
        }
        out.write_all(b"</annotations>\n")
    })?;
    output.notes.say("give the labels of the task the attributes that stand in the file, or CVAT drops them");
    output.notes.say("decisions, tags, splits and further columns have no place in CVAT's XML");
    Ok(output.finish())
}

fn head(set: &SampleSet, options: &WriteOptions) -> String {
    let attribute = |name: &str| {
        format!(
            "        <attribute>\n          <name>{name}</name>\n          <mutable>False</mutable>\n          \
             <input_type>text</input_type>\n          <default_value></default_value>\n          \
             <values></values>\n        </attribute>\n"
        )
    };
    let is_shown = |name: &&&str| options.suggestions || OPINIONS.iter().all(|opinion| opinion != *name);
    let attributes: String = KEPT.iter().filter(is_shown).map(|name| attribute(name)).collect();
    let label = |name: &String| {
        let name = escaped(name);
        format!(
            "      <label>\n        <name>{name}</name>\n        <attributes>\n{attributes}        </attributes>\n      </label>\n"
        )
    };
    let labels: String = set.classes().names().iter().map(label).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    <task>\n    \
         <name>{}</name>\n    <size>{}</size>\n    <mode>annotation</mode>\n    <labels>\n{labels}    </labels>\n    \
         </task>\n  </meta>\n",
        escaped(&options.name),
        set.len(),
    )
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}

fn image(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Result<String> {
    let Some(path) = sample.path() else {
        return Err(Error::unwritable(NAME, &sample.id, "it has no path: give the images"));
    };
    if has_control_characters(set, sample) {
        return Err(Error::unwritable(NAME, &sample.id, "its names have characters that XML has not: rename it"));
    }
    let (width, height) = size(sample, path, options)?;
    let name = relative(&sample.id, path, options.media_root.as_deref())?;
    let mut text = format!("name=\"{}\" width=\"{width}\" height=\"{height}\">", escaped(&name));
    if let Some(given) = sample.given {
        text += &format!("\n    <tag label=\"{}\" source=\"file\">", escaped(set.classes().name(given)));
        let carried = fields::carried(&PREFIXED, set, sample, options.suggestions);
        for (name, value) in KEPT.iter().filter_map(|name| Some((name, carried.get(*name)?))) {
            let value = value.as_str().map_or_else(|| value.to_string(), Into::into);
            text += &format!("\n      <attribute name=\"{name}\">{}</attribute>", escaped(&value));
        }
        text += "\n    </tag>";
    }
    Ok(text)
}

fn has_control_characters(set: &SampleSet, sample: &Sample) -> bool {
    let classes = [sample.given, sample.suggested].into_iter().flatten().map(|class| set.classes().name(class));
    let mut texts = classes.chain([sample.id.as_str()]).chain(sample.path());
    texts.any(|text| text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
}

/// Width and height in pixels: of the columns of these names, or of the header of the image.
fn size(sample: &Sample, path: &str, options: &WriteOptions) -> Result<(u64, u64)> {
    let place = Place::sample(&sample.id);
    let column = |name: &str| cells::index(&place, name, sample.columns.get(name).unwrap_or(&Value::Null));
    if let (Some(width), Some(height)) = (column("width")?, column("height")?) {
        return Ok((width, height));
    }
    let file = located(&sample.id, path, options.media_root.as_deref())?;
    let size = imagesize::size(&file).map_err(|error| {
        let problem = format!("the size of {} cannot be read ({error}): give columns width and height", file.display());
        Error::unwritable(NAME, &sample.id, problem)
    })?;
    Ok((size.width as u64, size.height as u64))
}
