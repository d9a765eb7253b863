//! Compiling kernels at run time, with the compiler's own report.

#![expect(unsafe_code, reason = "the safe wrapper of cudarc drops the compiler's log")]

use std::ffi::{CString, c_char, c_int};

use cudarc::nvrtc::sys::{self, nvrtcProgram, nvrtcResult};

use crate::compilation::source::{HEADERS, Source};
use crate::error::{Error, Result};

/// The options every kernel is compiled with, beside its architecture.
pub(crate) const OPTIONS: &[&str] = &["--std=c++17", "--ptxas-options=-v", "--extra-device-vectorization"];

/// A compiled kernel file.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    /// Machine code, or PTX where the architecture is virtual.
    pub(crate) image: Vec<u8>,
    /// What the compiler wrote: registers, shared memory and spills of every kernel.
    #[cfg(test)]
    pub(crate) log: String,
}

/// The run-time compiler, known to be there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compiler {
    version: (i32, i32),
}

impl Compiler {
    /// # Errors
    /// [`Error::NoCompiler`].
    pub(crate) fn find() -> Result<Self> {
        // SAFETY: loads a library by its well-known name; its initializers have no preconditions.
        if !unsafe { sys::is_culib_present() } {
            return Err(Error::NoCompiler);
        }
        let (mut major, mut minor) = (0, 0);
        // SAFETY: both pointers are to live integers.
        checked("nvrtcVersion", unsafe { sys::nvrtcVersion(&mut major, &mut minor) })?;
        Ok(Self { version: (major, minor) })
    }

    /// Its version, major and minor.
    pub(crate) fn version(&self) -> (i32, i32) {
        self.version
    }

    /// The compute capabilities it can compile for, as 10·major + minor, ascending.
    pub(crate) fn capabilities(&self) -> Result<Vec<i32>> {
        let mut count: c_int = 0;
        // SAFETY: the pointer is to a live integer.
        checked("nvrtcGetNumSupportedArchs", unsafe { sys::nvrtcGetNumSupportedArchs(&mut count) })?;
        let mut capabilities = vec![0; count.max(0) as usize];
        // SAFETY: the vector has the length that the library asked for.
        checked("nvrtcGetSupportedArchs", unsafe { sys::nvrtcGetSupportedArchs(capabilities.as_mut_ptr()) })?;
        capabilities.sort_unstable();
        Ok(capabilities)
    }

    /// Compiles a file for `architecture`: machine code for `sm_90`, PTX for `compute_90`.
    ///
    /// # Errors
    /// [`Error::Compilation`] with the compiler's log, [`Error::Compiler`].
    pub(crate) fn compile(&self, source: &Source, architecture: &str) -> Result<Compiled> {
        let program = Program::new(source)?;
        let target = format!("--gpu-architecture={architecture}");
        let options = [OPTIONS, &[target.as_str()]].concat();
        let outcome = program.compile(&options)?;
        let log = program.log()?;
        if outcome != nvrtcResult::NVRTC_SUCCESS {
            return Err(Error::Compilation { file: source.file, architecture: architecture.to_owned(), log });
        }
        let image = if architecture.starts_with("sm_") { program.machine_code() } else { program.portable_code() }?;
        Ok(Compiled {
            image,
            #[cfg(test)]
            log,
        })
    }
}

/// A program of the library, destroyed when dropped.
struct Program(nvrtcProgram);

impl Program {
    fn new(source: &Source) -> Result<Self> {
        let texts: Vec<CString> = HEADERS.iter().map(|(_, text)| text_of(text)).collect::<Result<_>>()?;
        let names: Vec<CString> = HEADERS.iter().map(|(name, _)| text_of(name)).collect::<Result<_>>()?;
        let pointers = |texts: &[CString]| texts.iter().map(|text| text.as_ptr()).collect::<Vec<*const c_char>>();
        let (text, file, headers) = (text_of(source.text)?, text_of(source.file)?, HEADERS.len() as c_int);
        let mut program: nvrtcProgram = std::ptr::null_mut();
        // SAFETY: all texts end in NUL and outlive the call, which copies them; there are as many as it is told.
        let code = unsafe {
            let (texts, names) = (pointers(&texts), pointers(&names));
            sys::nvrtcCreateProgram(&mut program, text.as_ptr(), file.as_ptr(), headers, texts.as_ptr(), names.as_ptr())
        };
        checked("nvrtcCreateProgram", code)?;
        Ok(Self(program))
    }

    /// The outcome of compiling; where it is a failure, the log says more.
    fn compile(&self, options: &[&str]) -> Result<nvrtcResult> {
        let options: Vec<CString> = options.iter().map(|option| text_of(option)).collect::<Result<_>>()?;
        let pointers: Vec<*const c_char> = options.iter().map(|option| option.as_ptr()).collect();
        // SAFETY: the program lives as long as `self`, and the options as long as the call.
        Ok(unsafe { sys::nvrtcCompileProgram(self.0, pointers.len() as c_int, pointers.as_ptr()) })
    }

    fn log(&self) -> Result<String> {
        // SAFETY: the pointers are to live memory of the size that the library asked for.
        let size = |size: *mut usize| unsafe { sys::nvrtcGetProgramLogSize(self.0, size) };
        // SAFETY: as above.
        let bytes = self.bytes("nvrtcGetProgramLog", size, |log| unsafe { sys::nvrtcGetProgramLog(self.0, log) })?;
        Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
    }

    fn machine_code(&self) -> Result<Vec<u8>> {
        // SAFETY: as in `log`.
        let size = |size: *mut usize| unsafe { sys::nvrtcGetCUBINSize(self.0, size) };
        // SAFETY: as above.
        self.bytes("nvrtcGetCUBIN", size, |code| unsafe { sys::nvrtcGetCUBIN(self.0, code) })
    }

    /// PTX, with the NUL at its end.
    fn portable_code(&self) -> Result<Vec<u8>> {
        // SAFETY: as in `log`.
        let size = |size: *mut usize| unsafe { sys::nvrtcGetPTXSize(self.0, size) };
        // SAFETY: as above.
        self.bytes("nvrtcGetPTX", size, |code| unsafe { sys::nvrtcGetPTX(self.0, code) })
    }

    fn bytes(
        &self,
        operation: &'static str,
        size: impl Fn(*mut usize) -> nvrtcResult,
        fill: impl Fn(*mut c_char) -> nvrtcResult,
    ) -> Result<Vec<u8>> {
        let mut count = 0;
        checked(operation, size(&mut count))?;
        let mut bytes = vec![0_u8; count];
        checked(operation, fill(bytes.as_mut_ptr().cast()))?;
        Ok(bytes)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: the program was created and is destroyed once.
        unsafe { sys::nvrtcDestroyProgram(&mut self.0) };
    }
}

fn checked(operation: &'static str, code: nvrtcResult) -> Result<()> {
    if code == nvrtcResult::NVRTC_SUCCESS {
        return Ok(());
    }
    Err(Error::Compiler { operation, code: format!("{code:?}") })
}

/// The text for C; ours have no NUL inside.
fn text_of(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::Compiler { operation: "reading the text", code: "a NUL in it".to_owned() })
}
