//! One device: finding it, and what it has.

#![expect(unsafe_code, reason = "asks the driver for its version")]

use std::sync::Arc;

use cudarc::driver::sys::CUdevice_attribute as Attribute;
use cudarc::driver::{CudaContext, CudaStream, result, sys};

use crate::compilation::modules::Modules;
#[cfg(test)]
use crate::emulation::emulator::Emulator;
use crate::error::{Error, Result, while_};

/// The oldest driver, as the CUDA version it belongs to, that has every call made here.
const DRIVER: (i32, i32) = (12, 8);

/// The least compute capability: bf16 tensor-core products and asynchronous copies to shared memory.
const CAPABILITY: (i32, i32) = (8, 0);

/// An NVIDIA GPU that can be computed on: opened, its driver and run-time compiler found to be recent enough.
///
/// Cheap to clone; clones share the device, its compiled kernels and its two queues of work.
///
/// ```
/// use mislabel_cuda::Cuda;
///
/// match Cuda::new(0) {
///     Ok(cuda) => println!("computing on {}", cuda.name()),
///     Err(error) => println!("computing on the CPU: {error}"),
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Cuda {
    machine: Machine,
}

#[derive(Clone, Debug)]
pub(crate) enum Machine {
    Device(Arc<Device>),
    /// Kernels run on the host, for tests.
    #[cfg(test)]
    Emulated(Arc<Emulator>),
}

#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) context: Arc<CudaContext>,
    /// Kernels and what they wait for.
    pub(crate) compute: Arc<CudaStream>,
    /// Copies that run beside kernels.
    pub(crate) copy: Arc<CudaStream>,
    name: String,
    capability: (i32, i32),
    multiprocessors: u32,
    shared_memory: u32,
    pub(crate) modules: Modules,
}

impl Cuda {
    /// Opens device `ordinal`, counted from 0 as `nvidia-smi` does.
    ///
    /// # Errors
    /// [`Error::NoDriver`], [`Error::DriverTooOld`], [`Error::NoDevice`], [`Error::DeviceTooOld`],
    /// [`Error::NoCompiler`], and [`Error::Driver`] when the driver refuses something else.
    pub fn new(ordinal: usize) -> Result<Self> {
        let devices = Self::count()?;
        if ordinal >= devices {
            return Err(Error::NoDevice { ordinal, devices });
        }
        let context = while_("opening the device", CudaContext::new(ordinal))?;
        let name = while_("reading the device's name", context.name())?;
        let capability = while_("reading the device's compute capability", context.compute_capability())?;
        if capability < CAPABILITY {
            return Err(Error::DeviceTooOld { ordinal, name, capability });
        }
        let attribute =
            |name| while_("asking for the device's limits", context.attribute(name)).map(|size| size.max(1) as u32);
        let multiprocessors = attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?;
        let shared_memory = attribute(Attribute::CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)?;
        let modules = Modules::new(capability)?;
        let queue = || while_("making a queue of work", context.new_stream());
        let (compute, copy) = (queue()?, queue()?);
        let device = Device { context, compute, copy, name, capability, multiprocessors, shared_memory, modules };
        Ok(Self { machine: Machine::Device(Arc::new(device)) })
    }

    /// The number of devices that the driver sees, of any age.
    ///
    /// # Errors
    /// [`Error::NoDriver`], [`Error::DriverTooOld`], [`Error::Driver`].
    pub fn count() -> Result<usize> {
        // SAFETY: loads a library by its well-known name; its initializers have no preconditions.
        if !unsafe { sys::is_culib_present() } {
            return Err(Error::NoDriver);
        }
        match result::init() {
            // A driver library without a device or without its kernel module.
            Err(error) if error.0 == sys::CUresult::CUDA_ERROR_NO_DEVICE => return Ok(0),
            other => while_("starting the driver", other)?,
        }
        let found = driver_version()?;
        if found < DRIVER {
            return Err(Error::DriverTooOld { found, needed: DRIVER });
        }
        while_("counting devices", CudaContext::device_count()).map(|devices| devices.max(0) as usize)
    }

    /// The device's name, "NVIDIA H200" for example.
    pub fn name(&self) -> &str {
        match &self.machine {
            Machine::Device(device) => &device.name,
            #[cfg(test)]
            Machine::Emulated(_) => "emulation",
        }
    }

    /// Its compute capability, major and minor; at least (8, 0).
    pub fn capability(&self) -> (i32, i32) {
        match &self.machine {
            Machine::Device(device) => device.capability,
            #[cfg(test)]
            Machine::Emulated(_) => CAPABILITY,
        }
    }

    /// How many blocks of threads run at the same time at least.
    pub fn multiprocessors(&self) -> u32 {
        match &self.machine {
            Machine::Device(device) => device.multiprocessors,
            #[cfg(test)]
            Machine::Emulated(_) => 2,
        }
    }

    /// Bytes of shared memory that a block of threads may ask for.
    pub(crate) fn shared_memory(&self) -> u32 {
        match &self.machine {
            Machine::Device(device) => device.shared_memory,
            #[cfg(test)]
            Machine::Emulated(emulator) => emulator.shared_memory(),
        }
    }

    /// Bytes of its memory that are free.
    ///
    /// # Errors
    /// [`Error::Driver`].
    pub fn free_memory(&self) -> Result<usize> {
        match &self.machine {
            Machine::Device(device) => {
                while_("asking for free memory", device.context.mem_get_info()).map(|(free, _)| free)
            }
            #[cfg(test)]
            Machine::Emulated(emulator) => Ok(emulator.memory()),
        }
    }

    /// Waits until all work given to the device is done.
    ///
    /// # Errors
    /// [`Error::Driver`] with the failure of any of that work.
    pub fn synchronize(&self) -> Result<()> {
        match &self.machine {
            Machine::Device(device) => {
                while_("computing", device.compute.synchronize())?;
                while_("copying", device.copy.synchronize())?;
                while_("computing", device.context.check_err())
            }
            #[cfg(test)]
            Machine::Emulated(_) => Ok(()),
        }
    }

    pub(crate) fn machine(&self) -> &Machine {
        &self.machine
    }

    /// A machine that runs kernels on the host, unless there is no C++ compiler.
    #[cfg(test)]
    pub(crate) fn emulated() -> Option<Self> {
        Self::emulated_with(u32::MAX, 1 << 30)
    }

    /// One that pretends to have this much shared memory for a block and this much memory free.
    #[cfg(test)]
    pub(crate) fn emulated_with(shared_memory: u32, memory: usize) -> Option<Self> {
        Emulator::find(shared_memory, memory).map(|emulator| Self { machine: Machine::Emulated(Arc::new(emulator)) })
    }
}

fn driver_version() -> Result<(i32, i32)> {
    let mut version = 0;
    // SAFETY: the pointer is to a live integer.
    let code = unsafe { sys::cuDriverGetVersion(&mut version) };
    while_("asking for the driver's version", code.result())?;
    Ok((version / 1000, version % 1000 / 10))
}
