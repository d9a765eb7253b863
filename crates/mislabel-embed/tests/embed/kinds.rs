//! Pictures of every kind, beside what Pillow reads in them (`tests/pictures/make.py`).

use std::path::PathBuf;

use mislabel_embed::{Decoding, Embedder as _, FirstLookAtPictures, Picture, Prepared, Sample};

/// Greatest difference of bytes for formats that lose nothing.
const EXACT: u8 = 0;
/// The same for JPEG and WebP: their transforms are rounded differently.
const LOSSY: u8 = 12;
/// Least cosine of first looks at the same picture, read by both.
const ALIKE: f32 = 0.995;

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures")).join(name)
}

fn picture(name: &str, decoding: &Decoding) -> Picture {
    decoding.picture(&std::fs::read(path(name)).unwrap()).unwrap()
}

fn row(picture: Picture) -> Vec<f32> {
    match FirstLookAtPictures.prepare(&Sample::Picture(picture)).unwrap() {
        Prepared::Row(row) => row,
        other => panic!("{other:?}"),
    }
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let product = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}

fn check(name: &str, tolerance: u8) {
    let found = picture(name, &Decoding::default());
    let expected = picture(&format!("{name}.expected.png"), &Decoding::default());
    assert_eq!((found.width(), found.height()), (expected.width(), expected.height()), "{name}");
    let difference = found.pixels().iter().zip(expected.pixels()).map(|(one, other)| one.abs_diff(*other)).max();
    assert!(difference <= Some(tolerance), "{name} {difference:?}");
    let cosine = cosine(&row(found), &row(expected));
    assert!(cosine >= ALIKE, "{name} {cosine}");
}

#[test]
fn pictures_of_every_kind_are_read_as_pillow_reads_them() {
    let exact = [
        "alpha.png",
        "gray_alpha.png",
        "palette.png",
        "one_bit.png",
        "sixteen_bits.png",
        "animated.gif",
        "animated.webp",
        "plain.bmp",
        "plain.ppm",
        "tiny.png",
        "strip.png",
        "exif6.png",
    ];
    exact.into_iter().for_each(|name| check(name, EXACT));
    ["cmyk.jpg", "gray.jpg", "progressive.jpg", "lossy.webp"].into_iter().for_each(|name| check(name, LOSSY));
}

#[test]
fn pictures_are_turned_as_their_metadata_say() {
    (1..=8).for_each(|orientation| check(&format!("exif{orientation}.jpg"), LOSSY));
    let upright = row(picture("exif1.jpg", &Decoding::default()));
    let as_stored = Decoding { upright: false, ..Decoding::default() };
    let turned = picture("exif6.jpg", &as_stored);
    assert_eq!((turned.width(), turned.height()), (48, 32));
    let turned_back = picture("exif6.jpg", &Decoding::default());
    assert_eq!((turned_back.width(), turned_back.height()), (32, 48));
    // What is stored is the picture itself, whatever its metadata say.
    assert!(cosine(&row(turned), &upright) >= ALIKE);
    assert!(cosine(&row(turned_back), &upright) < 0.9);
}
