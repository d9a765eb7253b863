//! Launching kernels.

#![expect(unsafe_code, reason = "the driver trusts the arguments of a launch")]

use cudarc::driver::{LaunchConfig, PushKernelArg};

use crate::compilation::source::{Grid, Kernel};
use crate::device::argument::Argument;
use crate::device::cuda::{Cuda, Device, Machine};
use crate::device::memory::Memory;
use crate::error::{Result, while_};

impl Cuda {
    /// Runs `kernel` on `grid` with `arguments`, after everything launched before it.
    ///
    /// # Errors
    /// [`Error::Driver`](crate::Error::Driver), [`Error::Compilation`](crate::Error::Compilation) at a kernel's first
    /// use.
    ///
    /// # Safety
    /// The arguments are those of the kernel, in order and of its types; buffers are as long as the kernel assumes for
    /// the sizes among the arguments and for `grid`; what the kernel writes is passed for writing.
    pub(crate) unsafe fn launch(&self, kernel: &Kernel, grid: Grid, arguments: &mut [Argument<'_>]) -> Result<()> {
        match self.machine() {
            // SAFETY: as the caller promises.
            Machine::Device(device) => unsafe { device.launch(kernel, grid, arguments) },
            #[cfg(test)]
            Machine::Emulated(emulator) => emulator.launch(kernel, grid, arguments),
        }
    }
}

impl Device {
    /// # Safety
    /// As [`Cuda::launch`].
    unsafe fn launch(&self, kernel: &Kernel, grid: Grid, arguments: &mut [Argument<'_>]) -> Result<()> {
        let function = self.modules.function(&self.context, kernel, grid.shared)?;
        let mut launch = self.compute.launch_builder(&function);
        for argument in arguments {
            match argument {
                Argument::Read(Memory::Device(slice)) => launch.arg(slice),
                Argument::Write(Memory::Device(slice)) => launch.arg(slice),
                #[cfg(test)]
                Argument::Read(Memory::Host(_)) | Argument::Write(Memory::Host(_)) => {
                    unreachable!("host memory is only made by an emulated machine")
                }
                Argument::U32(value) => launch.arg(&*value),
                Argument::F32(value) => launch.arg(&*value),
                Argument::F64(value) => launch.arg(&*value),
            };
        }
        let [x, y, z] = grid.blocks;
        let (grid_dim, block_dim) = ((x, y, z), (grid.threads, 1, 1));
        let configuration = LaunchConfig { grid_dim, block_dim, shared_mem_bytes: grid.shared };
        // SAFETY: as the caller promises; the buffers live until the work is done because dropping one waits for it.
        while_("launching a kernel", unsafe { launch.launch(configuration) }).map(|_| ())
    }
}
