//! Products of signed bytes on the matrix unit of x86 processors (AMX).
//!
//! The unit multiplies tiles of 16 rows of 64 bytes: `tdpbssd` adds to 16 x 16 sums of 32 bits the products of a tile
//! of the left side, 16 rows of 64 features, and a tile of the right side, in which four features of 16 rows lie side
//! by side. It does in one instruction what takes 64 of the vector units (Intel 64 and IA-32 Architectures Software
//! Developer's Manual, volume 2, TDPBSSD).

#![expect(unsafe_code, reason = "instructions that the standard library does not offer yet")]

use std::arch::asm;
use std::arch::x86_64::{__cpuid_count, _xgetbv};
use std::sync::LazyLock;

/// Rows and features of a tile, in bytes.
const ROWS: usize = 16;
const DEPTH: usize = 64;
const TILE: usize = ROWS * DEPTH;

/// Rows of a panel: two tiles, so that every tile loaded is used twice.
const PANEL: usize = 2 * ROWS;

/// Proof that this process may use the unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatrixUnit(());

/// A tile, at a boundary of cache lines: rows across two lines take twice as long to load.
#[repr(align(64))]
#[derive(Clone, Copy, Debug)]
struct Tile([i8; TILE]);

/// Rows of bytes in the order of tiles: panels of 32 rows, in them 64 features at a time, in those two tiles. What is
/// missing is 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct TiledRows {
    tiles: Vec<Tile>,
    panels: usize,
    /// Tiles that the features take.
    depth: usize,
}

/// How `ldtilecfg` wants to be told the shapes of tiles.
#[repr(C, align(64))]
struct TileShapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    bytes_per_row: [u16; 16],
    rows: [u8; 16],
}

static SHAPES: TileShapes = TileShapes {
    palette: 1,
    start_row: 0,
    reserved: [0; 14],
    bytes_per_row: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
    rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
};

/// What the system calls the tiles' state, and the call that asks to use it (Documentation/arch/x86/xstate.rst of
/// Linux).
const TILE_STATE: libc::c_ulong = 18;
const REQUEST_PERMISSION: libc::c_ulong = 0x1023;

static UNIT: LazyLock<Option<MatrixUnit>> = LazyLock::new(|| (is_there() && is_permitted()).then_some(MatrixUnit(())));

/// Whether the processor has the unit and the system keeps its state.
fn is_there() -> bool {
    let (tiles, bytes) = (1 << 24, 1 << 25);
    let known = __cpuid_count(0, 0).eax >= 7 && __cpuid_count(7, 0).edx & (tiles | bytes) == tiles | bytes;
    let states = 0b11 << 17;
    // SAFETY: the instruction needs `xsave`, which is detected first.
    known && std::is_x86_feature_detected!("xsave") && unsafe { _xgetbv(0) } & states == states
}

/// Asks the system for the unit: its state is so large that no process has it unasked.
fn is_permitted() -> bool {
    // SAFETY: the call takes two numbers and no pointer, and changes nothing but what the process may use.
    unsafe { libc::syscall(libc::SYS_arch_prctl, REQUEST_PERMISSION, TILE_STATE) == 0 }
}

impl MatrixUnit {
    /// The unit, where there is one.
    pub(crate) fn get() -> Option<Self> {
        *UNIT
    }

    /// All products of the rows of `left` and `right`, which have as many features: row by row, [`TiledRows::padded`]
    /// of `right` a row.
    pub(crate) fn multiply(self, left: &TiledRows, right: &TiledRows, products: &mut [i32]) {
        let stride = right.padded();
        assert_eq!(products.len(), left.padded() * stride, "products of {} x {stride}", left.padded());
        let depth = left.depth;
        if left.panels == 0 || right.panels == 0 {
            return;
        }
        assert!(depth > 0 && right.depth == depth, "{depth} and {} tiles of features", right.depth);
        // SAFETY: `self` proves that there is a unit; the shapes are 64 bytes of palette 1, in a static.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const SHAPES, options(nostack, preserves_flags)) };
        for (above, left) in products.chunks_exact_mut(PANEL * stride).zip(left.tiles.chunks_exact(2 * depth)) {
            for (panel, right) in right.tiles.chunks_exact(2 * depth).enumerate() {
                // SAFETY: the shapes are configured above; both panels have 2 · depth tiles, depth > 0; `above` is 32 rows
                // of `stride` sums, and of each row 32 sums from `panel` · 32 on are written, which the row has:
                // `right` has `stride` / 32 panels.
                unsafe { multiply_panels(left, right, depth, above[panel * PANEL..].as_mut_ptr(), stride) };
            }
        }
        // SAFETY: `self` proves that there is a unit; nothing reads a tile afterwards.
        unsafe { asm!("tilerelease", options(nomem, nostack, preserves_flags)) };
    }
}

/// The 32 x 32 products of two panels.
///
/// # Safety
/// Tiles are configured by [`SHAPES`]; the panels have 2 · `depth` > 0 tiles; 31 · `stride` + 32 sums at `out` may be
/// written.
unsafe fn multiply_panels(left: &[Tile], right: &[Tile], depth: usize, out: *mut i32, stride: usize) {
    // SAFETY: as the caller promises. Each of the `depth` rounds reads two tiles of both sides; the four stores write 16
    // rows of 16 sums each, `stride` apart, the last ending at 31 · `stride` + 32. All tiles in use are declared lost.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            "tileloadd tmm6, [{right} + {row}]",
            "tileloadd tmm4, [{left} + {row}]",
            "tileloadd tmm7, [{right} + {row} + 1024]",
            "tileloadd tmm5, [{left} + {row} + 1024]",
            "tdpbssd tmm0, tmm4, tmm6",
            "tdpbssd tmm1, tmm4, tmm7",
            "tdpbssd tmm2, tmm5, tmm6",
            "tdpbssd tmm3, tmm5, tmm7",
            "add {left}, 2048",
            "add {right}, 2048",
            "dec {depth}",
            "jnz 2b",
            "tilestored [{out} + {stride}], tmm0",
            "tilestored [{out} + {stride} + 64], tmm1",
            "tilestored [{below} + {stride}], tmm2",
            "tilestored [{below} + {stride} + 64], tmm3",
            left = inout(reg) left.as_ptr() => _,
            right = inout(reg) right.as_ptr() => _,
            depth = inout(reg) depth => _,
            row = in(reg) DEPTH,
            out = in(reg) out,
            below = in(reg) out.add(ROWS * stride),
            stride = in(reg) 4 * stride,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
}

impl TiledRows {
    /// Rows of the left side, `(m, d)` row by row.
    pub(crate) fn left(rows: &[i8], features: usize) -> Self {
        let mut tiled = Self::default();
        tiled.fill(rows, features, |row, feature| row * DEPTH + feature);
        tiled
    }

    /// Replaces these by rows of the right side, `(m, d)` row by row.
    pub(crate) fn replace_right(&mut self, rows: &[i8], features: usize) {
        self.fill(rows, features, |row, feature| feature / 4 * DEPTH + 4 * row + feature % 4);
    }

    /// The number of rows, rounded up to whole panels.
    pub(crate) fn padded(&self) -> usize {
        self.panels * PANEL
    }

    fn fill(&mut self, rows: &[i8], features: usize, place: impl Fn(usize, usize) -> usize) {
        self.depth = features.div_ceil(DEPTH);
        self.panels = (rows.len() / features).div_ceil(PANEL);
        self.tiles.clear();
        self.tiles.resize(self.panels * self.depth * 2, Tile([0; TILE]));
        for (row, values) in rows.chunks_exact(features).enumerate() {
            let (panel, half, row) = (row / PANEL, row % PANEL / ROWS, row % ROWS);
            for (at, values) in values.chunks(DEPTH).enumerate() {
                let tile = &mut self.tiles[(panel * self.depth + at) * 2 + half];
                values.iter().enumerate().for_each(|(feature, value)| tile.0[place(row, feature)] = *value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_a_plain_sum() {
        let Some(unit) = MatrixUnit::get() else {
            eprintln!("SKIPPED: this machine has no matrix unit");
            return;
        };
        let byte = |i: usize| (i * 7919 % 255) as u8 as i8;
        for (m, n, d) in [(1, 1, 1), (16, 32, 64), (33, 50, 65), (70, 31, 768), (3, 100, 127)] {
            let left: Vec<i8> = (0..m * d).map(byte).collect();
            let right: Vec<i8> = (0..n * d).map(|i| byte(i + 31)).collect();
            let (tiles, mut others) = (TiledRows::left(&left, d), TiledRows::default());
            others.replace_right(&right, d);
            let mut products = vec![7; tiles.padded() * others.padded()];
            unit.multiply(&tiles, &others, &mut products);
            for i in 0..m {
                for j in 0..n {
                    let pairs = left[i * d..][..d].iter().zip(&right[j * d..][..d]);
                    let expected: i32 = pairs.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
                    assert_eq!(products[i * others.padded() + j], expected, "{i}, {j} of {m} x {n} x {d}");
                }
            }
        }
    }
}
