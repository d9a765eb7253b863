//! Files of kept embeddings: rows come back as they were, are computed anew, or are refused.

#![no_main]

use std::path::Path;

use mislabel_core::{EmbeddingMatrix, Run};
use mislabel_embed::{EmbedOptions, Embedder as _, FirstLookAtTexts, Storage, TextLines, embed};
use mislabel_fuzz::readers::with_file;

fn rows(source: &TextLines, folder: &Path) -> Result<EmbeddingMatrix, String> {
    let storage = Storage::Folder(folder.into());
    let embedded = embed(source, &FirstLookAtTexts, &storage, &EmbedOptions::default(), &Run::quiet());
    let embedded = embedded.map_err(|error| error.to_string())?;
    EmbeddingMatrix::read(&embedded).map_err(|error| error.to_string())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    with_file("txt", b"a cat\na dog\n", |path| {
        let texts = TextLines::open(path).expect("the texts");
        let place = tempfile::tempdir().expect("a folder");
        let expected = rows(&texts, place.path()).expect("rows");
        let folder = place.path().join(FirstLookAtTexts.identity().digest());
        let files = std::fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("a file").path());
        let kept = files.into_iter().find(|file| file.extension().is_some_and(|end| end == "rows")).expect("rows");
        let whole = std::fs::read(&kept).expect("the rows");
        // Damage from a place of the fuzzer's choice on, or something else altogether.
        let start = if first == 0 { 0 } else { usize::from(first - 1) };
        let damage =
            |(at, byte): (usize, &u8)| byte ^ at.checked_sub(start).and_then(|at| content.get(at)).unwrap_or(&0);
        let damaged = if first == 0 { content.to_vec() } else { whole.iter().enumerate().map(damage).collect() };
        std::fs::write(&kept, damaged).expect("a file that can be written");
        if let Ok(again) = rows(&texts, place.path()) {
            assert_eq!(again.view(), expected.view());
        }
    });
});
