// What dropout makes of an element, as Dropout.java says: 0, or the element times `scale`.

#ifndef JENGINE_DROPOUT_H
#define JENGINE_DROPOUT_H

#include "clock.h"
#include "philox.h"

// Elements whose bits come from as many Philox blocks as there are in a group, each giving bits to eight of them.
#define DROPOUT_GROUP 1024u
#define DROPOUT_BLOCKS 128u

#define ROLLED _Pragma("unroll 1")

typedef struct {
    u32 update;
    u32 stream;
    u32 key[2];
    u32 threshold;
    float scale;
    // The Philox block that was made last, and its number: the next element may have bits of it.
    u32 number;
    PhiloxBlock block;
} Dropping;

// A rate of 0 drops nothing, and neither the clock nor the key is then read. Filled in place: what a function returns by value keeps marks
// of aliasing when it is inlined, which OpenCL drivers of LLVM's may not know.
DEVICE void begin_dropping(Dropping* d, GLOBAL const int* clock, GLOBAL const int* key, int layer, float rate) {
    // To the nearest, by a comparison: a half added to the float first could carry it over.
    float share = rate * 65536.0f;
    d->threshold = (u32) share;
    d->threshold += share - (float) d->threshold >= 0.5f ? 1 : 0;
    d->scale = 1.0f / (1.0f - rate);
    d->update = rate > 0.0f ? (u32) clock[CLOCK_UPDATES] : 0;
    d->stream = (u32) (PHILOX_DROPOUT + layer);
    d->key[0] = rate > 0.0f ? (u32) key[0] : 0;
    d->key[1] = rate > 0.0f ? (u32) key[1] : 0;
    d->number = 0xffffffffu;
}

// One of the eight halves of a block, without an array that is reached by a number that changes.
DEVICE u32 half_of(const u32* word, u32 which) {
    u32 lower = which < 2u ? word[0] : word[1];
    u32 upper = which < 6u ? word[2] : word[3];
    return (which < 4u ? lower : upper) >> 16u * (which % 2u) & 0xffffu;
}

// Which of some elements are kept, a bit each: `count` of them from `first` on, `stride` apart. A loop as it stands, since a Philox block
// is many instructions.
DEVICE u32 kept(int first, int stride, int count, Dropping* d) {
    u32 bits = 0xffffffffu;
    if (d->threshold > 0) {
        ROLLED
        for (int j = 0; j < count; j++) {
            u32 element = (u32) (first + j * stride);
            u32 number = element / DROPOUT_GROUP * DROPOUT_BLOCKS + element % DROPOUT_BLOCKS;
            if (number != d->number) {
                d->block = philox(number, d->update, d->stream, d->key[0], d->key[1]);
                d->number = number;
            }
            u32 drops = half_of(d->block.word, element / DROPOUT_BLOCKS % 8u) < d->threshold ? 1u : 0u;
            bits ^= drops << j;
        }
    }
    return bits;
}

// What the bit of an element makes of it. By a mask: of a choice compilers make a branch around the element's load, at which warps part.
DEVICE float dropped(float value, u32 bits, int j, Dropping* d) {
    return FLOAT_OF(BITS_OF(value * d->scale) & 0u - (bits >> j & 1u));
}

#endif
