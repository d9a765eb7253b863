//! The nearest classes are those of the full matrix of errors.

use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
use mislabel_reconstruct::NearestClasses;
use ndarray::Array2;

#[test]
fn the_nearest_errors_are_the_least_of_all() {
    let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
    let rows = Array2::from_shape_fn((700, 20), |(i, j)| 0.45 * wave(i % 9, j) + wave(i, j + 50));
    let given = Labels::new((0..700).map(|i| (i % 9) as u32).collect(), 11).expect("labels");
    let embeddings = Embeddings::new(rows.view()).expect("rows");
    let model = NearestClasses::default().model;
    let (reconstructors, summary) = model.fit(&embeddings, &given, &Run::quiet()).expect("a fit");
    let all = reconstructors.errors(&embeddings, &Run::quiet()).expect("errors");
    for width in [1, 4, 8, 100] {
        let nearest = NearestClasses { width, ..NearestClasses::default() };
        let nearest = nearest.evidence(&embeddings, &given, &Run::quiet()).expect("evidence");
        assert_eq!(nearest.width(), width.min(8), "classes without samples are not near");
        assert_eq!(nearest.summary().own(), summary.own());
        for row in 0..700 {
            let mut others: Vec<f64> = (0..9).filter(|c| *c != given.class(row)).map(|c| all[[row, c]]).collect();
            others.sort_by(f64::total_cmp);
            for (place, error) in nearest.errors(row).iter().enumerate() {
                assert_eq!(*error, others[place] as f32);
                assert_eq!(*error, all[[row, nearest.classes(row)[place] as usize]] as f32);
            }
        }
    }
    let none = NearestClasses { width: 0, ..NearestClasses::default() };
    assert!(none.evidence(&embeddings, &given, &Run::quiet()).unwrap_err().to_string().contains("width is 0"));
}
