// Errors of every row under every class, and of those only a summary.
//
// A class is a run of table rows, padded to a multiple of 8: its mean m and its shrunk directions a_j. The squared error
// of a row x is p·(‖x‖² − 2·xᵀm) + c − Σ_j (aᵀ_j x − aᵀ_j m)². With z the product of x and a table row and t = z − o, every
// column adds w·t, w = −2p, o = 0, if it is the mean, nothing (w = 0) if it is padding, and −t², marked by w > 0 and with
// o = aᵀm, if it is a direction.
#include "product.cuh"
#include "row_summary.cuh"

constexpr uint32 LAST = 0x80000000u; // marks the last group of a class
constexpr int GROUPS = COLUMNS / 8;

struct ClassScores {
    Classes table;
    const float4 *coefficients; // (o, w) of two columns
    const uint32 *groups;       // of 8 columns: the place of their class in the table, and LAST
    float *partial;             // shared, (GROUPS, ROWS)
    RowSummary row;             // of this thread, if it is one of the first ROWS

    // Sums over the columns of each class within the warp, then over the four lanes that share a row.
    DEVICE void reduce(uint32 first_column, const float (&sums)[4][8][4]) const {
        float run[8] = {};
        UNROLL for (int j = 0; j < 8; ++j) {
            const int group = warp() % 4 * 8 + j;
            const float4 c = coefficients[(first_column / 8 + group) * 4 + lane() % 4];
            UNROLL for (int i = 0; i < 8; ++i) {
                const float(&two)[4] = sums[i / 2][j];
                run[i] += column_term(two[i % 2 * 2], c.x, c.y) + column_term(two[i % 2 * 2 + 1], c.z, c.w);
            }
            if (j < 7 && !(groups[first_column / 8 + group] & LAST)) continue;
            UNROLL for (int i = 0; i < 8; ++i) {
                float value = run[i] + shuffle_xor(run[i], 1);
                value += shuffle_xor(value, 2);
                if (lane() % 4 == 0) partial[group * ROWS + warp() / 4 * 64 + i / 2 * 16 + i % 2 * 8 + lane() / 4] = value;
                run[i] = 0.0f;
            }
        }
    }

    DEVICE void operator()(uint32 first_column, const float (&sums)[4][8][4]) {
        reduce(first_column, sums);
        block_barrier();
        if (thread() >= ROWS) return;
        for (int group = 0; group < GROUPS; ++group) {
            const uint32 entry = groups[first_column / 8 + group];
            if (group % 8 == 7 || entry & LAST) row.class_sum += partial[group * ROWS + thread()];
            if (entry & LAST) row.offer(table, entry & ~LAST);
        }
    }
};

template <int WIDTH>
DEVICE void score(const Operand &rows, uint32 count, const Operand &table, ClassScores &scores, const float *norms,
                  const uint32 *labels, uint32 place, uint32 pairs, uint32 codes, uint8 *shared, const Summaries &to) {
    const uint32 first = blockIdx.x * ROWS, row = first + thread();
    const bool mine = thread() < ROWS && row < count;
    const uint64 sample = static_cast<uint64>(place) + row;
    scores.row.start(mine ? labels[sample] : 0, mine ? norms[row] : 0.0f);
    scores.partial = reinterpret_cast<float *>(shared + STAGES * Stage<WIDTH>::BYTES);
    multiply_tiles<WIDTH>(rows, table, first, pairs, codes, shared, scores);
    if (mine) scores.row.store(to, sample);
}

// `rows` (planes, n, padded) and `table` (planes, columns, padded) bf16, `norms` (n); `coefficients` (one per column) and
// `groups` (one per 8 columns), both for whole tiles of columns; `constants` and `classes` (one per class in the table).
// The first `count` rows are the samples from `place` on of `labels` and of what is written, per sample: the squared error
// under the class of its label, the least and second least under another one, the class of the least, and the sum of the
// other errors' roots.
#define SCORE(name, width)                                                                                             \
    KERNEL(THREADS, 1) name(const uint16 *rows, const float *norms, const uint32 *labels, const uint16 *table,         \
                            const float4 *coefficients, const uint32 *groups, const float2 *constants,                 \
                            const uint32 *classes, uint32 place, uint32 count, uint32 n, uint32 columns,               \
                            uint32 padded, uint32 pairs, uint32 codes, float *own, float *least, float *second,        \
                            float *sum, uint32 *nearest) {                                                             \
        DYNAMIC_SHARED(shared);                                                                                        \
        ClassScores scores = {{constants, classes}, coefficients, groups};                                             \
        score<width>({rows, n, padded}, count, {table, columns, padded}, scores, norms, labels, place, pairs, codes,   \
                     shared, {own, least, second, sum, nearest});                                                      \
    }

// For devices with at least 160 KiB of shared memory for a block, and for the others.
SCORE(score_rows_64, 64)
SCORE(score_rows_32, 32)
