// The nearest rows of every row: all products, and per row a running list of the best, as long as is asked for.
//
// The key of row v for row u is u·v − ‖v‖²/2: the greater, the nearer. Of equal keys the lower row is the better one, so the
// list that remains does not depend on the order in which candidates come.
#include "product.cuh"

constexpr int QUEUE = 16; // candidates of a row that wait for their turn
constexpr uint32 NOBODY = 0xffffffffu;

struct Candidate {
    float key;
    uint32 row;
};

DEVICE bool better(const Candidate &a, const Candidate &b) { return a.key > b.key || (a.key == b.key && a.row < b.row); }

struct Neighbors {
    const float *half_squares;
    uint32 first_row, end; // the block's first row, and one past the last that counts
    uint32 rows;
    uint32 width;
    Candidate *lists;  // of this block's rows, (ROWS, width), the best first
    Candidate *worst;  // shared, (ROWS,): the least in the list
    uint32 *waiting;   // shared, (ROWS,)
    Candidate *queues; // shared, (ROWS, QUEUE)

    DEVICE void start(uint8 *shared) {
        worst = reinterpret_cast<Candidate *>(shared);
        queues = worst + ROWS;
        waiting = reinterpret_cast<uint32 *>(queues + ROWS * QUEUE);
        for (uint32 i = thread(); i < ROWS * width; i += THREADS) {
            if (first_row + i / width < end) lists[i] = {-INFINITE, NOBODY};
        }
        if (thread() < ROWS) {
            // Nothing is better than the best: rows beyond the last are given nothing.
            worst[thread()] = first_row + thread() < end ? Candidate{-INFINITE, NOBODY} : Candidate{INFINITE, 0};
            waiting[thread()] = 0;
        }
        block_barrier();
    }

    // Queues a candidate of its row; false where the queue was full.
    DEVICE bool push(int row, const Candidate &candidate) const {
        const uint32 place = atomic_add_shared(&waiting[row], 1);
        if (place < QUEUE) queues[row * QUEUE + place] = candidate;
        return place < QUEUE;
    }

    // A warp puts a candidate into its place in a row's list, which is in order, and drops the last.
    DEVICE void insert(int row, const Candidate &candidate) const {
        Candidate *list = lists + row * static_cast<uint64>(width);
        for (int start = (width - 1) / 32 * 32; start >= 0; start -= 32) {
            const uint32 i = start + lane();
            const Candidate present = i < width ? list[i] : Candidate{-INFINITE, NOBODY};
            const Candidate before = i > 0 && i < width ? list[i - 1] : Candidate{INFINITE, 0};
            warp_barrier();
            const bool moves = better(candidate, present);
            if (moves && i < width) list[i] = better(candidate, before) ? before : candidate;
            warp_barrier();
            // Where the first of these stays, all earlier ones do.
            if (!(ballot(moves) & 1)) break;
        }
        if (lane() == 0) worst[row] = list[width - 1];
        warp_barrier();
    }

    // Takes the queues into the lists, a warp 16 rows.
    DEVICE void merge() const {
        for (int row = warp() * 16; row < warp() * 16 + 16; ++row) {
            const uint32 count = waiting[row] < QUEUE ? waiting[row] : QUEUE;
            for (uint32 i = 0; i < count; ++i) {
                const Candidate candidate = queues[row * QUEUE + i];
                if (better(candidate, worst[row])) insert(row, candidate);
            }
            warp_barrier();
            if (lane() == 0) waiting[row] = 0;
        }
    }

    // Looks at the products AT.. of 128: row AT / 16 of the eight of a thread, column AT % 16. A template, because the compiler
    // for the latest devices unrolls no loop this long, and then products would have to lie in memory.
    template <int AT> DEVICE void look(uint32 first_column, const float (&sums)[4][8][4], Candidate bound, uint32 (&left)[4]) const {
        if constexpr (AT < 128) {
            constexpr int I = AT / 16, J = AT % 16;
            constexpr uint32 BIT = 1u << (4 * (J / 2) + I % 2 * 2 + J % 2);
            const int row = warp() / 4 * 64 + 8 * I + lane() / 4;
            if constexpr (J == 0) bound = worst[row];
            if (left[I / 2] & BIT) {
                const uint32 place = first_column + warp() % 4 * 64 + 2 * (lane() % 4) + 8 * (J / 2) + J % 2;
                const uint32 number = place < rows && place != first_row + row ? place : NOBODY;
                const float half = number < rows ? half_squares[number] : INFINITE;
                const Candidate candidate = {sums[I / 2][J / 2][I % 2 * 2 + J % 2] - half, number};
                if (!better(candidate, bound) || push(row, candidate)) left[I / 2] &= ~BIT;
            }
            look<AT + 1>(first_column, sums, bound, left);
        }
    }

    // Queues what is better than the least in its row's list, until nothing is left that the queues were too short for.
    DEVICE void operator()(uint32 first_column, const float (&sums)[4][8][4]) const {
        uint32 left[4] = {FULL_WARP, FULL_WARP, FULL_WARP, FULL_WARP}; // bit 4·j + c: sums[i][j][c] is to be looked at
        do {
            look<0>(first_column, sums, {}, left);
            block_barrier();
            merge();
        } while (block_any((left[0] | left[1] | left[2] | left[3]) != 0));
    }
};

template <int WIDTH>
DEVICE void nearest(const Operand &rows, Neighbors &neighbors, uint32 pairs, uint32 codes, uint8 *shared) {
    neighbors.start(shared + STAGES * Stage<WIDTH>::BYTES);
    multiply_tiles<WIDTH>(rows, rows, neighbors.first_row, pairs, codes, shared, neighbors);
}

// `rows` (planes, n, padded) bf16, `half_squares` (n). Writes to `lists` (count, width) the keys and numbers of the rows that
// are nearest to the rows `first`..`first + count`, the nearest first; `width` is from 1 to n − 1.
#define NEAREST(name, stage)                                                                                           \
    KERNEL(THREADS, 1) name(const uint16 *rows, const float *half_squares, uint32 first, uint32 count, uint32 n,       \
                            uint32 padded, uint32 pairs, uint32 codes, uint32 width, Candidate *lists) {               \
        DYNAMIC_SHARED(shared);                                                                                        \
        const uint32 block = blockIdx.x * ROWS;                                                                        \
        Neighbors neighbors = {half_squares, first + block, first + count, n, width,                                   \
                               lists + static_cast<uint64>(block) * width};                                            \
        nearest<stage>({rows, n, padded}, neighbors, pairs, codes, shared);                                            \
    }

// For devices with at least 166 KiB of shared memory for a block, and for the others.
NEAREST(nearest_rows_64, 64)
NEAREST(nearest_rows_32, 32)
