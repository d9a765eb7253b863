//! What settings may be.

use std::fmt;

use serde::Deserialize;

/// Where the channels of a picture stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layout {
    /// Batch, channels, height, width.
    Nchw,
    /// Batch, height, width, channels.
    Nhwc,
}

/// The order of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Channels {
    Rgb,
    Bgr,
}

/// How pixels are weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Interpolation {
    Nearest,
    Box,
    Bilinear,
    Hamming,
    Bicubic,
    Lanczos,
}

/// To which size pictures are brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resize {
    /// The shorter edge to this many pixels; the longer one in proportion, rounded down.
    ShortEdge(usize),
    /// To this height and width, whatever the proportions.
    Exact(usize, usize),
    /// They are left as they are.
    Keep,
}

/// The part in the middle that is taken: its height and width, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crop {
    Middle(usize, usize),
    All,
}

/// Where the middle lies when the rest is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CropRounding {
    /// Half of the rest, rounded to the even number: torchvision.
    HalfEven,
    /// Half of the rest, rounded down: Hugging Face.
    Floor,
}

/// Where a text that is too long is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TextSide {
    /// Its beginning.
    Left,
    /// Its end.
    Right,
}

impl TextSide {
    /// The side with this name, in any case.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::Left, Self::Right].into_iter().find(|side| side.to_string().eq_ignore_ascii_case(name))
    }
}

/// What becomes one row of an output that has many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pool {
    /// The mean over tokens, patches, or places.
    Mean,
    /// The first token.
    Cls,
    /// The output has one row already.
    None,
}

/// A number for each of red, green, and blue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PerChannel(pub(crate) [f32; 3]);

macro_rules! written_as {
    ($kind:ty: $($value:pat => $name:literal),+ $(,)?) => {
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $($value => $name),+ })
            }
        }
    };
}

written_as!(Layout: Self::Nchw => "nchw", Self::Nhwc => "nhwc");
written_as!(Channels: Self::Rgb => "rgb", Self::Bgr => "bgr");
written_as!(CropRounding: Self::HalfEven => "half-even", Self::Floor => "floor");
written_as!(TextSide: Self::Left => "left", Self::Right => "right");
written_as!(Pool: Self::Mean => "mean", Self::Cls => "cls", Self::None => "none");
written_as!(Interpolation:
    Self::Nearest => "nearest",
    Self::Box => "box",
    Self::Bilinear => "bilinear",
    Self::Hamming => "hamming",
    Self::Bicubic => "bicubic",
    Self::Lanczos => "lanczos",
);

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShortEdge(short) => write!(f, "{{ short_edge = {short} }}"),
            Self::Exact(height, width) => write!(f, "{{ height = {height}, width = {width} }}"),
            Self::Keep => f.write_str("none"),
        }
    }
}

impl fmt::Display for Crop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Middle(height, width) if height == width => write!(f, "{height}"),
            Self::Middle(height, width) => write!(f, "{{ height = {height}, width = {width} }}"),
            Self::All => f.write_str("none"),
        }
    }
}

impl fmt::Display for PerChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
