//! What surrounds the text of a file: packing, encoding, a byte-order mark.

use std::io::Write;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{Error, Result};
use crate::labels::rewriting::edits::Edits;
use crate::table::content::{Content, Packing};

/// Writes `text` as the text of `content` was: packed, encoded, and marked alike, with
/// its line ends.
pub(crate) fn write(text: &str, content: &Content, edits: &Edits<'_>, out: &mut (dyn Write + Send)) -> Result<()> {
    let mark = if content.has_mark { "\u{feff}" } else { "" };
    let text = format!("{mark}{text}");
    let text = if content.by_carriage_returns { text.replace('\n', "\r") } else { text };
    let bytes = encoded(&text, content.encoding, edits)?;
    let failed = |cause| Error::io(edits.path)(cause);
    match content.packing {
        None => out.write_all(&bytes).map_err(failed),
        Some(Packing::Gzip) => {
            let mut encoder = GzEncoder::new(out, Compression::default());
            encoder.write_all(&bytes).map_err(failed)?;
            encoder.finish().map(drop).map_err(failed)
        }
        Some(Packing::Zstd) => {
            let packed = zstd::encode_all(&bytes[..], zstd::DEFAULT_COMPRESSION_LEVEL).map_err(failed)?;
            out.write_all(&packed).map_err(failed)
        }
    }
}

fn encoded(text: &str, encoding: Option<&'static Encoding>, edits: &Edits<'_>) -> Result<Vec<u8>> {
    let Some(encoding) = encoding else { return Ok(text.as_bytes().into()) };
    if encoding == UTF_16LE {
        return Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    if encoding == UTF_16BE {
        return Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    let (bytes, _, lacks) = encoding.encode(text);
    match lacks {
        true => {
            Err(edits.refusal(format!("{} has no letters for a label: convert the file to UTF-8", encoding.name())))
        }
        false => Ok(bytes.into_owned()),
    }
}
