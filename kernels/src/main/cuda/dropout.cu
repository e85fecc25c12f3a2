#include "dropout.h"
#include "activation.h"

// A block has a group of elements and a thread one Philox block of it, whose eight halves go to elements as far apart as a block has
// threads: threads side by side then store side by side.
#define ELEMENT(part) ((BLOCK_X * 8 + (part)) * THREADS + THREAD)

KERNEL(dropout)(GLOBAL real* y, GLOBAL const real* x, GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int count, int layer, float rate) {
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    u32 bits = kept(ELEMENT(0), THREADS, 8, &drop);
    UNROLL
    for (int part = 0; part < 8; part++) {
        int i = ELEMENT(part);
        if (i < count) {
            STORE(y, i, dropped(LOAD(x, i), bits, part, &drop));
        }
    }
}

KERNEL(dropout_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* x, GLOBAL const int* RESTRICT clock,
        GLOBAL const int* RESTRICT key, int count, int layer, int before, float rate) {
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    u32 bits = kept(ELEMENT(0), THREADS, 8, &drop);
    UNROLL
    for (int part = 0; part < 8; part++) {
        int i = ELEMENT(part);
        if (i < count) {
            STORE(dx, i, dropped(LOAD(dy, i), bits, part, &drop) * slope(LOAD(x, i), before));
        }
    }
}
