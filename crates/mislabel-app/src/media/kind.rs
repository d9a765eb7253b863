//! Which kind of image bytes are, by how they begin: names of files lie.

use image::ImageFormat;

/// The format of `bytes`, if it is one that browsers show and that runs no script.
pub(crate) fn kind(bytes: &[u8]) -> Option<ImageFormat> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(ImageFormat::Gif),
        [b'B', b'M', ..] => Some(ImageFormat::Bmp),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(ImageFormat::WebP),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn markup_is_no_image_whatever_it_is_called() {
        for text in ["<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "<html>", "", "GIF", "%PDF"] {
            assert_eq!(kind(text.as_bytes()), None, "{text}");
        }
    }
}
