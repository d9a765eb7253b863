//! Label errors from nearest neighbors.
//!
//! Samples that look alike mostly are alike: a label that the neighbors do not share is probably wrong. One
//! [`NeighborGraph`], found by exact search in blocked matrix products ([`ExactSearch`]), by comparing with the nearest
//! cells only ([`ClusteredSearch`]), by an approximate index (`ApproximateSearch`, feature `usearch`) or by any other
//! program, serves every detector here, each with its own idea of what the neighbors say: how many agree
//! ([`Agreement`]), how surely over random subsets ([`SimiFeat`]), how much nearer the same label is ([`SelfClean`]),
//! how many it takes ([`Wann`]), how related they are ([`RelationGraph`]), what a sample adds to a nearest-neighbor
//! classifier ([`KnnShapley`]), whether copies are labeled apart ([`Duplicates`]). [`Hoc`] estimates the noise
//! transition matrix from the same graph, and [`Rarity`] tells odd samples from wrong labels.
//!
//! ```
//! use mislabel_core::{Embeddings, Judge, Labels, Run};
//! use mislabel_neighbors::{Agreement, ExactSearch, NeighborSearch, SelfClean};
//! use ndarray::array;
//!
//! let rows = array![[5.0_f32, 0.1], [4.0, 0.2], [3.0, 0.2], [0.1, 2.0], [0.3, 9.0], [0.2, 7.0]];
//! let given = Labels::new(vec![0, 0, 1, 1, 1, 1], 2)?; // the third is wrong
//! let graph = ExactSearch::default().neighbors(&Embeddings::new(rows.view())?, 3, &Run::quiet())?;
//!
//! let by_agreement = Agreement { neighbors: 2, ..Agreement::default() }.judge(&graph, &given, &Run::quiet())?;
//! let by_distance = SelfClean.judge(&graph, &given, &Run::quiet())?;
//! for issues in [by_agreement, by_distance] {
//!     assert_eq!(issues.quality().ranking()[0], 2);
//!     assert_eq!(issues.suggested().class(2), 0);
//! }
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod graph;
mod hoc;
mod judges;
mod search;

pub use graph::{Distance, NeighborGraph};
pub use hoc::{Hoc, HocFit};
pub use judges::{
    Agreement, DuplicateGroups, Duplicates, KnnShapley, Rarity, RelationGraph, SelfClean, SimiFeat, SimiFeatRule, Wann,
    Weighting,
};
#[cfg(feature = "usearch")]
pub use search::ApproximateSearch;
pub use search::{
    AssistedSearch, CandidateSearch, ClusteredSearch, DEFAULT_NEIGHBORS, ExactSearch, KNearest, NeighborSearch,
    SearchBySize, SearchKind, SearchRecall,
};
