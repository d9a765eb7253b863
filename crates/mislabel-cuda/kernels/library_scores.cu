// The summary of rows from products that a library computed and left in memory: what class_scores.cu is measured against.
#include "row_summary.cuh"

constexpr uint32 LAST = 0x80000000u;

// One thread per row. `products` (columns, n), of which this call has `columns` from `first_column` on, whole groups of 8;
// all else as in class_scores.cu, for one plane. `class_sum` and `carry` (n) keep what goes on in the next call.
KERNEL(128, 1) summarize_products(const float *products, const float *norms, const uint32 *labels,
                                  const float2 *coefficients, const uint32 *groups, const float2 *constants,
                                  const uint32 *classes, uint32 n, uint32 first_column, uint32 columns, float *own,
                                  float *least, float *second, float *sum, uint32 *nearest, float *class_sum,
                                  float *carry) {
    const uint32 row = blockIdx.x * 128 + thread();
    if (row >= n) return;
    const Summaries to = {own, least, second, sum, nearest};
    RowSummary summary;
    summary.start(labels[row], norms[row]);
    if (first_column > 0) {
        summary.class_sum = class_sum[row];
        summary.carry = carry[row];
        summary.own = own[row];
        summary.least = least[row];
        summary.second = second[row];
        summary.sum = sum[row];
        summary.nearest = nearest[row];
    }
    for (uint32 column = 0; column < columns; ++column) {
        const float2 c = coefficients[first_column + column];
        summary.class_sum += column_term(products[static_cast<uint64>(column) * n + row], c.x, c.y);
        const uint32 entry = groups[(first_column + column) / 8];
        if (column % 8 == 7 && entry & LAST) summary.offer({constants, classes}, entry & ~LAST);
    }
    summary.store(to, row);
    class_sum[row] = summary.class_sum;
    carry[row] = summary.carry;
}
