//! The embedded digits are the ones that scikit-learn ships.

use mislabel_datasets::digits;

#[test]
fn pixels_and_labels_sum_to_what_scikit_learn_s_do() {
    let digits = digits();
    // load_digits().data.sum(), (data == 16).sum() and target.sum() of scikit-learn 1.9.1.
    assert_eq!(digits.embeddings.iter().map(|&v| f64::from(v)).sum::<f64>(), 561_718.0);
    assert_eq!(digits.embeddings.iter().filter(|&&v| v == 16.0).count(), 10_456);
    assert_eq!(digits.labels.values().iter().sum::<u32>(), 8_070);
}

#[test]
fn the_order_is_scikit_learn_s() {
    let digits = digits();
    assert_eq!(digits.labels.values()[..12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    assert_eq!(digits.image(1796).row(1).to_vec(), [0.0, 2.0, 16.0, 14.0, 6.0, 1.0, 0.0, 0.0]);
}

#[test]
fn every_pixel_lies_between_0_and_16() {
    assert!(digits().embeddings.iter().all(|v| (0.0..=16.0).contains(v)));
}
