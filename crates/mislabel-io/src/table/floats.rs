//! The floats that columns of numbers are converted to.

use arrow_array::types::{ArrowPrimitiveType, Float16Type, Float32Type, Float64Type};
use half::f16;

/// A float that columns are converted to.
pub(crate) trait Float: ArrowPrimitiveType<Native: FloatValue> {}

pub(crate) trait FloatValue: Copy + Default {
    fn of(value: f64) -> Self;
    /// From text, rounded once.
    fn parsed(text: &str) -> Option<Self>;
    fn fits(self) -> bool;
    fn append(self, bytes: &mut Vec<u8>);
}

macro_rules! float_value {
    ($float:ty, $type:ty, $of:expr, $fits:expr) => {
        impl FloatValue for $float {
            fn of(value: f64) -> Self {
                $of(value)
            }
            fn parsed(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn fits(self) -> bool {
                $fits(self)
            }
            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        }
        impl Float for $type {}
    };
}

float_value!(f16, Float16Type, f16::from_f64, |value: f16| value.is_finite());
float_value!(f32, Float32Type, |value: f64| value as f32, |value: f32| value.is_finite());
float_value!(f64, Float64Type, |value: f64| value, |value: f64| (value as f32).is_finite());
