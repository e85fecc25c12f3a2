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
    SHARED u32 before;
    // One lane counts and tells the others, without a branch at which it parts from them.
    asm volatile("{ .reg .pred first; .reg .u32 was; setp.eq.s32 first, %0, 0; @first atom.global.dec.u32 was, [%1], %2;"
            " @first st.shared.u32 [%3], was; }"
            :: "r"(THREAD), "l"(__cvta_generic_to_global(counter)), "r"((u32) count - 1), "r"((u32) __cvta_generic_to_shared(&before))
            : "memory");
    SYNC();
    __threadfence();
    return before == 1 || count == 1;
}

#endif
