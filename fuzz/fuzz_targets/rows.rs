//! Files of kept embeddings: rows come back as they were, are computed anew, or are refused.

#![no_main]

use std::path::Path;

use mislabel_core::{EmbeddingMatrix, Run};
use mislabel_embed::{EmbedOptions, Embedded, FirstLookAtTexts, Storage, TextLines, embed};
use mislabel_fuzz::readers::with_file;

fn embedded(source: &TextLines, folder: &Path) -> Result<Embedded, String> {
    let storage = Storage::Folder(folder.into());
    let embedded = embed(source, &FirstLookAtTexts, &storage, &EmbedOptions::default(), &Run::quiet());
    embedded.map_err(|error| error.to_string())
}

fn rows(embedded: &Embedded) -> Result<EmbeddingMatrix, String> {
    EmbeddingMatrix::read(embedded).map_err(|error| error.to_string())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    with_file("txt", b"a cat\na dog\n", |path| {
        let texts = TextLines::open(path).expect("the texts");
        let place = tempfile::tempdir().expect("a folder");
        let first_time = embedded(&texts, place.path()).expect("rows");
        let expected = rows(&first_time).expect("rows");
        let folder = place.path().join(first_time.identity().digest());
        drop(first_time); // it may map the file that is damaged
        let files = std::fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("a file").path());
        let kept = files.into_iter().find(|file| file.extension().is_some_and(|end| end == "rows")).expect("rows");
        let whole = std::fs::read(&kept).expect("the rows");
        // Damage from a place of the fuzzer's choice on, or something else altogether.
        let start = if first == 0 { 0 } else { usize::from(first - 1) };
        let damage =
            |(at, byte): (usize, &u8)| byte ^ at.checked_sub(start).and_then(|at| content.get(at)).unwrap_or(&0);
        let damaged = if first == 0 { content.to_vec() } else { whole.iter().enumerate().map(damage).collect() };
        std::fs::write(&kept, damaged).expect("a file that can be written");
        if let Ok(again) = embedded(&texts, place.path()).and_then(|again| rows(&again)) {
            assert_eq!(again.view(), expected.view());
        }
    });
});
