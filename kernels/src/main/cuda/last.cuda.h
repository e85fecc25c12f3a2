// Which block of a launch is the last to come: it may go on with what the others left.

#ifndef JENGINE_LAST_CUDA_H
#define JENGINE_LAST_CUDA_H

#include "portable.h"

// Whether this block is the last of so many that ask. The counter is 0 or all ones before the first asks, and 0 after the last did. What
// the others wrote before they asked is then to be read beyond the first level of the cache, which may hold what was there before.
DEVICE bool is_last(int* counter, int count) {
    // What all threads of this block wrote is to be seen before it counts.
    __threadfence();
    SYNC();
    u32 before = 0;
    // A counter that one lane changes, without a branch at which it parts from the others.
    asm volatile("{ .reg .pred first; setp.eq.s32 first, %1, 0; @first atom.global.dec.u32 %0, [%2], %3; }"
            : "+r"(before) : "r"(THREAD), "l"(__cvta_generic_to_global(counter)), "r"((u32) count - 1) : "memory");
    bool last = __syncthreads_or(THREAD == 0 && (before == 1 || count == 1)) != 0;
    __threadfence();
    return last;
}

#endif
