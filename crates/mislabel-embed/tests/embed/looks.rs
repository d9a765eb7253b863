//! What the first look sees.

use mislabel_embed::{Embedder as _, FirstLookAtTexts, Prepared, Sample, oddities};

use crate::fixture::{folder, look, photos, picture, png, rows, write};

#[test]
fn rows_are_of_the_promised_length_and_look_sane() {
    let photos = photos(&["a", "b"], 30);
    let embedded = look(&folder(photos.path())).unwrap();
    let rows = rows(&embedded);
    assert_eq!(rows.dim(), (60, 1984));
    assert!(rows.iter().all(|value| value.is_finite()));
    assert_eq!(oddities(&embedded).unwrap(), Vec::<String>::new());
}

#[test]
fn pictures_that_hardly_differ_are_odd() {
    let alike = tempfile::tempdir().unwrap();
    for number in 0..20 {
        let mut changed = picture(3, 64, 64);
        changed.put_pixel(3 * number, 20, image::Rgb([128; 3]));
        write(&alike, &format!("a/{number}.png"), png(&changed));
    }
    let odd = oddities(&look(&folder(alike.path())).unwrap()).unwrap().join("; ");
    assert!(odd.contains("the rows hardly differ"), "{odd}");
}

#[test]
fn the_size_of_a_picture_hardly_matters() {
    let both = tempfile::tempdir().unwrap();
    let large = image::imageops::blur(&picture(3, 400, 400), 8.0);
    let small = image::imageops::resize(&large, 64, 64, image::imageops::FilterType::Triangle);
    write(&both, "a/large.png", png(&large));
    write(&both, "a/small.png", png(&small));
    let rows = rows(&look(&folder(both.path())).unwrap());
    let (large, small) = (rows.row(0), rows.row(1));
    let cosine = large.dot(&small) / (large.dot(&large) * small.dot(&small)).sqrt();
    assert!(cosine > 0.99, "{cosine}");
}

#[test]
fn texts_of_any_script_have_rows_of_unit_length() {
    for text in ["x", "日本語のテスト", "1234567890", "a\u{0}b\u{200b}", "ÄÖÜ ß", &"long ".repeat(10_000)] {
        let Prepared::Row(row) = FirstLookAtTexts.prepare(&Sample::Text(text.into())).unwrap() else { panic!() };
        let length = row.iter().map(|value| value * value).sum::<f32>();
        assert!((length - 1.0).abs() < 1e-4, "{length}");
    }
}
