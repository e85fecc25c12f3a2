// Elements side by side in one access. Every slice of an arena begins on a multiple of 512 bytes, so an index that the number of elements
// divides is aligned. With 16 bytes a thread, a warp needs a quarter of the instructions for the same sectors.

#ifndef JENGINE_VECTORS_H
#define JENGINE_VECTORS_H

#include "portable.h"

// Threads that run together, and part where they branch apart.
#define WARP 32

// Runs `body` for each i below `count`, shared out among the block's threads. Whole warps take part, so that none parts: beyond the last i
// they go on, and `at` stays the last.
#define FOR_WHOLE_WARPS(i, at, count, body) \
    for (int i = THREAD; i < ((count) + WARP - 1) / WARP * WARP; i += THREADS) { \
        int at = min(i, (count) - 1); \
        body \
    }

// What one access holds of a buffer of `real`.
#ifdef REAL_BF16
#define PACK 8
#else
#define PACK 4
#endif

typedef struct {
    float at[4];
} Four;

typedef struct {
    float at[PACK];
} Pack;

DEVICE float low_bf16(u32 both) {
    return FLOAT_OF(both << 16);
}

DEVICE float high_bf16(u32 both) {
    return FLOAT_OF(both & 0xffff0000u);
}

// The number rounded, in the upper half: to the nearest, ties to even; NaN stays NaN. As float_to_bf16, but with less to do.
DEVICE u32 upper_bf16(float value) {
    u32 bits = BITS_OF(value);
    return value != value ? bits | 0x400000u : bits + 0x7fffu + (bits >> 16 & 1u);
}

DEVICE u32 two_bf16(float low, float high) {
    return __byte_perm(upper_bf16(low), upper_bf16(high), 0x7632);
}

DEVICE Four four_of(const float* p, int i) {
    float4 v = *(const float4*) (p + i);
    return {v.x, v.y, v.z, v.w};
}

DEVICE Four four_of(const u16* p, int i) {
    uint2 v = *(const uint2*) (p + i);
    return {low_bf16(v.x), high_bf16(v.x), low_bf16(v.y), high_bf16(v.y)};
}

DEVICE void put_four(float* p, int i, Four v) {
    *(float4*) (p + i) = make_float4(v.at[0], v.at[1], v.at[2], v.at[3]);
}

DEVICE void put_four(u16* p, int i, Four v) {
    *(uint2*) (p + i) = make_uint2(two_bf16(v.at[0], v.at[1]), two_bf16(v.at[2], v.at[3]));
}

// The elements from i on as far as there are any, and zeros for the others; i is a multiple of PACK.
DEVICE Pack pack_of(const real* p, int i, int count) {
    Pack pack;
    if (i + PACK <= count) {
#ifdef REAL_BF16
        uint4 v = *(const uint4*) (p + i);
        pack = {low_bf16(v.x), high_bf16(v.x), low_bf16(v.y), high_bf16(v.y), low_bf16(v.z), high_bf16(v.z), low_bf16(v.w), high_bf16(v.w)};
#else
        float4 v = *(const float4*) (p + i);
        pack = {v.x, v.y, v.z, v.w};
#endif
    } else {
        UNROLL
        for (int k = 0; k < PACK; k++) {
            pack.at[k] = i + k < count ? LOAD(p, i + k) : 0.0f;
        }
    }
    return pack;
}

// The first of them, as many as there are elements from i on.
DEVICE void put_pack(real* p, int i, int count, Pack pack) {
    if (i + PACK <= count) {
#ifdef REAL_BF16
        *(uint4*) (p + i) = make_uint4(two_bf16(pack.at[0], pack.at[1]), two_bf16(pack.at[2], pack.at[3]),
                two_bf16(pack.at[4], pack.at[5]), two_bf16(pack.at[6], pack.at[7]));
#else
        put_four(p, i, {pack.at[0], pack.at[1], pack.at[2], pack.at[3]});
#endif
    } else {
        UNROLL
        for (int k = 0; k < PACK; k++) {
            if (i + k < count) {
                STORE(p, i + k, pack.at[k]);
            }
        }
    }
}

// Copies n elements, 16 bytes at a time, all threads of the block together; both sides begin on a multiple of that.
template <typename T> DEVICE void copy_all(T* to, const T* from, int n) {
    const int together = 16 / (int) sizeof(T);
    for (int i = THREAD * together; i < n; i += THREADS * together) {
        if (i + together <= n) {
            *(uint4*) (to + i) = *(const uint4*) (from + i);
        } else {
            for (int k = i; k < n; k++) {
                to[k] = from[k];
            }
        }
    }
}

// A store that only some lanes make, without a branch at which they part from the others.
DEVICE void store_if(bool here, float* to, float value) {
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %0, 0; @here st.global.f32 [%1], %2; }"
            :: "r"((int) here), "l"(__cvta_generic_to_global(to)), "f"(value) : "memory");
}

DEVICE void store_if(bool here, int* to, int value) {
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %0, 0; @here st.global.s32 [%1], %2; }"
            :: "r"((int) here), "l"(__cvta_generic_to_global(to)), "r"(value) : "memory");
}

// An element as it is stored, in a word of its own, and back.
#ifdef REAL_BF16
#define STORED(value) ((u32) (value))
#define OF_STORED(word) ((u16) (word))
#else
#define STORED(value) BITS_OF(value)
#define OF_STORED(word) FLOAT_OF(word)
#endif

DEVICE void store_if(bool here, u16* to, u16 value) {
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %0, 0; @here st.global.u16 [%1], %2; }"
            :: "r"((int) here), "l"(__cvta_generic_to_global(to)), "h"(value) : "memory");
}

// Four elements as they are stored, for what only moves them.
#ifdef REAL_BF16
typedef struct {
    u32 at[2];
} Raw;
#else
typedef struct {
    u32 at[4];
} Raw;
#endif

// A load that only some lanes make; zeros for the others.
DEVICE u32 word_if(bool here, const void* from) {
    u32 word = 0;
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %1, 0; @here ld.global.u32 %0, [%2]; }"
            : "+r"(word) : "r"((int) here), "l"(__cvta_generic_to_global(from)) : "memory");
    return word;
}

DEVICE Raw raw_if(bool here, const real* from) {
    Raw raw = {0};
#ifdef REAL_BF16
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %2, 0; @here ld.global.v2.u32 {%0, %1}, [%3]; }"
            : "+r"(raw.at[0]), "+r"(raw.at[1]) : "r"((int) here), "l"(__cvta_generic_to_global(from)) : "memory");
#else
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %4, 0; @here ld.global.v4.u32 {%0, %1, %2, %3}, [%5]; }"
            : "+r"(raw.at[0]), "+r"(raw.at[1]), "+r"(raw.at[2]), "+r"(raw.at[3])
            : "r"((int) here), "l"(__cvta_generic_to_global(from)) : "memory");
#endif
    return raw;
}

// Sixteen bytes.
DEVICE void put_words_if(bool here, void* to, u32 a, u32 b, u32 c, u32 d) {
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %0, 0; @here st.global.v4.u32 [%1], {%2, %3, %4, %5}; }"
            :: "r"((int) here), "l"(__cvta_generic_to_global(to)), "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
}

DEVICE void put_raw_if(bool here, real* to, Raw raw) {
#ifdef REAL_BF16
    asm volatile("{ .reg .pred here; setp.ne.s32 here, %0, 0; @here st.global.v2.u32 [%1], {%2, %3}; }"
            :: "r"((int) here), "l"(__cvta_generic_to_global(to)), "r"(raw.at[0]), "r"(raw.at[1]) : "memory");
#else
    put_words_if(here, to, raw.at[0], raw.at[1], raw.at[2], raw.at[3]);
#endif
}

#endif
