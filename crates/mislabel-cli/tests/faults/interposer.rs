//! A library that the loader puts before libc (`LD_PRELOAD`), and that lets a chosen call into the file system fail in a process that
//! knows nothing of it. The tests compile it by itself; it has no dependencies.
//!
//! `MISLABEL_FAULTS_IN` is a folder: calls on files in it are counted from 0. `MISLABEL_FAULTS_LOG` is a file that gets a line for each
//! of them: `NAME`, or `NAME !` where the call did not end as usual. `MISLABEL_FAULT` is `NUMBER KIND`:
//!
//! | kind | what happens to the call of this number |
//! |---|---|
//! | `broken` | it fails: the device is broken (`EIO`) |
//! | `full` | it fails, and every later one that needs space: the disk is full (`ENOSPC`) |
//! | `denied` | it fails, if it opens, makes, renames or removes: not allowed (`EACCES`) |
//! | `interrupted` | it fails, if it may be asked again: a signal came (`EINTR`) |
//! | `short` | it reads or writes half of what it was asked for |
//! | `crumbs` | it, and every later one, reads or writes at most seven bytes |
//! | `killed` | the process ends before it |
//! | `torn` | the process ends after half of the write |
//! | `done` | the process ends after it |

//!
//! # Safety
//!
//! Every function here has the name and the arguments of one of libc and hands them on as they came, or answers as libc does at an error; what holds for
//! a call of libc holds for it. The variadic `open` and `openat` are declared with their last argument, which the calling conventions
//! of x86-64 and aarch64 hand over as any other. `dlsym` finds each of them in libc, whose signatures these are.

#![allow(non_camel_case_types)]

use std::ffi::{CStr, c_char, c_int, c_long, c_uint, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

type size_t = usize;
type ssize_t = isize;
type off_t = i64;

const EINTR: c_int = 4;
const EIO: c_int = 5;
const EACCES: c_int = 13;
const ENOSPC: c_int = 28;
const AT_FDCWD: c_int = -100;
const O_WRONLY: c_int = 1;
const O_CREAT: c_int = 0o100;
const O_APPEND: c_int = 0o2000;
const SIGKILL: c_int = 9;
const NEXT: *mut c_void = -1_isize as *mut c_void;
const CRUMB: size_t = 7;

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn getenv(name: *const c_char) -> *const c_char;
    fn dirfd(folder: *mut c_void) -> c_int;
    fn getpid() -> c_int;
    fn kill(process: c_int, signal: c_int) -> c_int;
    fn readlink(path: *const c_char, into: *mut c_char, room: size_t) -> ssize_t;
    fn __errno_location() -> *mut c_int;
}

/// The function of libc that this library stands before.
macro_rules! libc {
    ($name:literal as $kind:ty) => {{
        static FOUND: OnceLock<usize> = OnceLock::new();
        let found = *FOUND.get_or_init(|| unsafe { dlsym(NEXT, $name.as_ptr()) } as usize);
        unsafe { std::mem::transmute::<usize, $kind>(found) }
    }};
}

struct Plan {
    folder: &'static [u8],
    number: i64,
    kind: &'static [u8],
    log: c_int,
}

static PLAN: OnceLock<Plan> = OnceLock::new();
static CALLS: AtomicI64 = AtomicI64::new(0);

fn variable(name: &CStr) -> &'static [u8] {
    let value = unsafe { getenv(name.as_ptr()) };
    if value.is_null() { b"" } else { unsafe { CStr::from_ptr(value) }.to_bytes() }
}

fn plan() -> &'static Plan {
    PLAN.get_or_init(|| {
        let fault = variable(c"MISLABEL_FAULT");
        let blank = fault.iter().position(|byte| *byte == b' ').unwrap_or(fault.len());
        let number = fault[..blank].iter().fold(0, |number, digit| 10 * number + i64::from(digit - b'0'));
        let open = libc!(c"open" as unsafe extern "C" fn(*const c_char, c_int, c_uint) -> c_int);
        let log = variable(c"MISLABEL_FAULTS_LOG");
        let log = if log.is_empty() {
            -1
        } else {
            unsafe { open(log.as_ptr().cast(), O_WRONLY | O_CREAT | O_APPEND, 0o644) }
        };
        Plan {
            folder: variable(c"MISLABEL_FAULTS_IN"),
            number: if blank < fault.len() { number } else { -1 },
            kind: fault.get(blank + 1..).unwrap_or_default(),
            log,
        }
    })
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Usual,
    Fails(c_int),
    Half,
    Crumb,
    Torn,
    Last,
}

/// What a call does, as far as it decides which faults can meet it.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Open {
        makes: bool,
    },
    Read,
    Write,
    Sync,
    /// Renames, removes, links.
    Names,
    /// Makes a folder or lengthens a file.
    Makes,
    /// Asks about a file, or locks it.
    Asks,
    /// Maps a file.
    Maps,
}

fn counts(path: &[u8]) -> bool {
    let folder = plan().folder;
    !folder.is_empty() && (path.starts_with(folder) || (!path.is_empty() && path[0] != b'/'))
}

fn path_counts(base: c_int, path: *const c_char) -> bool {
    if path.is_null() {
        return false;
    }
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    // Below an open folder: as this folder does. The process works in the folder of the plan.
    if base != AT_FDCWD && path.first() != Some(&b'/') { file_counts(base) } else { counts(path) }
}

fn file_counts(file: c_int) -> bool {
    if file < 0 || plan().folder.is_empty() {
        return false;
    }
    let mut name = *b"/proc/self/fd/\0\0\0\0\0\0\0\0\0\0\0\0";
    let mut digits = [0; 11];
    let (mut rest, mut length) = (file, 0);
    while rest > 0 || length == 0 {
        digits[length] = b'0' + (rest % 10) as u8;
        rest /= 10;
        length += 1;
    }
    (0..length).for_each(|place| name[14 + place] = digits[length - 1 - place]);
    let mut target = [0_u8; 512];
    let read = unsafe { readlink(name.as_ptr().cast(), target.as_mut_ptr().cast(), target.len()) };
    read > 0 && target[..read as usize].starts_with(plan().folder)
}

fn fate(name: &str, does: Does, counts: bool) -> Fate {
    let plan = plan();
    if !counts || plan.log < 0 {
        return Fate::Usual;
    }
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let from_here = plan.number >= 0 && call >= plan.number;
    let here = call == plan.number;
    let space = matches!(does, Does::Write | Does::Makes | Does::Open { makes: true });
    let chosen = match plan.kind {
        b"broken" if here => Fate::Fails(EIO),
        b"full" if from_here && space => Fate::Fails(ENOSPC),
        b"denied" if here && matches!(does, Does::Open { .. } | Does::Names | Does::Makes) => Fate::Fails(EACCES),
        b"interrupted" if here && matches!(does, Does::Open { .. } | Does::Read | Does::Write | Does::Sync) => {
            Fate::Fails(EINTR)
        }
        b"short" if here && matches!(does, Does::Read | Does::Write) => Fate::Half,
        b"crumbs" if from_here && matches!(does, Does::Read | Does::Write) => Fate::Crumb,
        b"torn" if here && does == Does::Write => Fate::Torn,
        b"killed" | b"done" if here => Fate::Last,
        _ => Fate::Usual,
    };
    let mut line = [b' '; 40];
    line[..name.len()].copy_from_slice(name.as_bytes());
    let end = name.len() + if chosen == Fate::Usual { 0 } else { 2 };
    if chosen != Fate::Usual {
        line[end - 1] = b'!';
    }
    line[end] = b'\n';
    let write = libc!(c"write" as unsafe extern "C" fn(c_int, *const c_void, size_t) -> ssize_t);
    unsafe { write(plan.log, line.as_ptr().cast(), end + 1) };
    if chosen == Fate::Last && plan.kind == b"killed" {
        die();
    }
    chosen
}

fn die() {
    unsafe { kill(getpid(), SIGKILL) };
}

fn failed(number: c_int) -> c_int {
    unsafe { *__errno_location() = number };
    -1
}

/// A call that is made whole or not at all.
macro_rules! whole {
    ($name:literal, $function:ident ($($argument:ident: $kind:ty),*) -> $result:ty, $does:expr, $counts:expr) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $function($($argument: $kind),*) -> $result {
            let asked = libc!($name as unsafe extern "C" fn($($kind),*) -> $result);
            match fate(stringify!($function), $does, $counts) {
                Fate::Fails(number) => failed(number) as $result,
                Fate::Last => {
                    unsafe { asked($($argument),*) };
                    die();
                    -1_i64 as $result
                }
                _ => unsafe { asked($($argument),*) },
            }
        }
    };
}

/// A call whose answer is a place in memory, or none.
macro_rules! pointing {
    ($name:literal, $function:ident ($argument:ident: $kind:ty), $does:expr, $counts:expr) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $function($argument: $kind) -> *mut c_void {
            let asked = libc!($name as unsafe extern "C" fn($kind) -> *mut c_void);
            match fate(stringify!($function), $does, $counts) {
                Fate::Fails(number) => {
                    failed(number);
                    std::ptr::null_mut()
                }
                Fate::Last => {
                    die();
                    std::ptr::null_mut()
                }
                _ => unsafe { asked($argument) },
            }
        }
    };
}

/// A call that moves some of `count` bytes.
macro_rules! partial {
    ($name:literal, $function:ident ($($before:ident: $kind:ty),*; $count:ident; $($after:ident: $last:ty),*), $does:expr) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $function(file: c_int, $($before: $kind,)* $count: size_t, $($after: $last),*) -> ssize_t {
            let asked = libc!($name as unsafe extern "C" fn(c_int, $($kind,)* size_t, $($last),*) -> ssize_t);
            match fate(stringify!($function), $does, file_counts(file)) {
                Fate::Fails(number) => failed(number) as ssize_t,
                Fate::Half => unsafe { asked(file, $($before,)* $count.div_ceil(2), $($after),*) },
                Fate::Crumb => unsafe { asked(file, $($before,)* $count.min(CRUMB), $($after),*) },
                Fate::Torn => {
                    unsafe { asked(file, $($before,)* $count / 2, $($after),*) };
                    die();
                    -1
                }
                Fate::Last => {
                    unsafe { asked(file, $($before,)* $count, $($after),*) };
                    die();
                    -1
                }
                Fate::Usual => unsafe { asked(file, $($before,)* $count, $($after),*) },
            }
        }
    };
}

partial!(c"read", read(into: *mut c_void; count;), Does::Read);
partial!(c"pread", pread(into: *mut c_void; count; at: off_t), Does::Read);
partial!(c"pread64", pread64(into: *mut c_void; count; at: off_t), Does::Read);
partial!(c"write", write(from: *const c_void; count;), Does::Write);
partial!(c"pwrite", pwrite(from: *const c_void; count; at: off_t), Does::Write);
partial!(c"pwrite64", pwrite64(from: *const c_void; count; at: off_t), Does::Write);

whole!(c"readv", readv(file: c_int, parts: *const c_void, count: c_int) -> ssize_t, Does::Read, file_counts(file));
whole!(c"writev", writev(file: c_int, parts: *const c_void, count: c_int) -> ssize_t, Does::Write, file_counts(file));

const fn opens(flags: c_int) -> Does {
    Does::Open { makes: flags & O_CREAT != 0 }
}

// The last argument is optional in C; where it is absent, a register of no meaning is handed on and not read.
whole!(c"open", open(path: *const c_char, flags: c_int, mode: c_uint) -> c_int, opens(flags), path_counts(AT_FDCWD, path));
whole!(c"open64", open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int, opens(flags), path_counts(AT_FDCWD, path));
whole!(
    c"openat", openat(base: c_int, path: *const c_char, flags: c_int, mode: c_uint) -> c_int, opens(flags), path_counts(base, path)
);
whole!(
    c"openat64",
    openat64(base: c_int, path: *const c_char, flags: c_int, mode: c_uint) -> c_int,
    opens(flags),
    path_counts(base, path)
);

pointing!(c"opendir", opendir(path: *const c_char), Does::Open { makes: false }, path_counts(AT_FDCWD, path));
pointing!(c"readdir", readdir(folder: *mut c_void), Does::Asks, file_counts(unsafe { dirfd(folder) }));
pointing!(c"readdir64", readdir64(folder: *mut c_void), Does::Asks, file_counts(unsafe { dirfd(folder) }));

whole!(c"fsync", fsync(file: c_int) -> c_int, Does::Sync, file_counts(file));
whole!(c"fdatasync", fdatasync(file: c_int) -> c_int, Does::Sync, file_counts(file));
whole!(c"ftruncate", ftruncate(file: c_int, length: off_t) -> c_int, Does::Makes, file_counts(file));
whole!(c"ftruncate64", ftruncate64(file: c_int, length: off_t) -> c_int, Does::Makes, file_counts(file));
whole!(c"flock", flock(file: c_int, how: c_int) -> c_int, Does::Asks, file_counts(file));
whole!(c"lseek", lseek(file: c_int, to: off_t, from: c_int) -> off_t, Does::Asks, file_counts(file));
whole!(c"lseek64", lseek64(file: c_int, to: off_t, from: c_int) -> off_t, Does::Asks, file_counts(file));
whole!(
    c"statx",
    statx(base: c_int, path: *const c_char, flags: c_int, mask: c_uint, into: *mut c_void) -> c_int,
    Does::Asks,
    if !path.is_null() && unsafe { *path } == 0 { file_counts(base) } else { path_counts(base, path) }
);

whole!(c"mkdir", mkdir(path: *const c_char, mode: c_uint) -> c_int, Does::Makes, path_counts(AT_FDCWD, path));
whole!(c"rename", rename(from: *const c_char, to: *const c_char) -> c_int, Does::Names, path_counts(AT_FDCWD, to));
whole!(c"link", link(from: *const c_char, to: *const c_char) -> c_int, Does::Names, path_counts(AT_FDCWD, to));
whole!(c"unlink", unlink(path: *const c_char) -> c_int, Does::Names, path_counts(AT_FDCWD, path));
whole!(c"unlinkat", unlinkat(base: c_int, path: *const c_char, flags: c_int) -> c_int, Does::Names, path_counts(base, path));
whole!(c"rmdir", rmdir(path: *const c_char) -> c_int, Does::Names, path_counts(AT_FDCWD, path));
whole!(
    c"mmap",
    mmap(at: *mut c_void, length: size_t, access: c_int, flags: c_int, file: c_int, offset: off_t) -> *mut c_void,
    Does::Maps,
    file >= 0 && file_counts(file)
);
whole!(
    c"mmap64",
    mmap64(at: *mut c_void, length: size_t, access: c_int, flags: c_int, file: c_int, offset: off_t) -> *mut c_void,
    Does::Maps,
    file >= 0 && file_counts(file)
);
whole!(
    c"copy_file_range",
    copy_file_range(from: c_int, at: *mut off_t, to: c_int, into: *mut off_t, count: size_t, flags: c_uint) -> ssize_t,
    Does::Write,
    file_counts(to)
);
whole!(
    c"sendfile64",
    sendfile64(to: c_int, from: c_int, at: *mut off_t, count: size_t) -> ssize_t,
    Does::Write,
    file_counts(to)
);

const _: () = assert!(size_of::<c_long>() == 8, "offsets are of 64 bits");
