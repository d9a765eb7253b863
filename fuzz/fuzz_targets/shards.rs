//! Tar files of samples: pictures and texts, with labels beside them.

#![no_main]

use std::path::Path;

use mislabel_core::{EmbeddingSource as _, Run};
use mislabel_embed::{
    Decoding, EmbedOptions, Embedder, FirstLookAtPictures, FirstLookAtTexts, Source, Storage, TarShards, embed,
};
use mislabel_fuzz::readers::with_file;
use mislabel_io::SampleKind;

/// Names of labels: none, a part, a key.
const LABELS: [Option<&str>; 3] = [None, Some("txt"), Some("json.label")];

fn embedded(source: &dyn Source, embedder: &dyn Embedder, place: &Path) {
    let decoding = Decoding { most_pixels: 1 << 20, most_bytes: 1 << 24, ..Decoding::default() };
    let options = EmbedOptions { decoding, most_bad: 1.0 };
    if let Ok(embedded) = embed(source, embedder, &Storage::Temporary(place.into()), &options, &Run::quiet()) {
        assert_eq!(embedded.shape(), (embedded.samples().len(), embedder.dimension()));
        assert_eq!(source.count(), Some(embedded.samples().len() + embedded.skipped().len()));
    }
}

// As in the target `parquet`.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let label = LABELS[usize::from(first >> 1) % LABELS.len()];
    with_file("tar", content, |path| {
        let place = path.parent().expect("a folder");
        let (kind, embedder): (SampleKind, &dyn Embedder) = match first % 2 {
            0 => (SampleKind::Media, &FirstLookAtPictures),
            _ => (SampleKind::Text, &FirstLookAtTexts),
        };
        if let Ok(shards) = TarShards::open(path, kind, None, label) {
            embedded(&shards, embedder, place);
        }
    });
});
