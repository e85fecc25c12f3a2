// The epoch's order of images, as Shuffle.java: a Feistel network over the smallest even number of bits that holds the count, walked
// until it falls inside.

#ifndef JENGINE_SHUFFLE_H
#define JENGINE_SHUFFLE_H

#include "philox.h"

// The item at a place of the order of `total` items, at most 2^30, that the key and the epoch choose.
DEVICE int shuffled(int place, int total, int epoch, GLOBAL const int* key) {
    PhiloxBlock keys[2];
    keys[0] = philox(0, (u32) epoch, PHILOX_SHUFFLE, (u32) key[0], (u32) key[1]);
    keys[1] = philox(1, (u32) epoch, PHILOX_SHUFFLE, (u32) key[0], (u32) key[1]);
    int half_bits = 1;
    while (half_bits < 15 && 1 << 2 * half_bits < total) {
        half_bits++;
    }
    u32 mask = (1u << half_bits) - 1;
    u32 item = (u32) place;
    do {
        u32 left = item >> half_bits;
        u32 right = item & mask;
        UNROLL
        for (int round = 0; round < 8; round++) {
            u32 mixed = (right ^ keys[round / 4].word[round % 4]) * 0x9E3779B1u;
            mixed = (mixed ^ mixed >> 15) * 0x85EBCA6Bu;
            u32 next = left ^ (mixed >> 16 & mask);
            left = right;
            right = next;
        }
        item = left << half_bits | right;
    } while (item >= (u32) total);
    return (int) item;
}

#endif
