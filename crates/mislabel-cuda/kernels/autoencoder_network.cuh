// Class-wise autoencoders' layers, taken through tensor-core products by one block of 256 threads.
//
// All matrices are bf16 in rows of a multiple of 8 values, those beyond the matrix zero, so that every copy to shared
// memory moves 16 aligned bytes. Products are computed in tiles of 128 x 96 f32 sums, 32 inner values at a time.
#pragma once
#include "device.cuh"

#ifdef MISLABEL_EMULATION
DEVICE uint32 place_in_block() { return thread(); }
DEVICE float quick_exponential(float value) { return expf(value); }
DEVICE float quick_root(float value) { return sqrtf(value); }
DEVICE float quick_quotient(float value, float by) { return value / by; }
#else
// The thread's number, read anew: what is computed from it would otherwise be kept in registers throughout the kernel.
DEVICE uint32 place_in_block() {
    uint32 place;
    asm volatile("mov.u32 %0, %tid.x;" : "=r"(place));
    return place;
}
DEVICE float quick_exponential(float value) { return __expf(value); }
DEVICE float quick_root(float value) {
    float root;
    asm("sqrt.approx.f32 %0, %1;" : "=f"(root) : "f"(value));
    return root;
}
DEVICE float quick_quotient(float value, float by) { return __fdividef(value, by); }
#endif

constexpr uint32 TILE_M = 128, TILE_N = 96, TILE_K = 32;
constexpr uint32 THREADS = 256;
constexpr int STAGES = 4;
// Every row in shared memory is 16 bytes longer than it need be: eight rows then lie in different banks.
constexpr uint32 GAP = 8;
constexpr uint32 A_VALUES = TILE_M * (TILE_K + GAP), B_VALUES = TILE_N * (TILE_K + GAP);
static_assert(TILE_K * (TILE_M + GAP) <= A_VALUES && TILE_K * (TILE_N + GAP) <= B_VALUES, "both layouts fit");

// `rows` x `columns` values (columns with their padding); row r is row order[r] where there is an order.
struct Matrix {
    const uint16 *values;
    const uint32 *order;
    uint32 rows, columns;
};

// One layer as the host wrote it (src/autoencoder/layout.rs).
struct Layer {
    uint32 inputs, outputs;
    // First weight among a network's parameters (f32), and among its weights in bf16 (in padded rows).
    uint32 weights, plain;
    // Whether the weights are an encoder layer's, transposed; which decoder layer uses them, too (or NONE).
    uint32 transposed, partner;
    uint32 bias, activation;
    // Whether dropout may follow.
    uint32 hidden;
    // First columns of its outputs and of the derivatives by its sums in a block's scratch memory.
    uint32 output_column, delta_column;
};
constexpr uint32 NONE = 0xffffffffu;

struct alignas(16) Stage {
    uint16 a[A_VALUES];
    uint16 b[B_VALUES];
};

// A thread's part of a tile: warp w has rows 32·(w/2).. and columns 48·(w%2)..
typedef float Sums[2][6][4];

DEVICE uint32 padded(uint32 width) { return (width + 7u) & ~7u; }

template <uint32 ROWS, uint32 COLUMNS>
DEVICE void copy_tile(uint16 *to, const Matrix &from, uint32 row, uint32 column, uint32 place) {
    constexpr uint32 PER_ROW = COLUMNS / 8, PIECES = ROWS * PER_ROW;
    UNROLL for (uint32 piece = place; piece < (PIECES + THREADS - 1) / THREADS * THREADS; piece += THREADS) {
        if (PIECES % THREADS != 0 && piece >= PIECES) break;
        const uint32 r = piece / PER_ROW, c = piece % PER_ROW * 8;
        const bool valid = row + r < from.rows && column + c < from.columns;
        const uint16 *source = from.values;
        if (valid) {
            const uint64 place = from.order ? from.order[row + r] : row + r;
            source += place * from.columns + column + c;
        }
        copy_async_16(to + r * (COLUMNS + GAP) + c, source, valid);
    }
}

// A product A·B of m x inner and inner x n values: `a` is A, or its transpose where `a_by_inner`; `b` is B transposed, or B
// itself where `b_by_inner`.
struct Product {
    Matrix a, b;
    bool a_by_inner, b_by_inner;
};

// Adds it to the sums of the tile at (m, n). All threads of the block.
template <bool A_BY_INNER, bool B_BY_INNER>
DEVICE void add_product_in(Sums &sums, const Product &of, uint32 m, uint32 n, uint8 *shared) {
    Stage *stages = reinterpret_cast<Stage *>(shared);
    const uint32 place = place_in_block();
    const uint32 inner = A_BY_INNER ? of.a.rows : of.a.columns;
    const uint32 steps = (inner + TILE_K - 1) / TILE_K;
    auto copy = [&](uint32 step) {
        if (step < steps) {
            Stage &stage = stages[step % STAGES];
            const uint32 k = step * TILE_K;
            if (A_BY_INNER) copy_tile<TILE_K, TILE_M>(stage.a, of.a, k, m, place);
            else copy_tile<TILE_M, TILE_K>(stage.a, of.a, m, k, place);
            if (B_BY_INNER) copy_tile<TILE_K, TILE_N>(stage.b, of.b, k, n, place);
            else copy_tile<TILE_N, TILE_K>(stage.b, of.b, n, k, place);
        }
        copy_async_commit();
    };
    UNROLL for (int step = 0; step < STAGES - 1; ++step) copy(step);

    // Where this lane's rows of the 8 x 8 matrices lie, and how far apart tiles are along m or n and along k.
    const uint32 r = place % 8, half = place / 8 % 2 * 8, quarter = place % 32 / 16 * 8, warp = place / 32;
    const uint32 a_outer = A_BY_INNER ? 1 : TILE_K + GAP, a_inner = A_BY_INNER ? TILE_M + GAP : 1;
    const uint32 b_outer = B_BY_INNER ? 1 : TILE_K + GAP, b_inner = B_BY_INNER ? TILE_N + GAP : 1;
    const uint32 a_place = (warp / 2 * 32 + half) * a_outer + quarter * a_inner + r * (A_BY_INNER ? a_inner : a_outer);
    const uint32 b_place = (warp % 2 * 48 + quarter) * b_outer + half * b_inner + r * (B_BY_INNER ? b_inner : b_outer);
    _Pragma("unroll 1") for (uint32 step = 0; step < steps; ++step) {
        copy_async_wait<STAGES - 2>();
        block_barrier();
        copy(step + STAGES - 1);
        const uint16 *a = stages[step % STAGES].a + a_place, *b = stages[step % STAGES].b + b_place;
        UNROLL for (uint32 k = 0; k < TILE_K; k += 16) {
            uint32 left[2][4], right[3][4];
            if (A_BY_INNER)
                UNROLL for (uint32 i = 0; i < 2; ++i) load_matrix_4_transposed(left[i], a + i * 16 * a_outer + k * a_inner);
            else
                UNROLL for (uint32 i = 0; i < 2; ++i) load_matrix_4(left[i], a + i * 16 * a_outer + k * a_inner);
            if (B_BY_INNER)
                UNROLL for (uint32 j = 0; j < 3; ++j) load_matrix_4_transposed(right[j], b + j * 16 * b_outer + k * b_inner);
            else
                UNROLL for (uint32 j = 0; j < 3; ++j) load_matrix_4(right[j], b + j * 16 * b_outer + k * b_inner);
            UNROLL for (uint32 i = 0; i < 2; ++i)
                UNROLL for (uint32 j = 0; j < 6; ++j)
                    multiply_add(sums[i][j], left[i], right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]);
        }
    }
    copy_async_wait<0>();
    block_barrier();
}

DEVICE void add_product(Sums &sums, const Product &of, uint32 m, uint32 n, uint8 *shared) {
    if (of.a_by_inner) add_product_in<true, true>(sums, of, m, n, shared);
    else if (of.b_by_inner) add_product_in<false, true>(sums, of, m, n, shared);
    else add_product_in<false, false>(sums, of, m, n, shared);
}

DEVICE void clear(Sums &sums) {
    UNROLL for (int i = 0; i < 2; ++i)
        UNROLL for (int j = 0; j < 6; ++j)
            UNROLL for (int v = 0; v < 4; ++v) sums[i][j][v] = 0.0f;
}

// Calls visit(i, row, column, sum there, sum in the next column) for a thread's part of the tile at (m, n); i numbers its
// four rows.
template <class Visit> DEVICE void each_pair(const Sums &sums, uint32 m, uint32 n, Visit visit) {
    const uint32 place = place_in_block();
    const uint32 row = m + place / 64 * 32 + place % 32 / 4, column = n + place / 32 % 2 * 48 + place % 4 * 2;
    UNROLL for (uint32 i = 0; i < 4; ++i)
        UNROLL for (uint32 j = 0; j < 6; ++j)
            visit(i, row + i * 8, column + j * 8, sums[i / 2][j][i % 2 * 2], sums[i / 2][j][i % 2 * 2 + 1]);
}

// The numbers that layout.rs gives the activations. tanh z is 2/(1 + e^−2z) − 1: exact to 1e-7, less than bf16 keeps.
DEVICE float activated(uint32 activation, float z) {
    if (activation == 0) return z;
    if (activation == 1) return z > 0.0f ? z : 0.0f;
    const float sigmoid = quick_quotient(1.0f, 1.0f + quick_exponential(activation == 2 ? -2.0f * z : -z));
    return activation == 2 ? 2.0f * sigmoid - 1.0f : sigmoid;
}

// The slope where the activation puts out `out`.
DEVICE float slope(uint32 activation, float out) {
    if (activation == 1) return out > 0.0f ? 1.0f : 0.0f;
    if (activation == 2) return 1.0f - out * out;
    if (activation == 3) return out * (1.0f - out);
    return 1.0f;
}

// SplitMix64's finaliser, as mislabel_core::split_seed has it.
DEVICE uint64 mixed(uint64 value) {
    uint64 z = value + 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// 32 random bits: number `place` of the stream `key`.
DEVICE uint32 random_bits(uint64 key, uint64 place) {
    return static_cast<uint32>(mixed(key + place * 0x9E3779B97F4A7C15ull) >> 32);
}

// Units switched off at random in one step, by `key`: none where `threshold` (2³² times their share) is 0.
struct Dropout {
    uint64 key;
    uint32 threshold;
    float kept;

    // Multiplies the outputs of layer `index`, or the derivatives by its sums, by 0 or 1/kept.
    DEVICE void apply(uint32 index, const Layer &layer, uint32 rows, uint16 *values) const {
        if (threshold == 0 || !layer.hidden) return;
        block_barrier();
        const uint64 layer_key = mixed(key ^ (index + 1)), count = static_cast<uint64>(rows) * layer.outputs;
        for (uint64 i = thread(); i < count; i += THREADS) {
            uint16 &value = values[i / layer.outputs * padded(layer.outputs) + i % layer.outputs];
            value = random_bits(layer_key, i) < threshold ? static_cast<uint16>(0) : bf16_of(float_of_bf16(value) / kept);
        }
    }
};

// One network, and one block's scratch memory for batches of at most `capacity` rows.
struct Network {
    const Layer *layers;
    uint32 count;
    const float *parameters;
    const uint16 *plain;
    uint16 *scratch;
    uint32 capacity;

    DEVICE const Layer &last() const { return layers[count - 1]; }
    DEVICE uint16 *column(uint32 first) const { return scratch + static_cast<uint64>(first) * capacity; }
    DEVICE uint16 *output(uint32 i) const { return column(layers[i].output_column); }
    DEVICE uint16 *delta(uint32 i) const { return column(layers[i].delta_column); }

    // The weights of layer i as they are stored: inputs by outputs, or outputs by inputs where transposed.
    DEVICE Matrix weights(uint32 i) const {
        const Layer &layer = layers[i];
        const uint32 rows = layer.transposed ? layer.outputs : layer.inputs;
        return Matrix{plain + layer.plain, nullptr, rows, padded(layer.transposed ? layer.inputs : layer.outputs)};
    }

    // What comes into layer i > 0.
    DEVICE Matrix below(uint32 i, uint32 rows) const { return Matrix{output(i - 1), nullptr, rows, padded(layers[i].inputs)}; }
    DEVICE Matrix deltas(uint32 i, uint32 rows) const { return Matrix{delta(i), nullptr, rows, padded(layers[i].outputs)}; }

    // W·a for layer `index`, a in the rows of `in`.
    DEVICE Product sums_of(uint32 index, const Matrix &in) const {
        return Product{in, weights(index), false, !layers[index].transposed};
    }

    // From the sums of the tile at (m, n) of layer `index` to its outputs for `rows` rows; zeros in the padding.
    DEVICE void put_out(uint32 index, uint32 rows, const Sums &sums, uint32 m, uint32 n) const {
        const Layer &layer = layers[index];
        const float *biases = parameters + layer.bias;
        uint16 *out = output(index);
        const uint32 outputs = layer.outputs, width = padded(outputs), activation = layer.activation;
        each_pair(sums, m, n, [&](uint32, uint32 row, uint32 column, float low, float high) {
            if (row >= rows || column >= width) return;
            low = column < outputs ? activated(activation, low + biases[column]) : 0.0f;
            high = column + 1 < outputs ? activated(activation, high + biases[column + 1]) : 0.0f;
            *reinterpret_cast<uint32 *>(out + static_cast<uint64>(row) * width + column) = bf16x2_of(low, high);
        });
    }

    // Calls visit(i, row, column, two outputs, their two residuals x̂ − x) for all pairs of values of the tile at (m, n) of
    // the last layer and of the rows of `target`; zeros in the padding. Nothing is stored.
    template <class Visit>
    DEVICE void each_residual(const Matrix &target, const Sums &sums, uint32 m, uint32 n, Visit visit) const {
        const Layer &layer = last();
        const float *biases = parameters + layer.bias;
        const uint32 outputs = layer.outputs, activation = layer.activation;
        each_pair(sums, m, n, [&](uint32 i, uint32 row, uint32 column, float low, float high) {
            if (row >= target.rows || column >= target.columns) return;
            const uint64 place = static_cast<uint64>(target.order ? target.order[row] : row) * target.columns + column;
            const uint32 wanted = *reinterpret_cast<const uint32 *>(target.values + place);
            low = column < outputs ? activated(activation, low + biases[column]) : 0.0f;
            high = column + 1 < outputs ? activated(activation, high + biases[column + 1]) : 0.0f;
            visit(i, row, column, low, high, low - float_of_bits(wanted << 16), high - float_of_bits(wanted & 0xffff0000u));
        });
    }
};

// The sum of `value` over the block, the same in every thread and every time.
DEVICE float block_sum(float value) {
    SHARED float parts[THREADS / 32];
    value = warp_sum(value);
    block_barrier();
    if (lane() == 0) parts[warp()] = value;
    block_barrier();
    float sum = 0.0f;
    UNROLL for (uint32 i = 0; i < THREADS / 32; ++i) sum += parts[i];
    return sum;
}
