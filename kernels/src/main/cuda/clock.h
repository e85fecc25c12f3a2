// When a step is: the clock in device memory, laid out as Clock.java says, and the rows of its batch that hold an image.

#ifndef JENGINE_CLOCK_H
#define JENGINE_CLOCK_H

#include "portable.h"

#define CLOCK_STEP 0
#define CLOCK_EPOCH 1
#define CLOCK_UPDATES 2
#define CLOCK_COUNT 4

// What the clock says one step later.
DEVICE void put_next(GLOBAL int* next, GLOBAL const int* clock) {
    for (int k = 0; k < CLOCK_COUNT; k++) {
        next[k] = clock[k] + (k == CLOCK_STEP || k == CLOCK_UPDATES ? 1 : 0);
    }
}

// The place in the epoch's order of the batch's first row.
DEVICE int first_place(GLOBAL const int* clock, int stride) {
    return clock[CLOCK_STEP] * stride;
}

// The number of rows, from the first, that hold an image: the last batch of an epoch may be longer than what is left.
DEVICE int valid_rows(GLOBAL const int* clock, int total, int stride, int batch) {
    int left = total - first_place(clock, stride);
    return left < 0 ? 0 : left < batch ? left : batch;
}

#endif
