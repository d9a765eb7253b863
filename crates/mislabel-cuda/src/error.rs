//! Why the device could not be used.

use cudarc::driver::DriverError;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the device could not be used, or what it refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no CUDA driver.
    #[error("there is no CUDA driver: the library libcuda was not found; install the NVIDIA driver")]
    NoDriver,
    /// The driver is older than what this program was written for.
    #[error(
        "the CUDA driver is too old: it is of CUDA {}.{}, {}.{} or later is needed",
        found.0, found.1, needed.0, needed.1
    )]
    DriverTooOld {
        /// The CUDA version of the driver, major and minor.
        found: (i32, i32),
        /// The oldest that will do.
        needed: (i32, i32),
    },
    /// No such device.
    #[error("there is no CUDA device {ordinal}: the driver sees {devices}")]
    NoDevice {
        /// The device asked for, from 0.
        ordinal: usize,
        /// How many there are.
        devices: usize,
    },
    /// The device lacks instructions that the kernels need.
    #[error(
        "CUDA device {ordinal}, {name}, has compute capability {}.{}: 8.0 (Ampere) or later is needed",
        capability.0, capability.1
    )]
    DeviceTooOld {
        /// The device, from 0.
        ordinal: usize,
        /// Its name.
        name: String,
        /// Its compute capability, major and minor.
        capability: (i32, i32),
    },
    /// There is no run-time compiler for the kernels.
    #[error(
        "there is no CUDA run-time compiler: the library libnvrtc was not found; it comes with the CUDA toolkit \
         and with the Python package nvidia-cuda-nvrtc"
    )]
    NoCompiler,
    /// The run-time compiler refused a call.
    #[error("the CUDA run-time compiler failed: {operation} gave {code}")]
    Compiler {
        /// The call.
        operation: &'static str,
        /// Its result, as the library names it.
        code: String,
    },
    /// A kernel does not compile.
    #[error("{file} does not compile for {architecture}:\n{log}")]
    Compilation {
        /// The kernel's file.
        file: &'static str,
        /// For which the compiler was asked.
        architecture: String,
        /// What the compiler wrote.
        log: String,
    },
    /// The driver refused a call, or work given to the device before failed.
    #[error("the CUDA device failed while {operation}: {cause}")]
    Driver {
        /// What was going on, in -ing form.
        operation: &'static str,
        /// What the driver said.
        cause: DriverError,
    },
    /// A buffer has another length than the kernel reads or writes.
    #[error("the device buffer of {what} has {found} entries where {expected} are expected")]
    Length {
        /// Which buffer.
        what: &'static str,
        /// The length that would fit.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// The work does not fit the device.
    #[error("{what} needs {needed} bytes of device memory, {free} are free")]
    Memory {
        /// What would have to lie there.
        what: &'static str,
        /// Bytes it takes.
        needed: usize,
        /// Bytes that are free.
        free: usize,
    },
    /// A size beyond what the kernels count with.
    #[error("{what} is {value}: the kernels count up to {most}")]
    Size {
        /// Which size.
        what: &'static str,
        /// Its value.
        value: usize,
        /// The greatest that will do.
        most: usize,
    },
    /// A kernel run on the host by the tests went wrong.
    #[cfg(test)]
    #[error("emulating {kernel}: {problem}")]
    Emulation {
        /// The kernel.
        kernel: &'static str,
        /// What the emulation wrote.
        problem: String,
    },
}

impl From<Error> for mislabel_core::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

/// Names the operation that a driver call was part of.
pub(crate) fn while_<T>(operation: &'static str, result: Result<T, DriverError>) -> Result<T> {
    result.map_err(|cause| Error::Driver { operation, cause })
}

/// Checks the length of a buffer that a kernel is given.
///
/// # Errors
/// [`Error::Length`] naming the buffer.
pub(crate) fn same_length(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(Error::Length { what, expected, found }) }
}

/// A size as the kernels count.
///
/// # Errors
/// [`Error::Size`] from 2³¹ on.
pub(crate) fn counted(what: &'static str, value: usize) -> Result<u32> {
    const MOST: usize = i32::MAX as usize;
    match u32::try_from(value) {
        Ok(size) if value <= MOST => Ok(size),
        _ => Err(Error::Size { what, value, most: MOST }),
    }
}
