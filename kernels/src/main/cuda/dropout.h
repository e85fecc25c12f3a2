// What dropout makes of an element, as Dropout.java says: 0, or the element times `scale`.

#ifndef JENGINE_DROPOUT_H
#define JENGINE_DROPOUT_H

#include "clock.h"
#include "philox.h"

// Elements whose bits come from as many Philox blocks as there are in a group, each giving bits to eight of them.
#define DROPOUT_GROUP 1024
#define DROPOUT_BLOCKS 128

typedef struct {
    u32 update;
    u32 stream;
    u32 threshold;
    float scale;
    // The Philox block that was made last, and its number: the next element may have bits of it.
    u32 number;
    PhiloxBlock block;
} Dropping;

// A rate of 0 drops nothing, and neither the clock nor the key is then read.
DEVICE Dropping dropping(GLOBAL const int* clock, GLOBAL const int* key, int layer, float rate) {
    Dropping d;
    // To the nearest, by a comparison: a half added to the float first could carry it over.
    float share = rate * 65536.0f;
    d.threshold = (u32) share;
    d.threshold += share - (float) d.threshold >= 0.5f ? 1 : 0;
    d.scale = 1.0f / (1.0f - rate);
    d.update = rate > 0.0f ? (u32) clock[CLOCK_UPDATES] : 0;
    d.stream = (u32) (PHILOX_DROPOUT + layer);
    d.number = 0;
    if (rate > 0.0f) {
        d.block = philox(0, d.update, d.stream, key);
    }
    return d;
}

// One of the eight halves of a block, without an array that is reached by a number that changes.
DEVICE u32 half_of(PhiloxBlock block, int number) {
    u32 lower = number < 2 ? block.word[0] : block.word[1];
    u32 upper = number < 6 ? block.word[2] : block.word[3];
    return (number < 4 ? lower : upper) >> 16 * (number % 2) & 0xffffu;
}

DEVICE float dropped(float value, int element, Dropping* d, GLOBAL const int* key) {
    if (d->threshold == 0) {
        return value * d->scale;
    }
    u32 number = (u32) (element / DROPOUT_GROUP * DROPOUT_BLOCKS + element % DROPOUT_BLOCKS);
    if (number != d->number) {
        d->block = philox(number, d->update, d->stream, key);
        d->number = number;
    }
    return half_of(d->block, element % DROPOUT_GROUP / DROPOUT_BLOCKS) < d->threshold ? 0.0f : value * d->scale;
}

#endif
