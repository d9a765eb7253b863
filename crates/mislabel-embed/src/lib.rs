//! Images and texts to rows of numbers: a first look without any model, or an embedder of your own.
//!
//! A [`Source`] names samples: the pictures of an [`ImageFolder`] with a folder for every class, the rows of a [`SampleTable`], the
//! lines of a file ([`TextLines`]), the members of tar files ([`TarShards`]). An [`Embedder`] turns each into a row of numbers. [`embed`] does that for all of them: it reads,
//! decodes, and prepares samples on all threads of the pool, keeps the rows by the content they are of, and leaves out what cannot
//! be read, with its name and the reason. The result is [`Embedded`], a source of embeddings for every method.
//!
//! Without a model there is a first look: [`FirstLookAtPictures`] has gradients and colors, [`FirstLookAtTexts`] words and
//! runs of characters. `docs/embeddings.md` in the repository has what it is worth beside embeddings of networks. With the feature
//! `onnx` there is `Onnx`: embeddings of any vision network and sentence encoder in an ONNX file.
//!
//! ```
//! use mislabel_core::{EmbeddingSource as _, Run};
//! use mislabel_embed::{EmbedOptions, FirstLookAtTexts, SampleTable, Storage, embed};
//! use mislabel_io::{ReadOptions, SampleKind};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("questions.csv");
//! std::fs::write(&path, "text,label\nMy card is lost,card\nWhat is my balance?,account\n")?;
//! let table = SampleTable::open(&path, SampleKind::Text, None, None, &ReadOptions::default())?;
//! let storage = Storage::Temporary(folder.path().into());
//! let embedded = embed(&table, &FirstLookAtTexts, &storage, &EmbedOptions::default(), &Run::quiet())?;
//! assert_eq!(embedded.shape(), (2, 1024));
//! assert_eq!(embedded.samples()[0].label.as_deref(), Some("card"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every row depends on its sample and on the embedder's [`Identity`] alone: neither on other samples, nor on batches, nor on the
//! number of threads. That is why rows may be kept, and why a run that was killed goes on where it was.

mod embedder;
mod error;
mod first_look;
mod identity;
#[cfg(feature = "onnx")]
mod onnx;
#[cfg(feature = "onnx")]
mod panics;
mod picture;
#[cfg(feature = "onnx")]
mod preset;
mod rows;
mod samples;
#[cfg(feature = "onnx")]
mod tokens;

pub use embedder::{Embedder, Prepared, Sample};
pub use error::{Error, Result};
#[cfg(feature = "images")]
pub use first_look::pictures::FirstLookAtPictures;
pub use first_look::texts::FirstLookAtTexts;
pub use identity::Identity;
#[cfg(feature = "onnx")]
pub use onnx::embedder::Onnx;
#[cfg(feature = "onnx")]
pub use onnx::options::ModelOptions;
pub use picture::Picture;
#[cfg(feature = "images")]
pub use picture::decoding::Decoding;
#[cfg(feature = "onnx")]
pub use preset::setting::Setting;
pub use rows::embedded::{Embedded, EmbeddedSample};
pub use rows::oddities::oddities;
pub use rows::options::EmbedOptions;
pub use rows::store::Storage;
pub use rows::work::embed;
pub use samples::entry::{Content, Entry, Source};
pub use samples::folder::ImageFolder;
pub use samples::lines::TextLines;
pub use samples::shards::TarShards;
pub use samples::skipped::{Skip, SkipReason, Skipped};
pub use samples::table::SampleTable;
