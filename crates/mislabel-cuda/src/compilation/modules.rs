//! Kernels of one device, compiled at their first use and kept: in memory, and on disk for the next run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cudarc::driver::sys::CUfunction_attribute as Attribute;
use cudarc::driver::{CudaContext, CudaFunction};
use cudarc::nvrtc::Ptx;

use crate::compilation::cache::KernelCache;
use crate::compilation::compiler::Compiler;
use crate::compilation::source::{Kernel, Source};
use crate::error::{Result, while_};

/// Shared memory that a block may use without asking.
const FREE_SHARED: u32 = 48 * 1024;

/// The compiled files of one device.
#[derive(Debug)]
pub(crate) struct Modules {
    compiler: Compiler,
    architecture: String,
    cache: KernelCache,
    /// All kernels of the files used so far, by name.
    functions: Mutex<HashMap<&'static str, CudaFunction>>,
}

impl Modules {
    /// # Errors
    /// [`Error::NoCompiler`](crate::Error::NoCompiler).
    pub(crate) fn new(capability: (i32, i32)) -> Result<Self> {
        let compiler = Compiler::find()?;
        let architecture = architecture(capability, &compiler.capabilities()?);
        Ok(Self { compiler, architecture, cache: KernelCache::of_user(), functions: Mutex::default() })
    }

    /// The kernel, ready to run with `shared` bytes of dynamic shared memory.
    pub(crate) fn function(&self, context: &Arc<CudaContext>, kernel: &Kernel, shared: u32) -> Result<CudaFunction> {
        // The calls below are for the context of the thread, and threads come and go.
        while_("opening the device", context.bind_to_thread())?;
        let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        if !functions.contains_key(kernel.name) {
            functions.extend(self.load(context, kernel.source)?);
        }
        let function = functions.get(kernel.name).expect("every kernel is on the list of its file").clone();
        if shared > FREE_SHARED {
            let attribute = Attribute::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
            while_("asking for shared memory", function.set_attribute(attribute, shared as i32))?;
        }
        Ok(function)
    }

    fn load(&self, context: &Arc<CudaContext>, source: &Source) -> Result<Vec<(&'static str, CudaFunction)>> {
        let image = self.cache.image(&self.compiler, source, &self.architecture)?;
        let module = while_("loading kernels", context.load_module(Ptx::from_binary(image)))?;
        let function = |name: &&'static str| Ok((*name, while_("looking up a kernel", module.load_function(name))?));
        source.kernels.iter().map(function).collect()
    }
}

/// What to compile for: machine code for the device, or, where the compiler is older than the device, portable code for
/// the latest that it knows, which the driver compiles further.
fn architecture(capability: (i32, i32), known: &[i32]) -> String {
    let device = 10 * capability.0 + capability.1;
    if known.contains(&device) {
        return format!("sm_{device}");
    }
    let latest = known.iter().copied().filter(|known| *known <= device).max().unwrap_or(80);
    format!("compute_{latest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_the_compiler_knows_gets_machine_code_and_a_newer_one_portable_code() {
        let known = [75, 80, 86, 90, 100, 120];
        assert_eq!(architecture((9, 0), &known), "sm_90");
        assert_eq!(architecture((8, 7), &known), "compute_86");
        assert_eq!(architecture((13, 0), &known), "compute_120");
    }
}
