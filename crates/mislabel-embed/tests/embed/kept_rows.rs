//! Rows that are kept, and that do not depend on how they came about.

use std::sync::atomic::{AtomicUsize, Ordering};

use mislabel_core::{Run, progress_fn};
use mislabel_embed::{
    EmbedOptions, Embedded, Embedder, Error, FirstLookAtPictures, Identity, Prepared, Sample, Skip, Storage, TextLines,
    embed,
};
use ndarray::{Array2, ArrayViewMut2};
use tempfile::TempDir;

use crate::fixture::{folder, photos, rows, skipped, write};

/// The first look in batches of another size, which counts what it prepares.
#[derive(Default)]
struct Counting {
    batch: usize,
    prepared: AtomicUsize,
    /// A sample that makes a batch fail; one that makes it panic.
    bad: [Option<usize>; 2],
}

impl Embedder for Counting {
    fn identity(&self) -> Identity {
        FirstLookAtPictures.identity()
    }

    fn dimension(&self) -> usize {
        FirstLookAtPictures.dimension()
    }

    fn prepare(&self, sample: &Sample) -> Result<Prepared, Skip> {
        self.prepared.fetch_add(1, Ordering::Relaxed);
        FirstLookAtPictures.prepare(sample)
    }

    fn embed(&self, batch: &[Prepared], rows: ArrayViewMut2<'_, f32>) -> mislabel_embed::Result<()> {
        // The sum of a row tells the pictures apart.
        let is = |number: usize, prepared: &Prepared| matches!(prepared, Prepared::Row(row) if mark(row) == number);
        let has = |number: Option<usize>| number.is_some_and(|number| batch.iter().any(|one| is(number, one)));
        assert!(!has(self.bad[1]), "a sample that it panics on");
        if has(self.bad[0]) {
            let (embedder, problem) = ("counting".into(), "a sample that it fails on".into());
            return Err(Error::Embedder { embedder, problem });
        }
        FirstLookAtPictures.embed(batch, rows)
    }

    fn batch_size(&self) -> usize {
        self.batch
    }
}

/// The length of a text and its first character, from as many tokens; fails where texts of different lengths share a batch.
struct Lengths;

impl Embedder for Lengths {
    fn identity(&self) -> Identity {
        Identity::new("lengths")
    }

    fn dimension(&self) -> usize {
        2
    }

    fn prepare(&self, sample: &Sample) -> Result<Prepared, Skip> {
        let Sample::Text(text) = sample else { unreachable!() };
        Ok(Prepared::Tokens(text.chars().map(u32::from).collect()))
    }

    fn embed(&self, batch: &[Prepared], mut rows: ArrayViewMut2<'_, f32>) -> mislabel_embed::Result<()> {
        for (mut row, prepared) in rows.outer_iter_mut().zip(batch) {
            let Prepared::Tokens(tokens) = prepared else { unreachable!() };
            assert_eq!(tokens.len(), batch[0].group());
            row[0] = tokens.len() as f32;
            row[1] = if tokens[0] == u32::from('!') { f32::NAN } else { tokens[0] as f32 };
        }
        Ok(())
    }
}

fn mark(row: &[f32]) -> usize {
    (row.iter().sum::<f32>() * 1e4) as usize
}

fn embedded(photos: &TempDir, embedder: &dyn Embedder, cache: &TempDir, run: &Run<'_>) -> Result<Embedded, Error> {
    let storage = Storage::Folder(cache.path().into());
    embed(&folder(photos.path()), embedder, &storage, &EmbedOptions { most_bad: 1.0, ..EmbedOptions::default() }, run)
}

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

fn bits(rows: &Array2<f32>) -> Vec<u32> {
    rows.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn rows_are_the_same_bits_on_any_number_of_threads_and_in_any_batch() {
    let photos = photos(&["a", "b"], 25);
    let mut expected = None;
    for (threads, batch) in [(1, 1), (1, 16), (2, 5), (4, 32)] {
        let cache = tempfile::tempdir().unwrap();
        let embedder = Counting { batch, ..Counting::default() };
        let found = in_pool(threads, || bits(&rows(&embedded(&photos, &embedder, &cache, &Run::quiet()).unwrap())));
        assert_eq!(expected.get_or_insert_with(|| found.clone()), &found, "{threads} {batch}");
    }
}

#[test]
fn rows_that_are_kept_are_not_computed_again_and_are_the_same() {
    let photos = photos(&["a"], 20);
    let cache = tempfile::tempdir().unwrap();
    let embedder = Counting { batch: 4, ..Counting::default() };
    let first = embedded(&photos, &embedder, &cache, &Run::quiet()).unwrap();
    assert_eq!((first.computed(), embedder.prepared.load(Ordering::Relaxed)), (20, 20));
    let again = embedded(&photos, &embedder, &cache, &Run::quiet()).unwrap();
    assert_eq!((again.computed(), embedder.prepared.load(Ordering::Relaxed)), (0, 20));
    assert_eq!(bits(&rows(&first)), bits(&rows(&again)));
    assert_eq!(first.samples(), again.samples());
    // Another name for the same content is no work either; another content is.
    std::fs::rename(photos.path().join("a"), photos.path().join("renamed")).unwrap();
    write(&photos, "renamed/new.png", crate::fixture::png(&crate::fixture::picture(777, 30, 30)));
    let renamed = embedded(&photos, &embedder, &cache, &Run::quiet()).unwrap();
    assert_eq!((renamed.samples().len(), renamed.computed()), (21, 1));
    assert_eq!(renamed.samples()[0].label.as_deref(), Some("renamed"));
}

#[test]
fn other_settings_are_another_cache() {
    let photos = photos(&["a"], 3);
    let cache = tempfile::tempdir().unwrap();
    let storage = Storage::Folder(cache.path().into());
    let computed = |upright: bool| {
        let mut options = EmbedOptions::default();
        options.decoding.upright = upright;
        embed(&folder(photos.path()), &FirstLookAtPictures, &storage, &options, &Run::quiet()).unwrap().computed()
    };
    assert_eq!([computed(true), computed(false), computed(true)], [3, 3, 0]);
}

#[test]
fn a_run_that_was_stopped_goes_on_where_it_was() {
    let photos = photos(&["a"], 1500);
    let cache = tempfile::tempdir().unwrap();
    let embedder = Counting { batch: 16, ..Counting::default() };
    let stop = progress_fn(|_, done, _| match done >= 1400 {
        true => std::ops::ControlFlow::Break(()),
        false => std::ops::ControlFlow::Continue(()),
    });
    let stopped = embedded(&photos, &embedder, &cache, &Run::quiet().with_progress(&stop)).unwrap_err();
    assert!(matches!(stopped, Error::Core(mislabel_core::Error::Cancelled { .. })), "{stopped}");
    let whole = embedded(&photos, &embedder, &cache, &Run::quiet()).unwrap();
    assert_eq!((whole.samples().len(), whole.computed()), (1500, 1500 - 1024));
}

#[test]
fn a_sample_on_which_the_embedder_fails_is_found_and_the_others_of_its_batch_have_rows() {
    let photos = photos(&["a"], 12);
    let quiet = Run::quiet();
    let cache = tempfile::tempdir().unwrap();
    let rows = rows(&embedded(&photos, &Counting { batch: 4, ..Counting::default() }, &cache, &quiet).unwrap());
    let bad = [5, 10].map(|row| Some(mark(rows.row(row).as_slice().unwrap())));
    let embedder = Counting { batch: 4, bad, ..Counting::default() };
    let found = embedded(&photos, &embedder, &tempfile::tempdir().unwrap(), &quiet).unwrap();
    assert_eq!(skipped(&found), [("a/0005.png", "refused"), ("a/0010.png", "refused")]);
    assert_eq!(found.samples().len(), 10);
}

#[test]
fn only_texts_of_equally_many_tokens_share_a_batch_and_rows_stay_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = (0..300).map(|number| "x".repeat(1 + number * 7 % 11)).collect();
    write(&folder, "lines.txt", texts.join("\n"));
    let embedded = lengths(&folder).unwrap();
    let found: Vec<f32> = rows(&embedded).column(0).to_vec();
    assert_eq!(found, texts.iter().map(|text| text.len() as f32).collect::<Vec<_>>());
    assert_eq!(embedded.computed(), 11);
}

#[test]
fn a_row_with_a_number_that_is_none_stops_the_run_and_names_the_sample() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "lines.txt", "one\ntwo\n!\nfour");
    let message = lengths(&folder).unwrap_err().to_string();
    assert!(message.starts_with("lengths gives NaN at position 1 for "), "{message}");
    assert!(message.ends_with("lines.txt: line 3"), "{message}");
}

fn lengths(folder: &TempDir) -> Result<Embedded, Error> {
    let lines = TextLines::open(&folder.path().join("lines.txt")).unwrap();
    let storage = Storage::Temporary(folder.path().into());
    embed(&lines, &Lengths, &storage, &EmbedOptions::default(), &Run::quiet())
}
