#include "elements.h"

KERNEL(relu_fwd)(GLOBAL real* y, GLOBAL const real* x, int count) {
    FOR_ELEMENTS(i, count, {
        STORE(y, i, MAX(LOAD(x, i), 0.0f));
    })
}

KERNEL(relu_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* y, int count) {
    FOR_ELEMENTS(i, count, {
        float gradient = LOAD(dy, i);
        STORE(dx, i, LOAD(y, i) > 0.0f ? gradient : 0.0f);
    })
}
