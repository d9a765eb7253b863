//! Products of bytes by vector instructions made for them (AVX-512 VNNI; dot products on ARM), by rten-gemm.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedAMatrix, PackedBMatrix};
use rten_tensor::NdTensorView;

/// Vector instructions for sums of four products; the left side is unsigned. By its name: an executor takes no time to make, and
/// may not go from thread to thread.
pub(crate) struct Vectors(String);

/// The left side, ready; `None` without rows.
pub(crate) struct Left(Option<PackedAMatrix<u8>>, usize);

/// The right side, ready.
pub(crate) struct Right(PackedBMatrix<i8>, usize);

impl Vectors {
    /// `None` where the machine has none, or where they are not exact.
    pub(crate) fn get() -> Option<Self> {
        let executor = GemmExecutor::<u8, i8, i32>::default();
        let slow = executor.may_saturate() || executor.kernel_name().starts_with("generic");
        (!slow).then(|| Self(executor.kernel_name().to_owned()))
    }

    fn executor(&self) -> GemmExecutor<u8, i8, i32> {
        GemmExecutor::default()
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// Makes `values`, `(w, d)` row by row, ready.
    pub(crate) fn left(&self, values: &[u8], features: usize) -> Left {
        let width = values.len() / features;
        let view = NdTensorView::from_data([width, features], values);
        Left((width > 0).then(|| self.executor().prepack_a(view)), width)
    }

    /// Makes `rows`, `(m, d)` row by row, ready.
    pub(crate) fn right(&self, rows: &[i8], features: usize) -> Right {
        let count = rows.len() / features;
        Right(self.executor().prepack_b(NdTensorView::from_data([count, features], rows).transposed()), count)
    }

    /// The products of all rows of both sides, `(w, m)` row by row, into `products`, which takes that length.
    pub(crate) fn multiply(&self, left: &Left, right: &Right, products: &mut Vec<i32>) {
        let (Left(left, width), Right(right, count)) = (left, right);
        products.resize(width * count, 0);
        if let Some(left) = left {
            let (left, right) = (GemmInputA::Packed(left), GemmInputB::Packed(right));
            let done = self.executor().gemm(products, left, right, GemmOptions::default());
            done.expect("both sides have as many features, and the product has their sizes");
        }
    }
}

impl Left {
    /// How many rows it has.
    pub(crate) fn width(&self) -> usize {
        self.1
    }
}
