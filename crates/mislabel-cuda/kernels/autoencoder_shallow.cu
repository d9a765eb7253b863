// Scoring with networks of one inner layer of at most 96 values, the default's shape: the rows stay in shared memory for
// all classes, the inner values in registers, and only weights stream by.
//
// Every warp has 32 rows. For a class it adds up W·x, 32 features at a time; what the innermost layer puts out is then in
// the very registers in which the next product wants its left side. That product gives x̂ for 32 features at a time, whose
// squared distance from x is added up at once.
#include "autoencoder_network.cuh"
#include "autoencoder_summary.cuh"

constexpr uint32 PIECE = 32;

// 32 features of a network's encoder or decoder, and the decoder's biases there.
template <uint32 WIDTH> struct alignas(16) Slice {
    uint16 weights[PIECE][WIDTH + GAP];
    float biases[PIECE];
};

struct Shallow {
    // `plain`: every network's encoder, then (unless `tied`) its decoder, each (whole, WIDTH): a row per feature.
    // `biases`: every network's WIDTH biases of the innermost layer, then `whole` of the last.
    const uint32 *classes;
    const uint16 *rows;
    const uint32 *labels;
    const float *biases;
    const uint16 *plain;
    uint32 class_count, fold, n, whole, tied, inner_activation, last_activation;
};

// The activation of all `values`. One way through every loop, so that all unroll and the values stay in registers.
template <uint32 TILES> DEVICE void activate(float (&values)[2][TILES][4], uint32 activation) {
    if (activation == 1) {
        UNROLL for (uint32 i = 0; i < 2; ++i)
            UNROLL for (uint32 j = 0; j < TILES; ++j)
                UNROLL for (uint32 v = 0; v < 4; ++v) values[i][j][v] = values[i][j][v] > 0.0f ? values[i][j][v] : 0.0f;
    } else if (activation > 1) {
        const float factor = activation == 2 ? -2.0f : -1.0f, gain = activation == 2 ? 2.0f : 1.0f;
        UNROLL for (uint32 i = 0; i < 2; ++i)
            UNROLL for (uint32 j = 0; j < TILES; ++j)
                UNROLL for (uint32 v = 0; v < 4; ++v) {
                    const float sigmoid = quick_quotient(1.0f, 1.0f + quick_exponential(factor * values[i][j][v]));
                    values[i][j][v] = gain * sigmoid + (1.0f - gain);
                }
    }
}

template <uint32 WIDTH, uint32 ROWS> DEVICE void score_shallow(const Shallow &of, const Summaries &summaries, uint8 *shared) {
    constexpr uint32 BLOCK = ROWS, N8 = WIDTH / 8, K16 = WIDTH / 16;
    typedef Slice<WIDTH> Piece;
    Piece *pieces = reinterpret_cast<Piece *>(shared);
    uint16 *x = reinterpret_cast<uint16 *>(shared + STAGES * sizeof(Piece));
    const uint32 stride = of.whole + GAP, first_row = blockIdx.x * ROWS, whole_pieces = of.whole / PIECE;
    const uint32 count = of.n - first_row < ROWS ? of.n - first_row : ROWS;
    const uint32 per_part = (of.class_count + gridDim.y - 1) / gridDim.y;
    const uint32 begin = blockIdx.y * per_part;
    const uint32 end = begin + per_part < of.class_count ? begin + per_part : of.class_count;
    const uint64 encoder = static_cast<uint64>(of.whole) * WIDTH, plain_count = of.tied ? encoder : 2 * encoder;

    for (uint32 i = thread(); i < ROWS * (of.whole / 8); i += BLOCK) {
        const uint32 row = i / (of.whole / 8), column = i % (of.whole / 8) * 8;
        const bool valid = row < count;
        const uint16 *from = of.rows + (valid ? static_cast<uint64>(first_row + row) * of.whole + column : 0);
        copy_async_16(x + row * stride + column, from, valid);
    }

    // The pieces come in one long row: for every network its encoder's, then its decoder's. (class, member, piece) is the
    // next to be copied.
    uint32 next_class = begin, next_member = 0, next_piece = 0, copied = 0;
    auto skip_empty = [&](uint32 number) {
        while (number < end && of.classes[2 * number + 1] == 0) ++number;
        return number;
    };
    next_class = skip_empty(next_class);
    auto copy = [&]() {
        if (next_class < end) {
            const Chosen networks = chosen(of.classes, next_class, of.fold);
            const uint64 network = networks.first + next_member;
            const bool decoding = next_piece >= whole_pieces;
            const uint32 feature = (decoding ? next_piece - whole_pieces : next_piece) * PIECE;
            const uint16 *from = of.plain + network * plain_count + (decoding && !of.tied ? encoder : 0) +
                                 static_cast<uint64>(feature) * WIDTH;
            const float *biases = of.biases + network * (WIDTH + of.whole) + WIDTH + feature;
            Piece &piece = pieces[copied % STAGES];
            for (uint32 i = thread(); i < PIECE * N8; i += BLOCK)
                copy_async_16(&piece.weights[i / N8][i % N8 * 8], from + i * 8, true);
            if (decoding && thread() < PIECE / 4) copy_async_16(piece.biases + thread() * 4, biases + thread() * 4, true);
            if (++next_piece == 2 * whole_pieces) {
                next_piece = 0;
                if (++next_member == networks.count) {
                    next_member = 0;
                    next_class = skip_empty(next_class + 1);
                }
            }
        }
        ++copied;
        copy_async_commit();
    };
    UNROLL for (int i = 0; i < STAGES - 1; ++i) copy();

    const uint32 r = lane() % 8, half = lane() / 8 % 2 * 8, quarter = lane() / 16 * 8;
    const uint32 own_row = warp() * 32, group = lane() / 4, pair = lane() % 4 * 2;
    uint32 taken = 0;
    // Waits for the next piece, sees that no one is still at the oldest, and starts another copy there.
    auto take = [&]() -> const Piece & {
        copy_async_wait<STAGES - 2>();
        block_barrier();
        copy();
        return pieces[taken++ % STAGES];
    };

    RowErrors errors[4];
    uint32 labels[4];
    UNROLL for (uint32 i = 0; i < 4; ++i) {
        errors[i].clear();
        const uint32 row = own_row + i * 8 + group;
        labels[i] = row < count ? of.labels[first_row + row] : 0;
    }
    for (uint32 number = skip_empty(begin); number < end; number = skip_empty(number + 1)) {
        const Chosen networks = chosen(of.classes, number, of.fold);
        float error[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        for (uint32 member = 0; member < networks.count; ++member) {
            const float *biases = of.biases + static_cast<uint64>(networks.first + member) * (WIDTH + of.whole);
            float sums[2][N8][4];
            UNROLL for (uint32 j = 0; j < N8; ++j)
                UNROLL for (uint32 v = 0; v < 2; ++v) {
                    const float bias = biases[j * 8 + pair + v];
                    UNROLL for (uint32 i = 0; i < 2; ++i) sums[i][j][v] = sums[i][j][v + 2] = bias;
                }
            for (uint32 at = 0; at < whole_pieces; ++at) {
                const Piece &piece = take();
                UNROLL for (uint32 k = 0; k < PIECE; k += 16) {
                    uint32 left[2][4], right[N8 / 2][4];
                    UNROLL for (uint32 i = 0; i < 2; ++i)
                        load_matrix_4(left[i], x + (own_row + i * 16 + r + half) * stride + at * PIECE + k + quarter);
                    UNROLL for (uint32 j = 0; j < N8 / 2; ++j)
                        load_matrix_4_transposed(right[j], &piece.weights[k + r + half][j * 16 + quarter]);
                    UNROLL for (uint32 j = 0; j < N8; ++j)
                        UNROLL for (uint32 i = 0; i < 2; ++i)
                            multiply_add(sums[i][j], left[i], right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]);
                }
            }
            activate(sums, of.inner_activation);
            // 16 inner values of 16 rows, from two tiles of sums: what the next product reads on its left.
            uint32 inner[2][K16][4];
            UNROLL for (uint32 i = 0; i < 2; ++i)
                UNROLL for (uint32 j = 0; j < N8; ++j)
                    UNROLL for (uint32 v = 0; v < 2; ++v)
                        inner[i][j / 2][j % 2 * 2 + v] = bf16x2_of(sums[i][j][2 * v], sums[i][j][2 * v + 1]);
            float squares[4] = {0.0f, 0.0f, 0.0f, 0.0f};
            for (uint32 at = 0; at < whole_pieces; ++at) {
                const Piece &piece = take();
                float outputs[2][PIECE / 8][4];
                UNROLL for (uint32 j = 0; j < PIECE / 8; ++j)
                    UNROLL for (uint32 v = 0; v < 2; ++v) {
                        const float bias = piece.biases[j * 8 + pair + v];
                        UNROLL for (uint32 i = 0; i < 2; ++i) outputs[i][j][v] = outputs[i][j][v + 2] = bias;
                    }
                UNROLL for (uint32 k = 0; k < K16; ++k)
                    UNROLL for (uint32 j = 0; j < PIECE / 16; ++j) {
                        uint32 right[4];
                        load_matrix_4(right, &piece.weights[j * 16 + r + quarter][k * 16 + half]);
                        UNROLL for (uint32 i = 0; i < 2; ++i) {
                            multiply_add(outputs[i][2 * j], inner[i][k], right[0], right[1]);
                            multiply_add(outputs[i][2 * j + 1], inner[i][k], right[2], right[3]);
                        }
                    }
                activate(outputs, of.last_activation);
                UNROLL for (uint32 i = 0; i < 4; ++i)
                    UNROLL for (uint32 j = 0; j < PIECE / 8; ++j) {
                        const uint32 column = at * PIECE + j * 8 + pair;
                        const uint32 wanted =
                            *reinterpret_cast<const uint32 *>(x + (own_row + i * 8 + group) * stride + column);
                        const float off = outputs[i / 2][j][i % 2 * 2] - float_of_bits(wanted << 16);
                        const float next = outputs[i / 2][j][i % 2 * 2 + 1] - float_of_bits(wanted & 0xffff0000u);
                        squares[i] += off * off + next * next;
                    }
            }
            UNROLL for (uint32 i = 0; i < 4; ++i) {
                squares[i] += shuffle_xor(squares[i], 1);
                squares[i] += shuffle_xor(squares[i], 2);
                error[i] += sqrtf(squares[i]);
            }
        }
        UNROLL for (uint32 i = 0; i < 4; ++i) errors[i].offer(labels[i], number, error[i] / networks.count);
    }
    copy_async_wait<0>();
    UNROLL for (uint32 i = 0; i < 4; ++i) {
        const uint32 row = own_row + i * 8 + group;
        if (lane() % 4 == 0 && row < count) summaries.write(static_cast<uint64>(blockIdx.y) * of.n + first_row + row, errors[i]);
    }
}

// Block (x, y) takes rows ROWS·x.. and part y of the classes; `whole` is the number of features up to a multiple of 32.
// Features beyond d have no weights, no biases and rows of 0; a last activation that is not 0 there is refused by the
// host. Buffers: `classes` (class_count, 2), `rows` (n, whole) bf16, `labels` (n), `biases` and `plain` as above, the
// summaries (parts, n).
#define SHALLOW(WIDTH, ROWS)                                                                                             \
    KERNEL(ROWS, 1) score_shallow_##WIDTH##_##ROWS(                                                                      \
        const uint32 *classes, uint32 class_count, uint32 fold, const uint16 *rows, const uint32 *labels, uint32 n,      \
        const float *biases, const uint16 *plain, uint32 whole, uint32 tied, uint32 inner_activation,                    \
        uint32 last_activation, float *own, float *least, float *second, uint32 *least_class, double *sum) {             \
        DYNAMIC_SHARED(shared);                                                                                          \
        const Shallow of = {classes, rows, labels, biases, plain, class_count, fold, n, whole, tied, inner_activation,  \
                            last_activation};                                                                            \
        score_shallow<WIDTH, ROWS>(of, Summaries{own, least, second, least_class, sum}, shared);                         \
    }

SHALLOW(32, 128)
SHALLOW(64, 128)
SHALLOW(96, 128)
SHALLOW(32, 64)
SHALLOW(64, 64)
SHALLOW(96, 64)
