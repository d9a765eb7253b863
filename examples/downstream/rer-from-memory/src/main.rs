//! A user with vectors and names in memory, who wants the most suspect labels.

use mislabel::prelude::*;

/// Rows of three features around 0 or 4, with their names; the label of row 7 is wrong.
fn dataset() -> (Vec<Vec<f32>>, Vec<&'static str>) {
    let feature = |row: usize, column: usize| {
        let center = if row % 2 == column % 2 { 4.0 } else { 0.0 };
        center + ((row * 31 + column * 17) % 10) as f32 / 10.0
    };
    let rows = (0..40).map(|row| (0..3).map(|column| feature(row, column)).collect()).collect();
    let names = (0..40).map(|row| if (row % 2 == 0) != (row == 7) { "cat" } else { "dog" }).collect();
    (rows, names)
}

fn main() -> mislabel::Result<()> {
    let (rows, names) = dataset();
    let embeddings = EmbeddingMatrix::from_rows(&rows)?;
    let given = Labels::from_names(&names)?;
    let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(&embeddings, &given, &Run::quiet())?;
    for issue in issues.top(3) {
        println!("row {}: {} or {}?", issue.row, names[issue.row], given.class_name(issue.suggested));
    }
    Ok(())
}

#[test]
fn the_wrong_label_is_the_most_suspect() -> mislabel::Result<()> {
    let (rows, names) = dataset();
    let (embeddings, given) = (EmbeddingMatrix::from_rows(&rows)?, Labels::from_names(&names)?);
    let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(&embeddings, &given, &Run::quiet())?;
    let most = issues.top(1)[0];
    assert_eq!((most.row, given.class_name(most.suggested).as_ref()), (7, "dog"));
    Ok(())
}
