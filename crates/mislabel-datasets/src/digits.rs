//! Handwritten digits.

use mislabel_core::Labels;
use ndarray::Array2;

use crate::dataset::Dataset;

const SIDE: usize = 8;
const PIXELS: usize = SIDE * SIDE;
const RECORD: usize = PIXELS + 1;
const CLASSES: usize = 10;

/// Records of 64 pixels and a label; `data/NOTICE.md` says where they come from.
static RECORDS: &[u8] = include_bytes!("../data/digits.u8");

/// 1,797 handwritten digits: 8 x 8 images of ink 0..=16, `(1797, 64)`, in ten classes named "0" to "9".
///
/// The test set of [Optical Recognition of Handwritten Digits][uci] (Alpaydin & Kaynak 1998, CC BY 4.0), as shipped by
/// scikit-learn (`load_digits`), in its order. Its labels are taken as true.
///
/// ```
/// let digits = mislabel_datasets::digits();
/// assert_eq!(digits.embeddings.dim(), (1797, 64));
/// assert_eq!(digits.labels.counts(), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
/// assert_eq!(digits.image(0)[[0, 3]], 13.0);
/// ```
///
/// [uci]: https://doi.org/10.24432/C50P49
pub fn digits() -> Dataset {
    let (records, _) = RECORDS.as_chunks::<RECORD>();
    let embeddings = Array2::from_shape_fn((records.len(), PIXELS), |(row, pixel)| f32::from(records[row][pixel]));
    let labels = records.iter().map(|record| u32::from(record[PIXELS])).collect();
    let labels = Labels::new(labels, CLASSES).and_then(|labels| labels.with_class_names(names()));
    Dataset { embeddings, labels: labels.expect("the embedded labels are below 10"), image_shape: (SIDE, SIDE) }
}

fn names() -> impl Iterator<Item = String> {
    (0..CLASSES).map(|class| class.to_string())
}
