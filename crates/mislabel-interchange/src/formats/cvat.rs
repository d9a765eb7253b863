//! CVAT: the XML of "CVAT for images 1.1".

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::Output;
use crate::files::input;
use crate::files::media_path::{located, relative};
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

const NAME: &str = "cvat";
/// Who set a tag: a person, or the file that was imported.
const MANUAL: &str = "manual";

/// One image as it is read.
#[derive(Default)]
struct Image {
    name: String,
    tags: Vec<Tag>,
}

#[derive(Default)]
struct Tag {
    label: String,
    source: String,
    attributes: Map<String, Value>,
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let bytes = input::bytes(path, options)?;
    let mut reading = Reading::new(path, options);
    let text = std::str::from_utf8(&bytes).map_err(Error::malformed(path))?;
    let mut parser = Parser { reader: Reader::from_str(text), path };
    let mut names = Vec::new();
    let mut declared = false;
    loop {
        match parser.next()? {
            Event::Start(tag) if tag.name().as_ref() == "meta" => names = parser.label_names()?,
            Event::Start(tag) if tag.name().as_ref() == "track" => {
                return Err(Error::malformed(path)("this is a video: export \"CVAT for images 1.1\""));
            }
            Event::Start(tag) if tag.name().as_ref() == "image" => {
                if !std::mem::replace(&mut declared, true) && !names.is_empty() {
                    reading.declare(std::mem::take(&mut names))?;
                }
                let image = parser.image(&tag.into_owned(), &mut reading)?;
                push(image, &mut reading)?;
            }
            Event::Empty(tag) if tag.name().as_ref() == "image" => {
                let name = parser.attribute(&tag, "name")?.unwrap_or_default();
                push(Image { name, tags: Vec::new() }, &mut reading)?;
            }
            Event::Eof => return reading.finish(),
            _ => {}
        }
    }
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    path: &'a Path,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Result<Event<'a>> {
        let position = self.reader.error_position();
        let refuse = |error| Error::malformed(self.path)(format!("byte {position}: {error}"));
        match self.reader.read_event().map_err(refuse)? {
            Event::DocType(_) => {
                Err(Error::malformed(self.path)("the file declares a document type, which is not read"))
            }
            event => Ok(event),
        }
    }

    /// What stands inside an element that must end.
    fn inside(&mut self) -> Result<Event<'a>> {
        match self.next()? {
            Event::Eof => Err(Error::malformed(self.path)("the file ends inside an element")),
            event => Ok(event),
        }
    }

    fn attribute(&self, tag: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
        let found = tag.try_get_attribute(name).map_err(Error::malformed(self.path))?;
        let text = found.map(|attribute| attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0));
        Ok(text.transpose().map_err(Error::malformed(self.path))?.map(Into::into))
    }

    /// The text up to the end of the element.
    fn text(&mut self) -> Result<String> {
        let mut whole = String::new();
        loop {
            match self.inside()? {
                Event::Text(text) => whole.push_str(&text),
                Event::CData(text) => whole.push_str(&text),
                Event::GeneralRef(name) => {
                    let escaped = format!("&{};", &*name);
                    whole.push_str(&quick_xml::escape::unescape(&escaped).map_err(Error::malformed(self.path))?);
                }
                Event::End(_) => return Ok(whole),
                _ => {}
            }
        }
    }

    /// The names of the labels in `meta`.
    fn label_names(&mut self) -> Result<Vec<String>> {
        let (mut names, mut open) = (Vec::new(), Vec::new());
        loop {
            match self.inside()? {
                Event::Start(tag) if tag.name().as_ref() == "name" && open.last().is_some_and(|t| t == "label") => {
                    names.push(self.text()?);
                }
                Event::Start(tag) => open.push(tag.name().as_ref().to_owned()),
                Event::End(tag) if tag.name().as_ref() == "meta" => return Ok(names),
                Event::End(_) => {
                    open.pop();
                }
                _ => {}
            }
        }
    }

    fn image(&mut self, tag: &BytesStart<'_>, reading: &mut Reading<'_>) -> Result<Image> {
        let mut image = Image { name: self.attribute(tag, "name")?.unwrap_or_default(), tags: Vec::new() };
        loop {
            match self.inside()? {
                Event::Start(tag) if tag.name().as_ref() == "tag" => {
                    let label = self.tag(&tag.into_owned())?;
                    image.tags.push(label);
                }
                Event::Empty(tag) if tag.name().as_ref() == "tag" => image.tags.push(self.bare_tag(&tag)?),
                Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() != "attribute" => {
                    let kind = tag.name().as_ref().to_owned();
                    reading.notes.count(format!("shapes of the kind {kind:?} are not read"));
                }
                Event::End(tag) if tag.name().as_ref() == "image" => return Ok(image),
                _ => {}
            }
        }
    }

    fn bare_tag(&self, tag: &BytesStart<'_>) -> Result<Tag> {
        let label = self.attribute(tag, "label")?.unwrap_or_default();
        Ok(Tag { label, source: self.attribute(tag, "source")?.unwrap_or_default(), attributes: Map::new() })
    }

    fn tag(&mut self, tag: &BytesStart<'_>) -> Result<Tag> {
        let mut label = self.bare_tag(tag)?;
        loop {
            match self.inside()? {
                Event::Start(tag) if tag.name().as_ref() == "attribute" => {
                    let name = self.attribute(&tag, "name")?.unwrap_or_default();
                    let text = self.text()?;
                    label.attributes.insert(name, text.into());
                }
                Event::End(tag) if tag.name().as_ref() == "tag" => return Ok(label),
                _ => {}
            }
        }
    }
}

fn push(image: Image, reading: &mut Reading<'_>) -> Result<()> {
    let place = reading.file.row(reading.len()).id(&image.name);
    if image.tags.len() > 1 {
        let labels = image.tags.into_iter().map(|tag| tag.label).collect();
        return Err(Error::SeveralLabels { place, field: "tag".into(), labels });
    }
    let mut sample = Sample::new(image.name.clone());
    let tag = image.tags.into_iter().next();
    let mut attributes = tag.as_ref().map(|tag| tag.attributes.clone()).unwrap_or_default();
    fields::take(&PREFIXED, &mut attributes, reading, &place, &mut sample)?;
    sample.media = Some(Media::Path(image.name));
    if let Some(tag) = tag {
        decide(&mut sample, &tag, reading, &place)?;
    }
    attributes.retain(|_, value| !cells::is_absent(value));
    for name in attributes.keys() {
        reading.notes.say(format!("attribute {name:?} is kept as a column"));
    }
    sample.columns = attributes;
    reading.push(sample);
    Ok(())
}

/// A label that differs from the one that was sent, or that a person set again, is a decision.
fn decide(sample: &mut Sample, tag: &Tag, reading: &mut Reading<'_>, place: &Place) -> Result<()> {
    let class = reading.class(place, "tag", &tag.label)?;
    let sent = sample.given.is_some();
    let given = *sample.given.get_or_insert(class);
    if given != class || (sent && tag.source == MANUAL) {
        sample.decisions = vec![Decision::new(Verdict::chosen(Some(given), class))];
    }
    Ok(())
}

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
