// Training: every block takes its networks through their steps, one network after another, without the host.
//
// A step is a batch of rows forward, its derivatives backward, and for every tile of the gradient Adam's update as soon as
// the tile is summed: the gradient is never stored.
#include "autoencoder_network.cuh"

// What training is to do with one network in this launch (src/autoencoder/schedule.rs).
struct Task {
    // Its number, its first row, its samples and how many more are held out.
    uint32 network, first_row, samples, held_out;
    // Where its order starts: the held-out samples, then epoch after epoch.
    uint32 order, batches, steps, flags;
    uint32 stream_low, stream_high;
};
constexpr uint32 JUDGE_HELD_OUT = 1, JUDGE_NEXT = 2;

// Its numbers in double precision: the step it begins with, all its steps, and Adam's decay rates to the power of the
// steps it has taken.
struct Schedule {
    double first, total, first_power, second_power;
};

// The method's parameters, the same for all.
struct Method {
    double learning_rate, first_decay, second_decay, penalty, epsilon, decay, dropout, noise, exploded;
};

// What is known of a network: the loss that counts as exploded, the least loss on the held-out samples, the last loss
// asked for, the step that diverged or −1, its loss.
struct State {
    double worst, best, judged, diverged_step, diverged_loss;
};

// Adam's step (Kingma & Ba 2015, algorithm 1), the same for every parameter; `scale` takes a sum of derivatives to the
// gradient of the mean.
struct Update {
    float first_decay, second_decay, rate, root, epsilon, penalty, scale;

    DEVICE float gradient(float sum, float weight) const { return scale * sum + 2.0f * penalty * weight; }

    DEVICE float moved(float parameter, float gradient, float &first, float &second) const {
        first = first_decay * first + (1.0f - first_decay) * gradient;
        second = second_decay * second + (1.0f - second_decay) * gradient * gradient;
        return parameter - rate * quick_quotient(first, quick_root(second) * root + epsilon);
    }
};

struct alignas(8) Pair {
    float low, high;
};

// Products over a whole layer, and what becomes of their tiles.
enum Purpose : uint32 { OUTPUTS, RESIDUALS, DELTAS, GRADIENT };

struct Pass {
    Purpose purpose;
    // The layer whose outputs, derivatives or weights come out, and rows and columns of the products.
    uint32 index, m_count, n_count;
    // One product, or two that are added up (tied weights).
    uint32 shares;
    Product products[2];
};

// One batch: rows, what the network sees of them, and what is done with them.
struct Turn {
    Matrix target, input;
    Dropout dropout;
    Update update;
    bool learning, sound;
};

// One network in training: its parameters, their moments, its weights in bf16. In shared memory, written by one thread,
// so that all of this takes no registers.
struct Training {
    const Task *task;
    const Schedule *schedule;
    State *state;
    Network network;
    float *parameters, *first, *second, *best;
    uint16 *plain;
    uint32 parameter_count;
    Turn turn;
    Pass pass;
    double first_power, second_power;
    float limit, judged;
    uint32 turns, to_judge;
    const uint32 *judging;

    // A step goes forward through the layers, back through them, then to the gradients of all weights and biases.
    DEVICE uint32 passes() const { return turn.learning ? 3 * network.count - 1 : network.count; }

    DEVICE void plan(uint32 number) {
        const uint32 count = network.count, rows = turn.target.rows;
        pass.shares = 1;
        if (number < count) {
            pass.purpose = number + 1 < count ? OUTPUTS : RESIDUALS;
            pass.index = number;
            pass.m_count = rows;
            pass.products[0] = network.sums_of(number, number == 0 ? turn.input : network.below(number, rows));
        } else if (number < 2 * count - 1) {
            pass.purpose = DELTAS;
            pass.index = 2 * count - 2 - number;
            pass.m_count = rows;
            pass.products[0] = Product{network.deltas(pass.index + 1, rows), network.weights(pass.index + 1), false,
                                       network.layers[pass.index + 1].transposed != 0};
        } else {
            pass.purpose = GRADIENT;
            pass.index = number - (2 * count - 1);
            const Layer &layer = network.layers[pass.index];
            // Transposed weights are another layer's to move.
            pass.m_count = layer.transposed ? 0 : layer.inputs;
            pass.products[0] = Product{pass.index == 0 ? turn.input : network.below(pass.index, rows),
                                       network.deltas(pass.index, rows), true, true};
            if (layer.partner != NONE) {
                pass.shares = 2;
                pass.products[1] = Product{network.deltas(layer.partner, rows), network.below(layer.partner, rows), true, true};
            }
        }
        pass.n_count = network.layers[pass.index].outputs;
    }

    DEVICE void begin(const uint32 *order) {
        const uint32 *listed = order + task->order;
        const uint32 last_epoch = task->steps == 0 ? 0 : (task->steps - 1) / task->batches;
        const uint32 largest = (task->samples + task->batches - 1) / task->batches;
        to_judge = task->flags & JUDGE_HELD_OUT ? task->held_out : task->flags & JUDGE_NEXT ? largest : 0;
        judging = task->flags & JUDGE_HELD_OUT
                      ? listed : listed + task->held_out + static_cast<uint64>(last_epoch) * task->samples;
        // After the steps come the rows to judge by, as many at a time as there is room for.
        turns = task->steps + (to_judge + network.capacity - 1) / network.capacity;
        first_power = schedule->first_power;
        second_power = schedule->second_power;
        limit = static_cast<float>(state->worst);
        judged = 0.0f;
        turn.sound = state->diverged_step < 0.0;
    }

    DEVICE void take(uint32 number, const Method &method, const uint16 *rows, const uint32 *order) {
        const uint32 width = padded(network.layers[0].inputs), batch = number % task->batches;
        const uint64 samples = task->samples;
        uint32 begin = static_cast<uint32>(batch * samples / task->batches);
        uint32 count = static_cast<uint32>((batch + 1) * samples / task->batches) - begin;
        const uint32 *places = order + task->order + task->held_out + number / task->batches * samples + begin;
        turn.learning = number < task->steps;
        if (!turn.learning) {
            begin = (number - task->steps) * network.capacity;
            count = to_judge - begin < network.capacity ? to_judge - begin : network.capacity;
            places = judging + begin;
        }
        const uint64 stream = static_cast<uint64>(task->stream_high) << 32 | task->stream_low;
        turn.target = Matrix{rows + static_cast<uint64>(task->first_row) * width, places, count, width};
        const bool noisy = turn.learning && method.noise > 0.0;
        turn.input = noisy ? Matrix{network.scratch, nullptr, count, width} : turn.target;
        turn.dropout.key = mixed(stream ^ mixed(static_cast<uint64>(schedule->first) + number));
        turn.dropout.threshold = turn.learning ? static_cast<uint32>(method.dropout * 4294967296.0) : 0;
        turn.dropout.kept = static_cast<float>(1.0 - method.dropout);
    }

    // What becomes of the sums of the tile at (m, n); returns this thread's part of the squared residuals.
    DEVICE float accept(const Sums &sums, uint32 m, uint32 n) const {
        if (pass.purpose == RESIDUALS) return put_residuals(turn.target, turn.learning, sums, m, n);
        if (pass.purpose == OUTPUTS) network.put_out(pass.index, pass.m_count, sums, m, n);
        else if (pass.purpose == DELTAS) put_delta(pass.index, pass.m_count, turn.dropout.kept, sums, m, n);
        else move_tile(network.layers[pass.index], turn.update, sums, m, n);
        return 0.0f;
    }

    // Switches units off whose outputs or derivatives were just computed.
    DEVICE void drop() const {
        if (pass.purpose != OUTPUTS && pass.purpose != DELTAS) return;
        uint16 *values = pass.purpose == OUTPUTS ? network.output(pass.index) : network.delta(pass.index);
        turn.dropout.apply(pass.index, network.layers[pass.index], pass.m_count, values);
    }

    // Looks at the loss of the batch, and says how parameters move after it. One thread.
    DEVICE void judge(float squares, uint32 number, const Method &method) {
        const double step = schedule->first + number;
        const float values = static_cast<float>(turn.target.rows) * network.layers[0].inputs;
        if (!turn.learning) {
            judged += squares;
            return;
        }
        const float loss = squares / values;
        if (step == 0.0) limit = static_cast<float>(method.exploded) * (loss > 1.0f ? loss : 1.0f);
        turn.sound = loss <= limit && loss < INFINITE;
        if (!turn.sound) {
            state->diverged_step = step;
            state->diverged_loss = loss;
        }
        first_power *= method.first_decay;
        second_power *= method.second_decay;
        const double left = method.decay > 0.0 ? 1.0 - step / schedule->total : 1.0;
        turn.update = Update{static_cast<float>(method.first_decay),
                             static_cast<float>(method.second_decay),
                             static_cast<float>(method.learning_rate * left / (1.0 - first_power)),
                             static_cast<float>(1.0 / sqrt(1.0 - second_power)),
                             static_cast<float>(method.epsilon),
                             static_cast<float>(method.penalty),
                             2.0f / values};
    }

    // Writes down how it went; keeps the parameters where they are the best so far.
    DEVICE void end() const {
        const float loss = judged / (static_cast<float>(to_judge) * network.layers[0].inputs);
        const bool told = turn.sound && to_judge > 0, holding = (task->flags & JUDGE_HELD_OUT) != 0;
        const bool better = told && holding && loss < static_cast<float>(state->best);
        block_barrier();
        if (better)
            for (uint32 i = thread(); i < parameter_count; i += THREADS) best[i] = parameters[i];
        if (thread() != 0) return;
        state->worst = limit;
        if (told) state->judged = loss;
        if (better) state->best = loss;
        if (told && !holding && !(loss <= limit && loss < INFINITE)) {
            state->diverged_step = schedule->first + task->steps;
            state->diverged_loss = loss;
        }
    }

    // From the product of the tile at (m, n) with the weights above to the derivatives by the sums of layer `index`.
    DEVICE void put_delta(uint32 index, uint32 rows, float kept, const Sums &sums, uint32 m, uint32 n) const {
        const Layer &layer = network.layers[index];
        const uint16 *outputs = network.output(index);
        uint16 *deltas = network.delta(index);
        const uint32 width = padded(layer.outputs), activation = layer.activation;
        kept = layer.hidden ? kept : 1.0f;
        each_pair(sums, m, n, [&](uint32, uint32 row, uint32 column, float low, float high) {
            if (row >= rows || column >= width) return;
            const uint64 place = static_cast<uint64>(row) * width + column;
            const uint32 out = *reinterpret_cast<const uint32 *>(outputs + place);
            // The weights are 0 in the padding, and so are these.
            low *= slope(activation, float_of_bits(out << 16) * kept);
            high *= slope(activation, float_of_bits(out & 0xffff0000u) * kept);
            *reinterpret_cast<uint32 *>(deltas + place) = bf16x2_of(low, high);
        });
    }

    // The derivatives by the sums of the last layer (but for a factor), and this thread's part of the squared residuals.
    DEVICE float put_residuals(const Matrix &target, bool keep, const Sums &sums, uint32 m, uint32 n) const {
        uint16 *deltas = network.delta(network.count - 1);
        const uint32 activation = network.last().activation, width = target.columns;
        float squares = 0.0f;
        network.each_residual(target, sums, m, n,
            [&](uint32, uint32 row, uint32 column, float low, float high, float low_off, float high_off) {
                squares += low_off * low_off + high_off * high_off;
                if (keep)
                    *reinterpret_cast<uint32 *>(deltas + static_cast<uint64>(row) * width + column) =
                        bf16x2_of(low_off * slope(activation, low), high_off * slope(activation, high));
            });
        return squares;
    }

    DEVICE void move_tile(const Layer &layer, const Update &update, const Sums &sums, uint32 m, uint32 n) const {
        const uint32 place = place_in_block();
        const uint32 row = m + place / 64 * 32 + place % 32 / 4, column = n + place / 32 % 2 * 48 + place % 4 * 2;
        UNROLL for (uint32 i = 0; i < 4; ++i) {
            const uint32 input = row + i * 8;
            if (input >= layer.inputs) break;
            const uint64 start = layer.weights + static_cast<uint64>(input) * layer.outputs;
            float *weights = parameters + start, *firsts = first + start, *seconds = second + start;
            uint16 *rounded = plain + layer.plain + static_cast<uint64>(input) * padded(layer.outputs);
            if (layer.outputs % 2 == 0 && reinterpret_cast<uint64>(weights) % 8 == 0) {
                UNROLL for (uint32 some = 0; some < 6; some += 2) {
                    // All loads before the first store, so that they wait for memory together.
                    Pair values[2], ones[2], twos[2];
                    UNROLL for (uint32 j = 0; j < 2; ++j) {
                        const uint32 output = column + (some + j) * 8;
                        if (output >= layer.outputs) continue;
                        values[j] = *reinterpret_cast<const Pair *>(weights + output);
                        ones[j] = *reinterpret_cast<const Pair *>(firsts + output);
                        twos[j] = *reinterpret_cast<const Pair *>(seconds + output);
                    }
                    UNROLL for (uint32 j = 0; j < 2; ++j) {
                        const uint32 output = column + (some + j) * 8;
                        if (output >= layer.outputs) continue;
                        const float low = update.gradient(sums[i / 2][some + j][i % 2 * 2], values[j].low);
                        const float high = update.gradient(sums[i / 2][some + j][i % 2 * 2 + 1], values[j].high);
                        values[j].low = update.moved(values[j].low, low, ones[j].low, twos[j].low);
                        values[j].high = update.moved(values[j].high, high, ones[j].high, twos[j].high);
                        *reinterpret_cast<Pair *>(weights + output) = values[j];
                        *reinterpret_cast<Pair *>(firsts + output) = ones[j];
                        *reinterpret_cast<Pair *>(seconds + output) = twos[j];
                        *reinterpret_cast<uint32 *>(rounded + output) = bf16x2_of(values[j].low, values[j].high);
                    }
                }
                continue;
            }
            UNROLL for (uint32 j = 0; j < 6; ++j)
                UNROLL for (uint32 v = 0; v < 2; ++v) {
                    const uint32 output = column + j * 8 + v;
                    if (output >= layer.outputs) continue;
                    const float gradient = update.gradient(sums[i / 2][j][i % 2 * 2 + v], weights[output]);
                    weights[output] = update.moved(weights[output], gradient, firsts[output], seconds[output]);
                    rounded[output] = bf16_of(weights[output]);
                }
        }
    }

    // The gradient by a bias is the sum of a column of `deltas`: eight warps add rows, then the eight are added.
    DEVICE void move_biases() const {
        SHARED float parts[THREADS / 32][64];
        const Layer &layer = network.layers[pass.index];
        const Matrix deltas = network.deltas(pass.index, turn.target.rows);
        const Update &update = turn.update;
        for (uint32 start = 0; start < deltas.columns; start += 64) {
            const uint32 column = start + lane() * 2;
            float low = 0.0f, high = 0.0f;
            if (column < deltas.columns)
                for (uint32 row = warp(); row < deltas.rows; row += THREADS / 32) {
                    const uint64 place = static_cast<uint64>(row) * deltas.columns + column;
                    const uint32 pair = *reinterpret_cast<const uint32 *>(deltas.values + place);
                    low += float_of_bits(pair << 16);
                    high += float_of_bits(pair & 0xffff0000u);
                }
            parts[warp()][lane() * 2] = low;
            parts[warp()][lane() * 2 + 1] = high;
            block_barrier();
            const uint32 output = start + thread();
            if (thread() < 64 && output < layer.outputs) {
                float sum = 0.0f;
                UNROLL for (uint32 i = 0; i < THREADS / 32; ++i) sum += parts[i][thread()];
                const uint64 place = layer.bias + output;
                parameters[place] = update.moved(parameters[place], update.scale * sum, first[place], second[place]);
            }
            block_barrier();
        }
    }

    // The weights in bf16, their padding zero.
    DEVICE void round_weights() const {
        for (uint32 index = 0; index < network.count; ++index) {
            const Layer &layer = network.layers[index];
            if (layer.transposed) continue;
            const uint32 width = padded(layer.outputs);
            for (uint32 row = warp(); row < layer.inputs; row += THREADS / 32)
                for (uint32 column = lane(); column < width; column += 32) {
                    const float *from = parameters + layer.weights + static_cast<uint64>(row) * layer.outputs + column;
                    plain[layer.plain + static_cast<uint64>(row) * width + column] =
                        column < layer.outputs ? bf16_of(*from) : static_cast<uint16>(0);
                }
        }
        block_barrier();
    }
};

// The input becomes the target with uniform noise of amplitude `scale`·2³¹.
DEVICE void add_noise(const Turn &turn, const Network &network, float scale) {
    const Matrix &target = turn.target;
    const uint32 features = network.layers[0].inputs, width = target.columns;
    for (uint32 row = warp(); row < target.rows; row += THREADS / 32)
        for (uint32 column = lane(); column < width; column += 32) {
            const uint64 from = static_cast<uint64>(target.order[row]) * width + column;
            const int bits = static_cast<int>(random_bits(turn.dropout.key, static_cast<uint64>(row) * features + column));
            const float noise = column < features ? scale * static_cast<float>(bits) : 0.0f;
            network.scratch[static_cast<uint64>(row) * width + column] = bf16_of(float_of_bf16(target.values[from]) + noise);
        }
    block_barrier();
}

// Trains networks. Block b takes the tasks slots[b] .. slots[b + 1]. Buffers: `layers` (count of Layer), `rows` (all
// networks' rows in bf16), `order`, `parameters`, `first`, `second` and `best` (networks, parameter_count; `best` is only
// written where samples are held out), `states` (networks of State), `plain` (blocks, plain_count), `scratch` (blocks,
// scratch_columns, capacity), where the noisy rows come first.
KERNEL(256, 2) train_autoencoders(const uint32 *layer_words, uint32 layer_count, const uint32 *slots,
                                  const uint32 *task_words, const double *schedule_words, const double *method_words,
                                  const uint16 *rows, const uint32 *order, float *parameters, float *first,
                                  float *second, float *best, double *state_words, uint16 *plain, uint16 *scratch,
                                  uint32 parameter_count, uint32 plain_count, uint32 scratch_columns, uint32 capacity) {
    DYNAMIC_SHARED(shared);
    SHARED Training training;
    const Layer *layers = reinterpret_cast<const Layer *>(layer_words);
    const Method &method = *reinterpret_cast<const Method *>(method_words);
    for (uint32 number = slots[blockIdx.x]; number < slots[blockIdx.x + 1]; ++number) {
        if (thread() == 0) {
            const Task *task = reinterpret_cast<const Task *>(task_words) + number;
            const uint64 start = static_cast<uint64>(task->network) * parameter_count;
            training.task = task;
            training.schedule = reinterpret_cast<const Schedule *>(schedule_words) + number;
            training.state = reinterpret_cast<State *>(state_words) + task->network;
            training.best = best + start;
            training.parameter_count = parameter_count;
            training.parameters = parameters + start;
            training.first = first + start;
            training.second = second + start;
            training.plain = plain + static_cast<uint64>(blockIdx.x) * plain_count;
            uint16 *own_scratch = scratch + static_cast<uint64>(blockIdx.x) * scratch_columns * capacity;
            training.network = Network{layers, layer_count, parameters + start, training.plain, own_scratch, capacity};
            training.begin(order);
        }
        block_barrier();
        training.round_weights();

        for (uint32 turn = 0; training.turn.sound && turn < training.turns; ++turn) {
            block_barrier();
            if (thread() == 0) training.take(turn, method, rows, order);
            block_barrier();
            if (training.turn.learning && method.noise > 0.0)
                add_noise(training.turn, training.network, static_cast<float>(method.noise * 8.065490087349327e-10));
            float squares = 0.0f;
            for (uint32 pass = 0; training.turn.sound && pass < training.passes(); ++pass) {
                if (thread() == 0) training.plan(pass);
                block_barrier();
                if (training.pass.purpose == GRADIENT) training.move_biases();
                for (uint32 m = 0; m < training.pass.m_count; m += TILE_M)
                    for (uint32 n = 0; n < training.pass.n_count; n += TILE_N) {
                        Sums sums;
                        clear(sums);
                        for (uint32 share = 0; share < training.pass.shares; ++share)
                            add_product(sums, training.pass.products[share], m, n, shared);
                        squares += training.accept(sums, m, n);
                    }
                training.drop();
                if (training.pass.purpose == RESIDUALS) {
                    squares = block_sum(squares);
                    if (thread() == 0) training.judge(squares, turn, method);
                }
                block_barrier();
            }
        }
        block_barrier();
        training.end();
        block_barrier();
    }
}
