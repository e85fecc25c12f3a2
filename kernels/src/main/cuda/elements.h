// The loop of kernels that treat each element of a flat buffer by itself.

#ifndef JENGINE_ELEMENTS_H
#define JENGINE_ELEMENTS_H

#include "portable.h"

// Elements of a thread, where the declaration gives no other number.
#ifndef EACH
#define EACH 1
#endif

// Runs the statements in braces that are `body`, where no comma may stand outside parentheses, for those elements i < count that are
// this thread's: EACH of its block's, as far apart as the block has threads, so that neighbours do neighbours.
//
// A block with an element for every thread asks none of them whether it is there. Compilers for CPUs make a loop of a block's threads;
// without a condition they make vectors of it, and do before it what is the same for all threads. With PoCL on AVX2, Adam takes an
// eighth of the time so.
#define FOR_ELEMENTS(i, count, body) \
    { \
        int first_ = BLOCK_X * EACH * THREADS + THREAD; \
        if ((BLOCK_X + 1) * EACH * THREADS <= (count)) { \
            UNROLL \
            for (int part_ = 0; part_ < EACH; part_++) { \
                int i = first_ + part_ * THREADS; \
                body \
            } \
        } else { \
            for (int i = first_; i < (count); i += THREADS) { \
                body \
            } \
        } \
    }

#endif
