//! The parts of a sample in a tar file.

use std::path::Path;

use crate::samples::members::MemberKind;
use crate::samples::skipped::{Skip, SkipReason};

/// Where the content of a part lies: its first byte and its length.
pub(crate) type Place = (u64, u64);

/// The name of a member up to the first dot of its last component, and what comes after that dot, in lower case; `None` for names
/// without one, and for hidden ones.
pub(crate) fn split_name(name: &str) -> Option<(String, String)> {
    let start = name.rfind('/').map_or(0, |slash| slash + 1);
    let (base, extension) = name[start..].split_once('.')?;
    let is_part = !base.is_empty() && !extension.is_empty() && !name.starts_with("__MACOSX/");
    is_part.then(|| (format!("{}{base}", &name[..start]), extension.to_lowercase()))
}

/// The parts of a sample, by their extensions, in their order.
#[derive(Debug)]
pub(crate) struct Parts {
    /// What their names have in common.
    pub(crate) key: String,
    parts: Vec<(String, MemberKind)>,
}

impl Parts {
    pub(crate) fn new(key: String) -> Self {
        Self { key, parts: Vec::new() }
    }

    pub(crate) fn add(&mut self, extension: &str, kind: MemberKind) {
        self.parts.push((extension.to_owned(), kind));
    }

    /// Whether there is a part with this extension.
    pub(crate) fn has(&self, extension: &str) -> bool {
        self.parts.iter().any(|(own, _)| own == extension)
    }

    /// The extensions, in a line.
    pub(crate) fn listed(&self) -> String {
        self.parts.iter().map(|(extension, _)| format!(".{extension}")).collect::<Vec<_>>().join(", ")
    }

    /// Where the part with this extension lies.
    pub(crate) fn place(&self, extension: &str) -> Result<Place, Skip> {
        let mut own = self.parts.iter().filter(|(own, _)| own == extension);
        let skip = |reason, problem: &str| Err(Skip::new(reason, format!("its part .{extension} {problem}")));
        match (own.next(), own.next()) {
            (None, _) => Err(Skip::new(SkipReason::Missing, format!("it has no part .{extension}"))),
            (Some(_), Some(_)) => skip(SkipReason::Damaged, "is there twice"),
            (Some((_, MemberKind::File { offset, length })), None) => Ok((*offset, *length)),
            (Some((_, MemberKind::CutOff)), None) => skip(SkipReason::Truncated, "goes on beyond the end of the shard"),
            (Some((_, MemberKind::Sparse)), None) => skip(SkipReason::Unreadable, "is stored with holes (sparse)"),
            (Some(_), None) => skip(SkipReason::Unreadable, "is no file"),
        }
    }

    /// Where the content lies: in the part that is `wanted`, or in the only one whose name says that it `is_content`.
    pub(crate) fn content(&self, wanted: Option<&str>, is_content: fn(&Path) -> bool) -> Result<Place, Skip> {
        if let Some(wanted) = wanted {
            return self.place(wanted);
        }
        let mut own: Vec<&String> = self.parts.iter().map(|(extension, _)| extension).collect();
        own.retain(|extension| is_content(Path::new(&format!("x.{extension}"))));
        own.dedup();
        match own.as_slice() {
            [] => Err(Skip::new(SkipReason::Missing, format!("none of its parts is a picture: {}", self.listed()))),
            [extension] => self.place(extension),
            _ => {
                let problem = format!("several of its parts are pictures: {}; --images-key names one", self.listed());
                Err(Skip::new(SkipReason::Refused, problem))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::kinds::is_picture;

    const FILE: MemberKind = MemberKind::File { offset: 512, length: 3 };

    fn parts(own: &[(&str, MemberKind)]) -> Parts {
        let mut parts = Parts::new("a".into());
        own.iter().for_each(|(extension, kind)| parts.add(extension, *kind));
        parts
    }

    #[test]
    fn a_name_is_split_at_the_first_dot_of_its_last_component() {
        let split = |name: &str| split_name(name).map(|(key, part)| format!("{key} {part}"));
        assert_eq!(split("v1.0/a.seg.PNG").unwrap(), "v1.0/a seg.png");
        assert_eq!(split("a.jpg").unwrap(), "a jpg");
        for name in ["README", "cat/.hidden", "._a.jpg", "a.", "", "__MACOSX/a.jpg", "v1.0/"] {
            assert_eq!(split(name), None, "{name}");
        }
    }

    #[test]
    fn the_picture_is_the_part_that_is_one() {
        let content = |own: &[(&str, MemberKind)], wanted| parts(own).content(wanted, is_picture);
        assert_eq!(content(&[("jpg", FILE), ("cls", FILE)], None), Ok((512, 3)));
        assert_eq!(content(&[("jpg", FILE), ("seg.png", MemberKind::Sparse)], Some("jpg")), Ok((512, 3)));
        for (own, wanted, expected) in [
            (&[("cls", FILE)][..], None, "none of its parts is a picture: .cls"),
            (
                &[("jpg", FILE), ("seg.png", FILE)],
                None,
                "several of its parts are pictures: .jpg, .seg.png; --images-key",
            ),
            (&[("jpg", FILE), ("jpg", FILE)], None, "its part .jpg is there twice"),
            (&[("jpg", MemberKind::CutOff)], None, "its part .jpg goes on beyond the end of the shard"),
            (&[("jpg", MemberKind::Sparse)], None, "its part .jpg is stored with holes"),
            (&[("jpg", FILE)], Some("png"), "it has no part .png"),
        ] {
            let message = content(own, wanted).unwrap_err().message;
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
