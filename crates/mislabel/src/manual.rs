//! The manual: from first use to a detector of one's own. Every example runs as a test.
//!
//! The examples need the feature `full`, and the last but one `testkit` as well:
//!
//! ```sh
//! cargo add mislabel --features full,testkit
//! cargo add serde_json                          # for the page on results
//! ```
//!
//! They stand in a function that returns [`Result`](crate::Result) or `Result<(), Box<dyn std::error::Error>>`. Those that name
//! `serde_json` need that crate.
//!
//! [`conversions`]: I have X in memory, I want Y. [`evidence`]: which evidence suits which judge, what it costs. [`results`]: what
//! to do with issues, parameters, and progress.
//!
//! # Detecting
//!
//! A dataset is *embeddings*, n rows of d numbers that a network (or the pixels themselves) gives to every sample,
//! and *given labels*, n class indices. [`Labels`] and [`Embeddings`] check them once; what is built is right.
//!
//! ```
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let mut given = digits.labels.values().to_vec();
//! given[17] = 3; // it shows a 7
//! let given = digits.labels.with_values(given)?;
//!
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let issues = SoftLinearPosterior::default().detect(&embeddings, &given, &Run::quiet())?;
//!
//! let most_suspect = issues.quality().ranking()[0]; // quality: LOWER is more suspect
//! assert_eq!(most_suspect, 17);
//! assert_eq!(issues.suggested().class(17), 7);
//! assert!(issues.score()[17] > 0.5); // the probability that the label is wrong
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! [`SoftLinearPosterior`](crate::posterior::SoftLinearPosterior) is the default of the command, and finds most on most data. Every
//! class gets a model of its samples, a *reconstructor*; the *posterior* is the probability, given how well each class reconstructs a
//! sample, that its label is wrong. The ranking is the sound part. Flags (`issues.is_issue()`) cut it, and no rule for that is good on
//! every kind of noise: [how many to review](#how-many-should-i-review).
//!
//! # From files to files
//!
//! [`EmbeddingFile`](crate::io::EmbeddingFile) maps its file, so that it may be larger than memory; methods read it in
//! blocks. What cannot be mapped (Parquet, text, deflated archives) is gathered in memory, or in a temporary file where
//! [`ReadOptions::temp_file_limit`](crate::io::ReadOptions::temp_file_limit) allows it; scores are the same bits from every format.
//! Labels may be integers or names. The table that comes out has a row per sample.
//!
//! ```
//! use mislabel::io::write_npy;
//! use mislabel::prelude::*;
//!
//! let folder = std::env::temp_dir().join("mislabel-manual");
//! std::fs::create_dir_all(&folder)?;
//! let path = |name: &str| folder.join(name);
//!
//! let digits = mislabel::datasets::digits();
//! write_npy(path("embeddings.npy"), digits.embeddings.view())?;
//! let classes: Vec<i64> = digits.labels.values().iter().map(|&class| class.into()).collect();
//! write_npy(path("labels.npy"), mislabel::ndarray::ArrayView1::from(&classes))?;
//!
//! let embeddings = EmbeddingFile::open(path("embeddings.npy"), &ReadOptions::default())?;
//! let given = LabelFile::read(path("labels.npy"), &ReadOptions::default())?.column(&Classes::Observed)?;
//! let issues = SoftLinearPosterior::default().detect(&embeddings, &given.labels, &Run::quiet())?;
//! IssueTable::from_issues(&issues, &given)?.ranked().write(path("issues.csv"))?;
//!
//! let table = std::fs::read_to_string(path("issues.csv"))?;
//! assert!(table.starts_with("index,given_label,suggested_label,quality,score,is_issue\n"));
//! assert_eq!(table.lines().count(), 1 + 1797);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Evidence and a judge
//!
//! Every other detector is a [`Pipeline`] of *evidence* about the classes and a *judge* of it: `Pipeline::new(SoftLinear::default(),
//! Rer::default())` is the ratio of reconstruction errors, which costs less than the posterior and has no model of the noise. Taking
//! the two steps oneself gives the method's own report: the noise rate, the threshold, and how hard the classes are to tell apart.
//!
//! ```
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric { rate: 0.2, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let errors = SoftLinear::default().evidence(&embeddings, &noisy.given, &Run::quiet())?;
//! let report = Rer { threshold: Threshold::Fixed(1.0), ..Rer::default() }.report(&errors, &noisy.given)?;
//!
//! assert!(report.noise().rate().is_some_and(|rate| (rate - 0.2).abs() < 0.02));
//! let hardest = (0..10).max_by(|&a, &b| report.class_difficulty()[a].partial_cmp(&report.class_difficulty()[b]).unwrap());
//! assert!(report.class_difficulty()[hardest.unwrap()] > Some(report.difficulty()));
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # Other methods, other evidence
//!
//! Confident learning wants predicted probabilities: from a model of yours through
//! [`PredictedProbabilities`](crate::PredictedProbabilities) or [`ProbabilityFile`](crate::io::ProbabilityFile), or from a
//! [`Probe`](crate::probe::Probe), a logistic regression on the embeddings that never predicts a sample it was trained on.
//! SimiFeat and its relatives want a graph of nearest neighbors. Which finds most depends on the data; the command
//! `mislabel compare` shows it where true labels are known.
//!
//! ```
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//! let confident = Pipeline::new(Probe::default(), ConfidentLearning::default());
//! let simifeat = Pipeline::new(KNearest::default(), SimiFeat::default());
//!
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let detectors: [&dyn Detector; 2] = [&confident, &simifeat];
//! for detector in detectors {
//!     let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
//!     let evaluation = Evaluation::new(&issues, &noisy.errors)?;
//!     assert!(evaluation.average_precision.value() > Some(0.95));
//! }
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # How many should I review?
//!
//! A ranking is cheap to trust: read it from the top until it stops paying. When a number is wanted:
//!
//! - *Nothing is known.* `mislabel detect --method posterior`, or [`SoftLinearPosterior`](crate::posterior::SoftLinearPosterior), fits a model of both
//!   sides, which class a sample is of and how classes get wrong labels, and flags by the probability that a label is wrong. It
//!   also learns whether errors go to the class that a sample is nearest to, as people's do, and then flags a little below one
//!   half. On CIFAR-10 with human labels its F1 is within .04 (worst of three annotators) and .07 (their majority) of the best
//!   cut of the ranking; where errors strike anywhere, within .07, mostly within .03; it flags at most 1.5% of clean data
//!   (docs/notebook/flags.md).
//! - *You can review N labels.* `--budget N`, [`FlagRule::Budget`](crate::posterior::FlagRule::Budget).
//! - *Reviewing a right label costs.* `--precision .8`: as many as keep four of five flags right, as far as the model knows.
//! - *The noise rate is known*, say from an audit: `--noise-rate .05`.
//! - *You can look at a few dozen labels first.* The best there is: `mislabel review` draws 50 samples whose true labels say most,
//!   and with them filled in, `--verified review.csv` puts the probabilities right. That brings CIFAR-10 to within .02 of the
//!   best (one draw), and mends what no model can know, errors near class boundaries; the noise rate comes with an interval.
//!
//! What stays hard: below 2% of errors, ambiguous samples and errors that the data had all along are as many as those one looks
//! for; classes of fewer than about 20 samples are flagged too often; noise that strikes only samples between classes looks
//! like ambiguity until labels are verified.
//!
//! ```
//! use mislabel::VerifiedLabels;
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let posterior = SoftLinearPosterior::default().fitted(&embeddings, &noisy.given, &Run::quiet())?.posterior;
//! let flagged = posterior.issues(posterior.default_rule())?.flagged();
//! assert!((160..210).contains(&flagged)); // 179 are wrong
//!
//! // Someone looks at 50 of them.
//! let ask = posterior.verification_sample(50, &VerifiedLabels::none(&noisy.given), 0)?;
//! let found = ask.iter().map(|row| digits.labels.values()[*row]).collect();
//! let verified = VerifiedLabels::new(ask, found, &noisy.given)?;
//! let (posterior, noise_rate) = posterior.verified(&noisy.given, &verified)?;
//! println!("noise rate {noise_rate}, {} labels to review", posterior.issues(posterior.default_rule())?.flagged());
//! assert!(noise_rate.bounds().0 < 0.1 && 0.1 < noise_rate.bounds().1);
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # A pipeline of one's own
//!
//! Evidence and judge are chosen apart, and all [`Detector`]s compare as `&dyn Detector`.
//!
//! ```
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//!
//! let two_rounds = SoftLinear { trim: vec![1.06, 1.03], ..SoftLinear::default() };
//! let detectors: [&dyn Detector; 2] =
//!     [&Pipeline::new(Centroid::default(), Rer::default()), &Pipeline::new(two_rounds, Rer::default())];
//! let mut precision = Vec::new();
//! for detector in detectors {
//!     let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
//!     precision.extend(Evaluation::new(&issues, &noisy.errors)?.average_precision.value());
//! }
//! assert!(precision[1] > 0.98 && precision[1] > precision[0]);
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # Detectors combined
//!
//! No method is the best on every dataset. A [`Combination`](crate::consensus::Combination) joins what any detectors say and
//! weighs them by how far they agree; labels that someone has looked up teach the weights. It is safer than a method that
//! nobody has tried on the data, and seldom better than the best. An [`Explainer`](crate::consensus::Explainer) says why a sample is
//! suspect, of any issues. On the command line: `mislabel detect --method consensus --members posterior,rer,knn --explain 17`.
//!
//! ```
//! use mislabel::VerifiedLabels;
//! use mislabel::consensus::{Combination, Explainer, Member, MemberIssues};
//! use mislabel::neighbors::Agreement;
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//! let (given, embeddings) = (&noisy.given, Embeddings::new(digits.embeddings.view())?);
//! let posterior = SoftLinearPosterior::default();
//! let ratio = Pipeline::new(SoftLinear::default(), Rer::default());
//! let neighbors = Pipeline::new(KNearest::default(), Agreement::default());
//! let detectors: [(&str, &dyn Detector); 3] = [("posterior", &posterior), ("ratio", &ratio), ("neighbors", &neighbors)];
//! let ask = |(name, detector)| Member { name, detector }.issues(&embeddings, given, &Run::quiet());
//! let members = detectors.into_iter().map(ask).collect::<mislabel::Result<Vec<MemberIssues>>>()?;
//! let combined = Combination::default().combine(&members, given)?;
//! assert!(Evaluation::new(&combined.issues, &noisy.errors)?.average_precision.value() > Some(0.98));
//!
//! let most_suspect = combined.issues.quality().ranking()[0];
//! let explainer = Explainer::of_consensus(&combined, &members);
//! let why = &explainer.explanations(&embeddings, given, &[most_suspect], &Run::quiet())?[0];
//! assert!(why.votes.iter().all(|vote| vote.is_issue));
//!
//! let verified = VerifiedLabels::new(vec![most_suspect], vec![digits.labels.values()[most_suspect]], given)?;
//! let learnt = Combination::default().combine_verified(&members, given, &verified)?;
//! assert!(learnt.issues.quality().as_slice()[most_suspect] < 0.5);
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # A detector of one's own
//!
//! A new judge implements one method. The laws of the module `testkit`, with the feature of that name, find what is usually wrong with it: samples that are not permuted together, a class 0 treated apart, 0/0.
//!
//! ```
//! use mislabel::prelude::*;
//! use mislabel::core::checks::same_length;
//! use mislabel::{ErrorSummary, Result};
//! use mislabel::testkit::{Laws, check_error_laws};
//!
//! /// Quality by the difference of the two errors instead of their ratio.
//! struct Margin;
//!
//! impl Judge<ErrorSummary> for Margin {
//!     fn judge(&self, errors: &ErrorSummary, given: &Labels, _: &Run<'_>) -> Result<LabelIssues> {
//!         same_length("given labels", errors.len(), given.len())?; // without it a law complains
//!         let pairs = errors.own().iter().zip(errors.least_other());
//!         let margin: Vec<f64> = pairs.map(|(own, other)| own - other).collect();
//!         let quality = margin.iter().map(|margin| 0.5 - margin.atan() / std::f64::consts::PI).collect();
//!         let suggested = given.with_values(errors.least_other_class().to_vec())?;
//!         let is_issue = margin.iter().map(|margin| *margin > 0.0).collect();
//!         LabelIssues::new(LabelQuality::new(quality)?, is_issue, suggested, margin)
//!     }
//! }
//! check_error_laws(&Margin, &Laws::default())?;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric::default().corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let issues = Pipeline::new(SoftLinear::default(), Margin).detect(&embeddings, &noisy.given, &Run::quiet())?;
//! assert!(Evaluation::new(&issues, &noisy.errors)?.average_precision.value() > Some(0.97));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Simulated noise
//!
//! Errors of real data are rarely known, so methods are compared on noise that is put in. Its kind matters more than
//! its rate: errors between like classes are harder to find than errors anywhere.
//!
//! ```
//! use mislabel::noise::InstanceDependent;
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let detector = Pipeline::new(SoftLinear::default(), Rer::default());
//! let precision = |model: &dyn NoiseModel| -> mislabel::Result<Option<f64>> {
//!     let noisy = model.corrupt(&digits.labels, 51)?;
//!     let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
//!     Ok(Evaluation::new(&issues, &noisy.errors)?.average_precision.value())
//! };
//! let anywhere = precision(&Symmetric { rate: 0.2, ..Symmetric::default() })?;
//! let between_like_classes = precision(&InstanceDependent::new(&embeddings, 0.2))?;
//! assert!(anywhere > Some(0.98));
//! assert!(between_like_classes < anywhere);
//! # Ok::<(), mislabel::Error>(())
//! ```

#![cfg_attr(
    not(feature = "full"),
    allow(rustdoc::broken_intra_doc_links, reason = "links to modules of other features")
)]

pub mod conversions;
pub mod evidence;
pub mod results;

#[cfg(doc)]
use crate::{Detector, Embeddings, Labels, Pipeline};
