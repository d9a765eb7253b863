//! Bytes on the device.

use cudarc::driver::CudaSlice;

/// Bytes on the device.
#[derive(Debug)]
pub(crate) enum Memory {
    Device(CudaSlice<u8>),
    /// Of an emulated device.
    #[cfg(test)]
    Host(Vec<u8>),
}

#[cfg(test)]
impl Memory {
    pub(crate) fn host(&self) -> &[u8] {
        let Self::Host(bytes) = self else { panic!("the memory of a device") };
        bytes
    }

    pub(crate) fn host_mut(&mut self) -> &mut Vec<u8> {
        let Self::Host(bytes) = self else { panic!("the memory of a device") };
        bytes
    }
}
