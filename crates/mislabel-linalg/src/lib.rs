//! Dense products, factorizations and exponentials behind the methods of mislabel.
//!
//! **Unstable.** This crate is published because other crates of the workspace need it. Its interface follows their
//! needs and is not covered by semver: any release may change it. Use the methods, not this crate.
//!
//! Every result here is the same bit for bit on any number of threads, and an entry of [`Products`] is the same in
//! whatever company it is computed. That is why a method may cut its work as it likes.
//!
//! The feature `lapack` adds a module with the factorizations of a LAPACK, which whoever turns it on links. It does not
//! change what the functions of the root give.
//!
//! The folder `arch` holds all unsafe code of the crate, the instructions of matrix units, behind safe functions.
//!
//! ```
//! use mislabel_linalg::Products;
//!
//! let mut products = Products::default();
//! products.multiply(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0], 2);
//! assert_eq!(products.column(0), [17.0, 39.0]);
//! ```

mod arch;
mod exponential;
mod factors;
#[cfg(feature = "lapack")]
pub mod lapack;
mod products;

pub use exponential::{exponentiate, exponentiate_row};
pub use factors::cholesky::{factorize, ridged_factor};
pub use factors::spectrum::spectrum;
pub use factors::subspace::leading_basis;
pub use products::bytes::{ByteProducts, Directions, IntegerProducts};
pub use products::doubles::{add_lower, product, row_major, symmetric_product};
pub use products::floats::Products;
