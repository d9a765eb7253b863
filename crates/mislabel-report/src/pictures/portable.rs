//! Pictures of our own as PNG.

use png::{BitDepth, ColorType, Encoder};

/// A PNG file of `width` by `height` pixels of the given `color`, 8 bits a channel, rows from top to bottom.
pub(crate) fn png(width: usize, height: usize, color: ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(pixels));
    written.expect("the picture has as many pixels as its size says, and memory takes every byte");
    file
}

/// The gray pixels of values from 0, white, to `ink`, black.
pub(crate) fn gray(values: impl Iterator<Item = f32>, ink: f32) -> Vec<u8> {
    let share = |value: f32| if ink > 0.0 { (value / ink).clamp(0.0, 1.0) } else { 0.0 };
    values.map(|value| 255 - (255.0 * share(value)).round() as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_reads_back_as_it_was() {
        let pixels = gray([0.0, 8.0, 16.0, 99.0, -1.0, 4.0].into_iter(), 16.0);
        assert_eq!(pixels, [255, 127, 0, 0, 255, 191]);
        let file = png(3, 2, ColorType::Grayscale, &pixels);
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut read = vec![0; 6];
        reader.next_frame(&mut read).unwrap();
        assert_eq!(read, pixels);
    }
}
