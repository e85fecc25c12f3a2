#include "elements.h"

KERNEL(sigmoid_fwd)(GLOBAL real* y, GLOBAL const real* x, int count) {
    FOR_ELEMENTS(i, count, {
        STORE(y, i, 1.0f / (1.0f + EXP(-LOAD(x, i))));
    })
}

KERNEL(sigmoid_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* y, int count) {
    FOR_ELEMENTS(i, count, {
        float s = LOAD(y, i);
        STORE(dx, i, LOAD(dy, i) * s * (1.0f - s));
    })
}
