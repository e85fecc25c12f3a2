// Philox 4x32-10, as Philox.java: four random words as a function of a counter and the run's key, and the streams that keep the
// uses of randomness apart, each in the counter's third word.

#ifndef JENGINE_PHILOX_H
#define JENGINE_PHILOX_H

#include "portable.h"

#define PHILOX_SHUFFLE 1
#define PHILOX_AUGMENT 2
#define PHILOX_DROPOUT 0x100

typedef struct {
    u32 word[4];
} PhiloxBlock;

// The block of the counter (c0, c1, stream, 0) for the key (k0, k1).
DEVICE PhiloxBlock philox(u32 c0, u32 c1, u32 stream, u32 k0, u32 k1) {
    u32 c2 = stream;
    u32 c3 = 0;
    PhiloxBlock block;
    UNROLL
    for (int round = 0; round < 10; round++) {
        u32 high0 = MUL_HIGH(0xD2511F53u, c0);
        u32 low0 = 0xD2511F53u * c0;
        u32 high1 = MUL_HIGH(0xCD9E8D57u, c2);
        u32 low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    block.word[0] = c0;
    block.word[1] = c1;
    block.word[2] = c2;
    block.word[3] = c3;
    return block;
}

#endif
