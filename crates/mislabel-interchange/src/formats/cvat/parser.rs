//! Images and tags out of XML.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::reading::Reading;

/// One image as it is read.
#[derive(Default)]
pub(super) struct Image {
    pub(super) name: String,
    pub(super) tags: Vec<Tag>,
}

#[derive(Default)]
pub(super) struct Tag {
    pub(super) label: String,
    pub(super) source: String,
    pub(super) attributes: Map<String, Value>,
}

/// The elements of a file, one after the other.
pub(super) struct Parser<'a> {
    pub(super) reader: Reader<&'a [u8]>,
    pub(super) path: &'a Path,
}

impl<'a> Parser<'a> {
    pub(super) fn next(&mut self) -> Result<Event<'a>> {
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

    pub(super) fn attribute(&self, tag: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
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
    pub(super) fn label_names(&mut self) -> Result<Vec<String>> {
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

    pub(super) fn image(&mut self, tag: &BytesStart<'_>, reading: &mut Reading<'_>) -> Result<Image> {
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
