//! Samples from the XML.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::parser::{Image, Parser, Tag};
use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::input;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::options::{ReadOptions, Received};
use crate::reading::Reading;

/// Who set a tag: a person, or the file that was imported.
const MANUAL: &str = "manual";

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
