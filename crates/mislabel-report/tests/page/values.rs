//! The figures are those of the library.

use mislabel_consensus::Explainer;
use mislabel_core::{Embeddings, Run, VerifiedLabels};
use mislabel_coreset::{ClassLeverage, Importance as _, Samples as Weighed};
use mislabel_methods::{Dataset, detect};
use mislabel_neighbors::{Duplicates, ExactSearch, NeighborSearch as _};
use mislabel_report::{Origin, ReportOptions, ReportPage, Samples};

use crate::made::{digits_page, noisy_digits, parsed};

/// Sums are taken in another order.
const ROUNDING: f64 = 1e-9;

#[test]
fn the_summary_says_what_the_method_says() {
    let (report, page) = digits_page("rer");
    assert_eq!(page.summary.flagged, report.issues.flagged());
    assert_eq!((page.summary.noise_rate, page.summary.threshold), (report.noise_rate, report.threshold));
    assert_eq!(page.summary.difficulty, report.difficulty);
    let difficulties: Vec<Option<f64>> = page.classes.iter().map(|row| row.difficulty).collect();
    assert_eq!(difficulties, report.class_difficulty);
    assert!(page.summary.review.is_none());
}

#[test]
fn counts_add_up_to_the_flags() {
    let (report, page) = digits_page("consensus");
    let flagged = report.issues.flagged();
    assert_eq!(page.classes.iter().map(|row| row.flagged).sum::<usize>(), flagged);
    assert_eq!(page.classes.iter().map(|row| row.samples).sum::<usize>(), 1797);
    let pairs: usize = page.confusion.pairs.iter().map(|pair| pair.count).sum();
    assert_eq!(page.confusion.pairs.len(), page.confusion.pair_count);
    assert_eq!(pairs + page.confusion.without_suggestion, flagged);
    assert_eq!(page.confusion.counts.iter().flatten().sum::<usize>(), pairs);
    assert_eq!(page.quality.flagged.iter().sum::<usize>(), flagged);
    assert_eq!(page.quality.total(), 1797);
    let map = page.map.as_ref().unwrap();
    assert_eq!(map.flagged.iter().filter(|flag| **flag).count(), flagged);
}

#[test]
fn a_probability_says_how_many_errors_a_review_finds() {
    let (report, page) = digits_page("posterior");
    let review = page.summary.review.as_ref().unwrap();
    let expected: f64 = report.issues.quality().as_slice().iter().map(|right| 1.0 - right).sum();
    assert!((review.errors - expected).abs() < ROUNDING);
    assert!((review.errors / 1797.0 - report.noise_rate.unwrap()).abs() < ROUNDING);
    assert!(review.steps.windows(2).all(|pair| pair[0].reviewed <= pair[1].reviewed));
    assert!((150..230).contains(&review.steps[2].reviewed), "{:?}", review.steps);
}

#[test]
fn suspects_are_explained_as_the_explainer_does() {
    let (rows, given) = noisy_digits();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let (report, page) = digits_page("consensus");
    let chosen = &report.issues.quality().ranking()[..100];
    let explainer = Explainer { nearest: 3, ..report.explainer() };
    let explained = explainer.explanations(&embeddings, &given, chosen, &Run::quiet()).unwrap();
    assert_eq!(page.suspects.len(), 100);
    for (suspect, why) in page.suspects.iter().zip(explained) {
        assert_eq!((suspect.sample, suspect.rank, suspect.given), (why.sample, why.rank, why.given));
        assert_eq!((&suspect.same_class, &suspect.other_classes), (&why.same_class, &why.other_classes));
        assert_eq!((&suspect.votes, suspect.reconstruction), (&why.votes, why.reconstruction));
        assert!(suspect.same_class.iter().all(|near| page.exhibits.contains_key(&(near.sample as u32))));
    }
}

#[test]
fn importance_is_class_leverage_over_its_mean_in_the_class() {
    let (rows, given) = noisy_digits();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let (_, page) = digits_page("rer");
    let leverage =
        ClassLeverage::default().importance(&Weighed::new(&embeddings, &given).unwrap(), &Run::quiet()).unwrap();
    let view = page.importance.as_ref().unwrap();
    for class in &view.classes {
        let members = given.members();
        let of_class: Vec<f64> = members.rows(class.class as usize).iter().map(|row| leverage[*row as usize]).collect();
        let mean = of_class.iter().sum::<f64>() / of_class.len() as f64;
        let greatest = of_class.iter().copied().fold(0.0, f64::max);
        assert!((class.most[0].importance - greatest / mean).abs() < ROUNDING);
        assert!(class.most[0].importance > class.least[0].importance);
    }
    assert!(view.mean_flagged.unwrap() > view.mean_others.unwrap());
}

#[test]
fn copies_are_those_of_the_library() {
    let (rows, given) = noisy_digits();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let graph = ExactSearch::default().neighbors(&embeddings, 5, &Run::quiet()).unwrap();
    let groups = Duplicates::default().groups(&graph).unwrap();
    let copies = digits_page("rer").1.facts.copies.unwrap();
    assert_eq!((copies.groups, copies.conflicting), (groups.near.len(), groups.conflicting(&given).count()));
}

#[test]
fn verified_labels_give_the_share_of_flags_that_are_right() {
    let (rows, given) = noisy_digits();
    let truth = mislabel_datasets::digits().labels;
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let looked_up: Vec<usize> = (0..1797).step_by(20).collect();
    let labels = looked_up.iter().map(|row| truth.values()[*row]).collect();
    let verified = VerifiedLabels::new(looked_up.clone(), labels, &given).unwrap();
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap().with_verified(&verified).unwrap();
    let report = detect("posterior", &data, &Run::quiet()).unwrap();
    let page = ReportPage::new(
        &report,
        &data,
        &Samples::default(),
        &ReportOptions::default(),
        Origin::default(),
        &Run::quiet(),
    );
    let page = page.unwrap();
    let found = page.summary.verified.unwrap();
    let wrong = looked_up.iter().filter(|row| truth.values()[**row] != given.values()[**row]).count();
    assert_eq!((found.verified, found.wrong), (looked_up.len(), wrong));
    let [low, high] = page.summary.noise_bounds.unwrap();
    assert_eq!((low, high), report.noise_interval.unwrap().bounds());
    assert!(parsed(&page.html()).root_element().text().any(|text| text.starts_with("People looked up 90 labels")));
}

#[test]
fn samples_are_called_as_their_file_calls_them() {
    let (_, page) = digits_page("rer");
    let numbers: Vec<usize> = (0..1797).map(|row| 3 * row + 1).collect();
    let names: Vec<String> = (0..1797).map(|row| format!("digit {row}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let called = page.clone().called(&numbers, Some(&names));
    for (before, after) in page.suspects.iter().zip(&called.suspects) {
        assert_eq!(after.sample, numbers[before.sample]);
        assert_eq!(after.id.as_deref(), Some(names[before.sample]));
        assert_eq!(after.other_classes[0].sample, numbers[before.other_classes[0].sample]);
        assert!(called.exhibits.contains_key(&(after.other_classes[0].sample as u32)));
    }
    assert_eq!(called.map.unwrap().samples[5], 16);
    assert_eq!(called.exhibits.len(), page.exhibits.len());
}

#[test]
fn figures_and_values_are_written_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (_, page) = digits_page("consensus");
    page.write_figures(folder.path().join("new")).unwrap();
    page.write_html(folder.path().join("page.html")).unwrap();
    let names = ["review-effort", "classes", "confusion", "quality", "quality-by-class", "map", "importance"];
    assert_eq!(page.figures().iter().map(|figure| figure.name()).collect::<Vec<_>>(), names);
    for name in names {
        assert!(folder.path().join(format!("new/{name}.svg")).is_file(), "{name}");
    }
    let values = std::fs::read_to_string(folder.path().join("new/report.json")).unwrap();
    let values: serde_json::Value = serde_json::from_str(&values).unwrap();
    assert_eq!(values["summary"]["flagged"], page.summary.flagged);
    assert_eq!(std::fs::read_to_string(folder.path().join("page.html")).unwrap(), page.html());
    assert!(page.write_html(folder.path().join("none/page.html")).unwrap_err().to_string().contains("page.html"));
}
