//! What samples show: pictures, texts, pixels.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use mislabel::io::{ReadOptions, Role, SampleFile};
use mislabel::report::{PixelForm, Samples};
use mislabel::review::{PackedTexts, SampleTable};

use crate::failure::{Failure, Result};
use crate::inputs::files::has_extension;
use crate::inputs::raw_samples::RawSamples;
use crate::value_parsers::{picture_size, positive};

const SHOWN: &str = "What samples show";
/// Extensions of the files of a folder of pictures.
const PICTURES: &[&str] = &["png", "jpg", "jpeg", "webp", "gif", "bmp"];

/// Where to find what samples show.
#[derive(Args, Debug)]
pub(crate) struct ShownOptions {
    /// Table of the samples, of any kind: paths of pictures, or texts, and ids [default: what the tables of labels and embeddings
    /// say]
    #[arg(long, value_name = "FILE", help_heading = SHOWN)]
    samples: Option<PathBuf>,
    /// The embeddings are the pixels of gray pictures of this size
    #[arg(long, value_name = "HEIGHTxWIDTH", value_parser = picture_size, requires = "embeddings", help_heading = SHOWN)]
    pixels: Option<(usize, usize)>,
    /// The value of a black pixel; 0 is white
    #[arg(long, value_name = "V", default_value_t = 255.0, value_parser = positive, allow_negative_numbers = true, help_heading = SHOWN)]
    ink: f64,
    /// The embeddings are numbers that say something to people: show the first of them
    #[arg(long, requires = "embeddings", conflicts_with = "pixels", help_heading = SHOWN)]
    numbers: bool,
}

/// What samples show, read from the files.
pub(crate) struct Shown {
    images: Option<Vec<PathBuf>>,
    texts: Option<Vec<String>>,
    pixels: Option<PixelForm>,
    numbers: bool,
}

impl ShownOptions {
    /// The files that are read.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.samples.as_deref().into_iter()
    }

    /// The table of the samples.
    pub(crate) fn table(&self) -> Option<&Path> {
        self.samples.as_deref()
    }

    /// Whether an option says what samples show.
    fn says(&self, raw: &RawSamples) -> bool {
        raw.are_given() || self.pixels.is_some() || self.numbers
    }

    /// What the samples show by `table`, whose paths are relative to `folder`, unless an option says something else.
    pub(crate) fn or_table(&self, raw: &RawSamples, shown: Shown, table: &SampleTable, folder: &Path) -> Shown {
        if self.says(raw) {
            return shown;
        }
        let paths = table.files().filter(|paths| self.samples.is_some() || any_is_there(paths, folder));
        Shown {
            images: paths.map(|paths| paths.iter().map(|path| folder.join(path)).collect()),
            texts: table.texts().map(|texts| texts.iter().map(Into::into).collect()),
            ..shown
        }
    }

    /// Reads what `samples` samples show, whose files are `raw`.
    pub(crate) fn read(&self, raw: &RawSamples, samples: usize) -> Result<Shown> {
        let images = raw.images.as_deref().map(|path| pictures(path, raw.images_key.as_deref())).transpose()?;
        let texts = |path: &Path| column(path, raw.texts_key.as_deref(), Role::Text, "--texts-key");
        let texts = raw.texts.as_deref().map(texts).transpose()?;
        if let (Some(path), Some(images)) = (&raw.images, &images) {
            one_each(path, images.len(), samples, "pictures")?;
        }
        if let (Some(path), Some(texts)) = (&raw.texts, &texts) {
            one_each(path, texts.len(), samples, "texts")?;
        }
        let pixels = self.pixels.map(|(height, width)| PixelForm { height, width, ink: self.ink as f32 });
        Ok(Shown { images, texts, pixels, numbers: self.numbers })
    }
}

impl Shown {
    /// Pictures and texts of the samples that were embedded.
    #[cfg(feature = "embed")]
    pub(crate) fn embedded(images: Option<Vec<PathBuf>>, texts: Option<Vec<String>>) -> Self {
        Self { images, texts, pixels: None, numbers: false }
    }

    /// What the samples `rows` show.
    pub(crate) fn selected(self, rows: &[u32]) -> Self {
        fn selected<T: Clone>(values: Option<Vec<T>>, rows: &[u32]) -> Option<Vec<T>> {
            values.map(|values| rows.iter().map(|row| values[*row as usize].clone()).collect())
        }
        Self { images: selected(self.images, rows), texts: selected(self.texts, rows), ..self }
    }

    pub(crate) fn samples(&self) -> Samples<'_> {
        Samples {
            images: self.images.as_deref(),
            texts: self.texts.as_deref(),
            pixels: self.pixels,
            numbers: self.numbers,
        }
    }
}

/// Whether one of the first files is there: a table may have addresses of other machines.
fn any_is_there(paths: &PackedTexts, folder: &Path) -> bool {
    const LOOKED_AT: usize = 20;
    paths.iter().take(LOOKED_AT).any(|path| !path.is_empty() && folder.join(path).is_file())
}

fn one_each(path: &Path, found: usize, samples: usize, what: &str) -> Result<()> {
    if found == samples {
        return Ok(());
    }
    Err(refused(path, format!("has {found} {what} for {samples} samples, expected one for each")))
}

/// The files of pictures that `path` holds or lists.
fn pictures(path: &Path, key: Option<&str>) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        let folder = path.parent().unwrap_or(Path::new(""));
        return Ok(column(path, key, Role::MediaPath, "--images-key")?
            .into_iter()
            .map(|file| folder.join(file))
            .collect());
    }
    if key.is_some() {
        return Err(refused(path, "is a folder, --images-key names a column of a list".into()));
    }
    let mut files = Vec::new();
    files_below(path, &mut files)?;
    files.sort_unstable();
    Ok(files)
}

/// Adds the pictures in `folder` and the folders in it to `files`. Links to folders are not followed.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |cause: std::io::Error| refused(folder, cause.to_string());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            files_below(&path, files)?;
        } else if has_extension(&path, PICTURES) {
            files.push(path);
        }
    }
    Ok(())
}

/// The lines of a `.txt` file, or a column of a table: the one called `key`, or the one of this `role`, or the only one.
fn column(path: &Path, key: Option<&str>, role: Role, option: &str) -> Result<Vec<String>> {
    if has_extension(path, &["txt"]) {
        let text = fs::read_to_string(path).map_err(|cause| refused(path, cause.to_string()))?;
        return match key {
            Some(_) => Err(refused(path, "has lines, no columns: leave the name of the column out".into())),
            None => Ok(text.lines().map(Into::into).collect()),
        };
    }
    let table = SampleFile::read(path, &ReadOptions::default())?;
    let found = match (key, table.columns()) {
        (Some(key), _) => Some(table.named(key)?),
        (None, [(_, only)]) => Some(only),
        (None, _) => table.with_role(role),
    };
    let Some(found) = found else {
        let names: Vec<&str> = table.columns().iter().map(|(_, column)| column.name.as_str()).collect();
        return Err(refused(path, format!("has the columns {names:?}: name one of them with {option}")));
    };
    Ok(found.cells.iter().map(|cell| cell.clone().unwrap_or_default()).collect())
}

fn refused(path: &Path, reason: String) -> Failure {
    Failure::Arguments(format!("{}: {reason}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_pictures_in_the_order_of_their_paths() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/2.png", "a/1.JPG", "a/10.jpg", "note.md"] {
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = pictures(folder.path(), None).unwrap();
        let names: Vec<&Path> = found.iter().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(names, ["a/1.JPG", "a/10.jpg", "b/2.png"].map(Path::new));
        assert!(pictures(folder.path(), Some("path")).unwrap_err().to_string().contains("is a folder"));
    }

    #[test]
    fn a_list_gives_paths_relative_to_itself_and_a_table_its_column() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.csv");
        fs::write(&list, "id,path\n1,\"x, y.png\"\n2,b.png\n").unwrap();
        assert_eq!(pictures(&list, Some("path")).unwrap()[0], folder.path().join("x, y.png"));
        let texts = |path: &Path, key| column(path, key, Role::Text, "--texts-key");
        let message = texts(&list, None).unwrap_err().to_string();
        assert!(message.contains("\"id\", \"path\"") && message.contains("--texts-key"), "{message}");
        assert!(texts(&list, Some("no")).is_err());
        assert_eq!(pictures(&list, None).unwrap()[1], folder.path().join("b.png"), "a column called path has paths");
        let lines = folder.path().join("texts.txt");
        fs::write(&lines, "one, two\nthree\n").unwrap();
        assert_eq!(texts(&lines, None).unwrap(), ["one, two", "three"]);
    }
}
