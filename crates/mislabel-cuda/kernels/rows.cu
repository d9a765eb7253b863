// Rows brought to the scale on which they are compared, as sums of bf16 planes.
#include "device.cuh"

// One warp per row, of which there are `count`. `raw` (n, d) f32; `center` (d) f64 is subtracted after scaling; `unit` > 0 divides every row, 0 divides
// each row by its own length. Writes `planes` (terms, n, padded) bf16, whose sum is the scaled row, zeros from d on, and
// `norms` (n) f32, the squared length of that sum.
KERNEL(256, 1) prepare_rows(const float *raw, const double *center, double unit, uint32 count, uint32 n,
                            uint32 d, uint32 padded, uint32 terms, uint16 *planes, float *norms) {
    const uint64 row = static_cast<uint64>(blockIdx.x) * 8 + warp();
    if (row >= count) return;
    const float *values = raw + row * d;
    double square = 0.0;
    for (uint32 i = lane(); i < d; i += 32) square += static_cast<double>(values[i]) * values[i];
    square = warp_sum(square);
    const double factor = unit > 0.0 ? 1.0 / unit : square > 0.0 ? 1.0 / sqrt(square) : 0.0;

    double norm = 0.0;
    for (uint32 i = lane(); i < padded; i += 32) {
        float rest = i < d ? static_cast<float>(values[i] * factor - center[i]) : 0.0f;
        float sum = 0.0f;
        for (uint32 term = 0; term < terms; ++term) {
            const uint16 part = bf16_of(rest);
            planes[(term * static_cast<uint64>(n) + row) * padded + i] = part;
            sum += float_of_bf16(part);
            rest -= float_of_bf16(part);
        }
        norm += static_cast<double>(sum) * sum;
    }
    norm = warp_sum(norm);
    if (lane() == 0) norms[row] = static_cast<float>(norm);
}
