//! Kernels run on the host, so that the tests check their arithmetic and their indices without a device.
//!
//! A kernel file is compiled by the system's C++ compiler against `shim.hpp`, which stands in for the instructions that
//! `device.cuh` wraps; every thread of a block is a fiber. One process per launch: it reads the launch from its input
//! and writes the buffers to its output. Address and undefined-behavior sanitizers watch it where the compiler has
//! them, and every launch is run twice, with the threads in opposite orders, which shows most races.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::compilation::source::{Grid, HEADERS, Kernel, Source};
use crate::device::argument::Argument;
use crate::error::{Error, Result};

/// A stand-in for a device.
#[derive(Debug)]
pub(crate) struct Emulator {
    shared_memory: u32,
    memory: usize,
    conflicts: AtomicU64,
}

/// Says that a test is skipped, where a test's own output would not be shown.
pub(crate) fn skipped(why: &str) {
    let line = format!("SKIPPED: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error can be written");
}

/// What every program is compiled with.
const OPTIONS: &[&str] =
    &["-std=c++17", "-O2", "-g1", "-fno-strict-aliasing", "-ffp-contract=off", "-w", "-DMISLABEL_EMULATION"];

const SANITIZERS: &[&str] = &["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"];

impl Emulator {
    /// `None`, with a message, where there is no C++ compiler.
    pub(crate) fn find(shared_memory: u32, memory: usize) -> Option<Self> {
        if compiler().is_none() {
            skipped("the kernels are not run on the host: there is no C++ compiler (c++, or what CXX names)");
            return None;
        }
        Some(Self { shared_memory, memory, conflicts: AtomicU64::new(0) })
    }

    /// Bytes of shared memory that a block may have.
    pub(crate) fn shared_memory(&self) -> u32 {
        self.shared_memory
    }

    /// How many reads of eight matrix rows met a conflict of banks so far.
    pub(crate) fn conflicts(&self) -> u64 {
        self.conflicts.load(Ordering::Relaxed)
    }

    /// Bytes that the emulated device pretends to have free.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// Runs the kernel in both orders of threads and keeps what it wrote.
    pub(crate) fn launch(&self, kernel: &Kernel, grid: Grid, arguments: &mut [Argument<'_>]) -> Result<()> {
        let failed = |problem| Error::Emulation { kernel: kernel.name, problem };
        let program = program(kernel.source).map_err(failed)?;
        check_bounds(self, kernel, grid).map_err(failed)?;
        let (forward, conflicts) = run(&program, kernel.name, grid, arguments, false).map_err(failed)?;
        let (backward, _) = run(&program, kernel.name, grid, arguments, true).map_err(failed)?;
        self.conflicts.fetch_add(conflicts, Ordering::Relaxed);
        if forward != backward {
            return Err(failed("the result depends on the order of threads: a race".to_owned()));
        }
        accept(&forward, arguments).map_err(failed)
    }
}

/// Checks that a launch asks for no more than the device has and the kernel was compiled for.
fn check_bounds(emulator: &Emulator, kernel: &Kernel, grid: Grid) -> Result<(), String> {
    if grid.shared > emulator.shared_memory {
        return Err(format!("{} bytes of shared memory where there are {}", grid.shared, emulator.shared_memory));
    }
    // `KERNEL(threads, blocks) name(`; where a macro makes several kernels, the compiler knows and this does not.
    let (before, _) = kernel.source.text.split_once(&format!(") {}(", kernel.name)).unwrap_or_default();
    let bound = before.rsplit_once("KERNEL(").and_then(|(_, bounds)| bounds.split(',').next()?.trim().parse().ok());
    match bound {
        Some(bound) if grid.threads > bound => {
            Err(format!("{} threads where at most {bound} were promised", grid.threads))
        }
        _ => Ok(()),
    }
}

/// The compiler and whether it has sanitizers.
fn compiler() -> Option<&'static (PathBuf, bool)> {
    static COMPILER: OnceLock<Option<(PathBuf, bool)>> = OnceLock::new();
    COMPILER.get_or_init(find_compiler).as_ref()
}

fn find_compiler() -> Option<(PathBuf, bool)> {
    let compiler = PathBuf::from(std::env::var_os("CXX").unwrap_or_else(|| "c++".into()));
    let folder = tempfile::tempdir().ok()?;
    let (text, binary) = (folder.path().join("empty.cpp"), folder.path().join("empty"));
    std::fs::write(&text, "int main() { return 0; }\n").ok()?;
    let works = |options: &[&str]| {
        let built = Command::new(&compiler).args(options).arg(&text).arg("-o").arg(&binary).output();
        built.is_ok_and(|output| output.status.success())
            && Command::new(&binary).output().is_ok_and(|output| output.status.success())
    };
    if works(SANITIZERS) {
        return Some((compiler, true));
    }
    works(&[]).then_some((compiler, false))
}

/// The program of a kernel file. Kept under the hash of its text, so that it is compiled once, whoever asks first.
fn program(source: &'static Source) -> Result<Arc<PathBuf>, String> {
    type Programs = HashMap<&'static str, Arc<OnceLock<Result<Arc<PathBuf>, String>>>>;
    static PROGRAMS: OnceLock<Mutex<Programs>> = OnceLock::new();
    let programs = PROGRAMS.get_or_init(Mutex::default);
    let cell = programs.lock().unwrap_or_else(PoisonError::into_inner).entry(source.file).or_default().clone();
    cell.get_or_init(|| kept_or_built(source).map(Arc::new)).clone()
}

fn kept_or_built(source: &Source) -> Result<PathBuf, String> {
    let (compiler, sanitizers) = compiler().ok_or("there is no C++ compiler")?;
    let mut hasher = DefaultHasher::new();
    (source.text, HEADERS, include_str!("shim.hpp"), main_text(source), OPTIONS, compiler, sanitizers)
        .hash(&mut hasher);
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let folder = target.join("emulation");
    let program = folder.join(format!("{}-{:016x}", source.file.trim_end_matches(".cu"), hasher.finish()));
    if !program.exists() {
        build(source, &folder, &program)?;
    }
    Ok(program)
}

/// Compiles in a folder of its own and moves the finished program to its place.
fn build(source: &Source, folder: &Path, program: &Path) -> Result<(), String> {
    let (compiler, sanitizers) = compiler().ok_or("there is no C++ compiler")?;
    let said = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(folder).map_err(said)?;
    let place = tempfile::tempdir_in(folder).map_err(said)?;
    let main = main_text(source);
    let texts = [(source.file, source.text), ("shim.hpp", include_str!("shim.hpp")), ("main.cpp", &main)];
    for (name, text) in texts.iter().chain(HEADERS) {
        std::fs::write(place.path().join(name), text).map_err(said)?;
    }
    let (text, built) = (place.path().join("main.cpp"), place.path().join("program"));
    let sanitizers = if *sanitizers { SANITIZERS } else { &[] };
    let mut command = Command::new(compiler);
    let output = command.args(OPTIONS).args(sanitizers).arg(text).arg("-o").arg(&built).output().map_err(said)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    std::fs::rename(built, program).map_err(said)
}

fn main_text(source: &Source) -> String {
    let entries: String = source.kernels.iter().map(|name| format!("    ENTRY({name}),\n")).collect();
    format!(
        "#include \"shim.hpp\"\n#include \"{}\"\nint main() {{\n  return serve({{\n{entries}  }});\n}}\n",
        source.file
    )
}

/// The buffers as the kernel leaves them, one after the other, and how often banks were in conflict.
fn run(
    program: &Path,
    name: &str,
    grid: Grid,
    arguments: &[Argument<'_>],
    backwards: bool,
) -> Result<(Vec<u8>, u64), String> {
    let mut command = Command::new(program);
    command.env("ASAN_OPTIONS", "detect_leaks=0").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut input = child.stdin.take().ok_or("no input")?;
    let message = message(name, grid, arguments, backwards);
    let writer = std::thread::spawn(move || input.write_all(&message));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    // A program that fails stops reading; its own words are worth more than the broken pipe.
    drop(writer.join());
    let said = String::from_utf8_lossy(&output.stderr);
    let conflicts = said.lines().find_map(|line| line.strip_prefix("conflicts ")?.parse().ok());
    match conflicts.filter(|_| output.status.success()) {
        Some(conflicts) => Ok((output.stdout, conflicts)),
        None => Err(said.into_owned()),
    }
}

/// The launch as `serve` of `shim.hpp` reads it.
fn message(name: &str, grid: Grid, arguments: &[Argument<'_>], backwards: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut push = |value: &[u8]| bytes.extend_from_slice(value);
    push(&(name.len() as u64).to_le_bytes());
    push(name.as_bytes());
    for value in [grid.blocks[0], grid.blocks[1], grid.blocks[2], grid.threads, grid.shared, u32::from(backwards)] {
        push(&value.to_le_bytes());
    }
    push(&(arguments.len() as u64).to_le_bytes());
    for argument in arguments {
        let (kind, value): (u8, &[u8]) = match argument {
            Argument::Read(memory) => (b'r', memory.host()),
            Argument::Write(memory) => (b'w', memory.host()),
            Argument::U32(value) => (b'u', bytemuck::bytes_of(value)),
            Argument::F32(value) => (b'f', bytemuck::bytes_of(value)),
            Argument::F64(value) => (b'd', bytemuck::bytes_of(value)),
        };
        push(&[kind]);
        push(&(value.len() as u64).to_le_bytes());
        push(value);
    }
    bytes
}

/// Copies what the kernel wrote into the buffers.
fn accept(mut output: &[u8], arguments: &mut [Argument<'_>]) -> Result<(), String> {
    for argument in arguments {
        if let Argument::Write(memory) = argument {
            let buffer = memory.host_mut();
            let (written, rest) = output.split_at_checked(buffer.len()).ok_or("the output ends early")?;
            buffer.copy_from_slice(written);
            output = rest;
        }
    }
    if output.is_empty() { Ok(()) } else { Err("the output goes on after the last buffer".to_owned()) }
}
