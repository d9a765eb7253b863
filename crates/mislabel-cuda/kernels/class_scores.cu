// Errors of every row under every class, and of those only a summary.
//
// A class is a run of table rows, padded to a multiple of 8: its mean m and its shrunk directions a_j. The squared error
// of a row x is p·(‖x‖² − 2·xᵀm) + c − Σ_j (aᵀ_j x − aᵀ_j m)². With z the product of x and a table row and t = z − o, every
// column adds w·t, w = −2p, o = 0, if it is the mean, nothing (w = 0) if it is padding, and −t², marked by w > 0 and with
// o = aᵀm, if it is a direction.
#include "product.cuh"

constexpr uint32 LAST = 0x80000000u; // marks the last group of a class
constexpr int GROUPS = COLUMNS / 8;

struct Summary {
    float *own, *least, *second, *sum;
    uint32 *nearest;
};

struct ClassScores {
    const float4 *coefficients; // (o, w) of two columns
    const uint32 *groups;       // of 8 columns: the number of their class in the table, and LAST
    const float2 *constants;    // (p, c) of every class in the table
    const uint32 *classes;      // and which class it is
    float *partial;             // shared, (GROUPS, ROWS)
    uint32 label;
    float norm;
    // Of this thread's row, over the classes so far.
    float class_sum, own, least, second, sum, carry;
    uint32 nearest;

    DEVICE static float term(float product, float offset, float weight) {
        const float t = product - offset;
        return t * (weight > 0.0f ? -t : weight);
    }

    // Sums over the columns of each class within the warp, then over the four lanes that share a row.
    DEVICE void reduce(uint32 first_column, const float (&sums)[4][8][4]) const {
        float run[8] = {};
        UNROLL for (int j = 0; j < 8; ++j) {
            const int group = warp() % 4 * 8 + j;
            const float4 c = coefficients[(first_column / 8 + group) * 4 + lane() % 4];
            UNROLL for (int i = 0; i < 8; ++i) {
                run[i] += term(sums[i / 2][j][i % 2 * 2], c.x, c.y) + term(sums[i / 2][j][i % 2 * 2 + 1], c.z, c.w);
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

    DEVICE void offer(uint32 slot) {
        const float squared = fmaxf(constants[slot].x * norm + constants[slot].y + class_sum, 0.0f);
        const uint32 c = classes[slot];
        class_sum = 0.0f;
        if (c == label) {
            own = squared;
            return;
        }
        if (squared < least) {
            second = least;
            least = squared;
            nearest = c;
        } else {
            second = fminf(second, squared);
        }
        // Kahan's sum: thousands of classes in f32 lose nothing.
        const float corrected = sqrtf(squared) - carry, total = sum + corrected;
        carry = (total - sum) - corrected;
        sum = total;
    }

    DEVICE void operator()(uint32 first_column, const float (&sums)[4][8][4]) {
        reduce(first_column, sums);
        block_barrier();
        if (thread() >= ROWS) return;
        for (int group = 0; group < GROUPS; ++group) {
            const uint32 entry = groups[first_column / 8 + group];
            if (group % 8 == 7 || entry & LAST) class_sum += partial[group * ROWS + thread()];
            if (entry & LAST) offer(entry & ~LAST);
        }
    }
};

template <int WIDTH>
DEVICE void score(const Operand &rows, uint32 count, const Operand &table, ClassScores &scores, const float *norms, const uint32 *labels,
                  uint32 place, uint32 pairs, uint32 codes, uint8 *shared, const Summary &summary) {
    const uint32 first = blockIdx.x * ROWS, row = first + thread();
    const bool mine = thread() < ROWS && row < count;
    const uint64 sample = static_cast<uint64>(place) + row;
    scores.label = mine ? labels[sample] : 0;
    scores.norm = mine ? norms[row] : 0.0f;
    scores.class_sum = scores.own = scores.sum = scores.carry = 0.0f;
    scores.least = scores.second = INFINITE;
    scores.nearest = 0;
    scores.partial = reinterpret_cast<float *>(shared + STAGES * Stage<WIDTH>::BYTES);
    multiply_tiles<WIDTH>(rows, table, first, pairs, codes, shared, scores);
    if (!mine) return;
    summary.own[sample] = scores.own;
    summary.least[sample] = scores.least;
    summary.second[sample] = scores.second;
    summary.sum[sample] = scores.sum;
    summary.nearest[sample] = scores.nearest;
}

// `rows` (planes, n, padded) and `table` (planes, columns, padded) bf16, `norms` (n); `coefficients` (one per column) and
// `groups` (one per 8 columns), both for whole tiles of columns; `constants` and `classes` (one per class in the table).
// The first `count` rows are the samples from `place` on of `labels` and of what is written, per sample: the squared error under
// the class of its label, the least and second least under another one, the class of the least, and the sum of the
// other errors' roots.
#define SCORE(name, width)                                                                                             \
    KERNEL(THREADS, 1) name(const uint16 *rows, const float *norms, const uint32 *labels, const uint16 *table,         \
                            const float4 *coefficients, const uint32 *groups, const float2 *constants,                 \
                            const uint32 *classes, uint32 place, uint32 count, uint32 n, uint32 columns,               \
                            uint32 padded, uint32 pairs, uint32 codes, float *own, float *least, float *second, float *sum, uint32 *nearest) {      \
        DYNAMIC_SHARED(shared);                                                                                        \
        ClassScores scores = {coefficients, groups, constants, classes};                                               \
        score<width>({rows, n, padded}, count, {table, columns, padded}, scores, norms, labels, place, pairs, codes, shared,  \
                     {own, least, second, sum, nearest});                                                              \
    }

// For devices with at least 160 KiB of shared memory for a block, and for the others.
SCORE(score_rows_64, 64)
SCORE(score_rows_32, 32)
