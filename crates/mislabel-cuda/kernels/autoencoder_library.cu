// What is between the products of a training step written in cuBLAS calls: for the benches only. All networks have one
// rectified inner layer, tied weights and batches of one size; every kernel takes values by a grid as wide as need be.
#include "device.cuh"

DEVICE uint64 first_value() { return static_cast<uint64>(blockIdx.x) * blockDim.x + thread(); }
DEVICE uint64 stride() { return static_cast<uint64>(gridDim.x) * blockDim.x; }

// `inner` (networks, batch, width) bf16: the rectified `sums` f32 plus `biases` (networks, width).
KERNEL(256, 1) library_activate(const float *sums, const float *biases, uint16 *inner, uint32 networks, uint32 batch,
                                uint32 width) {
    const uint64 count = static_cast<uint64>(networks) * batch * width;
    for (uint64 i = first_value(); i < count; i += stride()) {
        const float z = sums[i] + biases[i / width / batch * width + i % width];
        inner[i] = bf16_of(z > 0.0f ? z : 0.0f);
    }
}

// `deltas` (networks, batch, d) bf16: `outputs` f32 plus `biases` (networks, d) less `rows` bf16.
KERNEL(256, 1) library_residuals(const float *outputs, const float *biases, const uint16 *rows, uint16 *deltas,
                                 uint32 networks, uint32 batch, uint32 d) {
    const uint64 count = static_cast<uint64>(networks) * batch * d;
    for (uint64 i = first_value(); i < count; i += stride())
        deltas[i] = bf16_of(outputs[i] + biases[i / d / batch * d + i % d] - float_of_bf16(rows[i]));
}

// `deltas` bf16: `below` f32 where `inner` is not 0.
KERNEL(256, 1) library_slopes(const float *below, const uint16 *inner, uint16 *deltas, uint32 networks, uint32 batch,
                              uint32 width) {
    const uint64 count = static_cast<uint64>(networks) * batch * width;
    for (uint64 i = first_value(); i < count; i += stride())
        deltas[i] = inner[i] != 0 ? bf16_of(below[i]) : static_cast<uint16>(0);
}

// Adam's step of all weights, (networks, weights), and their bf16.
KERNEL(256, 1) library_move(const float *gradient, float *weights, float *first, float *second, uint16 *rounded,
                            uint32 networks, uint32 count_each, float scale, float penalty, float rate) {
    const uint64 count = static_cast<uint64>(networks) * count_each;
    for (uint64 i = first_value(); i < count; i += stride()) {
        const float slope = scale * gradient[i] + 2.0f * penalty * weights[i];
        const float one = 0.9f * first[i] + 0.1f * slope, two = 0.99f * second[i] + 0.01f * slope * slope;
        const float weight = weights[i] - rate * one / (sqrtf(two) + 1e-8f);
        first[i] = one;
        second[i] = two;
        weights[i] = weight;
        rounded[i] = bf16_of(weight);
    }
}
