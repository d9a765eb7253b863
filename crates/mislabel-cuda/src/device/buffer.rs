//! Buffers on the device and page-locked ones on the host.

#![expect(unsafe_code, reason = "page-locked memory comes uninitialized from the driver")]

use std::marker::PhantomData;

use bytemuck::Pod;
use cudarc::driver::PinnedHostSlice;

use crate::device::argument::Argument;
use crate::device::cuda::{Cuda, Machine};
use crate::device::memory::Memory;
use crate::error::{Error, Result, same_length, while_};

/// `len` values of type `T` on a device.
#[derive(Debug)]
pub(crate) struct DeviceBuffer<T> {
    cuda: Cuda,
    memory: Memory,
    len: usize,
    values: PhantomData<T>,
}

impl<T: Pod> DeviceBuffer<T> {
    /// A buffer of zeros. `what` names it when it does not fit.
    ///
    /// # Errors
    /// [`Error::Memory`], [`Error::Driver`].
    pub(crate) fn zeros(cuda: &Cuda, what: &'static str, len: usize) -> Result<Self> {
        let too_large = |needed| Error::Memory { what, needed, free: cuda.free_memory().unwrap_or(0) };
        let bytes = len.checked_mul(size_of::<T>()).ok_or_else(|| too_large(usize::MAX))?;
        // The driver gives no buffer of no bytes.
        let bytes = bytes.max(size_of::<T>().max(1));
        let memory = match cuda.machine() {
            Machine::Device(device) => match device.compute.alloc_zeros(bytes) {
                Err(error) if error.0 == cudarc::driver::sys::CUresult::CUDA_ERROR_OUT_OF_MEMORY => {
                    return Err(too_large(bytes));
                }
                other => Memory::Device(while_("allocating memory", other)?),
            },
            #[cfg(test)]
            Machine::Emulated(_) => Memory::Host(vec![0; bytes]),
        };
        Ok(Self { cuda: cuda.clone(), memory, len, values: PhantomData })
    }

    /// A buffer that is written before it is read. An emulated device fills it with NaN.
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    pub(crate) fn unwritten(cuda: &Cuda, what: &'static str, len: usize) -> Result<Self> {
        #[cfg_attr(not(test), expect(unused_mut, reason = "only tests fill it"))]
        let mut buffer = Self::zeros(cuda, what, len)?;
        #[cfg(test)]
        if let Memory::Host(bytes) = &mut buffer.memory {
            bytes.fill(0xff);
        }
        Ok(buffer)
    }

    /// A buffer with a copy of `values`.
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    pub(crate) fn of(cuda: &Cuda, what: &'static str, values: &[T]) -> Result<Self> {
        let mut buffer = Self::zeros(cuda, what, values.len())?;
        buffer.upload(what, values)?;
        Ok(buffer)
    }

    /// The number of values.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Replaces all values, after the work that was launched before.
    ///
    /// # Errors
    /// [`Error::Length`] unless there are as many `values` as the buffer has; [`Error::Driver`].
    pub(crate) fn upload(&mut self, what: &'static str, values: &[T]) -> Result<()> {
        same_length(what, self.len, values.len())?;
        let bytes: &[u8] = bytemuck::cast_slice(values);
        match (&mut self.memory, self.cuda.machine()) {
            (Memory::Device(slice), Machine::Device(device)) => {
                while_("copying to the device", device.compute.memcpy_htod(bytes, slice))?;
                // The copy reads `values` until then.
                while_("copying to the device", device.compute.synchronize())
            }
            #[cfg(test)]
            (memory, _) => {
                memory.host_mut()[..bytes.len()].copy_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Replaces the first values by those in page-locked memory, beside whatever kernels run, but not before those that
    /// use this buffer are done.
    ///
    /// # Errors
    /// [`Error::Length`] when there are more `values` than the buffer has; [`Error::Driver`].
    pub(crate) fn upload_beside(&mut self, what: &'static str, values: &PinnedBuffer<T>) -> Result<()> {
        self.upload_beside_at(what, 0, values)
    }

    /// As [`upload_beside`](Self::upload_beside), replacing the values from `start` on.
    ///
    /// # Errors
    /// As [`upload_beside`](Self::upload_beside).
    pub(crate) fn upload_beside_at(
        &mut self,
        what: &'static str,
        start: usize,
        values: &PinnedBuffer<T>,
    ) -> Result<()> {
        let room = self.len.saturating_sub(start);
        if values.len > room {
            return Err(Error::Length { what, expected: room, found: values.len });
        }
        let start = start * size_of::<T>();
        let end = start + values.len * size_of::<T>();
        match (&mut self.memory, &values.memory, self.cuda.machine()) {
            (Memory::Device(slice), PinnedMemory::Locked(values), Machine::Device(device)) => {
                let mut slice = slice.slice_mut(start..end.max(start + values.len()).min(slice.len()));
                while_("copying to the device", device.copy.memcpy_htod(values, &mut slice))
            }
            #[cfg(test)]
            (memory, PinnedMemory::Host(values), _) => {
                memory.host_mut()[start..end].copy_from_slice(&values[..end - start]);
                Ok(())
            }
            #[cfg(test)]
            _ => unreachable!("page-locked memory is only made by a device"),
        }
    }

    /// A copy of all values, once the work that was launched before is done.
    ///
    /// # Errors
    /// [`Error::Driver`] with the failure of any of that work.
    pub(crate) fn download(&self) -> Result<Vec<T>> {
        let mut values = vec![T::zeroed(); self.len];
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut values);
        match (&self.memory, self.cuda.machine()) {
            (Memory::Device(slice), Machine::Device(device)) => {
                let slice = slice.slice(..bytes.len());
                while_("copying from the device", device.compute.memcpy_dtoh(&slice, bytes))?;
                while_("copying from the device", device.compute.synchronize())?;
            }
            #[cfg(test)]
            (memory, _) => {
                let length = bytes.len();
                bytes.copy_from_slice(&memory.host()[..length]);
            }
        }
        Ok(values)
    }

    #[cfg(feature = "measure")]
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    #[cfg(feature = "measure")]
    pub(crate) fn memory_mut(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// As an argument that the kernel only reads.
    pub(crate) fn read(&self) -> Argument<'_> {
        Argument::Read(&self.memory)
    }

    /// As an argument that the kernel writes.
    pub(crate) fn write(&mut self) -> Argument<'_> {
        Argument::Write(&mut self.memory)
    }
}

/// `len` values of type `T` in host memory that the device copies from beside other work.
#[derive(Debug)]
pub(crate) struct PinnedBuffer<T> {
    memory: PinnedMemory,
    len: usize,
    values: PhantomData<T>,
}

#[derive(Debug)]
enum PinnedMemory {
    Locked(PinnedHostSlice<u8>),
    #[cfg(test)]
    Host(Vec<u8>),
}

impl<T: Pod> PinnedBuffer<T> {
    /// A buffer of zeros.
    ///
    /// # Errors
    /// [`Error::Driver`] when the system has no memory to lock.
    pub(crate) fn zeros(cuda: &Cuda, len: usize) -> Result<Self> {
        let bytes = (len * size_of::<T>()).max(1);
        let memory = match cuda.machine() {
            Machine::Device(device) => {
                // SAFETY: it is filled below, before anyone can read it.
                let memory = unsafe { device.context.alloc_pinned_with_flags::<u8>(bytes, 0) };
                let mut memory = while_("locking host memory", memory)?;
                let start = while_("locking host memory", memory.as_mut_ptr())?;
                // SAFETY: `bytes` bytes were allocated there, and nothing else refers to them.
                unsafe { start.write_bytes(0, bytes) };
                PinnedMemory::Locked(memory)
            }
            #[cfg(test)]
            Machine::Emulated(_) => PinnedMemory::Host(vec![0; bytes]),
        };
        Ok(Self { memory, len, values: PhantomData })
    }

    /// The values, to be written, once no copy reads them any more.
    ///
    /// # Errors
    /// [`Error::Driver`] when such a copy failed.
    pub(crate) fn values(&mut self) -> Result<&mut [T]> {
        let bytes = match &mut self.memory {
            PinnedMemory::Locked(memory) => while_("copying to the device", memory.as_mut_slice())?,
            #[cfg(test)]
            PinnedMemory::Host(bytes) => bytes,
        };
        // Both the driver and the allocator align a buffer of several values to at least 8 bytes.
        Ok(&mut bytemuck::cast_slice_mut(&mut bytes[..self.len * size_of::<T>()])[..self.len])
    }
}
