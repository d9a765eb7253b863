//! The nearest classes are those of the full matrix of errors.

use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
use mislabel_reconstruct::{NearestClasses, SoftLinear};
use ndarray::{Array2, Axis};

/// Rows that are not kept move the center that is subtracted before the others are rounded to f32.
const CENTERED: f64 = 1e-5;

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

/// 400 rows of 4 classes, whose variance falls slowly from direction to direction.
fn wide() -> (Array2<f32>, Labels) {
    let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
    let spread = |j: usize| 1.0 / (1.0 + j as f32 / 10.0);
    let rows = Array2::from_shape_fn((400, 60), |(i, j)| 0.3 * wave(i % 4, j) + spread(j) * wave(i + 3, j + 50));
    (rows, Labels::new((0..400).map(|i| (i % 4) as u32).collect(), 4).expect("labels"))
}

fn untrimmed(components: usize, strangers: usize) -> NearestClasses {
    let model = SoftLinear { components, trim: Vec::new(), ..SoftLinear::default() };
    NearestClasses { model, strangers, ..NearestClasses::default() }
}

#[test]
fn few_components_with_strangers_give_the_errors_of_all_components_on_average() {
    /// What is left of the mean logarithm of few components over all, as a share of what it is without strangers: they are
    /// 64, and a factor of their mean is known to an eighth or two.
    const LEFT: f64 = 0.25;
    let (rows, given) = wide();
    let embeddings = Embeddings::new(rows.view()).expect("rows");
    let least = |evidence: NearestClasses| {
        let evidence = evidence.evidence(&embeddings, &given, &Run::quiet()).expect("evidence");
        evidence.summary().least_other().to_vec()
    };
    let all = least(untrimmed(60, 64));
    let off = |some: Vec<f64>| some.iter().zip(&all).map(|(some, all)| (some / all).ln()).sum::<f64>() / 400.0;
    let (measured, even) = (off(least(untrimmed(5, 64))), off(least(untrimmed(5, 0))));
    assert!(even > 0.003 && measured.abs() < LEFT * even, "{measured} {even}");
}

#[test]
fn samples_that_are_not_kept_are_scored_as_if_they_had_never_been_there() {
    let (rows, given) = wide();
    let keep: Vec<bool> = (0..400).map(|row| row % 7 != 0).collect();
    let kept: Vec<usize> = (0..400).filter(|row| keep[*row]).collect();
    let evidence = untrimmed(60, 64);
    let embeddings = Embeddings::new(rows.view()).expect("rows");
    let some = evidence.evidence_of_kept(&embeddings, &given, &keep, &Run::quiet()).expect("evidence");
    let few_rows = rows.select(Axis(0), &kept);
    let few = Labels::new(kept.iter().map(|row| given.values()[*row]).collect(), 4).expect("labels");
    let alone = Embeddings::new(few_rows.view()).expect("rows");
    let alone = evidence.evidence(&alone, &few, &Run::quiet()).expect("evidence");
    for (at, row) in kept.iter().enumerate() {
        let (some, alone) = (some.summary().own()[*row], alone.summary().own()[at]);
        assert!((some / alone - 1.0).abs() < CENTERED, "row {row}: {some} {alone}");
    }
    let (all, error) = (evidence.evidence_of_kept(&embeddings, &given, &[true; 400], &Run::quiet()), "evidence");
    let all = all.expect(error);
    assert!((0..400).filter(|row| !keep[*row]).all(|row| some.summary().own()[row] > all.summary().own()[row] * 0.9));
    assert!(evidence.evidence_of_kept(&embeddings, &given, &[true; 3], &Run::quiet()).is_err());
    let none_of_zero: Vec<bool> = (0..400).map(|row| row % 4 != 0).collect();
    let error = evidence.evidence_of_kept(&embeddings, &given, &none_of_zero, &Run::quiet()).unwrap_err().to_string();
    assert!(error.contains('0'), "{error}");
}
