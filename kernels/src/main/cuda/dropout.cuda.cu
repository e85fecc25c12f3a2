#include "clock.h"
#include "philox.h"
#include "vectors.cuda.h"
#include "activation.h"

// A block has GROUPS groups of elements, one after the other, and a thread one Philox block of each, whose eight halves go to elements as
// far apart as a block has threads. What all threads read alike is little beside the elements. Runs `body` for a thread's elements `i`;
// `kept` says whether each stays.
#define FOR_DROPPED(i, kept, body) \
    int2 words = *(const int2*) key; \
    u32 updates = (u32) clock[CLOCK_UPDATES]; \
    /* To the nearest, by a comparison: a half added to the float first could carry it over. */ \
    float share = rate * 65536.0f; \
    u32 threshold = (u32) share; \
    threshold += share - (float) threshold >= 0.5f ? 1 : 0; \
    float scale = 1.0f / (1.0f - rate); \
    for (int group = BLOCK_X * GROUPS; group < (BLOCK_X + 1) * GROUPS && group * 8 * THREADS < count; group++) { \
        PhiloxBlock random = philox((u32) (group * THREADS + THREAD), updates, (u32) (PHILOX_DROPOUT + layer), \
                (u32) words.x, (u32) words.y); \
        bool whole = (group + 1) * 8 * THREADS <= count; \
        UNROLL \
        for (int part = 0; part < 8; part++) { \
            int i = (group * 8 + part) * THREADS + THREAD; \
            u32 bits = random.word[part / 2] >> 16 * (part % 2) & 0xffffu; \
            bool kept = bits >= threshold; \
            if (whole || i < count) { \
                body \
            } \
        } \
    }

KERNEL(dropout)(GLOBAL real* y, GLOBAL const real* x, GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int count, int layer, float rate) {
    FOR_DROPPED(i, kept, {
        float scaled = LOAD(x, i) * scale;
        STORE(y, i, kept ? scaled : 0.0f);
    })
}

KERNEL(dropout_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* x, GLOBAL const int* RESTRICT clock,
        GLOBAL const int* RESTRICT key, int count, int layer, int before, float rate) {
    FOR_DROPPED(i, kept, {
        float scaled = LOAD(dy, i) * scale * slope(LOAD(x, i), before);
        STORE(dx, i, kept ? scaled : 0.0f);
    })
}
