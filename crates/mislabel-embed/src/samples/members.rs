//! The members of a tar file, without what is in them.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use tar::{Archive, Entry, EntryType};

use crate::error::{Error, Result};

/// Bytes that the headers of one member take at most, its name among them.
const MOST_OF_HEADERS: u64 = 1 << 20;

/// A member of a tar file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) kind: MemberKind,
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberKind {
    /// A file whose content lies here in the tar file.
    File {
        offset: u64,
        length: u64,
    },
    /// A file that goes on beyond the end of the tar file.
    CutOff,
    /// A file with holes, which does not lie there as it is.
    Sparse,
    Folder,
    /// A link, a device, a pipe.
    Other,
}

/// Hands every member of the tar file at `path` to `each`, in order. Only headers are read, and nothing is written: names are names,
/// wherever they seem to lead.
///
/// # Errors
/// [`Error::Io`] where the file cannot be opened, [`Error::Shard`] where it is damaged; those of `each`.
pub(crate) fn members(path: &Path, each: &mut dyn FnMut(Member) -> Result<()>) -> Result<()> {
    let file = File::open(path).map_err(Error::io(path))?;
    let size = file.metadata().map_err(Error::io(path))?.len();
    let (left, place) = (Cell::new(MOST_OF_HEADERS), Cell::new(0));
    let damaged = |cause: io::Error| Error::Shard { path: path.into(), place: place.get(), problem: plain(&cause) };
    let mut archive = Archive::new(Headers { file, left: &left, place: &place });
    let mut entries = archive.entries_with_seek().map_err(damaged)?;
    loop {
        left.set(MOST_OF_HEADERS);
        let Some(entry) = entries.next() else { return Ok(()) };
        let member = member(&mut entry.map_err(damaged)?, size).map_err(damaged)?;
        let is_last = member.kind == MemberKind::CutOff;
        each(member)?;
        if is_last {
            return Ok(());
        }
    }
}

/// What `cause` says, unless it shows bytes that are no text.
fn plain(cause: &io::Error) -> String {
    let text = cause.to_string();
    match text.contains(|one: char| one.is_control() || one == char::REPLACEMENT_CHARACTER) {
        true => "there is no header of a member here: is this a tar file?".into(),
        false => text,
    }
}

fn member<R: Read>(entry: &mut Entry<'_, R>, size: u64) -> io::Result<Member> {
    let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    let (offset, length) = (entry.raw_file_position(), entry.size());
    let kind = match entry.header().entry_type() {
        EntryType::Directory => MemberKind::Folder,
        EntryType::GNUSparse => MemberKind::Sparse,
        EntryType::Regular | EntryType::Continuous if has_holes(entry)? => MemberKind::Sparse,
        EntryType::Regular | EntryType::Continuous => match offset.checked_add(length) {
            Some(end) if end <= size => MemberKind::File { offset, length },
            _ => MemberKind::CutOff,
        },
        _ => MemberKind::Other,
    };
    Ok(Member { name, kind })
}

/// Whether extended headers say that the content is no plain one.
fn has_holes<R: Read>(entry: &mut Entry<'_, R>) -> io::Result<bool> {
    let Some(mut extensions) = entry.pax_extensions()? else { return Ok(false) };
    extensions.try_fold(false, |found, extension| Ok(found || extension?.key_bytes().starts_with(b"GNU.sparse")))
}

/// A file of which no more than so many bytes are read for one member.
struct Headers<'a> {
    file: File,
    left: &'a Cell<u64>,
    /// Where the last reading began.
    place: &'a Cell<u64>,
}

impl Read for Headers<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.place.set(self.file.stream_position()?);
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::other(format!("the headers of a member have more than {MOST_OF_HEADERS} bytes")));
        }
        let count = self.file.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - count as u64);
        Ok(count)
    }
}

impl Seek for Headers<'_> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tar::{Builder, Header};

    use super::*;

    /// The header of a member of this size and type.
    pub(crate) fn header(name: &str, size: u64, kind: EntryType) -> Header {
        let mut header = Header::new_gnu();
        header.set_path(name).unwrap();
        header.set_size(size);
        header.set_entry_type(kind);
        header.set_cksum();
        header
    }

    fn found(bytes: &[u8]) -> Result<Vec<(String, MemberKind)>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tar");
        fs::write(&path, bytes).unwrap();
        let mut found = Vec::new();
        let read = members(&path, &mut |member| {
            found.push((member.name, member.kind));
            Ok(())
        });
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.tar"], "nothing is written");
        read.map(|()| found)
    }

    fn problem(bytes: &[u8]) -> String {
        found(bytes).unwrap_err().to_string()
    }

    #[test]
    fn members_have_names_and_places() {
        let mut builder = Builder::new(Vec::new());
        let long = format!("{}/1.txt", "x".repeat(300));
        for (name, content) in [("a.txt", "one"), (&*long, "two")] {
            let mut header = header("x", content.len() as u64, EntryType::Regular);
            builder.append_data(&mut header, name, content.as_bytes()).unwrap();
        }
        let bytes = builder.into_inner().unwrap();
        let found = found(&bytes).unwrap();
        assert_eq!(found[0], ("a.txt".into(), MemberKind::File { offset: 512, length: 3 }));
        let (name, MemberKind::File { offset, length: 3 }) = &found[1] else { panic!("{found:?}") };
        assert_eq!((name, &bytes[*offset as usize..][..3]), (&long, &b"two"[..]));
    }

    #[test]
    fn paths_upwards_are_names_and_links_are_no_files() {
        let mut up = header("x", 0, EntryType::Regular);
        up.as_gnu_mut().unwrap().name[..12].copy_from_slice(b"../../up.jpg");
        up.set_cksum();
        let mut link = header("l.jpg", 0, EntryType::Symlink);
        link.set_link_name("/etc/passwd").unwrap();
        link.set_cksum();
        let bytes = [up.as_bytes().as_slice(), link.as_bytes(), &[0; 1024]].concat();
        let expected =
            [("../../up.jpg".into(), MemberKind::File { offset: 512, length: 0 }), ("l.jpg".into(), MemberKind::Other)];
        assert_eq!(found(&bytes).unwrap(), expected);
    }

    #[test]
    fn a_length_beyond_the_file_is_seen_before_anything_is_read() {
        let huge = header("a.jpg", 1 << 60, EntryType::Regular);
        assert_eq!(found(huge.as_bytes()).unwrap(), [("a.jpg".into(), MemberKind::CutOff)]);
        let largest = header("a.jpg", u64::MAX, EntryType::Regular);
        assert!(problem(largest.as_bytes()).contains("size overflow"), "{}", problem(largest.as_bytes()));
    }

    #[test]
    fn a_name_without_end_is_refused() {
        let name = header("././@LongLink", 1 << 40, EntryType::GNULongName);
        let bytes = [name.as_bytes().as_slice(), &vec![b'a'; 3 << 20]].concat();
        assert!(problem(&bytes).contains("more than 1048576 bytes"), "{}", problem(&bytes));
    }

    #[test]
    fn files_with_holes_are_seen() {
        let mut sparse = header("a.jpg", 0, EntryType::GNUSparse);
        sparse.as_gnu_mut().unwrap().realsize.copy_from_slice(b"77777777777\0");
        sparse.set_cksum();
        let bytes = [sparse.as_bytes().as_slice(), &[0; 1024]].concat();
        assert!(found(&bytes).map_or_else(|_| true, |found| found[0].1 == MemberKind::Sparse));
        let said = b"22 GNU.sparse.major=1\n";
        let extension = header("x", said.len() as u64, EntryType::XHeader);
        let mut block = [0; 512];
        block[..said.len()].copy_from_slice(said);
        let file = header("a.jpg", 0, EntryType::Regular);
        let bytes = [extension.as_bytes().as_slice(), &block, file.as_bytes(), &[0; 1024]].concat();
        assert_eq!(found(&bytes).unwrap(), [("a.jpg".into(), MemberKind::Sparse)]);
    }

    #[test]
    fn what_is_no_tar_file_is_refused_with_the_place() {
        let message = problem(&[b'a'; 700]);
        assert!(message.contains("a.tar: byte 0: "), "{message}");
        let message = problem(&[200; 700]);
        assert!(
            message.ends_with("a.tar: byte 0: there is no header of a member here: is this a tar file?"),
            "{message}"
        );
        let file = header("a.jpg", 512, EntryType::Regular);
        let bytes = [file.as_bytes().as_slice(), &[1; 1024]].concat();
        assert!(problem(&bytes).contains("a.tar: byte 1024: "), "{}", problem(&bytes));
    }
}
