// Stands in for the first half of device.cuh on the host: every thread of a block is a fiber, blocks run one after the
// other. Stricter than a device: shared memory and unfinished copies hold NaN, every lane of a warp must reach the same
// warp-wide operation, every thread of a block the same barrier, and buffers have exactly the bytes they were given.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef unsigned long long uint64;

#define KERNEL(threads, blocks) extern "C" void
#define DEVICE inline
#define UNROLL
#define SHARED static
#define DYNAMIC_SHARED(name) uint8 *name = emulation::machine.shared
#define __align__(n) alignas(n)
#define __restrict__
#define FULL_WARP 0xffffffffu
#define INFINITE (static_cast<float>(HUGE_VAL))

struct Index { uint32 x, y, z; };
struct float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct uint2 { uint32 x, y; };
struct alignas(16) uint4 { uint32 x, y, z, w; };

#if !(defined(__x86_64__) && defined(__linux__))
#include <ucontext.h>
#endif

namespace emulation {

[[noreturn]] inline void fail(const std::string &problem);

struct Copy { uint8 *to; const uint8 *from; bool valid; };

// Where a fiber stands while another runs.
#if defined(__x86_64__) && defined(__linux__)
// As swapcontext, without its two calls to the system, which would take most of the time.
struct Context { void *stack = nullptr; };
extern "C" void mislabel_switch(void **from, void *to);
asm(".text\n.type mislabel_switch, @function\nmislabel_switch:\n"
    "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
    "movq %rsp, (%rdi)\nmovq %rsi, %rsp\n"
    "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\nret\n"
    ".size mislabel_switch, .-mislabel_switch\n");
inline void switch_to(Context &from, Context &to) { mislabel_switch(&from.stack, to.stack); }
// Six saved registers, the place to return to, and a place for `entry` to return to, which it never does.
inline void prepare(Context &context, uint8 *stack, size_t bytes, void (*entry)()) {
    void **top = reinterpret_cast<void **>(stack + bytes) - 8;
    std::memset(top, 0, 8 * sizeof(void *));
    top[6] = reinterpret_cast<void *>(entry);
    context.stack = top;
}
#else
typedef ucontext_t Context;
inline void switch_to(Context &from, Context &to) { swapcontext(&from, &to); }
inline void prepare(Context &context, uint8 *stack, size_t bytes, void (*entry)()) {
    getcontext(&context);
    context.uc_stack.ss_sp = stack;
    context.uc_stack.ss_size = bytes;
    context.uc_link = nullptr;
    makecontext(&context, entry, 0);
}
#endif

constexpr size_t STACK = 64 * 1024;

struct Fiber {
    Context context;
    Index thread;
    bool done = false;
    std::vector<Copy> open;
    std::deque<std::vector<Copy>> groups;
    const char *where = "the start";
};

// The meeting of the lanes of a warp, or of the threads of a block.
struct Meeting {
    const char *kind = nullptr;
    long parameter = 0;
    uint32 arrived = 0;
    uint64 round = 0;
    alignas(16) uint8 in[32 * 64];
    alignas(16) uint8 out[32 * 64];
};

struct Machine {
    Context scheduler;
    std::vector<uint8 *> stacks; // kept from block to block
    std::vector<Fiber> fibers;
    std::vector<Meeting> warps;
    Meeting block;
    Fiber *current = nullptr;
    uint8 *shared = nullptr;
    uint32 shared_bytes = 0;
    Index block_index, block_size, grid_size;
    bool any = false, any_next = false; // the vote of a block
    uint64 steps = 0;     // meetings that ended: no progress means a deadlock
    uint64 conflicts = 0; // ldmatrix phases whose rows share a bank
    std::function<void()> kernel;
};
inline Machine machine;

[[noreturn]] inline void fail(const std::string &problem) {
    const Index b = machine.block_index;
    const Index t = machine.current ? machine.current->thread : Index{0, 0, 0};
    std::fprintf(stderr, "block (%u, %u, %u), thread %u: %s\n", b.x, b.y, b.z, t.x, problem.c_str());
    std::fflush(stderr);
    std::_Exit(3);
}

inline void yield() { switch_to(machine.current->context, machine.scheduler); }

// Joins `count` participants at one operation; the last to come runs `compute(in, out)`.
template <class In, class Out, class Compute>
Out meet(Meeting &meeting, uint32 place, uint32 count, const char *kind, long parameter, const In &in, Compute compute) {
    static_assert(sizeof(In) <= 64 && sizeof(Out) <= 64, "what a lane brings is small");
    if (meeting.arrived == 0) {
        meeting.kind = kind;
        meeting.parameter = parameter;
    } else if ((meeting.kind != kind && std::strcmp(meeting.kind, kind) != 0) || meeting.parameter != parameter) {
        fail(std::string("reached ") + kind + " while others wait at " + meeting.kind);
    }
    machine.current->where = kind;
    if (count <= 32) std::memcpy(meeting.in + place * sizeof(In), &in, sizeof(In));
    const uint64 round = meeting.round;
    if (++meeting.arrived == count) {
        compute(reinterpret_cast<const In *>(meeting.in), reinterpret_cast<Out *>(meeting.out));
        meeting.arrived = 0;
        ++meeting.round;
        ++machine.steps;
    } else {
        while (meeting.round == round) yield();
    }
    Out out{};
    if (count <= 32) std::memcpy(&out, meeting.out + place * sizeof(Out), sizeof(Out));
    return out;
}

template <class In, class Out, class Compute>
Out meet_warp(const char *kind, long parameter, const In &in, Compute compute) {
    const uint32 thread = machine.current->thread.x;
    return meet<In, Out>(machine.warps[thread / 32], thread % 32, 32, kind, parameter, in, compute);
}

inline void entry() {
    machine.kernel();
    machine.current->done = true;
    ++machine.steps;
    yield();
}

inline void run_block(bool backwards) {
    const uint32 threads = machine.block_size.x;
    if (threads % 32 != 0) fail("the number of threads is no multiple of 32");
    machine.fibers.clear();
    machine.fibers.resize(threads);
    machine.warps.assign(threads / 32, Meeting());
    machine.block = Meeting();
    std::memset(machine.shared, 0xff, machine.shared_bytes);
    for (uint32 t = 0; t < threads; ++t) {
        Fiber &fiber = machine.fibers[t];
        fiber.thread = {t, 0, 0};
        if (machine.stacks.size() <= t) machine.stacks.push_back(static_cast<uint8 *>(std::malloc(STACK)));
#if defined(__SANITIZE_ADDRESS__)
        // What the last fiber left there when it ended is no concern of this one.
        __asan_unpoison_memory_region(machine.stacks[t], STACK);
#endif
        prepare(fiber.context, machine.stacks[t], STACK, entry);
    }
    for (uint32 left = threads; left > 0;) {
        const uint64 before = machine.steps;
        left = 0;
        for (uint32 i = 0; i < threads; ++i) {
            Fiber &fiber = machine.fibers[backwards ? threads - 1 - i : i];
            if (fiber.done) continue;
            machine.current = &fiber;
            switch_to(machine.scheduler, fiber.context);
            left += !fiber.done;
        }
        if (left > 0 && machine.steps == before) {
            for (Fiber &fiber : machine.fibers) {
                if (fiber.done) continue;
                machine.current = &fiber;
                fail(std::string("waits for ever at ") + fiber.where + ": others have left or wait elsewhere");
            }
        }
    }
}

} // namespace emulation

#define threadIdx (emulation::machine.current->thread)
#define blockIdx (emulation::machine.block_index)
#define blockDim (emulation::machine.block_size)
#define gridDim (emulation::machine.grid_size)

DEVICE float float_of_bits(uint32 bits) { float value; std::memcpy(&value, &bits, 4); return value; }
DEVICE uint32 bits_of_float(float value) { uint32 bits; std::memcpy(&bits, &value, 4); return bits; }

DEVICE uint16 bf16_of(float value) {
    const uint32 bits = bits_of_float(value);
    if (std::isnan(value)) return 0x7fff;
    return static_cast<uint16>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
DEVICE uint32 bf16x2_of(float low, float high) { return bf16_of(low) | static_cast<uint32>(bf16_of(high)) << 16; }

DEVICE void block_barrier() {
    emulation::meet<char, char>(emulation::machine.block, 0, blockDim.x, "a block barrier", 0, 0, [](const char *, char *) {});
}
DEVICE bool block_any(bool predicate) {
    emulation::Machine &machine = emulation::machine;
    machine.any_next = machine.any_next || predicate;
    emulation::meet<char, char>(machine.block, 0, blockDim.x, "a block vote", 0, 0, [&](const char *, char *) {
        machine.any = machine.any_next;
        machine.any_next = false;
    });
    return machine.any;
}
DEVICE void warp_barrier() {
    emulation::meet_warp<char, char>("a warp barrier", 0, 0, [](const char *, char *) {});
}

template <class T> DEVICE T shuffle_by(const char *kind, T value, int parameter, int (*from)(int, int)) {
    return emulation::meet_warp<T, T>(kind, parameter, value, [&](const T *in, T *out) {
        for (int l = 0; l < 32; ++l) out[l] = in[from(l, parameter)];
    });
}
#define SHUFFLES(T)                                                                                                    \
    DEVICE T shuffle_xor(T value, int lanes) {                                                                         \
        return shuffle_by<T>("shuffle_xor", value, lanes, [](int l, int p) { return (l ^ p) & 31; });                 \
    }                                                                                                                  \
    DEVICE T shuffle_up(T value, int lanes) {                                                                          \
        return shuffle_by<T>("shuffle_up", value, lanes, [](int l, int p) { return l < p ? l : l - p; });             \
    }                                                                                                                  \
    DEVICE T shuffle_from(T value, int lane) {                                                                         \
        return shuffle_by<T>("shuffle_from", value, lane, [](int, int p) { return p & 31; });                         \
    }
SHUFFLES(float)
SHUFFLES(double)
SHUFFLES(uint32)

DEVICE uint32 ballot(bool predicate) {
    return emulation::meet_warp<bool, uint32>("ballot", 0, predicate, [](const bool *in, uint32 *out) {
        uint32 mask = 0;
        for (int l = 0; l < 32; ++l) mask |= static_cast<uint32>(in[l]) << l;
        for (int l = 0; l < 32; ++l) out[l] = mask;
    });
}

template <class T> DEVICE T atomic_add_any(T *address, T value) { T before = *address; *address += value; return before; }
DEVICE uint32 atomic_add_shared(uint32 *address, uint32 value) { return atomic_add_any(address, value); }
DEVICE float atomic_add(float *address, float value) { return atomic_add_any(address, value); }
DEVICE double atomic_add(double *address, double value) { return atomic_add_any(address, value); }

// The copy happens as late as it may: when it is waited for. Until then its target holds NaN.
DEVICE void copy_async_16(void *to, const void *from, bool valid) {
    if (reinterpret_cast<uintptr_t>(to) % 16 != 0) emulation::fail("an asynchronous copy to an address not aligned to 16");
    if (valid && reinterpret_cast<uintptr_t>(from) % 16 != 0) {
        emulation::fail("an asynchronous copy from an address not aligned to 16");
    }
    std::memset(to, 0xff, 16);
    emulation::machine.current->open.push_back({static_cast<uint8 *>(to), static_cast<const uint8 *>(from), valid});
}
DEVICE void copy_async_commit() {
    emulation::Fiber &fiber = *emulation::machine.current;
    fiber.groups.push_back(std::move(fiber.open));
    fiber.open.clear();
}
template <int pending> DEVICE void copy_async_wait() {
    emulation::Fiber &fiber = *emulation::machine.current;
    while (fiber.groups.size() > static_cast<size_t>(pending)) {
        for (const emulation::Copy &copy : fiber.groups.front()) {
            if (copy.valid) std::memcpy(copy.to, copy.from, 16); else std::memset(copy.to, 0, 16);
        }
        fiber.groups.pop_front();
    }
}

struct FourRegisters { uint32 r[4]; };
struct Row { const uint8 *address; };

// Eight rows are read at a time; two in the same eighth of the banks take two turns.
DEVICE void count_conflicts(const Row *rows) {
    for (int i = 0; i < 4; ++i) {
        uint32 taken = 0;
        for (int r = 0; r < 8; ++r) taken |= 1u << ((rows[8 * i + r].address - emulation::machine.shared) / 16 % 8);
        emulation::machine.conflicts += taken != 0xff;
    }
}
DEVICE void load_matrix_any(uint32 (&matrix)[4], const void *row, bool transposed) {
    if (reinterpret_cast<uintptr_t>(row) % 16 != 0) emulation::fail("a matrix row at an address not aligned to 16");
    const FourRegisters loaded = emulation::meet_warp<Row, FourRegisters>(
        transposed ? "load_matrix_4_transposed" : "load_matrix_4", 0, Row{static_cast<const uint8 *>(row)},
        [=](const Row *in, FourRegisters *out) {
            count_conflicts(in);
            for (int l = 0; l < 32; ++l) {
                for (int i = 0; i < 4; ++i) {
                    uint32 pair = 0;
                    for (int k = 0; k < 2; ++k) {
                        const int r = l / 4, c = 2 * (l % 4) + k;
                        uint16 value;
                        std::memcpy(&value, transposed ? in[8 * i + c].address + 2 * r : in[8 * i + r].address + 2 * c, 2);
                        pair |= static_cast<uint32>(value) << (16 * k);
                    }
                    out[l].r[i] = pair;
                }
            }
        });
    std::memcpy(matrix, loaded.r, sizeof matrix);
}
DEVICE void load_matrix_4(uint32 (&matrix)[4], const void *row) { load_matrix_any(matrix, row, false); }
DEVICE void load_matrix_4_transposed(uint32 (&matrix)[4], const void *row) { load_matrix_any(matrix, row, true); }

struct Factors { float c[4]; uint32 a[4]; uint32 b[2]; };
struct FourFloats { float f[4]; };

DEVICE float half_of(uint32 pair, int k) { return float_of_bits(k == 0 ? pair << 16 : pair & 0xffff0000u); }
DEVICE void multiply_warp(const Factors *in, FourFloats *out) {
    double a[16][16], b[16][8];
    for (int l = 0; l < 32; ++l) {
        const int g = l / 4, t = l % 4;
        for (int k = 0; k < 2; ++k) {
            for (int i = 0; i < 4; ++i) a[g + 8 * (i % 2)][2 * t + k + 8 * (i / 2)] = half_of(in[l].a[i], k);
            for (int i = 0; i < 2; ++i) b[2 * t + k + 8 * i][g] = half_of(in[l].b[i], k);
        }
    }
    double sums[16][8] = {};
    for (int row = 0; row < 16; ++row)
        for (int k = 0; k < 16; ++k)
            for (int column = 0; column < 8; ++column) sums[row][column] += a[row][k] * b[k][column];
    for (int l = 0; l < 32; ++l) {
        for (int i = 0; i < 4; ++i) {
            out[l].f[i] = static_cast<float>(in[l].c[i] + sums[l / 4 + 8 * (i / 2)][2 * (l % 4) + i % 2]);
        }
    }
}
DEVICE void multiply_add(float (&c)[4], const uint32 (&a)[4], uint32 b0, uint32 b1) {
    Factors factors;
    std::memcpy(factors.c, c, sizeof c);
    std::memcpy(factors.a, a, sizeof a);
    factors.b[0] = b0;
    factors.b[1] = b1;
    const FourFloats product = emulation::meet_warp<Factors, FourFloats>("multiply_add", 0, factors, multiply_warp);
    std::memcpy(c, product.f, sizeof c);
}

// Reading a launch, running it, writing the buffers.
namespace emulation {

struct Value {
    char kind;
    std::vector<uint8> bytes; // a scalar, or what a buffer held before
    uint8 *buffer = nullptr;  // exactly as long, so that a sanitizer sees every step beyond
};

inline void read_all(void *to, size_t bytes) {
    if (std::fread(to, 1, bytes, stdin) != bytes) fail("the launch ends early");
}
template <class T> T read_one() { T value; read_all(&value, sizeof value); return value; }

inline Value read_value() {
    Value value;
    value.kind = read_one<char>();
    value.bytes.resize(read_one<uint64_t>());
    read_all(value.bytes.data(), value.bytes.size());
    if (value.kind == 'r' || value.kind == 'w') {
        void *memory = nullptr;
        if (posix_memalign(&memory, 256, value.bytes.size()) != 0) fail("no memory");
        value.buffer = static_cast<uint8 *>(memory);
        std::memcpy(value.buffer, value.bytes.data(), value.bytes.size());
    }
    return value;
}

// The value as the parameter that the kernel declares: the kinds must agree.
template <class P> P parameter(const Value &value, size_t number) {
    const std::string name = "argument " + std::to_string(number);
    if constexpr (std::is_pointer_v<P>) {
        const bool constant = std::is_const_v<std::remove_pointer_t<P>>;
        if (value.kind != (constant ? 'r' : 'w')) fail(name + (constant ? " must be passed for reading" : " must be passed for writing"));
        return reinterpret_cast<P>(value.buffer);
    } else {
        const char kind = std::is_same_v<P, float> ? 'f' : std::is_same_v<P, double> ? 'd' : std::is_same_v<P, uint32> ? 'u' : '?';
        if (value.kind != kind) fail(name + " has another type");
        P scalar;
        std::memcpy(&scalar, value.bytes.data(), sizeof scalar);
        return scalar;
    }
}

struct Entry {
    std::string name;
    std::function<std::function<void()>(std::vector<Value> &)> bind;
};

template <class... P, size_t... I>
std::function<void()> bound(void (*kernel)(P...), std::vector<Value> &values, std::index_sequence<I...>) {
    auto arguments = std::make_tuple(parameter<P>(values[I], I)...);
    return [=] { std::apply(kernel, arguments); };
}

template <class... P> Entry entry_of(const char *name, void (*kernel)(P...)) {
    return {name, [=](std::vector<Value> &values) {
                if (values.size() != sizeof...(P)) fail("the kernel has another number of arguments");
                return bound(kernel, values, std::index_sequence_for<P...>());
            }};
}

inline void write_values(std::vector<Value> &values) {
    for (size_t i = 0; i < values.size(); ++i) {
        Value &value = values[i];
        if (value.kind == 'w') {
            std::fwrite(value.buffer, 1, value.bytes.size(), stdout);
        } else if (value.kind == 'r' && std::memcmp(value.buffer, value.bytes.data(), value.bytes.size()) != 0) {
            fail("argument " + std::to_string(i) + " was passed for reading, and the kernel wrote to it");
        }
    }
}

} // namespace emulation

#define ENTRY(kernel) emulation::entry_of(#kernel, kernel)

inline int serve(std::vector<emulation::Entry> entries) {
    using namespace emulation;
    std::string name(read_one<uint64_t>(), ' ');
    read_all(name.data(), name.size());
    machine.grid_size.x = read_one<uint32>();
    machine.grid_size.y = read_one<uint32>();
    machine.grid_size.z = read_one<uint32>();
    machine.block_size = {read_one<uint32>(), 1, 1};
    machine.shared_bytes = read_one<uint32>();
    const bool backwards = read_one<uint32>() != 0;
    std::vector<Value> values(read_one<uint64_t>());
    for (Value &value : values) value = read_value();
    void *shared = nullptr;
    if (posix_memalign(&shared, 1024, machine.shared_bytes) != 0) fail("no shared memory");
    machine.shared = static_cast<uint8 *>(shared);

    const Entry *found = nullptr;
    for (const Entry &entry : entries) if (entry.name == name) found = &entry;
    if (!found) fail("there is no kernel " + name);
    machine.kernel = found->bind(values);
    const Index grid = machine.grid_size;
    for (uint32 z = 0; z < grid.z; ++z)
        for (uint32 y = 0; y < grid.y; ++y)
            for (uint32 x = 0; x < grid.x; ++x) {
                machine.block_index = {x, y, z};
                run_block(backwards);
            }
    write_values(values);
    std::fprintf(stderr, "conflicts %llu\n", static_cast<unsigned long long>(machine.conflicts));
    return 0;
}
