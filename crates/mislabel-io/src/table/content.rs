//! The text of a file: unpacked, in UTF-8, without a byte-order mark.

use std::io::Read;
use std::path::{Path, PathBuf};

use encoding_rs::{CoderResult, Encoding, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::foreign::foreign;
use crate::storage::gathered::Gathered;
use crate::storage::mapping::Mapping;
use crate::storage::stored_array::Storage;

/// Bytes unpacked or decoded at a time.
const BLOCK: usize = 1 << 16;

/// The text of a file.
#[derive(Debug)]
pub(crate) struct Content {
    path: PathBuf,
    storage: Storage,
    start: usize,
    /// What had to be done to read it, in words.
    pub(crate) how: Vec<String>,
    /// How the file is packed.
    pub(crate) packing: Option<Packing>,
    /// The encoding, where it is not UTF-8.
    pub(crate) encoding: Option<&'static Encoding>,
    /// Whether a byte-order mark comes first.
    pub(crate) has_mark: bool,
    /// Whether lines end in carriage returns alone in the file; line feeds took their place.
    pub(crate) by_carriage_returns: bool,
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstd,
}

impl Content {
    /// The text of the file at `path`, checked to be UTF-8.
    pub(crate) fn text(path: &Path, choice: &ReadOptions) -> Result<Self> {
        let mut content = Self::bytes(path, choice)?;
        content.decode(choice)?;
        if content.get().starts_with(b"\xEF\xBB\xBF") {
            content.start += 3;
            content.has_mark = true;
        }
        if content.get().is_empty() {
            return Err(Error::EmptyFile { path: path.into() });
        }
        content.check()?;
        content.with_usual_line_ends(choice)
    }

    /// The text with line feeds, where all its lines end in carriage returns alone, as on old Macs.
    fn with_usual_line_ends(self, choice: &ReadOptions) -> Result<Self> {
        let has = |byte: u8| memchr::memchr(byte, self.get()).is_some();
        if has(b'\n') || !has(b'\r') {
            return Ok(self);
        }
        let content = self.rewritten(choice, "lines end in carriage returns", |bytes, out| {
            for line in bytes.split_inclusive(|byte| *byte == b'\r') {
                out.push(line.strip_suffix(b"\r").unwrap_or(line))?;
                if line.ends_with(b"\r") {
                    out.push(b"\n")?;
                }
            }
            Ok(())
        })?;
        Ok(Self { by_carriage_returns: true, ..content })
    }

    /// The bytes of the file at `path`, unpacked.
    pub(crate) fn bytes(path: &Path, choice: &ReadOptions) -> Result<Self> {
        let mapping = Mapping::open(path)?;
        let mut content = Self {
            path: path.into(),
            storage: Storage::Mapped(mapping),
            start: 0,
            how: Vec::new(),
            packing: None,
            encoding: None,
            has_mark: false,
            by_carriage_returns: false,
        };
        content.unpack(choice)?;
        Ok(content)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn get(&self) -> &[u8] {
        &self.storage.bytes()[self.start..]
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(self.get()).unwrap_or("")
    }

    /// Puts what `rewrite` makes of the text in its place.
    pub(crate) fn rewritten(
        self,
        choice: &ReadOptions,
        how: &str,
        rewrite: impl FnOnce(&[u8], &mut Gathered<'_>) -> Result<()>,
    ) -> Result<Self> {
        let mut gathered = Gathered::new(&self.path, choice);
        rewrite(self.get(), &mut gathered)?;
        let storage = gathered.storage()?;
        let mut notes = self.how.clone();
        notes.extend((!how.is_empty()).then(|| how.to_owned()));
        Ok(Self { storage, start: 0, how: notes, ..self })
    }

    fn unpack(&mut self, choice: &ReadOptions) -> Result<()> {
        let bytes = self.get();
        let unpacked = match bytes {
            [0x1F, 0x8B, ..] => ("gzip", Packing::Gzip, gather(&self.path, choice, MultiGzDecoder::new(bytes))?),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => {
                let decoder = zstd::Decoder::with_buffer(bytes).map_err(Error::io(&self.path))?;
                ("zstd", Packing::Zstd, gather(&self.path, choice, decoder)?)
            }
            _ => match foreign(bytes) {
                Some(problem) => return Err(Error::parser(&self.path)(problem)),
                None => return Ok(()),
            },
        };
        self.how.push(unpacked.0.into());
        self.packing = Some(unpacked.1);
        self.storage = unpacked.2;
        self.start = 0;
        Ok(())
    }

    fn decode(&mut self, choice: &ReadOptions) -> Result<()> {
        let Some(encoding) = self.encoding(choice)? else { return Ok(()) };
        self.has_mark = matches!(self.get(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
        self.encoding = Some(encoding);
        let mut gathered = Gathered::new(&self.path, choice);
        transcode(&self.path, encoding, self.get(), &mut gathered)?;
        let storage = gathered.storage()?;
        (self.storage, self.start) = (storage, 0);
        self.how.push(encoding.name().into());
        Ok(())
    }

    /// The encoding that the user names, or that the first bytes show; `None` for UTF-8.
    fn encoding(&self, choice: &ReadOptions) -> Result<Option<&'static Encoding>> {
        if let Some(name) = &choice.text.encoding {
            let unknown =
                || Error::parser(&self.path)(format!("there is no encoding called {name:?}: try windows-1252"));
            let encoding = Encoding::for_label(name.trim().as_bytes()).ok_or_else(unknown)?;
            return Ok(Some(encoding).filter(|encoding| *encoding != encoding_rs::UTF_8));
        }
        match self.get() {
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
                Err(Error::parser(&self.path)("the text is UTF-32: save it as UTF-8"))
            }
            [0xFF, 0xFE, ..] => Ok(Some(UTF_16LE)),
            [0xFE, 0xFF, ..] => Ok(Some(UTF_16BE)),
            bytes => Ok(zeros_of_ascii(bytes)),
        }
    }

    fn check(&self) -> Result<()> {
        let Err(error) = std::str::from_utf8(self.get()) else { return Ok(()) };
        let place = error.valid_up_to();
        let before = &self.get()[..place];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let end = memchr::memchr(b'\n', &self.get()[place..]).map_or(self.get().len(), |end| place + end);
        let text = String::from_utf8_lossy(&self.get()[start..end.min(start + 60)]).into_owned();
        Err(Error::Encoding { path: self.path.clone(), line, byte: self.get()[place], text })
    }
}

/// UTF-16 without a byte-order mark: of plain text every second byte is 0.
fn zeros_of_ascii(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(64) & !1];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).all(|byte| *byte == 0);
    let other = |parity: usize| head.iter().skip(parity).step_by(2).all(|byte| *byte != 0);
    match head.len() >= 4 {
        true if zeros(1) && other(0) => Some(UTF_16LE),
        true if zeros(0) && other(1) => Some(UTF_16BE),
        _ => None,
    }
}

/// Everything that `reader` gives, where the choice leaves room for it.
fn gather(path: &Path, choice: &ReadOptions, mut reader: impl Read) -> Result<Storage> {
    let mut gathered = Gathered::new(path, choice);
    let mut block = vec![0; BLOCK];
    loop {
        match reader
            .read(&mut block)
            .map_err(|cause| Error::parser(path)(format!("the file cannot be unpacked: {cause}")))?
        {
            0 => break,
            read => gathered.push(&block[..read])?,
        }
    }
    if gathered.len() == 0 {
        return Err(Error::EmptyFile { path: path.into() });
    }
    gathered.storage()
}

fn transcode(path: &Path, encoding: &'static Encoding, bytes: &[u8], out: &mut Gathered<'_>) -> Result<()> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut block = vec![0; BLOCK];
    let mut read = 0;
    loop {
        let (result, taken, written, damaged) = decoder.decode_to_utf8(&bytes[read..], &mut block, true);
        if damaged {
            return Err(Error::parser(path)(format!(
                "the text is not what {} is, near byte {}",
                encoding.name(),
                read + taken
            )));
        }
        out.push(&block[..written])?;
        read += taken;
        if result == CoderResult::InputEmpty {
            return Ok(());
        }
    }
}
