#include "clock.h"
#include "philox.h"

// A block has a group of elements and a thread one Philox block of it, whose eight halves go to elements as far apart as a block has
// threads: threads side by side then store side by side.
KERNEL(dropout)(GLOBAL real* y, GLOBAL const real* x, GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int count, int layer, float rate) {
    PhiloxBlock random = philox((u32) GLOBAL_THREAD, (u32) clock[CLOCK_UPDATES], (u32) (PHILOX_DROPOUT + layer), key);
    // To the nearest, by a comparison: a half added to the float first could carry it over.
    float share = rate * 65536.0f;
    u32 threshold = (u32) share;
    threshold += share - (float) threshold >= 0.5f ? 1 : 0;
    float scale = 1.0f / (1.0f - rate);
    UNROLL
    for (int part = 0; part < 8; part++) {
        int i = (BLOCK_X * 8 + part) * THREADS + THREAD;
        if (i < count) {
            u32 bits = random.word[part / 2] >> 16 * (part % 2) & 0xffffu;
            float scaled = LOAD(x, i) * scale;
            STORE(y, i, bits < threshold ? 0.0f : scaled);
        }
    }
}
