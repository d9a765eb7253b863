//! From a folder of pictures to corrected labels, without embeddings and without a model.
//!
//! Writes the digits as picture files into a folder for every class, a tenth of them into the wrong one, as people who sorted
//! them by hand might have. Looks at the files, finds those in the wrong folders, moves the flagged ones to the folders that
//! they should be in, and looks again. Prints the most suspect files, and how many lie wrong before and after.

use std::fs;
use std::path::Path;

use mislabel::embed::{EmbedOptions, Embedded, FirstLookAtPictures, ImageFolder, Storage, embed};
use mislabel::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let photos = folder.path().join("photos");
    write_pictures(&photos)?;

    let embedded = look(&photos, folder.path())?;
    let given = labels(&embedded)?;
    let (n, d) = embedded.shape();
    println!("{n} pictures in {} folders, {d} numbers for each", given.class_count());
    println!("{} lie in the wrong folder", wrong(&embedded));

    let issues = SoftLinearPosterior::default().detect(&embedded, &given, &Run::quiet())?;
    println!("\n{} are flagged; the most suspect:", issues.flagged());
    for row in issues.quality().ranking().into_iter().take(5) {
        println!("  {} shows a {}", embedded.samples()[row].name, issues.suggested().class(row));
    }

    for (row, sample) in embedded.samples().iter().enumerate().filter(|(row, _)| issues.is_issue()[*row]) {
        let file = Path::new(&sample.name).file_name().ok_or("a picture without a name")?;
        let better = photos.join(issues.suggested().class(row).to_string()).join(file);
        fs::rename(photos.join(&sample.name), better)?;
    }
    println!("\n{} lie in the wrong folder after the flagged ones were moved", wrong(&look(&photos, folder.path())?));
    Ok(())
}

/// The pictures with their rows. Contents that were looked at are not looked at again, wherever they lie.
fn look(photos: &Path, cache: &Path) -> Result<Embedded, Box<dyn std::error::Error>> {
    let storage = Storage::Folder(cache.join("rows"));
    let pictures = ImageFolder::open(photos, None)?;
    Ok(embed(&pictures, &FirstLookAtPictures, &storage, &EmbedOptions::default(), &Run::quiet())?)
}

/// The digits that the folders stand for.
fn labels(embedded: &Embedded) -> Result<Labels, Box<dyn std::error::Error>> {
    let digit = |label: &Option<String>| label.as_deref().unwrap_or_default().parse::<u32>();
    let digits = embedded.samples().iter().map(|sample| digit(&sample.label)).collect::<Result<Vec<u32>, _>>()?;
    Ok(Labels::new(digits, 10)?)
}

/// How many lie in the wrong folder: the names of the files end with the truth, which nothing else looks at.
fn wrong(embedded: &Embedded) -> usize {
    let is_wrong = |name: &str| name.chars().next() != name.trim_end_matches(".pgm").chars().last();
    embedded.samples().iter().filter(|sample| is_wrong(&sample.name)).count()
}

/// The digits as files `GIVEN/NUMBER-TRUE.pgm`: gray pictures in their plainest format, a header and the pixels.
fn write_pictures(photos: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let digits = mislabel::datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
    for row in 0..digits.labels.len() {
        let image = digits.image(row);
        let (height, width) = image.dim();
        let pixels = image.iter().map(|ink| (ink * 255.0 / 16.0).round() as u8);
        let folder = photos.join(noisy.given.class(row).to_string());
        fs::create_dir_all(&folder)?;
        let file = format!("P5 {width} {height} 255\n").into_bytes().into_iter().chain(pixels).collect::<Vec<u8>>();
        fs::write(folder.join(format!("{row:04}-{}.pgm", digits.labels.class(row))), file)?;
    }
    Ok(())
}
