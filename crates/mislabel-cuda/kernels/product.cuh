// Products of a block's 128 rows with all rows of another matrix, 256 at a time, for an epilogue that keeps what it
// wants of them: the products themselves never leave the chip.
//
// A block is 8 warps, two by four, each with 64 x 64 products in registers. Stages of WIDTH features of both operands
// pass through shared memory, STAGES of them, filled by asynchronous copies ahead of their use. 16-byte chunks are stored
// in an order that lets eight rows of one chunk be read, and one row be written, without a conflict of banks.
#pragma once
#include "device.cuh"

constexpr int ROWS = 128;
constexpr int COLUMNS = 256;
constexpr int THREADS = 256;
constexpr int STAGES = 3;
constexpr int CHUNK = 8; // features

template <int WIDTH> struct Stage {
    static constexpr int CHUNKS = WIDTH / CHUNK;
    static constexpr int ROW = 2 * WIDTH; // bytes
    static constexpr int BYTES = (ROWS + COLUMNS) * ROW;

    // Where a chunk of a row lies, in bytes.
    DEVICE static int place(int row, int chunk) { return row * ROW + ((chunk ^ (row / (8 / CHUNKS))) % CHUNKS) * 16; }
};

// One operand: `planes` of (rows, padded) bf16.
struct Operand {
    const uint16 *values;
    uint32 rows;
    uint32 padded;
};

// Which part of the operands a stage holds.
struct Position {
    uint32 tile, pair, feature;

    // Of the planes, pair by pair, all features in turn; `pairs` of them for every tile of columns.
    template <int WIDTH> DEVICE void advance(uint32 pairs, uint32 padded) {
        feature += WIDTH;
        if (feature < padded) return;
        feature = 0;
        if (++pair < pairs) return;
        pair = 0;
        ++tile;
    }
};

// Starts copying COUNT rows from `first` on into a stage; rows beyond the operand's become zeros.
template <int WIDTH, int COUNT>
DEVICE void start_copies(uint8 *to, const Operand &from, uint32 plane, uint32 first, uint32 feature) {
    constexpr int CHUNKS = Stage<WIDTH>::CHUNKS;
    constexpr int STEP = THREADS / CHUNKS; // rows that all threads copy together
    const int chunk = thread() % CHUNKS;
    const uint16 *base = from.values + static_cast<uint64>(plane) * from.rows * from.padded + feature + chunk * CHUNK;
    UNROLL for (int row = thread() / CHUNKS; row < COUNT; row += STEP) {
        const bool valid = first + row < from.rows;
        const uint64 offset = valid ? static_cast<uint64>(first + row) * from.padded : 0;
        copy_async_16(to + Stage<WIDTH>::place(row, chunk), base + offset, valid);
    }
}

// The fragments of 16 features: 64 rows of the left operand, 64 of the right one.
struct Fragments {
    uint32 left[4][4];
    uint32 right[4][4];

    template <int WIDTH> DEVICE void load(const uint8 *stage, int step) {
        const uint8 *rows = stage, *columns = stage + ROWS * Stage<WIDTH>::ROW;
        const int row = warp() / 4 * 64 + lane() % 16, left_chunk = 2 * step + lane() / 16;
        const int column = warp() % 4 * 64 + lane() % 8 + lane() / 16 * 8, right_chunk = 2 * step + lane() / 8 % 2;
        UNROLL for (int i = 0; i < 4; ++i) load_matrix_4(left[i], rows + Stage<WIDTH>::place(row + 16 * i, left_chunk));
        UNROLL for (int i = 0; i < 4; ++i) {
            load_matrix_4(right[i], columns + Stage<WIDTH>::place(column + 16 * i, right_chunk));
        }
    }

    DEVICE void multiply(float (&sums)[4][8][4]) const {
        UNROLL for (int i = 0; i < 4; ++i) {
            UNROLL for (int j = 0; j < 8; ++j) {
                multiply_add(sums[i][j], left[i], right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]);
            }
        }
    }
};

template <int WIDTH> DEVICE void multiply_stage(const uint8 *stage, float (&sums)[4][8][4]) {
    constexpr int STEPS = WIDTH / 16;
    Fragments fragments[2];
    fragments[0].load<WIDTH>(stage, 0);
    UNROLL for (int step = 0; step < STEPS; ++step) {
        // The next fragments are on their way while these are multiplied.
        if (step + 1 < STEPS) fragments[(step + 1) % 2].load<WIDTH>(stage, step + 1);
        fragments[step % 2].multiply(sums);
    }
}

// Calls `epilogue(first_column, sums)` in all threads for every tile of COLUMNS columns. The product of a row and a
// column is the sum over `pairs` pairs of planes, 4 bits each in `codes`: the left plane in the upper two. A warp's
// sums[i][j][c] is row 64·(warp/4) + 16·i + lane/4 + 8·(c/2), column 64·(warp%4) + 8·j + 2·(lane%4) + c%2.
// `shared` has STAGES · Stage<WIDTH>::BYTES bytes. An epilogue may use barriers; another follows before the next one.
template <int WIDTH, class Epilogue>
DEVICE void multiply_tiles(const Operand &left, const Operand &right, uint32 first_row, uint32 pairs, uint32 codes,
                           uint8 *shared, Epilogue &epilogue) {
    const uint32 tile_steps = pairs * (left.padded / WIDTH);
    const uint32 steps = (right.rows + COLUMNS - 1) / COLUMNS * tile_steps;
    Position next = {0, 0, 0};
    const auto start = [&](uint32 step) {
        if (step < steps) {
            uint8 *stage = shared + step % STAGES * Stage<WIDTH>::BYTES;
            const uint32 code = codes >> 4 * next.pair;
            start_copies<WIDTH, ROWS>(stage, left, code >> 2 & 3, first_row, next.feature);
            start_copies<WIDTH, COLUMNS>(stage + ROWS * Stage<WIDTH>::ROW, right, code & 3, next.tile * COLUMNS, next.feature);
            next.advance<WIDTH>(pairs, left.padded);
        }
        copy_async_commit();
    };
    UNROLL for (int step = 0; step < STAGES - 1; ++step) start(step);

    float sums[4][8][4] = {};
    uint32 first_column = 0, in_tile = 0;
    for (uint32 step = 0; step < steps; ++step) {
        copy_async_wait<STAGES - 2>();
        // This stage has come in for all threads, and all are done with the one that is filled next.
        block_barrier();
        start(step + STAGES - 1);
        multiply_stage<WIDTH>(shared + step % STAGES * Stage<WIDTH>::BYTES, sums);
        if (++in_tile < tile_steps) continue;
        epilogue(first_column, sums);
        UNROLL for (int i = 0; i < 4; ++i) UNROLL for (int j = 0; j < 8; ++j) UNROLL for (int c = 0; c < 4; ++c) sums[i][j][c] = 0.0f;
        first_column += COLUMNS;
        in_tile = 0;
    }
}
