//! How a model wants its pictures: all that is known, or an error that says what is not.

use crate::picture::Picture;
use crate::picture::resizing::{Filter, RESIZER, Window, resized};
use crate::preset::draft::Draft;
use crate::preset::setting::{Setting, Told};
use crate::preset::values::{Channels, Crop, CropRounding, Interpolation, Layout, PerChannel, Resize};
use crate::samples::skipped::{Skip, SkipReason};

/// What a graph says of the pictures that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PictureInput {
    pub(crate) layout: Option<Layout>,
    /// Height and width, where they are fixed.
    pub(crate) size: Option<(usize, usize)>,
    /// Whether it takes bytes as they are.
    pub(crate) takes_bytes: bool,
}

/// Pixels of a resized picture at most: a strip whose shorter edge is enlarged may have any number.
const MOST_PIXELS: usize = 1 << 26;

/// How a model wants its pictures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Preprocessing {
    pub(crate) layout: Layout,
    channels: Channels,
    resize: Resize,
    filter: Filter,
    crop: Crop,
    rounding: CropRounding,
    /// Height and width of what is made.
    pub(crate) size: (usize, usize),
    /// Scale, mean, and standard deviation; none where bytes are taken as they are.
    pub(crate) scaling: Option<Scaling>,
}

/// (byte / scale - mean) / std, for each channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaling {
    scale: f32,
    mean: [f32; 3],
    std: [f32; 3],
}

const RESIZE: &str = "image.resize: usual are { short_edge = 256 } with crop = 224, { short_edge = 224 } with crop = 224, \
                      { height = 224, width = 224 }";
const FILTER: &str = "image.resize.filter: usual are \"bicubic\", \"bilinear\"";
const CROP: &str = "image.crop: usual is 224, or \"none\" where resize has height and width";
const COLORS: &str = "image.mean and image.std: usual are [0.485, 0.456, 0.406] and [0.229, 0.224, 0.225] (preset imagenet), \
                      [0.48145466, 0.4578275, 0.40821073] and [0.26862954, 0.26130258, 0.27577711] (preset clip), \
                      [0.5, 0.5, 0.5] and [0.5, 0.5, 0.5]";
const LAYOUT: &str = "input.layout: \"nchw\" or \"nhwc\"";

impl Preprocessing {
    /// What `draft` says for a graph that takes `input`, with all settings in words.
    ///
    /// # Errors
    /// What is not known, with the usual values; what contradicts the graph.
    pub(crate) fn new(draft: &Draft, input: PictureInput) -> Result<(Self, Vec<Setting>), String> {
        let graph = |layout| Told::new(layout, "the graph");
        let layout = draft.layout.clone().or(input.layout.map(graph));
        let crop = draft.crop.clone().or_else(|| crop_of(draft, input));
        let colors = draft.mean.clone().zip(draft.std.clone());
        let (layout, resize, interpolation, crop) = match (layout, draft.resize.clone(), filter_of(draft), crop) {
            (Some(layout), Some(resize), Some(filter), Some(crop)) if input.takes_bytes || colors.is_some() => {
                (layout, resize, filter, crop)
            }
            (layout, resize, filter, crop) => {
                let missing = [
                    layout.is_none().then_some(LAYOUT),
                    resize.is_none().then_some(RESIZE),
                    filter.is_none().then_some(FILTER),
                    crop.is_none().then_some(CROP),
                    (!input.takes_bytes && colors.is_none()).then_some(COLORS),
                ];
                let missing: Vec<&str> = missing.into_iter().flatten().collect();
                return Err(missing.join("; "));
            }
        };
        let rounding = draft.crop_rounding.clone();
        let rounding = rounding.unwrap_or_else(|| Told::new(CropRounding::HalfEven, "default: as torchvision crops"));
        let channels = draft.channels.clone().unwrap_or_else(|| Told::new(Channels::Rgb, "default"));
        let scale = draft.scale.clone().unwrap_or_else(|| Told::new(255.0, "default"));
        let size = size(resize.value, crop.value)?;
        fits(size, layout.value, input)?;
        let mut settings = vec![layout.setting("input.layout"), channels.setting("input.channels")];
        settings.push(resize.setting("image.resize"));
        if resize.value != Resize::Keep {
            settings.push(interpolation.setting("image.filter"));
        }
        settings.push(crop.setting("image.crop"));
        if crop.value != Crop::All {
            settings.push(rounding.setting("image.crop_rounding"));
        }
        let scaling = match (input.takes_bytes, colors) {
            (false, Some((mean, std))) => {
                settings.extend([scale.setting("image.scale"), mean.setting("image.mean"), std.setting("image.std")]);
                Some(Scaling::new(scale.value, mean.value, std.value)?)
            }
            _ => None,
        };
        let (layout, channels, resize, crop) = (layout.value, channels.value, resize.value, crop.value);
        let (filter, rounding) = (filter(interpolation.value), rounding.value);
        Ok((Self { layout, channels, resize, filter, crop, rounding, size, scaling }, settings))
    }

    /// What decides rows beside the settings.
    pub(crate) fn library() -> &'static str {
        RESIZER
    }

    /// The bytes of `picture` as the model wants them, before they are scaled.
    ///
    /// # Errors
    /// A picture that is smaller than what is cut out of it.
    pub(crate) fn pixels(&self, picture: &Picture) -> Result<Vec<u8>, Skip> {
        let (width, height) = (picture.width(), picture.height());
        let resized = match self.target(width, height) {
            target if target == (width, height) => None,
            (wide, high) if wide.saturating_mul(high) > MOST_PIXELS => {
                let problem = format!("{width} × {height} pixels, resized {wide} × {high}, more than {MOST_PIXELS}");
                return Err(Skip::new(SkipReason::TooLarge, problem));
            }
            target => Some(resized(picture, Window::all_of(picture), target, self.filter)?),
        };
        let picture = resized.as_ref().unwrap_or(picture);
        let (rows, columns) = self.size;
        let offsets = [(picture.height(), rows), (picture.width(), columns)].map(|(all, part)| self.offset(all, part));
        let [Some(top), Some(left)] = offsets else {
            let problem = format!("{width} × {height} pixels are fewer than the {columns} × {rows} that are cut out");
            return Err(Skip::new(SkipReason::Refused, problem));
        };
        let row = |row: usize| {
            let start = ((top + row) * picture.width() + left) * 3;
            &picture.pixels()[start..start + columns * 3]
        };
        Ok(self.laid_out((0..rows).flat_map(|number| row(number).chunks_exact(3)), rows * columns))
    }

    /// Width and height after resizing.
    fn target(&self, width: usize, height: usize) -> (usize, usize) {
        match self.resize {
            Resize::Keep => (width, height),
            Resize::Exact(height, width) => (width, height),
            Resize::ShortEdge(short) if width <= height => (short, (short * height / width).max(1)),
            Resize::ShortEdge(short) => ((short * width / height).max(1), short),
        }
    }

    /// Where the part in the middle begins; `None` where it does not fit.
    fn offset(&self, all: usize, part: usize) -> Option<usize> {
        let rest = all.checked_sub(part)?;
        let is_up = self.rounding == CropRounding::HalfEven && rest % 4 == 3;
        Some(rest / 2 + usize::from(is_up))
    }

    fn laid_out<'a>(&self, pixels: impl Iterator<Item = &'a [u8]>, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; 3 * count];
        for (place, pixel) in pixels.enumerate() {
            for channel in 0..3 {
                let from = if self.channels == Channels::Bgr { 2 - channel } else { channel };
                let at = if self.layout == Layout::Nchw { channel * count + place } else { 3 * place + channel };
                bytes[at] = pixel[from];
            }
        }
        bytes
    }

    /// The numbers of `bytes`, which [`pixels`](Self::pixels) made, added to `numbers`.
    pub(crate) fn scale(&self, scaling: Scaling, bytes: &[u8], numbers: &mut Vec<f32>) {
        let order = if self.channels == Channels::Bgr { [2, 1, 0] } else { [0, 1, 2] };
        let tables = order.map(|channel| scaling.table(channel));
        match self.layout {
            Layout::Nchw => {
                for (plane, table) in bytes.chunks_exact((bytes.len() / 3).max(1)).zip(&tables) {
                    numbers.extend(plane.iter().map(|byte| table[usize::from(*byte)]));
                }
            }
            Layout::Nhwc => {
                let pixels = bytes.chunks_exact(3);
                numbers.extend(pixels.flat_map(|pixel| [0, 1, 2].map(|at| tables[at][usize::from(pixel[at])])));
            }
        }
    }
}

impl Scaling {
    fn new(scale: f32, PerChannel(mean): PerChannel, PerChannel(std): PerChannel) -> Result<Self, String> {
        let positive = |value: &f32| value.is_finite() && *value > 0.0;
        match positive(&scale) && std.iter().all(positive) && mean.iter().all(|value| value.is_finite()) {
            true => Ok(Self { scale, mean, std }),
            false => Err(format!(
                "image.scale = {scale}, image.mean = {mean:?}, image.std = {std:?}: expected numbers, scale and std above 0"
            )),
        }
    }

    /// What becomes of every byte of a channel.
    fn table(self, channel: usize) -> [f32; 256] {
        let Self { scale, mean, std } = self;
        std::array::from_fn(|byte| (byte as f32 / scale - mean[channel]) / std[channel])
    }
}

/// The filter, which counts only where something is resized.
fn filter_of(draft: &Draft) -> Option<Told<Interpolation>> {
    let is_kept = draft.resize.as_ref().is_some_and(|resize| resize.value == Resize::Keep);
    draft.interpolation.clone().or_else(|| is_kept.then(|| Told::new(Interpolation::Bilinear, "unused")))
}

/// The crop that follows from the rest: none from a fixed size, that of the graph from a shorter edge.
fn crop_of(draft: &Draft, input: PictureInput) -> Option<Told<Crop>> {
    match (draft.resize.as_ref()?.value, input.size) {
        (Resize::Exact(..), _) => Some(Told::new(Crop::All, "resize has height and width")),
        (_, Some((height, width))) => Some(Told::new(Crop::Middle(height, width), "the graph")),
        _ => None,
    }
}

/// Height and width of what is made.
fn size(resize: Resize, crop: Crop) -> Result<(usize, usize), String> {
    let size = match (resize, crop) {
        (_, Crop::Middle(height, width)) => (height, width),
        (Resize::Exact(height, width), Crop::All) => (height, width),
        (_, Crop::All) => return Err("image.crop = none: pictures would be of different sizes; name one".into()),
    };
    let (least, edge) = match resize {
        Resize::ShortEdge(short) => (short, short),
        Resize::Exact(height, width) => (height, width),
        Resize::Keep => size,
    };
    match size {
        (0, _) | (_, 0) => Err("image.crop = 0: expected pixels".into()),
        (height, width) if height > least || width > edge => {
            Err(format!("image.crop = {crop} is larger than image.resize = {resize}"))
        }
        _ => Ok(size),
    }
}

/// Checks that the graph takes what is made.
fn fits(size: (usize, usize), layout: Layout, input: PictureInput) -> Result<(), String> {
    if let Some(graph) = input.layout.filter(|graph| *graph != layout) {
        return Err(format!("input.layout = {layout}, but the graph has {graph}"));
    }
    match input.size.filter(|graph| *graph != size) {
        Some((height, width)) => Err(format!(
            "the graph takes pictures of {width} × {height} pixels, and the settings make them {} × {}: set image.crop, or \
             image.resize with height and width",
            size.1, size.0
        )),
        None => Ok(()),
    }
}

fn filter(interpolation: Interpolation) -> Filter {
    match interpolation {
        Interpolation::Nearest => Filter::Nearest,
        Interpolation::Box => Filter::Box,
        Interpolation::Bilinear => Filter::Bilinear,
        Interpolation::Hamming => Filter::Hamming,
        Interpolation::Bicubic => Filter::Bicubic,
        Interpolation::Lanczos => Filter::Lanczos,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::built_in::built_in;

    const ANY: PictureInput = PictureInput { layout: Some(Layout::Nchw), size: None, takes_bytes: false };

    fn told<T>(value: T) -> Option<Told<T>> {
        Some(Told::new(value, "test"))
    }

    fn small(rounding: CropRounding, crop: usize) -> Preprocessing {
        let draft = Draft {
            resize: told(Resize::Keep),
            crop: told(Crop::Middle(crop, crop)),
            crop_rounding: told(rounding),
            ..built_in("imagenet").unwrap()
        };
        Preprocessing::new(&draft, ANY).unwrap().0
    }

    /// The byte of a pixel is its place.
    fn counted(width: usize, height: usize) -> Picture {
        Picture::new(width, height, (0..width * height).flat_map(|at| [at as u8; 3]).collect()).unwrap()
    }

    #[test]
    fn what_is_not_known_is_named_with_the_usual_values() {
        let message = Preprocessing::new(&Draft::default(), PictureInput { layout: None, ..ANY }).unwrap_err();
        for expected in ["input.layout", "short_edge = 256", "\"bicubic\"", "image.crop", "0.485", "0.48145466"] {
            assert!(message.contains(expected), "{message}");
        }
        let bytes = PictureInput { takes_bytes: true, ..ANY };
        assert!(!Preprocessing::new(&Draft::default(), bytes).unwrap_err().contains("mean"));
    }

    #[test]
    fn what_contradicts_the_graph_is_refused() {
        let imagenet = built_in("imagenet").unwrap();
        let message = |draft: &Draft, input| Preprocessing::new(draft, input).unwrap_err();
        assert!(message(&imagenet, PictureInput { size: Some((160, 160)), ..ANY }).contains("160 × 160"));
        let layout = Draft { layout: told(Layout::Nhwc), ..imagenet.clone() };
        assert!(message(&layout, ANY).contains("the graph has nchw"));
        let crop = Draft { crop: told(Crop::Middle(300, 300)), ..imagenet.clone() };
        assert!(message(&crop, ANY).contains("larger than"));
        let std = Draft { std: told(PerChannel([0.0; 3])), ..imagenet };
        assert!(message(&std, ANY).contains("std above 0"));
    }

    #[test]
    fn the_middle_is_rounded_as_either_library_does_it() {
        // Of 5 pixels 2 are taken: the rest is 3, its half 1.5 becomes 2 or 1.
        let first = |rounding, crop| small(rounding, crop).pixels(&counted(5, 5)).unwrap()[0];
        assert_eq!([first(CropRounding::HalfEven, 2), first(CropRounding::Floor, 2)], [12, 6]);
        // The rest is 1, its half 0.5 becomes 0 in both.
        assert_eq!([first(CropRounding::HalfEven, 4), first(CropRounding::Floor, 4)], [0, 0]);
        let skip = small(CropRounding::Floor, 9).pixels(&counted(5, 5)).unwrap_err();
        assert_eq!(skip.reason, SkipReason::Refused);
        let imagenet = Preprocessing::new(&built_in("imagenet").unwrap(), ANY).unwrap().0;
        assert_eq!(imagenet.pixels(&counted(1, 2000)).unwrap_err().reason, SkipReason::TooLarge);
    }

    #[test]
    fn numbers_stand_where_the_layout_has_them() {
        let mut preprocessing = small(CropRounding::Floor, 1);
        let picture = Picture::new(1, 1, vec![255, 0, 51]).unwrap();
        let scaling = Scaling::new(255.0, PerChannel([0.5, 0.0, 0.1]), PerChannel([0.5, 1.0, 0.1])).unwrap();
        let numbers = |preprocessing: &Preprocessing| {
            let mut numbers = Vec::new();
            preprocessing.scale(scaling, &preprocessing.pixels(&picture).unwrap(), &mut numbers);
            numbers
        };
        assert_eq!(numbers(&preprocessing), [1.0, 0.0, 1.0]);
        preprocessing.channels = Channels::Bgr;
        assert_eq!(numbers(&preprocessing), [1.0, 0.0, 1.0]);
        assert_eq!(preprocessing.pixels(&picture).unwrap(), [51, 0, 255]);
        preprocessing.layout = Layout::Nhwc;
        assert_eq!(numbers(&preprocessing), [1.0, 0.0, 1.0]);
    }

    #[test]
    fn the_longer_edge_keeps_its_proportion_rounded_down() {
        let preprocessing = Preprocessing::new(&built_in("imagenet").unwrap(), ANY).unwrap().0;
        assert_eq!(preprocessing.target(640, 427), (383, 256));
        assert_eq!(preprocessing.target(30, 2000), (256, 17066));
        assert_eq!(preprocessing.size, (224, 224));
    }
}
