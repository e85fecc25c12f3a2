// A block's tile of a matrix product: EDGE x EDGE sums by 256 threads, out of two sides of STEP x EDGE numbers at a time in shared memory. On
// tensor cores or by each thread for itself: what the two ways have in common.

#ifndef JENGINE_TILE_CUDA_H
#define JENGINE_TILE_CUDA_H

#include "vectors.cuda.h"
#ifdef TENSOR_CORES
#include "mma.cuda.h"
#endif

#define BLOCK_THREADS 256

// After the last step the sums change hands, through shared memory, so that a warp's threads own neighbours: TURNS times OWN each.
#ifdef EDGE_16
#define OWN 1
#else
#define OWN 4
#endif
#define TURNS (EDGE * EDGE / (BLOCK_THREADS * OWN))
#define OWN_ROW(turn) (((turn) * BLOCK_THREADS + THREAD) * OWN / EDGE)
#define OWN_COL (THREAD * OWN % EDGE)

// The compiler is kept from knowing what this is: it would work out all places in memory before the loop over the steps, and keep them
// in registers that there are not, or work them out anew in every step.
DEVICE int hidden(int value) {
    asm volatile("" : "+r"(value));
    return value;
}

// Four numbers as they lie in memory, which become floats on their way into shared memory: a conversion before would wait for them.
#ifdef REAL_BF16
typedef uint2 Quad;
#else
typedef float4 Quad;
#endif

DEVICE Quad no_quad() {
#ifdef REAL_BF16
    return make_uint2(0, 0);
#else
    return make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#endif
}

// Whether quads may be read from there.
DEVICE bool quads_at(const void* memory) {
    return ((unsigned long long) memory & (sizeof(Quad) - 1)) == 0;
}

DEVICE Quad quad_at(const real* RESTRICT from) {
    return *(const Quad*) from;
}

DEVICE Four floats_of(Quad quad) {
#ifdef REAL_BF16
    return {low_bf16(quad.x), high_bf16(quad.x), low_bf16(quad.y), high_bf16(quad.y)};
#else
    return {quad.x, quad.y, quad.z, quad.w};
#endif
}

DEVICE void put_quad(real* to, const float* own) {
#if defined(TENSOR_CORES) && defined(REAL_BF16)
    *(uint2*) to = make_uint2(pair_of(own[0], own[1]), pair_of(own[2], own[3]));
#else
    Four four = {own[0], own[1], own[2], own[3]};
    put_four(to, 0, four);
#endif
}

// Four numbers of shared memory in one access: the compiler would take some of them apart.
DEVICE Four four_shared(const float* from) {
    Four four;
    asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];" : "=f"(four.at[0]), "=f"(four.at[1]), "=f"(four.at[2]), "=f"(four.at[3])
            : "r"((u32) __cvta_generic_to_shared(from)) : "memory");
    return four;
}

DEVICE void put_four_shared(float* to, Four four) {
    asm volatile("st.shared.v4.f32 [%0], {%1, %2, %3, %4};" :: "r"((u32) __cvta_generic_to_shared(to)), "f"(four.at[0]), "f"(four.at[1]),
            "f"(four.at[2]), "f"(four.at[3]) : "memory");
}

#ifdef TENSOR_CORES
#include "tile_mma.cuda.h"
#else
#include "tile_fma.cuda.h"
#endif

// What a thread owns, out of the sums that all slices left in shared memory.
DEVICE void own_sums(float own[TURNS * OWN], const float* memory) {
    UNROLL for (int turn = 0; turn < TURNS; turn++) {
        UNROLL for (int j = 0; j < OWN; j++) {
            own[turn * OWN + j] = 0.0f;
        }
        UNROLL for (int s = 0; s < SLICES; s++) {
            const float* from = memory + s * OUT_SLICE + OUT_PLACE(OWN_ROW(turn), OWN_COL);
#ifdef EDGE_16
            own[turn * OWN] += from[0];
#else
            Four four = four_shared(from);
            UNROLL for (int j = 0; j < OWN; j++) {
                own[turn * OWN + j] += four.at[j];
            }
#endif
        }
    }
}

#endif
