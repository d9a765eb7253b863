//! Conversions: I have X in memory, I want Y.
//!
//! | I have | I want | call |
//! |---|---|---|
//! | labels as strings | [`Labels`] | [`Labels::from_names`] |
//! | given and true labels as strings | two [`Labels`] over the same classes | [`ClassMap::observed`], then [`ClassMap::labels`] twice |
//! | class names in the order of a model's outputs | labels in that order | [`ClassMap::new`], then [`ClassMap::labels`] |
//! | labels as `i64` | [`Labels`] | [`Labels::from_integers`] with `None`, or with the number of classes; a negative one is an error that names its row |
//! | labels of some samples only | [`PartialLabels`] | [`PartialLabels::from_names`], [`PartialLabels::new`]: [below](#samples-without-a-label) |
//! | labels as `u32` or `usize` below k | [`Labels`] | [`Labels::new`] |
//! | `&[f32]` and d | a view | [`Embeddings::from_values`] |
//! | `Vec<f32>` and d | owned embeddings | [`EmbeddingMatrix::from_values`] |
//! | `Vec<Vec<f32>>`, `Vec<[f32; D]>` | owned embeddings | [`EmbeddingMatrix::from_rows`] |
//! | `ndarray::Array2<f32>` 0.17 | a view, or owned embeddings | [`Embeddings::new`], [`EmbeddingMatrix::new`] |
//! | an array of another ndarray | a view | its slice: `as_slice()` and [`Embeddings::from_values`] |
//! | f64 rows | embeddings | [`ConvertedRows::new`] without a copy, [`EmbeddingMatrix::from_f64`] with one |
//! | f16 or bf16 rows | embeddings | [`ConvertedRows::new`], with the feature `half` |
//! | rows that are somewhere else | embeddings | implement [`EmbeddingSource`], two methods: example `07_streaming` |
//! | some of the samples | embeddings of those | [`SelectedRows`], and [`Labels::with_values`]: [below](#some-of-the-samples) |
//! | a source | owned embeddings | [`EmbeddingMatrix::read`] |
//! | probabilities in f64 | a view, or owned | [`PredictedProbabilities`], [`ProbabilityMatrix::new`], [`ProbabilityMatrix::from_rows`] |
//! | probabilities in f32 | owned probabilities | [`ProbabilityMatrix::from_f32`] |
//! | logits | a judge of them | `predictions::Logits` and `Mistakenness` |
//! | weights of the samples | evidence that heeds them | [`Weighted`] |
//! | issues | rows, the most suspect, by class | [`LabelIssues::iter`], [`LabelIssues::top`], [`LabelIssues::by_class`] |
//!
//! Every constructor checks its data once. A number that does not fit is an error with its row and column.
//!
//! # Labels by name, one map for given and true ones
//!
//! ```
//! use mislabel::prelude::*;
//! use mislabel::ClassMap;
//!
//! let given = ["cat", "dog", "dog", "cat"];
//! let looked_up = ["cat", "dog", "emu", "cat"];
//! let classes = ClassMap::observed(given.iter().chain(&looked_up))?;
//! let (given, truth) = (classes.labels(given)?, classes.labels(looked_up)?);
//! assert_eq!(ErrorMask::between(&given, &truth)?.as_slice(), [false, false, true, false]);
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # Embeddings of any numbers
//!
//! ```
//! use mislabel::ndarray::{Array2, ArrayView2};
//! use mislabel::prelude::*;
//! use mislabel::{ConvertedRows, EmbeddingMatrix};
//!
//! let nested = vec![vec![0.0_f32, 1.0], vec![1.0, 0.0]];
//! let owned = EmbeddingMatrix::from_rows(&nested)?;
//!
//! let flat = [0.0_f64, 1.0, 1.0, 0.0]; // a slice of another library's array
//! let rows = ArrayView2::from_shape((2, 2), &flat).expect("two rows of two");
//! let converted = ConvertedRows::new(rows)?; // converts when it is read
//! assert_eq!(EmbeddingMatrix::read(&converted)?, owned);
//! assert_eq!(owned.shape(), converted.shape());
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # Some of the samples
//!
//! ```
//! use mislabel::SelectedRows;
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let rows: Vec<u32> = (0..digits.labels.len() as u32).filter(|row| digits.labels.class(*row as usize) < 3).collect();
//! let labels = digits.labels.with_values(rows.iter().map(|row| digits.labels.values()[*row as usize]).collect())?;
//! let selected = SelectedRows::new(&embeddings, rows.clone())?;
//!
//! let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(&selected, &labels, &Run::quiet())?;
//! for issue in issues.top(3) {
//!     println!("sample {} of the whole: quality {:.3}", rows[issue.row], issue.quality);
//! }
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # Samples without a label
//!
//! They have no place in [`Labels`], and no label that could be wrong. [`PartialLabels`] keep their rows; methods judge the others:
//!
//! ```
//! use mislabel::prelude::*;
//! use mislabel::{PartialLabels, SelectedRows};
//!
//! let given = PartialLabels::from_names([Some("cat"), None, Some("dog"), Some("cat"), Some("cat"), Some("dog")])?;
//! let rows = [[0.9, 0.1], [0.8, 0.3], [0.1, 0.7], [0.7, 0.2], [0.2, 0.9], [0.3, 0.8]];
//! let embeddings = EmbeddingMatrix::from_rows(&rows)?;
//!
//! let labelled = SelectedRows::new(&embeddings, given.rows().to_vec())?;
//! let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(&labelled, given.labelled(), &Run::quiet())?;
//! let most_suspect = given.rows()[issues.top(1)[0].row]; // a sample of the whole
//! assert_eq!(most_suspect, 4);
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! With the feature `methods`, `methods::PartialDataset` does the same for a method by name, and suggests a class for every
//! sample that has no label.
//!
//! # Weights
//!
//! ```
//! use mislabel::Weighted;
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! // Learn from the first thousand alone, and judge all.
//! let weights = (0..digits.labels.len()).map(|row| if row < 1000 { 1.0 } else { 0.0 }).collect();
//! let evidence = Weighted { evidence: Probe::default(), weights };
//! let issues = Pipeline::new(evidence, ConfidentLearning::default()).detect(&embeddings, &digits.labels, &Run::quiet())?;
//! assert_eq!(issues.len(), digits.labels.len());
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # Tables and tensors of other libraries
//!
//! All of them give a slice of f32, or a vector; none is a dependency of this crate. The type of a tensor does not matter: only
//! contiguous rows do. The recipes are tested with arrow 60, polars 0.55, candle 0.11, burn 0.22, and linfa 0.8
//! ([examples/recipes](https://github.com/mislabel/mislabel/tree/main/examples/recipes)).
//!
//! [arrow](https://docs.rs/arrow), a column of fixed-size lists:
//!
//! ```ignore
//! use arrow::array::{Array, AsArray, FixedSizeListArray};
//! use arrow::datatypes::Float32Type;
//!
//! let column: &FixedSizeListArray = batch.column_by_name("embedding").expect("the column is there").as_fixed_size_list();
//! let features = column.value_length() as usize;
//! let values = &column.values().as_primitive::<Float32Type>().values()[..column.len() * features];
//! let embeddings = Embeddings::from_values(values, features)?;
//!
//! let labels = batch.column_by_name("label").expect("the column is there").as_string::<i32>();
//! let given = PartialLabels::from_names(labels.iter())?; // nulls are samples without a label
//! ```
//!
//! [polars](https://docs.rs/polars), feature columns, and a column of names:
//!
//! ```ignore
//! let features = frame.select(["x0", "x1", "x2"])?;
//! let rows = features.to_ndarray::<Float32Type>(IndexOrder::C)?;
//! let embeddings = Embeddings::from_values(rows.as_slice().expect("rows in order C"), rows.ncols())?;
//!
//! let given = PartialLabels::from_names(frame.column("label")?.str()?.iter())?; // nulls are samples without a label
//! ```
//!
//! [candle](https://docs.rs/candle-core), a tensor `(n, d)` of any float on any device:
//!
//! ```ignore
//! let (_, features) = tensor.dims2()?;
//! let values = tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
//! let embeddings = EmbeddingMatrix::from_values(values, features)?;
//! ```
//!
//! [burn](https://docs.rs/burn), a tensor of two dimensions:
//!
//! ```ignore
//! let features = tensor.dims()[1];
//! let values = tensor.into_data().convert::<f32>().try_to_vec::<f32>().expect("f32 after conversion");
//! let embeddings = EmbeddingMatrix::from_values(values, features)?;
//! ```
//!
//! [linfa](https://docs.rs/linfa), a `Dataset<f64, usize>` with its own ndarray:
//!
//! ```ignore
//! let records = dataset.records.as_standard_layout();
//! let rows = ArrayView2::from_shape(records.dim(), records.as_slice().expect("standard layout")).expect("the same shape");
//! let embeddings = ConvertedRows::new(rows)?;
//! let classes = 1 + dataset.targets.iter().max().copied().unwrap_or(0);
//! let given = Labels::new(dataset.targets.iter().map(|class| *class as u32).collect(), classes)?;
//! ```

#[cfg(doc)]
use crate::{
    ClassMap, ConvertedRows, EmbeddingMatrix, EmbeddingSource, Embeddings, LabelIssues, Labels, PartialLabels,
    PredictedProbabilities, ProbabilityMatrix, SelectedRows, Weighted,
};
