//! Pictures of every kind: skipped with the reason, or a row of finite numbers, the same every time.

#![no_main]

use mislabel_embed::{Decoding, Embedder as _, FirstLookAtPictures, Prepared, Sample};

// Decoders' panics are turned into skips, and may. One that gets through still ends the run.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let (upright, keep_truncated) = (first & 1 == 0, first & 2 == 0);
    let decoding = Decoding { upright, keep_truncated, most_pixels: 1 << 20, most_bytes: 1 << 24 };
    let Ok(picture) = decoding.picture(content) else { return };
    assert!(picture.width() * picture.height() <= 1 << 20);
    if let Ok(Prepared::Row(row)) = FirstLookAtPictures.prepare(&Sample::Picture(picture)) {
        assert_eq!(row.len(), FirstLookAtPictures.dimension());
        assert!(row.iter().all(|value| value.is_finite()));
    }
});
