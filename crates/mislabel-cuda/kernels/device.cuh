// What the kernels need of the machine: everything that a host compiler lacks is here and nowhere else, so that the
// tests can run the kernels on the host with src/emulation/shim.hpp in place of this file's first half.
#pragma once

#ifndef MISLABEL_EMULATION

typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef unsigned long long uint64;

#define KERNEL(threads, blocks) extern "C" __global__ void __launch_bounds__(threads, blocks)
#define DEVICE __device__ __forceinline__
#define UNROLL _Pragma("unroll")
#define DYNAMIC_SHARED(name) extern __shared__ __align__(128) uint8 name[]
#define SHARED __shared__
#define FULL_WARP 0xffffffffu

// bf16 as its bits; rounded to nearest, ties to even.
DEVICE uint16 bf16_of(float value) {
    uint16 bits;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}

// Two of them in one register, `low` in the lower half.
DEVICE uint32 bf16x2_of(float low, float high) {
    uint32 bits;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
    return bits;
}

DEVICE float float_of_bits(uint32 bits) { return __uint_as_float(bits); }
DEVICE uint32 bits_of_float(float value) { return __float_as_uint(value); }

DEVICE void block_barrier() { __syncthreads(); }
// A barrier that says whether any thread of the block brought true.
DEVICE bool block_any(bool predicate) { return __syncthreads_or(predicate) != 0; }
DEVICE void warp_barrier() { __syncwarp(); }
DEVICE float shuffle_xor(float value, int lanes) { return __shfl_xor_sync(FULL_WARP, value, lanes); }
DEVICE double shuffle_xor(double value, int lanes) { return __shfl_xor_sync(FULL_WARP, value, lanes); }
DEVICE uint32 shuffle_xor(uint32 value, int lanes) { return __shfl_xor_sync(FULL_WARP, value, lanes); }
DEVICE float shuffle_from(float value, int lane) { return __shfl_sync(FULL_WARP, value, lane); }
DEVICE uint32 shuffle_from(uint32 value, int lane) { return __shfl_sync(FULL_WARP, value, lane); }
DEVICE float shuffle_up(float value, int lanes) { return __shfl_up_sync(FULL_WARP, value, lanes); }
DEVICE uint32 shuffle_up(uint32 value, int lanes) { return __shfl_up_sync(FULL_WARP, value, lanes); }
DEVICE uint32 ballot(bool predicate) { return __ballot_sync(FULL_WARP, predicate); }

DEVICE uint32 atomic_add_shared(uint32 *address, uint32 value) { return atomicAdd(address, value); }
DEVICE float atomic_add(float *address, float value) { return atomicAdd(address, value); }
DEVICE double atomic_add(double *address, double value) { return atomicAdd(address, value); }

DEVICE uint32 shared_address(const void *pointer) { return static_cast<uint32>(__cvta_generic_to_shared(pointer)); }

// Starts copying 16 bytes from global to shared memory, both aligned to 16; writes zeros where `valid` is false.
DEVICE void copy_async_16(void *to, const void *from, bool valid) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from),
                 "r"(valid ? 16 : 0) : "memory");
}
DEVICE void copy_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
// Waits until at most `pending` of the latest groups of this thread are under way.
template <int pending> DEVICE void copy_async_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory"); }

// Four 8 x 8 matrices of bf16 from shared memory: lane 8·i + r gives the address of row r of matrix i (16 bytes,
// aligned); register i of lane l holds row l/4, columns 2·(l%4) and the next of matrix i (transposed: of its transpose).
DEVICE void load_matrix_4(uint32 (&matrix)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(matrix[0]), "=r"(matrix[1]), "=r"(matrix[2]), "=r"(matrix[3]) : "r"(shared_address(row)) : "memory");
}
DEVICE void load_matrix_4_transposed(uint32 (&matrix)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(matrix[0]), "=r"(matrix[1]), "=r"(matrix[2]), "=r"(matrix[3]) : "r"(shared_address(row)) : "memory");
}

// c += a·b: a 16 x 16, b 16 x 8 (bf16), c 16 x 8 (f32). With g = lane/4, t = lane%4: a[0] = (g, 2t..), a[1] = (g+8, 2t..),
// a[2] = (g, 2t+8..), a[3] = (g+8, 2t+8..); b[0] = (2t.., g), b[1] = (2t+8.., g); c[0..1] = (g, 2t..), c[2..3] = (g+8, 2t..).
DEVICE void multiply_add(float (&c)[4], const uint32 (&a)[4], uint32 b0, uint32 b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
                 "{%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

#define INFINITE __int_as_float(0x7f800000)

#endif // MISLABEL_EMULATION

// The rest is plain C++.

DEVICE float float_of_bf16(uint16 bits) { return float_of_bits(static_cast<uint32>(bits) << 16); }

DEVICE int thread() { return static_cast<int>(threadIdx.x); }
DEVICE int lane() { return static_cast<int>(threadIdx.x % 32); }
DEVICE int warp() { return static_cast<int>(threadIdx.x / 32); }

template <class T> DEVICE T warp_sum(T value) {
    UNROLL for (int lanes = 16; lanes > 0; lanes /= 2) value += shuffle_xor(value, lanes);
    return value;
}

template <class T> DEVICE T warp_max(T value) {
    UNROLL for (int lanes = 16; lanes > 0; lanes /= 2) {
        const T other = shuffle_xor(value, lanes);
        value = other > value ? other : value;
    }
    return value;
}
