// Elements side by side in one access. Every slice of an arena begins on a multiple of 256 bytes, so an index that the number of elements
// divides is aligned. With 16 bytes a thread, a warp needs a quarter of the instructions for the same sectors.

#ifndef JENGINE_VECTORS_H
#define JENGINE_VECTORS_H

#include "portable.h"

// Threads that run together, and part where they branch apart.
#define WARP 32

typedef struct {
    float at[4];
} Four;

DEVICE Four four_floats(const float* p, int i) {
    float4 v = *(const float4*) (p + i);
    return {v.x, v.y, v.z, v.w};
}

DEVICE void put_four_floats(float* p, int i, Four v) {
    *(float4*) (p + i) = make_float4(v.at[0], v.at[1], v.at[2], v.at[3]);
}

DEVICE u32 two_bf16(float low, float high) {
    return (u32) float_to_bf16(low) | (u32) float_to_bf16(high) << 16;
}

DEVICE void put_four_bf16(u16* p, int i, Four v) {
    *(uint2*) (p + i) = make_uint2(two_bf16(v.at[0], v.at[1]), two_bf16(v.at[2], v.at[3]));
}

#endif
