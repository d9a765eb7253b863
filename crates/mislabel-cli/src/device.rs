//! Where a method computes.

use std::str::FromStr;

use crate::failure::{Failure, Result};

/// The CPU, or an NVIDIA GPU by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Device {
    #[default]
    Cpu,
    Cuda(usize),
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |digits: &str| digits.parse().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()));
        let device = match text {
            "cpu" => Some(Self::Cpu),
            "cuda" => Some(Self::Cuda(0)),
            other => other.strip_prefix("cuda:").and_then(number).map(Self::Cuda),
        };
        device.ok_or_else(|| "it must be cpu, cuda or cuda:N, N the number of a device".to_owned())
    }
}

impl Device {
    /// Opens GPU `ordinal`.
    #[cfg(feature = "cuda")]
    pub(crate) fn open(ordinal: usize) -> Result<mislabel_cuda::Cuda> {
        let failed = |error| Failure::Arguments(format!("--device cuda:{ordinal} cannot be used: {error}"));
        mislabel_cuda::Cuda::new(ordinal).map_err(failed)
    }

    /// Says that there are no GPUs in this program.
    #[cfg(not(feature = "cuda"))]
    pub(crate) fn open(ordinal: usize) -> Result<std::convert::Infallible> {
        let reason = "this program was built without the feature cuda";
        Err(Failure::Arguments(format!("--device cuda:{ordinal} cannot be used: {reason}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_as_elsewhere_and_nothing_else_passes_for_one() {
        assert_eq!("cpu".parse(), Ok(Device::Cpu));
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
        assert_eq!("cuda:3".parse(), Ok(Device::Cuda(3)));
        for wrong in ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:+1", "CUDA", "cuda:99999999999999999999"] {
            assert!(wrong.parse::<Device>().is_err(), "{wrong}");
        }
    }
}
