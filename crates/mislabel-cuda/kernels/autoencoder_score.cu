// Scoring with networks of any layers: errors of 128 rows under a part of the classes, one class after another.
#include "autoencoder_network.cuh"
#include "autoencoder_summary.cuh"

// Block (x, y) takes rows 128·x.. and part y of the classes. Buffers: `classes` (class_count, 2), `rows` (n, padded
// features) bf16, `labels` (n), `biases` (networks, bias_count), `plain` (networks, plain_count), `scratch` (blocks,
// scratch_columns, 128), the summaries (parts, n).
KERNEL(256, 2) score_autoencoders(const uint32 *layer_words, uint32 layer_count, const uint32 *classes,
                                  uint32 class_count, uint32 fold, const uint16 *rows, const uint32 *labels, uint32 n,
                                  const float *biases, const uint16 *plain, uint32 bias_count, uint32 plain_count,
                                  uint16 *scratch, uint32 scratch_columns, float *own, float *least, float *second,
                                  uint32 *least_class, double *sum) {
    DYNAMIC_SHARED(shared);
    SHARED float halves[TILE_M][2];
    SHARED Network network;
    SHARED Product product;
    const Layer *layers = reinterpret_cast<const Layer *>(layer_words);
    const uint32 width = padded(layers[0].inputs), first_row = blockIdx.x * TILE_M;
    const uint32 count = n - first_row < TILE_M ? n - first_row : TILE_M;
    const Matrix input = {rows + static_cast<uint64>(first_row) * width, nullptr, count, width};
    const uint64 block = static_cast<uint64>(blockIdx.y) * gridDim.x + blockIdx.x;
    uint16 *own_scratch = scratch + block * scratch_columns * TILE_M;
    const uint64 classes_of_part = (static_cast<uint64>(class_count) + gridDim.y - 1) / gridDim.y;
    const uint64 begin = blockIdx.y * classes_of_part;
    const uint64 end = begin + classes_of_part < class_count ? begin + classes_of_part : class_count;
    const uint32 row = thread();
    const uint32 label = row < count ? labels[first_row + row] : 0;
    RowErrors errors;
    errors.clear();

    for (uint64 number = begin; number < end; ++number) {
        const Chosen networks = chosen(classes, static_cast<uint32>(number), fold);
        float error = 0.0f;
        for (uint32 i = 0; i < networks.count; ++i) {
            const uint64 place = networks.first + i;
            if (thread() == 0)
                network = Network{layers, layer_count, biases + place * bias_count, plain + place * plain_count, own_scratch,
                                  TILE_M};
            block_barrier();
            float squares[4] = {0.0f, 0.0f, 0.0f, 0.0f};
            for (uint32 index = 0; index < layer_count; ++index) {
                if (thread() == 0)
                    product = network.sums_of(index, index == 0 ? input : network.below(index, count));
                block_barrier();
                for (uint32 n = 0; n < layers[index].outputs; n += TILE_N) {
                    Sums sums;
                    clear(sums);
                    add_product(sums, product, 0, n, shared);
                    if (index + 1 < layer_count) network.put_out(index, count, sums, 0, n);
                    else
                        network.each_residual(input, sums, 0, n,
                            [&](uint32 i, uint32, uint32, float, float, float low_off, float high_off) {
                                squares[i] += low_off * low_off + high_off * high_off;
                            });
                }
                block_barrier();
            }
            UNROLL for (uint32 i = 0; i < 4; ++i) {
                float square = squares[i] + shuffle_xor(squares[i], 1);
                square += shuffle_xor(square, 2);
                if (lane() % 4 == 0) halves[warp() / 2 * 32 + i * 8 + lane() / 4][warp() % 2] = square;
            }
            block_barrier();
            if (row < count) error += sqrtf(halves[row][0] + halves[row][1]);
            block_barrier();
        }
        if (networks.count > 0) errors.offer(label, static_cast<uint32>(number), error / networks.count);
    }
    const Summaries summaries = {own, least, second, least_class, sum};
    if (row < count) summaries.write(static_cast<uint64>(blockIdx.y) * n + first_row + row, errors);
}
