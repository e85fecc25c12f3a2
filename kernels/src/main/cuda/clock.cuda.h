// The clock handed on without a lane that parts from its warp.

#ifndef JENGINE_CLOCK_CUDA_H
#define JENGINE_CLOCK_CUDA_H

#include "clock.h"
#include "vectors.cuda.h"

// Writes the clock so many steps later: once a launch, a lane for each of its numbers.
DEVICE void put_clock(int* to, const int* clock, int steps) {
    if (GLOBAL_THREAD < WARP) {
        int k = THREAD % CLOCK_COUNT;
        store_if(THREAD < CLOCK_COUNT, to + k, clock[k] + (k == CLOCK_STEP || k == CLOCK_UPDATES ? steps : 0));
    }
}

#endif
