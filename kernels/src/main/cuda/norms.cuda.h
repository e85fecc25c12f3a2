// Kernels that treat each element of images [rows, channels] by itself, with numbers of its channel. Threads side by side have four
// elements side by side each, and TURNS times so. Where a block's threads are a multiple of the channels' fours, a thread stays with its
// channels and keeps their numbers in registers; they come through shared memory, once a block.

#ifndef JENGINE_NORMS_H
#define JENGINE_NORMS_H

#include "vectors.cuda.h"

// What shared memory holds of the channels' numbers.
#define MOST_CHANNELS 1024

// Whether shared memory holds the channels' numbers, and elements are treated in fours.
DEVICE bool by_fours(int channels) {
    return channels % 4 == 0 && channels <= MOST_CHANNELS;
}

// Whether threads stay with their channels.
DEVICE bool stays(int channels) {
    return by_fours(channels) && THREADS % (channels / 4) == 0;
}

// Runs the statements `body` for the `first` of each four elements that are this thread's.
#define FOR_FOURS(first, count, body) \
    UNROLL \
    for (int turn_ = 0; turn_ < TURNS; turn_++) { \
        int first = ((BLOCK_X * TURNS + turn_) * THREADS + THREAD) * 4; \
        if (first < (count)) { \
            body \
        } \
    }

// Elements of a block.
#define PART (TURNS * THREADS * 4)

// Runs `body` for each element i that is in this block's part, whatever the channels.
#define FOR_ANY(i, count, body) \
    for (int i = BLOCK_X * PART + THREAD; i < min((count), (BLOCK_X + 1) * PART); i += THREADS) { \
        body \
    }

#endif
