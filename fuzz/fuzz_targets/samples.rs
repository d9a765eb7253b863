//! Tables and lines of samples, embedded at first sight: texts and pictures in cells.

#![no_main]

use std::path::Path;

use mislabel_core::{EmbeddingSource as _, Run};
use mislabel_embed::{
    Decoding, EmbedOptions, Embedder, FirstLookAtPictures, FirstLookAtTexts, SampleTable, Source, Storage, TextLines,
    embed,
};
use mislabel_fuzz::readers::{MOST_MEMORY, with_file};
use mislabel_io::{ReadOptions, SampleKind};

const KINDS: [&str; 6] = ["csv", "tsv", "jsonl", "json", "arrow", "parquet"];

fn embedded(source: &dyn Source, embedder: &dyn Embedder, place: &Path) {
    let decoding = Decoding { most_pixels: 1 << 20, most_bytes: 1 << 24, ..Decoding::default() };
    let options = EmbedOptions { decoding, most_bad: 1.0 };
    if let Ok(embedded) = embed(source, embedder, &Storage::Temporary(place.into()), &options, &Run::quiet()) {
        let (n, d) = embedded.shape();
        assert_eq!((n, d), (embedded.samples().len(), embedder.dimension()));
        mislabel_core::EmbeddingMatrix::read(&embedded).expect("finite rows");
    }
}

// As in the target `parquet`.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let choice = ReadOptions { memory_limit: MOST_MEMORY, ..ReadOptions::default() };
    let kind = usize::from(first) % (2 * KINDS.len() + 1);
    with_file(KINDS.get(kind / 2).unwrap_or(&"txt"), content, |path| {
        let place = path.parent().expect("a folder");
        match (KINDS.get(kind / 2), kind % 2) {
            (None, _) => {
                if let Ok(lines) = TextLines::open(path) {
                    embedded(&lines, &FirstLookAtTexts, place);
                }
            }
            (Some(_), 0) => {
                if let Ok(table) = SampleTable::open(path, SampleKind::Text, None, None, &choice) {
                    embedded(&table, &FirstLookAtTexts, place);
                }
            }
            (Some(_), _) => {
                if let Ok(table) = SampleTable::open(path, SampleKind::Media, None, None, &choice) {
                    embedded(&table, &FirstLookAtPictures, place);
                }
            }
        }
    });
});
