//! cuBLAS on one device, and what it multiplies.

#![expect(unsafe_code, reason = "calls cuBLAS")]

use cudarc::cublas::sys::{self as cublas, cublasOperation_t as Operation};
use cudarc::cublas::{CudaBlas, result};
use cudarc::driver::{CudaSlice, DevicePtr, DevicePtrMut};

use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::{Cuda, Device, Machine};
use crate::device::memory::Memory;
use crate::error::{Error, Result, counted, same_length, while_};
use crate::products::precision::{TensorPrecision, split};
use crate::products::rows::Planes;
use crate::scoring::class_table::ClassTable;

/// cuBLAS on one device.
#[derive(Debug)]
pub struct Library {
    cuda: Cuda,
    handle: CudaBlas,
}

impl Library {
    pub(crate) fn handle(&self) -> &CudaBlas {
        &self.handle
    }

    /// `None` where the library is not installed.
    ///
    /// # Errors
    /// [`Error::Compiler`] with cuBLAS's own word when it refuses to start.
    pub fn find(cuda: &Cuda) -> Result<Option<Self>> {
        // SAFETY: loads a library by its well-known name; its initializers have no preconditions.
        let present = unsafe { cublas::is_culib_present() };
        match cuda.machine() {
            Machine::Device(device) if present => {
                let handle = named("cublasCreate", CudaBlas::new(device.compute.clone()))?;
                Ok(Some(Self { cuda: cuda.clone(), handle }))
            }
            _ => Ok(None),
        }
    }

    /// Starts the product of a square matrix of random bf16 with itself, `size` by `size`: the rate to be measured
    /// against.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn multiply_square(&self, matrix: &SquareMatrix, product: &mut SquareProduct) -> Result<()> {
        let size = matrix.size;
        if product.0.len() != size * size {
            return Err(Error::Length { what: "the product", expected: size * size, found: product.0.len() });
        }
        let device = device(&self.cuda)?;
        let (values, _values) = bytes(&matrix.values).device_ptr(&device.compute);
        let (out, _out) = bytes_mut(&mut product.0).device_ptr_mut(&device.compute);
        self.gemm(device, (size, size, size), (values, size), (values, size), 0.0, (out, size))
    }

    /// Starts the products of all rows with `count` columns of the table from `first` on: `(count, n)`.
    pub(crate) fn multiply(
        &self,
        rows: &Planes,
        table: &ClassTable,
        precision: TensorPrecision,
        first: usize,
        count: usize,
        products: &mut DeviceBuffer<f32>,
    ) -> Result<()> {
        let device = device(&self.cuda)?;
        let (left, _left) = bytes(&rows.values).device_ptr(&device.compute);
        let (right, _right) = bytes(&table.values).device_ptr(&device.compute);
        let (out, _out) = bytes_mut(products).device_ptr_mut(&device.compute);
        let at = |start: u64, values: usize| start + 2 * values as u64;
        for (index, (a, b)) in precision.pairs().iter().enumerate() {
            let left = at(left, *a as usize * rows.rows * rows.padded);
            let right = at(right, (*b as usize * table.columns + first) * rows.padded);
            let (shape, padded) = ((rows.rows, count, rows.padded), rows.padded);
            let kept = if index == 0 { 0.0 } else { 1.0 };
            self.gemm(device, shape, (left, padded), (right, padded), kept, (out, rows.rows))?;
        }
        Ok(())
    }

    /// C = AᵀB + `kept`·C in columns: A `(k, m)`, B `(k, n)` bf16, C `(m, n)` f32, each with its leading dimension.
    fn gemm(
        &self,
        device: &Device,
        (m, n, k): (usize, usize, usize),
        (a, a_step): (u64, usize),
        (b, b_step): (u64, usize),
        kept: f32,
        (c, c_step): (u64, usize),
    ) -> Result<()> {
        let size = |value: usize| counted("a matrix", value).map(|value| value as i32);
        let (bf16, f32_) = (cublas::cudaDataType_t::CUDA_R_16BF, cublas::cudaDataType_t::CUDA_R_32F);
        let one = 1.0_f32;
        while_("computing", device.context.bind_to_thread())?;
        // SAFETY: the pointers are to buffers of this device with at least the sizes given (the callers' checks), the
        // factors are f32 on the host as the type of computation says.
        let outcome = unsafe {
            result::gemm_ex(
                *self.handle.handle(),
                Operation::CUBLAS_OP_T,
                Operation::CUBLAS_OP_N,
                size(m)?,
                size(n)?,
                size(k)?,
                (&raw const one).cast(),
                a as *const _,
                bf16,
                size(a_step)?,
                b as *const _,
                bf16,
                size(b_step)?,
                (&raw const kept).cast(),
                c as *mut _,
                f32_,
                size(c_step)?,
                cublas::cublasComputeType_t::CUBLAS_COMPUTE_32F,
                cublas::cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT,
            )
        };
        named("cublasGemmEx", outcome)
    }
}

/// A square matrix of bf16 on a device.
#[derive(Debug)]
pub struct SquareMatrix {
    values: DeviceBuffer<u16>,
    size: usize,
}

impl SquareMatrix {
    /// Of f32 `values`, `(size, size)`, rounded.
    ///
    /// # Errors
    /// [`Error::Length`], and those of using the device.
    pub fn new(cuda: &Cuda, values: &[f32], size: usize) -> Result<Self> {
        same_length("a square matrix", size * size, values.len())?;
        let mut term = [0];
        let rounded: Vec<u16> = values
            .iter()
            .map(|value| {
                split(*value, &mut term);
                term[0]
            })
            .collect();
        Ok(Self { values: DeviceBuffer::of(cuda, "a matrix", &rounded)?, size })
    }
}

/// Room for a product of square matrices, in f32.
#[derive(Debug)]
pub struct SquareProduct(DeviceBuffer<f32>);

impl SquareProduct {
    /// `(size, size)`.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn new(cuda: &Cuda, size: usize) -> Result<Self> {
        DeviceBuffer::zeros(cuda, "a matrix", size * size).map(Self)
    }
}

pub(crate) fn device(cuda: &Cuda) -> Result<&Device> {
    match cuda.machine() {
        Machine::Device(device) => Ok(device),
        #[cfg(test)]
        Machine::Emulated(_) => Err(Error::NoDriver),
    }
}

pub(crate) fn bytes<T: bytemuck::Pod>(buffer: &DeviceBuffer<T>) -> &CudaSlice<u8> {
    match buffer.memory() {
        Memory::Device(slice) => slice,
        #[cfg(test)]
        Memory::Host(_) => unreachable!("only devices are measured"),
    }
}

pub(crate) fn bytes_mut<T: bytemuck::Pod>(buffer: &mut DeviceBuffer<T>) -> &mut CudaSlice<u8> {
    match buffer.memory_mut() {
        Memory::Device(slice) => slice,
        #[cfg(test)]
        Memory::Host(_) => unreachable!("only devices are measured"),
    }
}

pub(crate) fn named<T>(operation: &'static str, outcome: std::result::Result<T, result::CublasError>) -> Result<T> {
    outcome.map_err(|error| Error::Compiler { operation, code: format!("{:?}", error.0) })
}
