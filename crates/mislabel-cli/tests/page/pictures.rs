//! Pictures come from the folder of the samples, and from nowhere else; files that are no pictures are not shown.

use crate::fixture::Fixture;
use crate::http::{Answer, request};
use crate::process::Served;

/// A PNG header that promises `width` × `height` pixels, with hardly any data.
fn promised_png(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(13_u32.to_be_bytes());
    png.extend(&chunk);
    png.extend(crc(&chunk).to_be_bytes());
    png.extend([0, 0, 0, 0]);
    png.extend(b"IDAT");
    png.extend(crc(b"IDAT").to_be_bytes());
    png
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// A gray PNG of 1 × 1 pixel.
const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

const FILES: [&str; 9] = [
    "in/dot.png",
    "in/../../secret.png",
    "SECRET",
    "in/link.png",
    "in/bomb.png",
    "in/cut.jpg",
    "in/drawing.svg",
    "in/page.png",
    "in/none.png",
];

fn fixture() -> Fixture {
    let fixture = Fixture::new(FILES.len(), 3);
    let write = |name: &str, bytes: &[u8]| std::fs::write(fixture.path(name), bytes).unwrap();
    std::fs::create_dir_all(fixture.path("root/in")).unwrap();
    write("root/in/dot.png", DOT);
    write("secret.png", DOT);
    write("root/in/bomb.png", &promised_png(50_000, 50_000));
    write("root/in/cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00");
    write("root/in/drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    write("root/in/page.png", b"<!doctype html><script>alert(1)</script>");
    std::os::unix::fs::symlink(fixture.path("secret.png"), fixture.path("root/in/link.png")).unwrap();
    let secret = fixture.path("secret.png").display().to_string();
    let rows: String = FILES.iter().map(|name| format!("{}\n", name.replace("SECRET", &secret))).collect();
    write("samples.csv", format!("path\n{rows}").as_bytes());
    fixture
}

fn picture(served: &Served, row: &str) -> Answer {
    request(served.address, "GET", &served.picture(row), &[], "")
}

#[test]
fn only_pictures_in_the_folder_are_served_and_the_others_say_why_not() {
    let fixture = fixture();
    let served = fixture.served_with(&["--root", "root"]);
    let dot = picture(&served, "0");
    assert_eq!((dot.status, dot.header("content-type"), dot.body.as_slice()), (200, Some("image/png"), DOT));
    let reasons = [
        "leads out of the folder",
        "leads out of the folder",
        "leads out of the folder",
        "50000 × 50000 pixels",
        "cannot be read",
        "no PNG, JPEG, WebP, GIF or BMP image",
        "no PNG, JPEG, WebP, GIF or BMP image",
        "cannot be found",
    ];
    for (row, reason) in (1..).zip(reasons) {
        let answer = picture(&served, &row.to_string());
        assert_eq!(answer.status, 422, "{row}");
        assert!(answer.text().contains(reason), "{row}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let peak = served.peak_memory();
    assert!(peak < 300 << 20, "{peak} bytes");
    let followed = fixture.path("other.jsonl").display().to_string();
    let mut arguments = Fixture::arguments(&["--root", "root", "--follow-links"]);
    let place = arguments.iter().position(|argument| *argument == "review.jsonl").unwrap();
    arguments[place] = &followed;
    let served = crate::process::serve(fixture.folder(), &arguments).unwrap();
    assert_eq!(picture(&served, "3").status, 200);
    assert_eq!(picture(&served, "1").status, 422, "two dots lead nowhere even then");
}

#[test]
fn pictures_are_asked_for_by_numbers_alone() {
    let fixture = fixture();
    let served = fixture.served_with(&["--root", "root"]);
    for row in ["..%2f..%2fetc%2fpasswd", "9", "-1", "+1", "1.0", "", "0/0", "0%00", "99999999999999999999", "dot.png"]
    {
        let answer = picture(&served, row);
        assert!([404, 422].contains(&answer.status), "{row}: {}", answer.status);
    }
    let path = served.picture("0");
    let other = path.replace("/img/", "/img/0");
    assert_eq!(request(served.address, "GET", &other, &[], "").status, 403);
}
